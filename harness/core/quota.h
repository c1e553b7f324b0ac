/* How much a user may store, in all and in one collection.  Payload bytes of records that exist
 * count, exactly; what does not grow is always allowed. */
#ifndef SYNCSPEC_CORE_QUOTA_H
#define SYNCSPEC_CORE_QUOTA_H

#include "core/call.h"

/* What was used before a write. */
struct core_quota_mark {
    uint64_t user, collection;
};

/* False: the reply is a 503. */
MUST_USE bool core_quota_mark(struct core_call *call, struct core_quota_mark *ret_mark);

/* Whether the transaction, having written to the call's collection since ${before}, keeps to the
 * quotas; otherwise the reply is 400 with code 14 (or 503). */
MUST_USE bool core_quota_holds(struct core_call *call, const struct core_quota_mark *before);

/* Whether the open batches, of which ${id} was added to, can keep to the quotas once they are
 * committed: if not even all of what is stored, were it replaced by them, made room, the reply is
 * 400 with code 14.  The commit counts exactly. */
MUST_USE bool core_quota_may_hold(struct core_call *call, uint64_t id);

/* X-Weave-Quota-Remaining, in KB with two decimals, rounded down: what may yet be written to the
 * call's collection.  Nothing without a quota. */
void core_quota_report(struct core_call *call);

/* The second figure of /info/quota: what a user may store in all, else in one collection, which is
 * what may be stored wherever it is; 0 without a quota. */
uint64_t core_quota_figure(const struct core_call *call);

#endif
