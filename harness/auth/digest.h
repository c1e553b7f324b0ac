/* The keyed digests that tokens and Hawk are built from: those of base/mac.h, under the names of
 * this folder. */
#ifndef SYNCSPEC_AUTH_DIGEST_H
#define SYNCSPEC_AUTH_DIGEST_H

#include "base/mac.h"

enum { AUTH_DIGEST = MAC_SIZE, AUTH_HKDF_MAX = MAC_HKDF_MAX };

static inline bool auth_equal(struct slice a, struct slice b)
{
    return mac_equal(a, b);
}

MUST_USE static inline bool auth_hmac(struct slice key, struct slice message,
                                      uint8_t ret_mac[AUTH_DIGEST])
{
    return mac_hmac(key, message, ret_mac);
}

MUST_USE static inline bool auth_hkdf(struct slice secret, struct slice salt, struct slice info,
                                      uint8_t *ret, size_t len)
{
    return mac_hkdf(secret, salt, info, ret, len);
}

MUST_USE static inline bool auth_sha256(const struct slice *parts, size_t count,
                                        uint8_t ret[AUTH_DIGEST])
{
    return mac_sha256(parts, count, ret);
}

static inline void auth_wipe(void *bytes, size_t len)
{
    mac_wipe(bytes, len);
}

#endif
