/* storage/<collection>/<id>: GET, PUT and DELETE. */
#include "core/body.h"
#include "core/quota.h"
#include "core/reply.h"

/* A record that does not exist was modified at 0.  False: the reply is an error, 304 or 412. */
static bool find(struct core_call *call, struct record_bso *ret_bso, bool *ret_exists)
{
    struct record_bso bso = { 0 };
    enum store_err err = store_get(call->txn, call->collection, call->id, &bso);
    if (err != STORE_OK && err != STORE_ABSENT) {
        core_reply_retry(call);
        return false;
    }
    *ret_bso = bso;
    *ret_exists = err == STORE_OK;
    return true;
}

void core_object_get(struct core_call *call)
{
    struct record_bso bso;
    bool exists;
    if (!find(call, &bso, &exists))
        return;
    if (!exists) {
        core_reply_error(call, 404, CORE_CODE_UNKNOWN);
        return;
    }
    if (!core_precond_holds(call, bso.modified))
        return;
    core_reply_json(call);
    core_reply_modified(call, bso.modified);
    record_encode(call->dialect->kind, &bso, &call->reply->body);
}

static bool read_update(struct core_call *call, struct record_update *ret_update)
{
    enum record_format format;
    if (!core_body_format(call, &format))
        return false;
    if (format != RECORD_JSON) {
        core_reply_error(call, 415, CORE_CODE_UNKNOWN);
        return false;
    }
    const struct record_bounds bounds = { .payload_bytes = SIZE_MAX, .kind = call->dialect->kind };
    struct record_fault fault;
    enum record_err err =
        record_decode(call->request->body, &bounds, call->scratch, ret_update, &fault);
    if (err != RECORD_OK) {
        core_body_refuse(call, err);
        return false;
    }
    if (ret_update->payload.len > call->config->limits.max_record_payload_bytes) {
        core_reply_error(call, call->dialect->oversize_status,
                         (enum core_code)call->dialect->oversize_code);
        return false;
    }
    if (core_body_has_zero_iv(call->collection, ret_update)) {
        core_reply_error(call, 400, CORE_CODE_RECORD);
        return false;
    }
    /* The id in the URL decides; the one in the body, if any, does not count, but where one record
     * was POSTed. */
    if (call->id.len == 0 && !ret_update->has_id) {
        core_reply_error(call, 400, CORE_CODE_RECORD);
        return false;
    }
    if (call->id.len == 0)
        call->id = ret_update->id;
    ret_update->id = call->id;
    ret_update->has_id = true;
    return true;
}

void core_object_put(struct core_call *call)
{
    struct record_update update;
    struct record_bso bso;
    bool exists;
    if (!read_update(call, &update) || !find(call, &bso, &exists))
        return;
    if (!core_precond_holds(call, bso.modified))
        return;
    struct core_quota_mark before;
    if (!core_quota_mark(call, &before))
        return;
    enum store_err err = store_put(call->txn, call->collection, &update);
    if (err != STORE_OK) {
        core_reply_retry(call);
        return;
    }
    if (!core_quota_holds(call, &before))
        return;
    int64_t stamp = store_stamp(call->txn);
    core_reply_json(call);
    core_reply_modified(call, stamp);
    stamp_write(stamp, &call->reply->body);
    core_quota_report(call);
    call->commit = true;
}

void core_object_delete(struct core_call *call)
{
    struct record_bso bso;
    bool exists;
    if (!find(call, &bso, &exists))
        return;
    if (!exists && !call->dialect->deletes_absent) {
        core_reply_error(call, 404, CORE_CODE_UNKNOWN);
        return;
    }
    if (!core_precond_holds(call, bso.modified))
        return;
    if (!exists) {
        core_reply_unchanged(call);
        return;
    }
    enum store_err err = store_remove(call->txn, call->collection, call->id);
    if (err != STORE_OK) {
        core_reply_retry(call);
        return;
    }
    core_reply_written(call, store_stamp(call->txn));
    core_quota_report(call);
    call->commit = true;
}
