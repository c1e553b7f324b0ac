/* OAuth bearer tokens (RFC 6750): who stands behind one, as an accounts service says it. */
#ifndef SYNCSPEC_AUTH_BEARER_H
#define SYNCSPEC_AUTH_BEARER_H

#include "auth/jwks.h"

/* What Sync asks of a token. */
#define AUTH_SCOPE_SYNC "https://identity.mozilla.com/apps/oldsync"

enum { AUTH_ACCOUNT_MAX = 64 }; /* characters of an account's id: A-Z a-z 0-9 - = _ */

/* Slices borrow from the scratch that the check was given, or from the token. */
struct auth_account {
    struct slice id;     /* "sub": 1 to AUTH_ACCOUNT_MAX characters */
    struct slice scope;  /* words with a blank between them */
    struct slice client; /* "client_id"; empty when absent */
    struct slice issuer; /* "iss"; empty when absent */
    uint64_t generation; /* of the account's credentials; 0: not told */
    int64_t expires;     /* stamp; INT64_MAX: not told */
};

enum auth_bearer_err {
    AUTH_BEARER_OK = 0,
    AUTH_BEARER_MALFORMED, /* not a token that could be checked */
    AUTH_BEARER_FORGED,    /* the signature is not of a key that we trust, or the service says no */
    AUTH_BEARER_EXPIRED,   /* exp <= now, or nbf > now */
    AUTH_BEARER_ISSUER,    /* of another accounts service */
    AUTH_BEARER_SCOPE,     /* not for Sync */
    AUTH_BEARER_BUSY,      /* out of memory, or the service cannot be asked: 503 */
};

/* Static text for logs. */
const char *auth_bearer_text(enum auth_bearer_err err);

struct auth_bearer {
    const struct auth_bearer_ops *ops;
};

struct auth_bearer_ops {
    /* ${scratch} is appended to.  ${ret_account} is written on AUTH_BEARER_OK. */
    enum auth_bearer_err (*check)(struct auth_bearer *bearer, struct slice token, int64_t now,
                                  struct buf *scratch, struct auth_account *ret_account);
    void (*free)(struct auth_bearer *bearer);
};

/* Whose token is it, and may it sync?  What the implementation found is judged here: the id's form,
 * the expiry at ${now} (stamp), the scope. */
MUST_USE enum auth_bearer_err auth_bearer_check(struct auth_bearer *bearer, struct slice token,
                                                int64_t now, struct buf *scratch,
                                                struct auth_account *ret_account);

/* JSON Web Tokens signed with a key of the set, which is taken over, also on failure.  ${issuer}:
 * what "iss" has to be; empty: not compared.  NULL when out of memory. */
MUST_USE struct auth_bearer *auth_bearer_jwt_new(struct auth_jwks *jwks, struct slice issuer);

/* Sends ${body} (JSON) to the accounts service's verify endpoint and appends the body of its
 * answer; the status, or 0 when it cannot be reached. */
typedef int auth_bearer_post(void *context, struct slice body, struct buf *out);

/* Asks the accounts service about each token: POST {"token": ...}, answered with 200 and
 * {"user", "scope", "client_id", "generation"}, or 4xx when it is not a good one (408 and 429
 * say nothing of it).  NULL when out of memory. */
MUST_USE struct auth_bearer *auth_bearer_remote_new(auth_bearer_post *post, void *context);

/* auth_bearer_free(NULL) does nothing. */
void auth_bearer_free(struct auth_bearer *bearer);

#endif
