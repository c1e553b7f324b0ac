/* How much a user may store. */
#ifndef SYNCSPEC_CORE_QUOTA_H
#define SYNCSPEC_CORE_QUOTA_H

#include "core/call.h"

/* Whether the transaction, having changed the user's payload bytes from ${before}, keeps to the
 * quota; otherwise the reply is 400 with code 14.  What does not grow is always allowed. */
MUST_USE bool core_quota_holds(struct core_call *call, uint64_t before);

/* X-Weave-Quota-Remaining, in KB with two decimals, rounded down; nothing without a quota. */
void core_quota_report(struct core_call *call);

#endif
