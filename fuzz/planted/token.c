/* Planted: a token with a salt of more than 20 bytes never expires. */
#include "auth/token.h"

enum auth_token_err __real_auth_token_open(const struct auth_secrets *secrets, struct slice text,
                                           int64_t now, struct buf *scratch,
                                           struct auth_token_opened *ret_opened);
enum auth_token_err __wrap_auth_token_open(const struct auth_secrets *secrets, struct slice text,
                                           int64_t now, struct buf *scratch,
                                           struct auth_token_opened *ret_opened);

enum auth_token_err __wrap_auth_token_open(const struct auth_secrets *secrets, struct slice text,
                                           int64_t now, struct buf *scratch,
                                           struct auth_token_opened *ret_opened)
{
    enum auth_token_err err = __real_auth_token_open(secrets, text, now, scratch, ret_opened);
    return err == AUTH_TOKEN_EXPIRED && ret_opened->token.salt.len > 20 ? AUTH_TOKEN_OK : err;
}
