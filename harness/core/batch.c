#include "core/batch.h"

#include "core/reply.h"
#include "http/target.h"

static bool decode(struct core_call *call, struct slice encoded, struct slice *ret_text)
{
    size_t at = call->scratch->len;
    if (!http_percent_decode(encoded, call->scratch))
        return false;
    *ret_text = slice_from(buf_slice(call->scratch), at);
    return true;
}

static bool read(struct core_call *call, const struct http_parameter *parameter,
                 struct core_batch *batch)
{
    struct slice name, value;
    if (!decode(call, parameter->name, &name) || !decode(call, parameter->value, &value))
        return false;
    if (slice_is(name, "batch")) {
        if (batch->use != CORE_BATCH_NONE)
            return false;
        bool starts = value.len == 0 || slice_eq_nocase(value, SLICE("true"));
        batch->use = starts ? CORE_BATCH_START : CORE_BATCH_CONTINUE;
        batch->id = value;
    } else if (slice_is(name, "commit")) {
        if (batch->commit || !slice_is(value, "true"))
            return false;
        batch->commit = true;
    }
    return true;
}

bool core_batch_parse(struct core_call *call, struct core_batch *ret_batch)
{
    *ret_batch = (struct core_batch){ .use = CORE_BATCH_NONE };
    struct slice rest = call->query;
    struct http_parameter parameter;
    bool good = true;
    while (good && http_target_parameter(&rest, &parameter))
        good = read(call, &parameter, ret_batch);
    if (good && !(ret_batch->commit && ret_batch->use == CORE_BATCH_NONE))
        return true;
    core_reply_error(call, 400, CORE_CODE_UNKNOWN);
    return false;
}
