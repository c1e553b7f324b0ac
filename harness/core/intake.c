#include "core/intake.h"

#include "base/alloc.h"
#include "core/body.h"
#include "core/reply.h"

#include <stdlib.h>

struct core_intake core_intake_of(struct core_call *call)
{
    return (struct core_intake){ .call = call };
}

void core_intake_free(struct core_intake *intake)
{
    alloc_release(intake->updates);
    alloc_release(intake->ids);
}

static bool refuse_nomem(struct core_intake *intake)
{
    core_reply_retry(intake->call);
    return false;
}

static bool remember_id(struct core_intake *intake, struct slice id)
{
    if (intake->id_count == intake->id_room) {
        size_t room = intake->id_room == 0 ? 128 : 2 * intake->id_room;
        struct slice *ids = alloc_resize(intake->ids, room * sizeof(*ids));
        if (ids == NULL)
            return refuse_nomem(intake);
        intake->ids = ids;
        intake->id_room = room;
    }
    intake->ids[intake->id_count++] = id;
    return true;
}

static void fail(struct core_intake *intake, struct slice id, const char *reason)
{
    struct buf *out = &intake->call->reply->body;
    if (intake->failed++ > 0)
        buf_add_byte(out, ',');
    record_encode_string(id, out);
    bool list = intake->call->dialect->failed_lists;
    buf_add_text(out, list ? ":[" : ":");
    record_encode_string(slice_text(reason), out);
    buf_add_text(out, list ? "]" : "");
}

static bool keep(struct core_intake *intake, const struct record_update *update)
{
    size_t most = (size_t)intake->call->config->limits.max_post_records;
    if (intake->updates == NULL) {
        intake->updates = alloc_zeroed(most, sizeof(*intake->updates));
        if (intake->updates == NULL)
            return refuse_nomem(intake);
    }
    intake->updates[intake->count++] = *update;
    return true;
}

/* A valid record: NULL when it is to be stored, else why not now.  As on the deployed servers, a
 * record behind the one that went past max_post_bytes fails however small it is. */
static const char *check_limits(struct core_intake *intake, const struct record_update *update)
{
    const struct core_limits *limits = &intake->call->config->limits;
    if (update->payload.len > limits->max_record_payload_bytes)
        return "payload too large";
    if (intake->count == limits->max_post_records)
        return intake->call->dialect->retry_record;
    intake->bytes += update->payload.len;
    return intake->bytes > limits->max_post_bytes ? "retry bytes" : NULL;
}

static bool take(struct core_intake *intake, const struct record_update *update, const char *reason)
{
    struct core_call *call = intake->call;
    if (reason == NULL && core_body_has_zero_iv(call->collection, update)) {
        core_reply_error(call, 400, CORE_CODE_RECORD);
        return false;
    }
    if (!remember_id(intake, update->id))
        return false;
    if (reason == NULL)
        reason = check_limits(intake, update);
    if (reason == NULL)
        return keep(intake, update);
    fail(intake, update->id, reason);
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static bool ids_differ(struct core_intake *intake)
{
    if (intake->id_count > 0)
        qsort(intake->ids, intake->id_count, sizeof(*intake->ids), compare_ids);
    for (size_t i = 1; i < intake->id_count; i++) {
        if (slice_eq(intake->ids[i - 1], intake->ids[i])) {
            core_reply_error(intake->call, 400, CORE_CODE_RECORD);
            return false;
        }
    }
    return true;
}

bool core_intake_read(struct core_intake *intake, enum record_format format)
{
    struct core_call *call = intake->call;
    const struct record_bounds bounds = { .payload_bytes = SIZE_MAX, .kind = call->dialect->kind };
    struct record_list list = record_list_of(call->request->body, format);
    for (;;) {
        struct record_update update = { 0 };
        struct record_fault fault = { 0 };
        enum record_err err = record_list_next(&list, &bounds, call->scratch, &update, &fault);
        if (err == RECORD_END)
            return ids_differ(intake);
        if (err != RECORD_OK && err != RECORD_INVALID) {
            core_body_refuse(call, err);
            return false;
        }
        if (!take(intake, &update, err == RECORD_OK ? NULL : fault.rule))
            return false;
    }
}
