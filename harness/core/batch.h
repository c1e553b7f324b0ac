/* What a POST asks of batches (API 1.5, "Batch uploads"): the parameters `batch` and `commit`. */
#ifndef SYNCSPEC_CORE_BATCH_H
#define SYNCSPEC_CORE_BATCH_H

#include "core/call.h"

enum core_batch_use {
    CORE_BATCH_NONE,     /* a plain POST */
    CORE_BATCH_START,    /* batch=true, in any case, or without a value */
    CORE_BATCH_CONTINUE, /* batch=<id> */
};

struct core_batch {
    enum core_batch_use use;
    struct slice id; /* CORE_BATCH_CONTINUE: decoded */
    bool commit;
};

/* Reads the call's query.  `commit` without `batch`, or with another value than "true", either of
 * them twice, or a broken percent-encoding make the reply a 400 and the result false. */
MUST_USE bool core_batch_parse(struct core_call *call, struct core_batch *ret_batch);

#endif
