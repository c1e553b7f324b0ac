#include "auth/cache.h"

#include "auth/digest.h"
#include "base/alloc.h"
#include "base/rng.h"

/* A token has one slot where it can be; the one that comes later stays. */
struct auth_cache {
    struct auth_secrets secrets; /* borrow from bytes */
    struct slice node;           /* likewise */
    uint8_t *bytes;
    size_t bytes_len;
    uint64_t seed;
    struct auth_opened *slots[AUTH_CACHE_TOKENS];
};

/* Appends to what was allocated for it. */
static struct slice copy(struct auth_cache *cache, struct slice bytes)
{
    uint8_t *to = cache->bytes + cache->bytes_len;
    if (bytes.len > 0)
        memcpy(to, bytes.ptr, bytes.len);
    cache->bytes_len += bytes.len;
    return slice_of(to, bytes.len);
}

struct auth_cache *auth_cache_new(const struct auth_secrets *secrets, struct slice node)
{
    struct auth_cache *cache = alloc_new(struct auth_cache);
    size_t need = node.len;
    for (size_t i = 0; i < secrets->count; i++)
        need += secrets->at[i].len;
    uint8_t *bytes = cache == NULL ? NULL : alloc_zeroed(need, 1);
    if (bytes == NULL) {
        alloc_release(cache);
        return NULL;
    }
    cache->bytes = bytes;
    cache->node = copy(cache, node);
    for (size_t i = 0; i < secrets->count; i++)
        cache->secrets.at[i] = copy(cache, secrets->at[i]);
    cache->secrets.count = secrets->count;
    rng_fill(rng_system(), &cache->seed, sizeof(cache->seed));
    return cache;
}

static void forget(struct auth_opened *opened)
{
    if (opened != NULL)
        auth_wipe(opened->key, sizeof(opened->key));
    alloc_release(opened);
}

void auth_cache_free(struct auth_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < AUTH_CACHE_TOKENS; i++)
        forget(cache->slots[i]);
    auth_wipe(cache->bytes, cache->bytes_len);
    alloc_release(cache->bytes);
    alloc_release(cache);
}

/* FNV-1a, seeded, folded.  Only tokens that a secret signed get in, so nobody can aim. */
static uint64_t hash_text(const struct auth_cache *cache, struct slice text)
{
    uint64_t hash = cache->seed ^ UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ text.ptr[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 32;
}

static struct auth_opened *remember(struct slice text, uint64_t hash)
{
    struct auth_opened *opened = alloc_zeroed(1, sizeof(*opened) + text.len);
    if (opened == NULL)
        return NULL;
    opened->hash = hash;
    opened->text_len = text.len;
    memcpy(opened->text, text.ptr, text.len);
    return opened;
}

enum auth_token_err auth_cache_open(struct auth_cache *cache, struct slice text,
                                    const struct auth_opened **ret_opened)
{
    uint64_t hash = hash_text(cache, text);
    struct auth_opened **slot = &cache->slots[hash % AUTH_CACHE_TOKENS];
    if (*slot != NULL && (*slot)->hash == hash &&
        auth_equal(text, slice_of((*slot)->text, (*slot)->text_len))) {
        *ret_opened = *slot;
        return AUTH_TOKEN_OK;
    }
    struct auth_token_opened found;
    AUTO(buf_free) struct buf scratch = buf_bounded(2 * (size_t)LIMIT_TOKEN);
    enum auth_token_err err = auth_token_open(&cache->secrets, text, 0, &scratch, &found);
    if (err != AUTH_TOKEN_OK && err != AUTH_TOKEN_EXPIRED)
        return err;
    struct auth_opened *opened = remember(text, hash);
    if (opened != NULL) {
        opened->uid = found.token.uid;
        opened->expires = found.token.expires;
        opened->right_node = cache->node.len == 0 || slice_eq(found.token.node, cache->node);
        memcpy(opened->key, found.key, sizeof(opened->key));
        forget(*slot);
        *slot = opened;
        *ret_opened = opened;
    }
    auth_wipe(found.key, sizeof(found.key));
    return opened == NULL ? AUTH_TOKEN_NOMEM : AUTH_TOKEN_OK;
}
