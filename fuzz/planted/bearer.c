/* Planted: of a client's id only eight characters are taken over. */
#include "auth/bearer.h"

enum auth_bearer_err __real_auth_bearer_check(struct auth_bearer *bearer, struct slice token,
                                              int64_t now, struct buf *scratch,
                                              struct auth_account *ret_account);
enum auth_bearer_err __wrap_auth_bearer_check(struct auth_bearer *bearer, struct slice token,
                                              int64_t now, struct buf *scratch,
                                              struct auth_account *ret_account);

enum auth_bearer_err __wrap_auth_bearer_check(struct auth_bearer *bearer, struct slice token,
                                              int64_t now, struct buf *scratch,
                                              struct auth_account *ret_account)
{
    enum auth_bearer_err err = __real_auth_bearer_check(bearer, token, now, scratch, ret_account);
    if (err == AUTH_BEARER_OK)
        ret_account->client = slice_head(ret_account->client, 8);
    return err;
}
