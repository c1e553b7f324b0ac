/* The pair of keys that global storage version 5 encrypts with, as it comes from an account's
 * master key ("Sync Key Bundle"). */
#ifndef SYNCSPEC_RECORD_BUNDLE_H
#define SYNCSPEC_RECORD_BUNDLE_H

#include "base/mac.h"

enum {
    RECORD_KEY = 32,          /* bytes of either key, and of an account's master key kB */
    RECORD_CLIENT_STATE = 16, /* bytes */
    RECORD_CLIENT_STATE_TEXT = 2 * RECORD_CLIENT_STATE + 1,
};

/* Wipe it with record_bundle_wipe once it is of no use. */
struct record_bundle {
    uint8_t encryption[RECORD_KEY]; /* AES-256 */
    uint8_t hmac[RECORD_KEY];       /* HMAC-SHA256 */
};

/* Derives the bundle of a master key: HKDF with 32 zero bytes of salt and the info
 * "identity.mozilla.com/picl/v1/oldsync".  An account's kB has RECORD_KEY bytes; the derivation
 * itself takes any length, and the documents show it with 16.  False when out of memory. */
MUST_USE bool record_bundle_of_master(struct slice master, struct record_bundle *ret_bundle);

void record_bundle_wipe(struct record_bundle *bundle);

/* What tells a token server that the keys have changed without telling the keys: the first 16 bytes
 * of SHA-256(kB), in lower-case hex (X-Client-State).  False when out of memory. */
MUST_USE bool record_client_state(struct slice master, char ret_hex[RECORD_CLIENT_STATE_TEXT]);

/* Appends the value of X-KeyID: the time of the last change of keys, '-', and the bytes of the
 * client state in base64url without padding.  Returns !out->failed. */
bool record_key_id(uint64_t keys_changed_at, struct slice client_state, struct buf *out);

/* The same with the time in at least 13 digits, as fxa_kid stands in tokens. */
bool record_key_id_wide(uint64_t keys_changed_at, struct slice client_state, struct buf *out);

#endif
