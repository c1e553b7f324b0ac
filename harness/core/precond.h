/* X-If-Modified-Since and X-If-Unmodified-Since (API 1.5, "Concurrency and conflict management").
 */
#ifndef SYNCSPEC_CORE_PRECOND_H
#define SYNCSPEC_CORE_PRECOND_H

#include "base/stamp.h"

struct core_call;

struct core_precond {
    bool has_modified, has_unmodified;
    int64_t modified, unmodified; /* stamps */
};

/* Reads the fields that the call's dialect has into call->precond.  False, the reply being a 400,
 * when a value is not a non-negative decimal, when a field is repeated, or when both are there. */
MUST_USE bool core_precond_parse(struct core_call *call);

/* Whether the call goes on, its target having been modified at ${modified} (0: there is none).
 * Otherwise the reply is a 304 or a 412 (or 503).  X-If-Modified-Since counts on GET only: on a
 * write it has no meaning, and is ignored.  Before 1.5 the target is always the collection, and
 * reads have no preconditions. */
MUST_USE bool core_precond_holds(struct core_call *call, int64_t modified);

#endif
