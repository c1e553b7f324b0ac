#include "core/batch.h"

#include "base/base64.h"
#include "core/reply.h"
#include "http/target.h"

enum { ID_TEXT = 11 }; /* eight bytes in base64, without the one '=' */

/* The two parameters as they came. */
struct query {
    bool has_batch, commit;
    struct slice batch; /* decoded */
};

static bool decode(struct core_call *call, struct slice encoded, struct slice *ret_text)
{
    size_t at = call->scratch->len;
    if (!http_percent_decode(encoded, call->scratch))
        return false;
    *ret_text = slice_from(buf_slice(call->scratch), at);
    return true;
}

static bool read(struct core_call *call, const struct http_parameter *parameter,
                 struct query *query)
{
    struct slice name, value;
    if (!decode(call, parameter->name, &name) || !decode(call, parameter->value, &value))
        return false;
    if (slice_is(name, "batch")) {
        if (query->has_batch)
            return false;
        query->has_batch = true;
        query->batch = value;
    } else if (slice_is(name, "commit")) {
        if (query->commit || !slice_is(value, "true"))
            return false;
        query->commit = true;
    }
    return true;
}

static bool read_all(struct core_call *call, struct query *query)
{
    struct slice rest = call->query;
    struct http_parameter parameter;
    bool good = true;
    while (good && http_target_parameter(&rest, &parameter))
        good = read(call, &parameter, query);
    return good && (query->has_batch || !query->commit);
}

bool core_batch_write_id(uint64_t id, struct buf *out)
{
    if (base64_encode(slice_of(&id, sizeof(id)), BASE64_URL, out))
        out->len--; /* the '=' */
    return !out->failed;
}

static bool read_id(struct core_call *call, struct slice text, uint64_t *ret_id)
{
    struct buf *scratch = call->scratch;
    size_t at = scratch->len;
    if (text.len != ID_TEXT || !buf_add(scratch, text) || !buf_add_byte(scratch, '='))
        return false;
    struct slice padded = slice_from(buf_slice(scratch), at);
    size_t bytes = scratch->len;
    if (!base64_decode(padded, BASE64_URL, scratch) || scratch->len - bytes != sizeof(*ret_id))
        return false;
    memcpy(ret_id, scratch->ptr + bytes, sizeof(*ret_id));
    return true;
}

static bool refuse(struct core_call *call)
{
    core_reply_error(call, 400, CORE_CODE_UNKNOWN);
    return false;
}

/* The open batch that the query names. */
static bool find(struct core_call *call, struct slice text, struct core_batch *batch)
{
    if (!call->config->batches || !read_id(call, text, &batch->id))
        return refuse(call);
    enum store_err err = store_batch_info(call->txn, call->collection, batch->id, &batch->held);
    if (err == STORE_OK)
        return true;
    if (err == STORE_ABSENT)
        return refuse(call);
    core_reply_retry(call);
    return false;
}

bool core_batch_parse(struct core_call *call, struct core_batch *ret_batch)
{
    struct query query = { 0 };
    *ret_batch = (struct core_batch){ .use = CORE_BATCH_NONE };
    if (!call->dialect->batches)
        return true;
    if (!read_all(call, &query))
        return refuse(call);
    if (!query.has_batch)
        return true;
    if (query.batch.len > 0 && !slice_eq_nocase(query.batch, SLICE("true"))) {
        ret_batch->use = query.commit ? CORE_BATCH_COMMIT : CORE_BATCH_APPEND;
        return find(call, query.batch, ret_batch);
    }
    bool whole = query.commit || !call->config->batches;
    ret_batch->use = whole ? CORE_BATCH_WHOLE : CORE_BATCH_OPEN;
    if (!whole)
        ret_batch->id = rng_u64(call->rng);
    return true;
}

bool core_batch_fits(struct core_call *call, const struct core_batch *batch,
                     const struct core_intake *intake)
{
    const struct core_limits *limits = &call->config->limits;
    if (batch->use == CORE_BATCH_NONE || !call->config->batches)
        return true;
    uint64_t bytes = batch->held.bytes;
    for (size_t i = 0; i < intake->count; i++)
        bytes += intake->updates[i].payload.len;
    if (batch->held.records + intake->count <= limits->max_total_records &&
        bytes <= limits->max_total_bytes)
        return true;
    core_reply_error(call, 400, CORE_CODE_LIMIT);
    return false;
}
