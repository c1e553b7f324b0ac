/* Passwords as a server may keep them: salted scrypt hashes (RFC 7914), nothing else. */
#ifndef SYNCSPEC_AUTH_PASSWORD_H
#define SYNCSPEC_AUTH_PASSWORD_H

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

#endif
