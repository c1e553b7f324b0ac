/* Signs JSON Web Tokens: for the accounts double and for tests. */
#ifndef SYNCSPEC_AUTH_SIGNER_H
#define SYNCSPEC_AUTH_SIGNER_H

#include "auth/jwks.h"

/* A private RSA key, made for this process and never written anywhere. */
struct auth_signer;

/* Makes a key of AUTH_JWKS_RSA_BITS_MIN bits, which takes about a tenth of a second; ${kid} is
 * copied.  NULL when that fails. */
MUST_USE struct auth_signer *auth_signer_new(struct slice kid);

/* Appends the public half as a key set: {"keys":[{"kty":"RSA",...}]}. */
MUST_USE bool auth_signer_jwks(const struct auth_signer *signer, struct buf *out);

/* Appends a token of these claims (a JSON text), RS256. */
MUST_USE bool auth_signer_sign(const struct auth_signer *signer, struct slice claims,
                               struct buf *out);

/* The same with a header of the caller's, for tests. */
MUST_USE bool auth_signer_sign_as(const struct auth_signer *signer, struct slice header,
                                  struct slice claims, struct buf *out);

/* auth_signer_free(NULL) does nothing. */
void auth_signer_free(struct auth_signer *signer);

#endif
