#include "core/quota.h"

#include "core/reply.h"

bool core_quota_holds(struct core_call *call, uint64_t before)
{
    uint64_t quota = call->config->quota;
    uint64_t after = store_bytes(call->txn);
    if (quota == 0 || after <= quota || after <= before)
        return true;
    core_reply_error(call, 400, CORE_CODE_QUOTA);
    return false;
}

void core_quota_report(struct core_call *call)
{
    uint64_t quota = call->config->quota;
    if (quota == 0)
        return;
    uint64_t used = store_bytes(call->txn);
    uint64_t left = used < quota ? quota - used : 0;
    /* A stamp is a number of hundredths, too. */
    char text[STAMP_TEXT_MAX];
    stamp_text((int64_t)(left / 1024 * 100 + left % 1024 * 100 / 1024), text);
    core_reply_field(call, "X-Weave-Quota-Remaining", slice_text(text));
}
