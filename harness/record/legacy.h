/* What clients did before accounts (storage versions 3 to 5, API 1.1): a sync key that people could
 * write down, and usernames that are hashes of addresses. */
#ifndef SYNCSPEC_RECORD_LEGACY_H
#define SYNCSPEC_RECORD_LEGACY_H

#include "record/bundle.h"

enum {
    RECORD_SYNC_KEY = 16,          /* bytes */
    RECORD_SYNC_KEY_TEXT = 26 + 6, /* friendly letters, five dashes, NUL */
    RECORD_USERNAME_TEXT = 32 + 1,
};

/* Reads the friendly form: base32 in either case, where 8 stands for L and 9 for O (which stand for
 * themselves too), dashes anywhere.  Refuses other characters, another count than 26, and bits set
 * behind the last byte. */
MUST_USE bool record_sync_key_read(struct slice friendly, uint8_t ret_key[RECORD_SYNC_KEY]);

/* Writes it in lower case, with dashes: y-4nkps-6yxav-i75xn-uv9ds-r472i. */
void record_sync_key_write(const uint8_t key[RECORD_SYNC_KEY],
                           char ret_friendly[RECORD_SYNC_KEY_TEXT]);

/* Derives the bundle of a sync key: HKDF-Expand alone, with the info "Sync-AES_256_CBC-HMAC256" and
 * the username.  False when out of memory. */
MUST_USE bool record_bundle_of_sync_key(const uint8_t key[RECORD_SYNC_KEY], struct slice username,
                                        struct record_bundle *ret_bundle);

/* The username of an address: base32 of the SHA-1 of it in lower case (ASCII letters only), 32
 * letters.  False when out of memory. */
MUST_USE bool record_username_of(struct slice address, char ret_username[RECORD_USERNAME_TEXT]);

#endif
