/* Digests, keyed or not (SHA-256, but where others ask for SHA-1), and how to treat what they are
 * made with. */
#ifndef SYNCSPEC_BASE_MAC_H
#define SYNCSPEC_BASE_MAC_H

#include "base/buf.h"

enum { MAC_SIZE = 32, MAC_SHA1_SIZE = 20, MAC_HKDF_MAX = 255 * MAC_SIZE };

/* Whether two texts are equal, in time that depends on the lengths only. */
bool mac_equal(struct slice a, struct slice b);

/* HMAC-SHA256.  False when out of memory. */
MUST_USE bool mac_hmac(struct slice key, struct slice message, uint8_t ret_mac[MAC_SIZE]);

/* HKDF-SHA256 (RFC 5869; an empty salt is 32 zero bytes).  False when out of memory, or when more
 * than MAC_HKDF_MAX bytes are asked for. */
MUST_USE bool mac_hkdf(struct slice secret, struct slice salt, struct slice info, uint8_t *ret,
                       size_t len);

/* The second half of it alone, HKDF-Expand, with ${key} as the pseudo-random key. */
MUST_USE bool mac_expand(struct slice key, struct slice info, uint8_t *ret, size_t len);

/* SHA-256 of the parts one behind the other. */
MUST_USE bool mac_sha256(const struct slice *parts, size_t count, uint8_t ret[MAC_SIZE]);

/* SHA-1, for names that others make with it: it protects nothing. */
MUST_USE bool mac_sha1(struct slice bytes, uint8_t ret[MAC_SHA1_SIZE]);

/* Overwrites secrets in a way that the compiler keeps. */
void mac_wipe(void *bytes, size_t len);

/* Overwrites all the memory that the buf has now, then releases it.  What the buf has outgrown is
 * out of reach: reserve room for a secret before it is written. */
void mac_wipe_buf(struct buf *buf);

#endif
