/* GET info/...: what the server knows of the whole account. */
#include "core/quota.h"
#include "core/reply.h"
#include "record/bso.h"

/* Writes one value of an object that is keyed by collection. */
typedef bool write_value(const struct store_collection *collection, struct buf *out);

struct object {
    struct buf *out;
    write_value *write;
    uint64_t count;
};

static bool add_member(void *context, const struct store_collection *collection)
{
    struct object *object = context;
    buf_add_byte(object->out, object->count == 0 ? '{' : ',');
    object->count++;
    record_encode_string(collection->name, object->out);
    buf_add_byte(object->out, ':');
    return object->write(collection, object->out);
}

static void answer_by_collection(struct core_call *call, write_value *write)
{
    int64_t modified = store_modified(call->txn);
    if (!core_precond_holds(call, modified))
        return;
    core_reply_json(call);
    core_reply_modified(call, modified);
    struct object object = { .out = &call->reply->body, .write = write };
    enum store_err err = store_collections(call->txn, add_member, &object);
    if (err != STORE_OK) {
        core_reply_retry(call);
        return;
    }
    if (object.count == 0)
        buf_add_byte(object.out, '{');
    buf_add_byte(object.out, '}');
    core_reply_count(call, "X-Weave-Records", object.count);
}

static bool write_modified(const struct store_collection *collection, struct buf *out)
{
    return stamp_write(collection->modified, out);
}

static bool write_count(const struct store_collection *collection, struct buf *out)
{
    return buf_add_u64(out, collection->count);
}

static bool write_usage(const struct store_collection *collection, struct buf *out)
{
    return core_reply_add_kb(collection->bytes, out);
}

void core_info_collections(struct core_call *call)
{
    answer_by_collection(call, write_modified);
}

void core_info_counts(struct core_call *call)
{
    answer_by_collection(call, write_count);
}

void core_info_usage(struct core_call *call)
{
    answer_by_collection(call, write_usage);
}

void core_info_quota(struct core_call *call)
{
    int64_t modified = store_modified(call->txn);
    if (!core_precond_holds(call, modified))
        return;
    core_reply_json(call);
    core_reply_modified(call, modified);
    struct buf *body = &call->reply->body;
    buf_add_byte(body, '[');
    core_reply_add_kb(store_bytes(call->txn), body);
    buf_add_byte(body, ',');
    uint64_t quota = core_quota_figure(call);
    if (quota == 0)
        buf_add_text(body, "null");
    else
        core_reply_add_kb(quota, body);
    buf_add_byte(body, ']');
}

/* Not data of the user, so it has no time of its own: X-Last-Modified is 0.00, and
 * X-If-Modified-Since has nothing to be compared with. */
void core_info_configuration(struct core_call *call)
{
    core_reply_json(call);
    core_reply_modified(call, 0);
    struct buf *body = &call->reply->body;
    char before = '{';
    const struct core_limit_row *row;
    for (size_t i = 0; (row = core_config_limit_row(i)) != NULL; i++) {
        if (!core_config_reports(call->config, row))
            continue;
        buf_add_format(body, "%c\"%s\":", before, row->name);
        buf_add_u64(body, core_config_limit(call->config, row));
        before = ',';
    }
    buf_add_byte(body, '}');
}
