/* Batch uploads (SyncStorage API 1.5, "Batch uploads"): what a POST asks of batches, and the batch
 * that it means. */
#ifndef SYNCSPEC_CORE_BATCH_H
#define SYNCSPEC_CORE_BATCH_H

#include "core/call.h"
#include "core/intake.h"

enum core_batch_use {
    CORE_BATCH_NONE,  /* a plain POST */
    CORE_BATCH_WHOLE, /* opened and committed by one request; any new one where none are served */
    CORE_BATCH_OPEN,
    CORE_BATCH_APPEND,
    CORE_BATCH_COMMIT,
    CORE_BATCH_USES
};

struct core_batch {
    enum core_batch_use use;
    uint64_t id;             /* but for NONE and WHOLE */
    struct store_batch held; /* before this request */
};

/* Reads the call's query; an OPEN gets a new id.  batch=true, in any case, or without a value, asks
 * for a new batch, anything else for an open one.  False: the reply is a 400, for `commit` without
 * `batch` or with another value than "true", for either of them twice or with a broken
 * percent-encoding, and for a batch that is not open: unknown, expired, committed, or another
 * user's or collection's.  Before 1.5 the two are like any unknown parameter. */
MUST_USE bool core_batch_parse(struct core_call *call, struct core_batch *ret_batch);

/* The id as clients see it, to be sent back in `batch`: base64url without padding. */
bool core_batch_write_id(uint64_t id, struct buf *out);

/* Whether the batch, with these records added, keeps to max_total_records and max_total_bytes;
 * otherwise the reply is 400 with code 17.  Every record counts, also one that was sent before. */
MUST_USE bool core_batch_fits(struct core_call *call, const struct core_batch *batch,
                              const struct core_intake *intake);

#endif
