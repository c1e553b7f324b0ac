#include "core/quota.h"

#include "core/reply.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool holds(uint64_t quota, uint64_t before, uint64_t after)
{
    return quota == 0 || after <= quota || after <= before;
}

/* UINT64_MAX: as much as you like. */
static uint64_t remaining(uint64_t quota, uint64_t used)
{
    if (quota == 0)
        return UINT64_MAX;
    return used < quota ? quota - used : 0;
}

static bool refuse(struct core_call *call)
{
    core_reply_error(call, 400, CORE_CODE_QUOTA);
    return false;
}

bool core_quota_mark(struct core_call *call, struct core_quota_mark *ret_mark)
{
    struct store_collection collection;
    if (!core_call_collection(call, &collection))
        return false;
    *ret_mark = (struct core_quota_mark){ store_bytes(call->txn), collection.bytes };
    return true;
}

bool core_quota_holds(struct core_call *call, const struct core_quota_mark *before)
{
    struct core_quota_mark after;
    if (!core_quota_mark(call, &after))
        return false;
    return (holds(call->quota.user, before->user, after.user) &&
            holds(call->quota.collection, before->collection, after.collection)) ||
           refuse(call);
}

bool core_quota_may_hold(struct core_call *call, uint64_t id)
{
    struct store_batch batch;
    uint64_t pending;
    if (store_batch_bytes(call->txn, &pending) != STORE_OK ||
        store_batch_info(call->txn, call->collection, id, &batch) != STORE_OK) {
        core_reply_retry(call);
        return false;
    }
    return (holds(call->quota.user, 0, pending) && holds(call->quota.collection, 0, batch.bytes)) ||
           refuse(call);
}

void core_quota_report(struct core_call *call)
{
    struct core_quota_mark used;
    if (core_quota_figure(call) == 0)
        return;
    if (!core_quota_mark(call, &used)) {
        call->failed = true;
        return;
    }
    uint64_t left = least(remaining(call->quota.user, used.user),
                          remaining(call->quota.collection, used.collection));
    /* A stamp is a number of hundredths, too. */
    char text[STAMP_TEXT_MAX];
    stamp_text((int64_t)(left / 1024 * 100 + left % 1024 * 100 / 1024), text);
    core_reply_field(call, "X-Weave-Quota-Remaining", slice_text(text));
}

uint64_t core_quota_figure(const struct core_call *call)
{
    return call->quota.user != 0 ? call->quota.user : call->quota.collection;
}
