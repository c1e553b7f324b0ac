/* A test double of an accounts service: it gives a bearer token to anybody who asks, for any
 * account.  So a token server can be tested without a network and without real accounts.  It must
 * never be reachable by others than the tester: whoever composes it serves it on loopback only. */
#ifndef SYNCSPEC_CORE_ACCOUNTS_H
#define SYNCSPEC_CORE_ACCOUNTS_H

#include "auth/bearer.h"
#include "base/clock.h"
#include "base/rng.h"
#include "http/reply.h"

struct core_accounts;
struct core_accounts_keys;

struct core_accounts_env {
    const struct clock *clock;
    struct rng *rng;                       /* of token ids; the keys are made by OpenSSL */
    struct slice issuer;                   /* "iss" of tokens that ask for no other; copied */
    const struct core_accounts_keys *keys; /* borrowed; NULL: it makes its own */
};

enum {
    CORE_ACCOUNTS_LIFE = 3600, /* seconds of a token, unless another is asked for */
    CORE_ACCOUNTS_LIFE_MAX = 10 * 366 * 24 * 3600, /* either sign */
    CORE_ACCOUNTS_BODY = 16 * 1024,                /* bytes of a request */
};

/* Key pairs for any number of doubles, one after the other: to make them takes far longer than all
 * that a double does with them.  NULL when that fails, or when out of memory. */
MUST_USE struct core_accounts_keys *core_accounts_keys_new(void);

/* core_accounts_keys_free(NULL) does nothing. */
void core_accounts_keys_free(struct core_accounts_keys *keys);

/* Makes a key pair, unless it is given some.  NULL when that fails, or when out of memory. */
MUST_USE struct core_accounts *core_accounts_new(const struct core_accounts_env *env);

/* Total.  Every reply has X-Test-Double: accounts.
 *   GET  /v1/jwks               the public key, as FxA's OAuth server gives it
 *   POST /v1/verify             {"token"}: 200 {"user","client_id","scope","generation","issuer"},
 *                               or 400 with errno 108
 *   POST /accounts-double/token {"uid", "scope", "generation", "expires_in", "client_id",
 *                               "issuer", "typ", "foreign_key"}, all but uid optional: 200
 *                               {"access_token","token_type","scope","expires_in"}.  expires_in may
 *                               be negative; foreign_key signs with a key that is not published. */
void core_accounts_handle(struct core_accounts *accounts, const struct http_request *request,
                          struct http_reply *reply);

/* A check of the double's tokens without a request; its owner frees it.  NULL when out of memory.
 */
MUST_USE struct auth_bearer *core_accounts_bearer(const struct core_accounts *accounts);

/* core_accounts_free(NULL) does nothing. */
void core_accounts_free(struct core_accounts *accounts);

#endif
