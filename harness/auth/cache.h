/* The tokens opened last, so that a request costs one HMAC and not the derivation of two keys. */
#ifndef SYNCSPEC_AUTH_CACHE_H
#define SYNCSPEC_AUTH_CACHE_H

#include "auth/token.h"

/* A token that was signed with one of the secrets; whether it is expired is for the reader to see.
 */
struct auth_opened {
    uint64_t uid;
    int64_t expires; /* stamp */
    bool right_node;
    char key[AUTH_KEY_TEXT];
    uint64_t hash; /* of the text */
    size_t text_len;
    uint8_t text[];
};

struct auth_cache;

enum { AUTH_CACHE_TOKENS = 4096 };

/* Copies the secrets and the node (empty: any token's node is right).  Keeps at most
 * AUTH_CACHE_TOKENS tokens.  NULL when out of memory. */
MUST_USE struct auth_cache *auth_cache_new(const struct auth_secrets *secrets, struct slice node);

/* The opened token, kept until the next call.  AUTH_TOKEN_OK for expired ones too; _MALFORMED and
 * _FORGED ones are not kept, so that nobody without a secret turns others out. */
MUST_USE enum auth_token_err auth_cache_open(struct auth_cache *cache, struct slice text,
                                             const struct auth_opened **ret_opened);

/* Wipes secrets and keys.  auth_cache_free(NULL) does nothing. */
void auth_cache_free(struct auth_cache *cache);

#endif
