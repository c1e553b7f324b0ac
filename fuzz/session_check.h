/* What has to hold of a core whatever it is asked. */
#ifndef SYNCSPEC_FUZZ_SESSION_CHECK_H
#define SYNCSPEC_FUZZ_SESSION_CHECK_H

#include "fuzz/session_world.h"

/* All that the store holds of a user. */
struct session_state {
    int64_t modified;
    uint64_t digest;      /* of collections and records */
    uint64_t batch_bytes; /* of open batches, which nothing else shows */
};

/* Reads it; on the way, collections count what they list and sum up what that holds, and no record
 * is newer than its collection, no collection newer than its user. */
struct session_state session_state_of(struct session_world *world, unsigned who);

/* The reply to a request that found the states ${before} (and left ${after}): what was not asked to
 * change, or refused, did not; what changed has a new time, which the reply tells; and other users'
 * data are as they were. */
void session_check_reply(const struct session_world *world,
                         const struct session_state before[SESSION_USERS],
                         const struct session_state after[SESSION_USERS]);

/* What a client can read of a user agrees: names, times, counts, sums, listings, quota. */
void session_audit(struct session_world *world, unsigned who);

#endif
