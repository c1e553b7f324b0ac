#include "core/announce.h"

#include "core/reply.h"

static const struct rule {
    const char *field;
    size_t limit; /* offset in struct core_limits */
    bool total;   /* of a batch, and positive */
} rules[] = {
    { "X-Weave-Records", offsetof(struct core_limits, max_post_records), false },
    { "X-Weave-Bytes", offsetof(struct core_limits, max_post_bytes), false },
    { "X-Weave-Total-Records", offsetof(struct core_limits, max_total_records), true },
    { "X-Weave-Total-Bytes", offsetof(struct core_limits, max_total_bytes), true },
};

static bool refuse(struct core_call *call, enum core_code code)
{
    core_reply_error(call, 400, code);
    return false;
}

static bool holds(struct core_call *call, const struct rule *rule, bool in_batch)
{
    const struct slice *text = http_fields_get(&call->request->fields, rule->field);
    if (text == NULL)
        return true;
    uint64_t value, limit;
    if (!slice_to_u64(*text, &value) || (rule->total && (value == 0 || !in_batch)))
        return refuse(call, CORE_CODE_PROTOCOL);
    memcpy(&limit, (const char *)&call->config->limits + rule->limit, sizeof(limit));
    return value <= limit || refuse(call, CORE_CODE_LIMIT);
}

bool core_announce_holds(struct core_call *call, bool in_batch)
{
    if (!call->dialect->batches)
        return true;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (!holds(call, &rules[i], in_batch))
            return false;
    }
    return true;
}
