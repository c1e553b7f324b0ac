/* POST storage/<collection>. */
#include "core/announce.h"
#include "core/batch.h"
#include "core/body.h"
#include "core/quota.h"
#include "core/reply.h"

struct post {
    struct core_call *call;
    struct core_batch batch;
    struct core_intake intake;
};

/* An empty list, and one of which nothing can be stored, touch the collection all the same: there
 * is one answer, and its time is that of the write. */
static enum store_err put(struct post *post)
{
    struct core_call *call = post->call;
    TRY(store_touch(call->txn, call->collection));
    for (size_t i = 0; i < post->intake.count; i++)
        TRY(store_put(call->txn, call->collection, &post->intake.updates[i]));
    return STORE_OK;
}

static enum store_err append(struct post *post)
{
    struct core_call *call = post->call;
    for (size_t i = 0; i < post->intake.count; i++)
        TRY(store_batch_append(call->txn, call->collection, post->batch.id,
                               &post->intake.updates[i]));
    return STORE_OK;
}

/* A user who has STORE_BATCHES open is asked to come again: dropping the oldest would lose an
 * upload that its client believes in. */
static enum store_err open(struct post *post)
{
    struct core_call *call = post->call;
    TRY(store_batch_open(call->txn, call->collection, post->batch.id,
                         call->now + call->config->batch_lifetime));
    return append(post);
}

static enum store_err commit(struct post *post)
{
    TRY(append(post));
    return store_batch_commit(post->call->txn, post->call->collection, post->batch.id);
}

static const struct step {
    enum store_err (*take)(struct post *post);
    bool pending; /* 202: nothing to be seen yet */
} steps[CORE_BATCH_USES] = {
    [CORE_BATCH_NONE] = { put, false },      [CORE_BATCH_WHOLE] = { put, false },
    [CORE_BATCH_OPEN] = { open, true },      [CORE_BATCH_APPEND] = { append, true },
    [CORE_BATCH_COMMIT] = { commit, false },
};

static bool take(struct post *post, const struct step *step)
{
    struct core_call *call = post->call;
    struct core_quota_mark before;
    if (!core_batch_fits(call, &post->batch, &post->intake) || !core_quota_mark(call, &before))
        return false;
    if (step->take(post) != STORE_OK) {
        core_reply_retry(call);
        return false;
    }
    return step->pending ? core_quota_may_hold(call, post->batch.id)
                         : core_quota_holds(call, &before);
}

static void write_success(struct core_call *call, const struct core_intake *intake)
{
    struct record_writer writer = record_writer_of(&call->reply->body, RECORD_JSON);
    for (size_t i = 0; i < intake->count; i++)
        record_writer_id(&writer, intake->updates[i].id);
    record_writer_end(&writer);
}

/* What stands before the ids.  ${modified} is the collection's time as yet. */
static void begin_reply(struct post *post, const struct step *step, int64_t modified)
{
    struct core_call *call = post->call;
    struct buf *body = &call->reply->body;
    int64_t stamp = step->pending ? modified : store_stamp(call->txn);
    core_reply_json(call);
    core_reply_modified(call, stamp);
    if (step->pending) {
        call->reply->status = 202;
        buf_add_text(body, "{\"batch\":\"");
        core_batch_write_id(post->batch.id, body);
        buf_add_byte(body, '"');
    } else {
        buf_add_text(body, "{\"modified\":");
        stamp_write(stamp, body);
    }
}

/* The body is written while the records are read: the ids that failed need no other place. */
static void answer(struct post *post, enum record_format format, int64_t modified)
{
    struct core_call *call = post->call;
    struct buf *body = &call->reply->body;
    const struct step *step = &steps[post->batch.use];
    begin_reply(post, step, modified);
    buf_add_text(body, ",\"failed\":{");
    if (!core_intake_read(&post->intake, format) || !take(post, step))
        return;
    buf_add_text(body, "},\"success\":");
    write_success(call, &post->intake);
    buf_add_byte(body, '}');
    if (!step->pending)
        core_quota_report(call);
    call->commit = true;
    call->unseen = step->pending;
}

/* A record and not a list of them; what else a body may be is found when it is read. */
static bool is_single(const struct core_call *call)
{
    struct slice body = slice_trim(call->request->body);
    return call->dialect->single_posts && slice_starts(body, SLICE("{"));
}

void core_collection_post(struct core_call *call)
{
    enum record_format format;
    struct store_collection collection;
    struct post post = { .call = call };
    if (is_single(call)) {
        core_object_put(call);
        return;
    }
    if (!core_body_format(call, &format) || !core_batch_parse(call, &post.batch))
        return;
    if (!core_announce_holds(call, post.batch.use != CORE_BATCH_NONE) ||
        !core_call_collection(call, &collection) || !core_precond_holds(call, collection.modified))
        return;
    post.intake = core_intake_of(call);
    answer(&post, format, collection.modified);
    core_intake_free(&post.intake);
}
