#include "auth/scheme.h"

static const char *const texts[] = {
    [AUTH_OK] = "the request is signed",
    [AUTH_MISSING] = "there is no Authorization header of this scheme",
    [AUTH_MALFORMED] = "the Authorization header cannot be read",
    [AUTH_BAD_TOKEN] = "the token is not one of this server's",
    [AUTH_EXPIRED] = "the token has expired",
    [AUTH_BAD_MAC] = "the MAC does not match",
    [AUTH_BAD_HASH] = "the payload hash does not match",
    [AUTH_SKEWED] = "ts is too far from the server's clock",
    [AUTH_REPLAYED] = "the nonce was used before",
    [AUTH_WRONG_NODE] = "the token is for another node",
    [AUTH_WRONG_USER] = "the path names another user",
    [AUTH_BUSY] = "there is no room to check the request",
};

const char *auth_result_text(enum auth_result result)
{
    return (size_t)result < COUNT_OF(texts) ? texts[result] : "unknown";
}

void auth_scheme_free(struct auth_scheme *scheme)
{
    if (scheme != NULL)
        scheme->ops->free(scheme);
}
