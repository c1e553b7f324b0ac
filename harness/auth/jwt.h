/* JSON Web Tokens as access tokens (RFC 7515, 7519, 9068). */
#ifndef SYNCSPEC_AUTH_JWT_H
#define SYNCSPEC_AUTH_JWT_H

#include "auth/bearer.h"
#include "auth/jwks.h"

enum { AUTH_JWT_MAX = 8 * 1024 }; /* characters of one */

/* Checks the form, then the signature with a key of ${jwks}, then reads the claims: "sub", "scope"
 * and "exp" have to be there, "fxa-generation", "client_id", "iss" and "nbf" may.  The header has
 * to say typ at+jwt, so that a token for another purpose does not pass, and must not have "crit".
 * AUTH_BEARER_EXPIRED for an nbf later than ${now}; exp, scope and issuer are left to the caller.
 * What the claims borrow lies in ${scratch}. */
MUST_USE enum auth_bearer_err auth_jwt_open(const struct auth_jwks *jwks, struct slice text,
                                            int64_t now, struct buf *scratch,
                                            struct auth_account *ret_account);

#endif
