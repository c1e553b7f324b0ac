/* The scheme "Hawk": see auth_hawk_scheme_new. */
#include "auth/cache.h"
#include "auth/hawk.h"
#include "auth/nonce.h"
#include "auth/scheme.h"
#include "base/alloc.h"
#include "base/stamp.h"

struct hawk_scheme {
    struct auth_scheme base;
    struct auth_cache *cache;
    struct auth_nonces *nonces; /* NULL: replays are accepted */
    uint32_t skew;
};

/* One request on its way through the checks. */
struct checking {
    struct hawk_scheme *scheme;
    const struct http_request *request;
    const struct auth_origin *origin;
    int64_t now;
    struct auth_hawk hawk;
    uint64_t ts;
    const struct auth_opened *token;
};

static enum auth_result read_header(struct checking *checking)
{
    const struct http_fields *fields = &checking->request->fields;
    const struct slice *header = http_fields_get(fields, "Authorization");
    struct slice scheme;
    struct slice rest;
    if (header == NULL)
        return AUTH_MISSING;
    slice_cut(*header, ' ', &scheme, &rest);
    if (!slice_eq_nocase(scheme, SLICE("Hawk")))
        return AUTH_MISSING;
    if (http_fields_count(fields, "Authorization") != 1 ||
        !auth_hawk_parse(*header, &checking->hawk) ||
        !slice_to_u64(checking->hawk.ts, &checking->ts))
        return AUTH_MALFORMED;
    return AUTH_OK;
}

static enum auth_result open_token(struct checking *checking)
{
    enum auth_token_err err =
        auth_cache_open(checking->scheme->cache, checking->hawk.id, &checking->token);
    if (err == AUTH_TOKEN_OK)
        return AUTH_OK;
    return err == AUTH_TOKEN_NOMEM ? AUTH_BUSY : AUTH_BAD_TOKEN;
}

static enum auth_result check_mac(struct checking *checking)
{
    char mac[AUTH_MAC_TEXT];
    const struct auth_hawk *hawk = &checking->hawk;
    const struct auth_hawk_input input = {
        .ts = hawk->ts,
        .nonce = hawk->nonce,
        .method = checking->request->method_text,
        .target = checking->origin->target,
        .host = checking->origin->host,
        .port = checking->origin->port,
        .hash = hawk->hash,
        .ext = hawk->ext,
    };
    if (!auth_hawk_mac(slice_text(checking->token->key), &input, mac))
        return AUTH_BUSY;
    return auth_equal(slice_text(mac), hawk->mac) ? AUTH_OK : AUTH_BAD_MAC;
}

static enum auth_result check_hash(struct checking *checking)
{
    char hash[AUTH_MAC_TEXT];
    if (!checking->hawk.has_hash)
        return AUTH_OK;
    const struct slice *type = http_fields_get(&checking->request->fields, "Content-Type");
    if (!auth_hawk_payload_hash(type == NULL ? (struct slice){ 0 } : *type, checking->request->body,
                                hash))
        return AUTH_BUSY;
    return auth_equal(slice_text(hash), checking->hawk.hash) ? AUTH_OK : AUTH_BAD_HASH;
}

/* Whole seconds, never negative. */
static uint64_t seconds(int64_t stamp)
{
    return stamp > 0 ? (uint64_t)stamp / STAMP_SECOND : 0;
}

static enum auth_result check_skew(struct checking *checking)
{
    uint64_t now = seconds(checking->now);
    uint64_t apart = now > checking->ts ? now - checking->ts : checking->ts - now;
    return checking->scheme->skew > 0 && apart > checking->scheme->skew ? AUTH_SKEWED : AUTH_OK;
}

/* Without a skew, ts says nothing about when the nonce may be forgotten, but the expiry does: it
 * takes the place of ts, which then is part of the nonce. */
static enum auth_nonce_seen note_until_expiry(struct checking *checking)
{
    const struct auth_hawk *hawk = &checking->hawk;
    AUTO(buf_free) struct buf both = buf_bounded(hawk->ts.len + 1 + hawk->nonce.len);
    buf_add(&both, hawk->ts);
    buf_add_byte(&both, '\n');
    buf_add(&both, hawk->nonce);
    if (both.failed)
        return AUTH_NONCE_FULL;
    const struct auth_nonce nonce = { .id = hawk->id,
                                      .nonce = buf_slice(&both),
                                      .ts = seconds(checking->token->expires) };
    return auth_nonces_note(checking->scheme->nonces, &nonce, seconds(checking->now), 0);
}

static enum auth_result check_nonce(struct checking *checking)
{
    static const enum auth_result results[] = {
        [AUTH_NONCE_NEW] = AUTH_OK,
        [AUTH_NONCE_REPLAYED] = AUTH_REPLAYED,
        [AUTH_NONCE_FULL] = AUTH_BUSY,
    };
    const struct hawk_scheme *scheme = checking->scheme;
    const struct auth_hawk *hawk = &checking->hawk;
    if (scheme->nonces == NULL)
        return AUTH_OK;
    if (scheme->skew == 0)
        return results[note_until_expiry(checking)];
    const struct auth_nonce nonce = { .id = hawk->id, .nonce = hawk->nonce, .ts = checking->ts };
    return results[auth_nonces_note(scheme->nonces, &nonce, seconds(checking->now), scheme->skew)];
}

static enum auth_result check_claims(struct checking *checking)
{
    if (!checking->token->right_node)
        return AUTH_WRONG_NODE;
    return checking->token->expires <= checking->now ? AUTH_EXPIRED : AUTH_OK;
}

static enum auth_result hawk_check(struct auth_scheme *base, const struct http_request *request,
                                   const struct auth_origin *origin, int64_t now,
                                   struct auth_identity *ret_identity)
{
    static enum auth_result (*const steps[])(struct checking * checking) = {
        read_header, open_token, check_mac, check_hash, check_skew, check_nonce, check_claims,
    };
    struct checking checking = {
        .scheme = CONTAINER_OF(base, struct hawk_scheme, base),
        .request = request,
        .origin = origin,
        .now = now,
    };
    enum auth_result result = AUTH_OK;
    for (size_t i = 0; i < COUNT_OF(steps) && result == AUTH_OK; i++)
        result = steps[i](&checking);
    if (result == AUTH_OK || result == AUTH_EXPIRED)
        ret_identity->uid = checking.token->uid;
    return result;
}

static void hawk_free(struct auth_scheme *base)
{
    struct hawk_scheme *scheme = CONTAINER_OF(base, struct hawk_scheme, base);
    auth_cache_free(scheme->cache);
    auth_nonces_free(scheme->nonces);
    alloc_release(scheme);
}

static const struct auth_scheme_ops hawk_ops = {
    .name = "Hawk",
    .check = hawk_check,
    .free = hawk_free,
};

struct auth_scheme *auth_hawk_scheme_new(const struct auth_hawk_config *config)
{
    struct hawk_scheme *scheme = alloc_new(struct hawk_scheme);
    if (scheme == NULL)
        return NULL;
    scheme->base.ops = &hawk_ops;
    scheme->skew = config->skew;
    scheme->cache = auth_cache_new(&config->secrets, config->node);
    if (config->nonces > 0)
        scheme->nonces = auth_nonces_new(config->nonces);
    if (scheme->cache == NULL || (config->nonces > 0 && scheme->nonces == NULL)) {
        hawk_free(&scheme->base);
        return NULL;
    }
    return &scheme->base;
}
