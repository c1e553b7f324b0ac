/* POST storage/<collection>. */
#include "core/announce.h"
#include "core/batch.h"
#include "core/body.h"
#include "core/intake.h"
#include "core/quota.h"
#include "core/reply.h"

static bool target_holds(struct core_call *call)
{
    struct store_collection collection = { 0 };
    enum store_err err = store_collection(call->txn, call->collection, &collection);
    if (err != STORE_OK && err != STORE_ABSENT) {
        core_reply_retry(call);
        return false;
    }
    return core_precond_holds(call, collection.modified);
}

/* An empty list, and one of which nothing can be stored, touch the collection all the same: there
 * is one answer, and its time is that of the write. */
static bool store_all(struct core_call *call, const struct core_intake *intake)
{
    uint64_t before = store_bytes(call->txn);
    enum store_err err = store_touch(call->txn, call->collection);
    for (size_t i = 0; i < intake->count && err == STORE_OK; i++)
        err = store_put(call->txn, call->collection, &intake->updates[i]);
    if (err != STORE_OK) {
        core_reply_retry(call);
        return false;
    }
    return core_quota_holds(call, before);
}

static void write_success(struct core_call *call, const struct core_intake *intake)
{
    struct record_writer writer = record_writer_of(&call->reply->body, RECORD_JSON);
    for (size_t i = 0; i < intake->count; i++)
        record_writer_id(&writer, intake->updates[i].id);
    record_writer_end(&writer);
}

/* The body is written while the records are read: the ids that failed need no other place. */
static void post(struct core_call *call, struct core_intake *intake, enum record_format format)
{
    struct buf *body = &call->reply->body;
    int64_t stamp = store_stamp(call->txn);
    core_reply_json(call);
    core_reply_modified(call, stamp);
    buf_add_text(body, "{\"modified\":");
    stamp_write(stamp, body);
    buf_add_text(body, ",\"failed\":{");
    if (!core_intake_read(intake, format) || !store_all(call, intake))
        return;
    buf_add_text(body, "},\"success\":");
    write_success(call, intake);
    buf_add_byte(body, '}');
    core_quota_report(call);
    call->commit = true;
}

void core_collection_post(struct core_call *call)
{
    enum record_format format;
    struct core_batch batch;
    if (!core_body_format(call, &format) || !core_batch_parse(call, &batch))
        return;
    if (batch.use == CORE_BATCH_CONTINUE) {
        /* No batch is ever opened, so no id is one. */
        core_reply_error(call, 400, CORE_CODE_UNKNOWN);
        return;
    }
    if (!core_announce_holds(call, batch.use != CORE_BATCH_NONE) || !target_holds(call))
        return;
    struct core_intake intake = core_intake_of(call);
    post(call, &intake, format);
    core_intake_free(&intake);
}
