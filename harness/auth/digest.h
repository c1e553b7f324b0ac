/* The keyed digests that tokens and Hawk are built from (SHA-256 throughout). */
#ifndef SYNCSPEC_AUTH_DIGEST_H
#define SYNCSPEC_AUTH_DIGEST_H

#include "base/slice.h"

enum { AUTH_DIGEST = 32, AUTH_HKDF_MAX = 255 * AUTH_DIGEST };

/* Whether two texts are equal, in time that depends on the lengths only. */
bool auth_equal(struct slice a, struct slice b);

/* HMAC-SHA256 and HKDF-SHA256 (RFC 5869; an empty salt is 32 zero bytes).  False when out of
 * memory, or when more than AUTH_HKDF_MAX bytes are asked for. */
MUST_USE bool auth_hmac(struct slice key, struct slice message, uint8_t ret_mac[AUTH_DIGEST]);
MUST_USE bool auth_hkdf(struct slice secret, struct slice salt, struct slice info, uint8_t *ret,
                        size_t len);

/* SHA-256 of the parts one behind the other. */
MUST_USE bool auth_sha256(const struct slice *parts, size_t count, uint8_t ret[AUTH_DIGEST]);

/* Overwrites secrets in a way that the compiler keeps. */
void auth_wipe(void *bytes, size_t len);

#endif
