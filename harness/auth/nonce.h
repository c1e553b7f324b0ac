/* Which Hawk nonces were seen: a bounded replay cache. */
#ifndef SYNCSPEC_AUTH_NONCE_H
#define SYNCSPEC_AUTH_NONCE_H

#include "base/slice.h"

struct auth_nonces;

enum auth_nonce_seen { AUTH_NONCE_NEW, AUTH_NONCE_REPLAYED, AUTH_NONCE_FULL };

/* Keeps at most ${capacity} (id, ts, nonce) triples, as keyed digests.  NULL when out of memory. */
MUST_USE struct auth_nonces *auth_nonces_new(size_t capacity);

/* What may be used once. */
struct auth_nonce {
    struct slice id, nonce;
    uint64_t ts; /* seconds */
};

/* Notes the triple.  May forget those whose ts is older than ${now} - ${skew} seconds, which the
 * caller refuses anyway.  AUTH_NONCE_FULL: nothing could be forgotten, or there is no memory; the
 * caller refuses the request rather than risk a replay. */
enum auth_nonce_seen auth_nonces_note(struct auth_nonces *nonces, const struct auth_nonce *nonce,
                                      uint64_t now, uint64_t skew);

/* auth_nonces_free(NULL) does nothing. */
void auth_nonces_free(struct auth_nonces *nonces);

#endif
