#include "auth/bearer.h"

#include "auth/jwt.h"
#include "auth/members.h"
#include "base/alloc.h"
#include "base/limits.h"
#include "record/bso.h"

static const char *const texts[] = {
    [AUTH_BEARER_OK] = "the token is good",
    [AUTH_BEARER_MALFORMED] = "the token cannot be read",
    [AUTH_BEARER_FORGED] = "the token is not of an accounts service that is trusted",
    [AUTH_BEARER_EXPIRED] = "the token has expired, or is not valid yet",
    [AUTH_BEARER_ISSUER] = "the token is of another issuer",
    [AUTH_BEARER_SCOPE] = "the token is not for Sync",
    [AUTH_BEARER_BUSY] = "there is no room, or nobody to ask, to check the token",
};

const char *auth_bearer_text(enum auth_bearer_err err)
{
    return (size_t)err < COUNT_OF(texts) ? texts[err] : "unknown";
}

static bool is_account(struct slice id)
{
    if (id.len == 0 || id.len > AUTH_ACCOUNT_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        uint8_t c = id.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '=' && c != '_')
            return false;
    }
    return true;
}

static bool has_word(struct slice words, struct slice wanted)
{
    struct slice word;
    for (bool more = true; more;) {
        more = slice_cut(words, ' ', &word, &words);
        if (slice_eq(word, wanted))
            return true;
    }
    return false;
}

enum auth_bearer_err auth_bearer_check(struct auth_bearer *bearer, struct slice token, int64_t now,
                                       struct buf *scratch, struct auth_account *ret_account)
{
    struct auth_account account;
    TRY(bearer->ops->check(bearer, token, now, scratch, &account));
    if (!is_account(account.id) || account.generation > INT64_MAX)
        return AUTH_BEARER_MALFORMED;
    if (account.expires <= now)
        return AUTH_BEARER_EXPIRED;
    if (!has_word(account.scope, SLICE(AUTH_SCOPE_SYNC)))
        return AUTH_BEARER_SCOPE;
    *ret_account = account;
    return AUTH_BEARER_OK;
}

void auth_bearer_free(struct auth_bearer *bearer)
{
    if (bearer != NULL)
        bearer->ops->free(bearer);
}

/* JSON Web Tokens. */

struct jwt_bearer {
    struct auth_bearer base;
    struct auth_jwks *jwks;
    size_t issuer_len;
    uint8_t issuer[];
};

static enum auth_bearer_err check_jwt(struct auth_bearer *bearer, struct slice token, int64_t now,
                                      struct buf *scratch, struct auth_account *ret_account)
{
    struct jwt_bearer *self = CONTAINER_OF(bearer, struct jwt_bearer, base);
    TRY(auth_jwt_open(self->jwks, token, now, scratch, ret_account));
    if (self->issuer_len > 0 &&
        !slice_eq(ret_account->issuer, slice_of(self->issuer, self->issuer_len)))
        return AUTH_BEARER_ISSUER;
    return AUTH_BEARER_OK;
}

static void free_jwt(struct auth_bearer *bearer)
{
    struct jwt_bearer *self = CONTAINER_OF(bearer, struct jwt_bearer, base);
    auth_jwks_free(self->jwks);
    alloc_release(self);
}

static const struct auth_bearer_ops jwt_ops = { .check = check_jwt, .free = free_jwt };

struct auth_bearer *auth_bearer_jwt_new(struct auth_jwks *jwks, struct slice issuer)
{
    struct jwt_bearer *self = alloc_zeroed(1, sizeof(*self) + issuer.len);
    if (self == NULL) {
        auth_jwks_free(jwks);
        return NULL;
    }
    self->base.ops = &jwt_ops;
    self->jwks = jwks;
    self->issuer_len = issuer.len;
    if (issuer.len > 0)
        memcpy(self->issuer, issuer.ptr, issuer.len);
    return &self->base;
}

/* Asking the service. */

enum { ANSWER_MAX = 16 * 1024, TIMED_OUT = 408, TOO_MANY = 429 };

struct remote_bearer {
    struct auth_bearer base;
    auth_bearer_post *post;
    void *context;
};

static const struct auth_member answer_rows[] = {
    { SLICE_INIT("user"), AUTH_MEMBER_TEXT, offsetof(struct auth_account, id) },
    { SLICE_INIT("scope"), AUTH_MEMBER_WORDS, offsetof(struct auth_account, scope) },
    { SLICE_INIT("client_id"), AUTH_MEMBER_TEXT, offsetof(struct auth_account, client) },
    { SLICE_INIT("issuer"), AUTH_MEMBER_TEXT, offsetof(struct auth_account, issuer) },
    { SLICE_INIT("generation"), AUTH_MEMBER_COUNT, offsetof(struct auth_account, generation) },
};
static const struct auth_members answer_members = { answer_rows, COUNT_OF(answer_rows) };

static bool is_visible(struct slice token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] >= 0x7F)
            return false;
    }
    return token.len > 0 && token.len <= LIMIT_FIELD_VALUE;
}

static enum auth_bearer_err check_remote(struct auth_bearer *bearer, struct slice token,
                                         int64_t now, struct buf *scratch,
                                         struct auth_account *ret_account)
{
    struct remote_bearer *self = CONTAINER_OF(bearer, struct remote_bearer, base);
    (void)now; /* the service looks at the expiry */
    if (!is_visible(token))
        return AUTH_BEARER_MALFORMED;
    AUTO(buf_free) struct buf body = buf_bounded(2 * token.len + sizeof("{\"token\":\"\"}"));
    buf_add_text(&body, "{\"token\":");
    record_encode_string(token, &body);
    buf_add_byte(&body, '}');
    size_t from = scratch->len;
    AUTO(buf_free) struct buf answer = buf_bounded(ANSWER_MAX);
    int status = body.failed ? 0 : self->post(self->context, buf_slice(&body), &answer);
    if (status >= 400 && status < 500 && status != TIMED_OUT && status != TOO_MANY)
        return AUTH_BEARER_FORGED;
    if (status != 200 || answer.failed || !buf_reserve(scratch, 2 * answer.len))
        return AUTH_BEARER_BUSY;
    struct auth_account account = { .expires = INT64_MAX };
    uint32_t seen;
    buf_add(scratch, buf_slice(&answer));
    if (!auth_members_read(slice_from(buf_slice(scratch), from), &answer_members, scratch, &account,
                           &seen))
        return AUTH_BEARER_BUSY;
    *ret_account = account;
    return AUTH_BEARER_OK;
}

static void free_remote(struct auth_bearer *bearer)
{
    alloc_release(CONTAINER_OF(bearer, struct remote_bearer, base));
}

static const struct auth_bearer_ops remote_ops = { .check = check_remote, .free = free_remote };

struct auth_bearer *auth_bearer_remote_new(auth_bearer_post *post, void *context)
{
    struct remote_bearer *self = alloc_new(struct remote_bearer);
    if (self == NULL)
        return NULL;
    self->base.ops = &remote_ops;
    self->post = post;
    self->context = context;
    return &self->base;
}
