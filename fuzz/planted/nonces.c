/* Planted: a nonce that begins with 'Z' may be used twice. */
#include "auth/nonce.h"

enum auth_nonce_seen __real_auth_nonces_note(struct auth_nonces *nonces,
                                             const struct auth_nonce *nonce, uint64_t now,
                                             uint64_t skew);
enum auth_nonce_seen __wrap_auth_nonces_note(struct auth_nonces *nonces,
                                             const struct auth_nonce *nonce, uint64_t now,
                                             uint64_t skew);

enum auth_nonce_seen __wrap_auth_nonces_note(struct auth_nonces *nonces,
                                             const struct auth_nonce *nonce, uint64_t now,
                                             uint64_t skew)
{
    if (nonce->nonce.ptr[0] == 'Z')
        return AUTH_NONCE_NEW;
    return __real_auth_nonces_note(nonces, nonce, now, skew);
}
