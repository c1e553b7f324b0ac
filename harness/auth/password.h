/* Passwords as a server may keep them: salted scrypt hashes (RFC 7914), nothing else. */
#ifndef SYNCSPEC_AUTH_PASSWORD_H
#define SYNCSPEC_AUTH_PASSWORD_H

#include "auth/digest.h"
#include "base/rng.h"

enum {
    AUTH_PASSWORD_SALT = 16,
    AUTH_PASSWORD_HASH = 32,
    AUTH_PASSWORD_MAX = 256,    /* bytes of a password */
    AUTH_PASSWORD_COST_MIN = 4, /* for tests */
    AUTH_PASSWORD_COST = 14,    /* 2^14 rounds: 16 MiB and some 40 ms for each check */
    AUTH_PASSWORD_COST_MAX = 14,
};

struct auth_password {
    uint8_t salt[AUTH_PASSWORD_SALT];
    uint8_t hash[AUTH_PASSWORD_HASH];
    uint8_t cost; /* log2 of scrypt's N; r = 8, p = 1 */
};

/* A new salt, and the hash.  False when out of memory, or when the password is too long. */
MUST_USE bool auth_password_set(struct slice password, uint8_t cost, struct rng *rng,
                                struct auth_password *ret);

enum auth_password_result { AUTH_PASSWORD_RIGHT = 0, AUTH_PASSWORD_WRONG, AUTH_PASSWORD_NOMEM };

/* Whether it is the password; the time depends on the cost only. */
enum auth_password_result auth_password_check(const struct auth_password *stored,
                                              struct slice password);

/* A password that was right, to be known again without the cost of a hash: Basic sends it with each
 * request.  It is a digest with a key that no other process has, so that a store has no use for it.
 * Zero-initialised: none was right since the password was set. */
struct auth_password_known {
    uint8_t digest[AUTH_DIGEST];
    bool set;
};

/* As auth_password_check, with ${key}, which is random, but fast when the password was right before
 * by ${known}, in which a right one is kept. */
enum auth_password_result auth_password_check_known(const struct auth_password *stored,
                                                    struct slice password,
                                                    const uint8_t key[AUTH_DIGEST],
                                                    struct auth_password_known *known);

#endif
