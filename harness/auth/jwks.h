/* A JSON Web Key Set (RFC 7517): the public keys of an accounts service. */
#ifndef SYNCSPEC_AUTH_JWKS_H
#define SYNCSPEC_AUTH_JWKS_H

#include "base/buf.h"

enum {
    AUTH_JWKS_KEYS = 16,        /* of one set */
    AUTH_JWKS_TEXT = 64 * 1024, /* bytes of its JSON text */
    AUTH_JWKS_RSA_BITS_MIN = 2048,
    AUTH_JWKS_RSA_BITS_MAX = 4096, /* a longer one makes each check expensive */
};

struct auth_jwks;

/* Reads {"keys": [...]}.  Keys of another type, curve, use or alg than ours (RSA for RS256, P-256
 * for ES256) are passed, as RFC 7517 asks; a broken one of ours is an error, and so is a set with
 * none of ours.  NULL on failure, with static text in ${ret_error}. */
MUST_USE struct auth_jwks *auth_jwks_read(struct slice json, const char **ret_error);

enum auth_jwks_result {
    AUTH_JWKS_OK = 0,
    AUTH_JWKS_UNKNOWN, /* no key of that id and algorithm */
    AUTH_JWKS_FORGED,
};

/* What a signature says of itself. */
struct auth_jwks_signed {
    struct slice alg; /* "RS256" or "ES256": anything else is unknown */
    struct slice kid; /* empty: any key of that algorithm may have signed */
    struct slice message, signature;
};

/* Whether one of the keys made the signature. */
MUST_USE enum auth_jwks_result auth_jwks_verify(const struct auth_jwks *jwks,
                                                const struct auth_jwks_signed *input);

/* auth_jwks_free(NULL) does nothing. */
void auth_jwks_free(struct auth_jwks *jwks);
void auth_jwks_freep(struct auth_jwks **jwks);

#endif
