#include "core/accounts.h"

#include "auth/jwt.h"
#include "auth/members.h"
#include "auth/signer.h"
#include "base/alloc.h"
#include "base/stamp.h"
#include "http/target.h"
#include "record/bso.h"

enum {
    SCRATCH = 8 * CORE_ACCOUNTS_BODY,
    HEADER_MAX = 4 * 1024,
    UID_MAX = 256,
    ID_BYTES = 16,
    ERRNO_TOKEN = 108,   /* "Invalid token", as FxA numbers it */
    ERRNO_REQUEST = 109, /* "Invalid request parameter" */
};

#define KID    "syncspec-accounts-double"
#define CLIENT "syncspec"

struct core_accounts_keys {
    struct auth_signer *own;
    struct auth_signer *foreign; /* what it signs is forged */
};

struct core_accounts {
    struct core_accounts_env env;
    struct core_accounts_keys made; /* where none are given; the foreign one once it is asked for */
    struct auth_jwks *jwks;
    struct buf jwks_text;
    struct buf scratch;
    size_t issuer_len;
    uint8_t issuer[];
};

/* What is asked to be signed. */
struct order {
    struct slice uid, scope, client, issuer, typ;
    uint64_t generation;
    int64_t expires_in;
    bool foreign_key;
};

static const struct auth_member order_rows[] = {
    { SLICE_INIT("uid"), AUTH_MEMBER_TEXT, offsetof(struct order, uid) },
    { SLICE_INIT("generation"), AUTH_MEMBER_COUNT, offsetof(struct order, generation) },
    { SLICE_INIT("scope"), AUTH_MEMBER_WORDS, offsetof(struct order, scope) },
    { SLICE_INIT("expires_in"), AUTH_MEMBER_INTEGER, offsetof(struct order, expires_in) },
    { SLICE_INIT("client_id"), AUTH_MEMBER_TEXT, offsetof(struct order, client) },
    { SLICE_INIT("issuer"), AUTH_MEMBER_TEXT, offsetof(struct order, issuer) },
    { SLICE_INIT("typ"), AUTH_MEMBER_TEXT, offsetof(struct order, typ) },
    { SLICE_INIT("foreign_key"), AUTH_MEMBER_FLAG, offsetof(struct order, foreign_key) },
};
static const struct auth_members order_members = { order_rows, COUNT_OF(order_rows) };
enum { SEEN_UID = 1 << 0, SEEN_GENERATION = 1 << 1 };

struct core_accounts_keys *core_accounts_keys_new(void)
{
    struct core_accounts_keys *keys = alloc_new(struct core_accounts_keys);
    if (keys == NULL)
        return NULL;
    keys->own = auth_signer_new(SLICE(KID));
    keys->foreign = auth_signer_new(SLICE(KID));
    if (keys->own != NULL && keys->foreign != NULL)
        return keys;
    core_accounts_keys_free(keys);
    return NULL;
}

static void free_signers(const struct core_accounts_keys *keys)
{
    auth_signer_free(keys->own);
    auth_signer_free(keys->foreign);
}

void core_accounts_keys_free(struct core_accounts_keys *keys)
{
    if (keys == NULL)
        return;
    free_signers(keys);
    alloc_release(keys);
}

/* NULL when it cannot be made. */
static const struct auth_signer *signer_of(struct core_accounts *accounts, bool foreign)
{
    if (accounts->env.keys != NULL)
        return foreign ? accounts->env.keys->foreign : accounts->env.keys->own;
    struct auth_signer **made = foreign ? &accounts->made.foreign : &accounts->made.own;
    if (*made == NULL)
        *made = auth_signer_new(SLICE(KID));
    return *made;
}

struct core_accounts *core_accounts_new(const struct core_accounts_env *env)
{
    const char *error;
    struct core_accounts *accounts = alloc_zeroed(1, sizeof(*accounts) + env->issuer.len);
    if (accounts == NULL)
        return NULL;
    accounts->env = *env;
    accounts->issuer_len = env->issuer.len;
    if (env->issuer.len > 0)
        memcpy(accounts->issuer, env->issuer.ptr, env->issuer.len);
    accounts->env.issuer = slice_of(accounts->issuer, accounts->issuer_len);
    accounts->jwks_text = buf_bounded(AUTH_JWKS_TEXT);
    accounts->scratch = buf_bounded(SCRATCH);
    const struct auth_signer *signer = signer_of(accounts, false);
    if (signer != NULL && auth_signer_jwks(signer, &accounts->jwks_text))
        accounts->jwks = auth_jwks_read(buf_slice(&accounts->jwks_text), &error);
    if (accounts->jwks == NULL) {
        core_accounts_free(accounts);
        return NULL;
    }
    return accounts;
}

void core_accounts_free(struct core_accounts *accounts)
{
    if (accounts == NULL)
        return;
    free_signers(&accounts->made);
    auth_jwks_free(accounts->jwks);
    buf_free(&accounts->jwks_text);
    buf_free(&accounts->scratch);
    alloc_release(accounts);
}

struct auth_bearer *core_accounts_bearer(const struct core_accounts *accounts)
{
    const char *error;
    struct auth_jwks *jwks = auth_jwks_read(buf_slice(&accounts->jwks_text), &error);
    return jwks == NULL ? NULL : auth_bearer_jwt_new(jwks, accounts->env.issuer);
}

/* An error as FxA's OAuth server tells it. */
static void refuse(struct http_reply *reply, int status, int number, const char *message)
{
    reply->status = status;
    buf_clear(&reply->body);
    (void)buf_add_format(&reply->body,
                         "{\"code\":%d,\"errno\":%d,\"error\":\"%s\",\"message\":\"%s\"}", status,
                         number, http_status_reason(status), message);
}

static void unavailable(struct http_reply *reply)
{
    refuse(reply, 503, 201, "Out of memory");
    (void)http_reply_set_text(reply, "Retry-After", "1");
}

static void give_jwks(struct core_accounts *accounts, const struct http_request *request,
                      struct http_reply *reply)
{
    (void)request;
    buf_add(&reply->body, buf_slice(&accounts->jwks_text));
}

/* ["a","b"] of "a b". */
static void write_words(struct slice words, struct buf *out)
{
    const char *before = "[";
    struct slice word;
    for (bool more = true; more;) {
        more = slice_cut(words, ' ', &word, &words);
        if (word.len == 0)
            continue;
        buf_add_text(out, before);
        record_encode_string(word, out);
        before = ",";
    }
    buf_add_text(out, before[0] == '[' ? "[]" : "]");
}

struct question {
    struct slice token;
};

static void verify(struct core_accounts *accounts, const struct http_request *request,
                   struct http_reply *reply)
{
    static const struct auth_member rows[] = { { SLICE_INIT("token"), AUTH_MEMBER_TEXT,
                                                 offsetof(struct question, token) } };
    static const struct auth_members members = { rows, COUNT_OF(rows) };
    struct question question = { 0 };
    struct auth_account account;
    uint32_t seen;
    int64_t now = clock_now(accounts->env.clock);
    if (!auth_members_read(request->body, &members, &accounts->scratch, &question, &seen)) {
        refuse(reply, 400, ERRNO_REQUEST, "Invalid request parameter");
        return;
    }
    enum auth_bearer_err err =
        auth_jwt_open(accounts->jwks, question.token, now, &accounts->scratch, &account);
    if (err == AUTH_BEARER_BUSY) {
        unavailable(reply);
        return;
    }
    if (err != AUTH_BEARER_OK || account.expires <= now) {
        refuse(reply, 400, ERRNO_TOKEN, "Invalid token");
        return;
    }
    struct buf *body = &reply->body;
    buf_add_text(body, "{\"user\":");
    record_encode_string(account.id, body);
    buf_add_text(body, ",\"client_id\":");
    record_encode_string(account.client, body);
    buf_add_text(body, ",\"scope\":");
    write_words(account.scope, body);
    if (account.generation > 0) {
        buf_add_text(body, ",\"generation\":");
        buf_add_u64(body, account.generation);
    }
    buf_add_text(body, ",\"issuer\":");
    record_encode_string(account.issuer, body);
    buf_add_byte(body, '}');
}

static void write_claims(struct core_accounts *accounts, const struct order *order,
                         bool has_generation, struct buf *out)
{
    int64_t now = clock_now(accounts->env.clock) / STAMP_SECOND;
    int64_t expires = now + order->expires_in;
    uint8_t id[ID_BYTES];
    rng_fill(accounts->env.rng, id, sizeof(id));
    buf_add_text(out, "{\"iss\":");
    record_encode_string(order->issuer, out);
    buf_add_text(out, ",\"sub\":");
    record_encode_string(order->uid, out);
    buf_add_text(out, ",\"client_id\":");
    record_encode_string(order->client, out);
    buf_add_text(out, ",\"scope\":");
    record_encode_string(order->scope, out);
    (void)buf_add_format(out, ",\"iat\":%lld,\"exp\":%lld", (long long)now,
                         (long long)(expires > 0 ? expires : 0));
    if (has_generation) {
        buf_add_text(out, ",\"fxa-generation\":");
        buf_add_u64(out, order->generation);
    }
    buf_add_text(out, ",\"jti\":\"");
    for (size_t i = 0; i < sizeof(id); i++)
        (void)buf_add_format(out, "%02x", id[i]);
    buf_add_text(out, "\"}");
}

/* False when out of memory, or past a bound. */
static bool sign(struct core_accounts *accounts, const struct order *order, bool has_generation,
                 struct buf *out)
{
    AUTO(buf_free) struct buf header = buf_bounded(HEADER_MAX);
    AUTO(buf_free) struct buf claims = buf_bounded(SCRATCH);
    const struct auth_signer *signer = signer_of(accounts, order->foreign_key);
    buf_add_text(&header, "{\"alg\":\"RS256\",\"kid\":\"" KID "\",\"typ\":");
    record_encode_string(order->typ, &header);
    buf_add_byte(&header, '}');
    write_claims(accounts, order, has_generation, &claims);
    return signer != NULL && !header.failed && !claims.failed &&
           auth_signer_sign_as(signer, buf_slice(&header), buf_slice(&claims), out);
}

static void mint(struct core_accounts *accounts, const struct http_request *request,
                 struct http_reply *reply)
{
    struct order order = { .scope = SLICE(AUTH_SCOPE_SYNC),
                           .client = SLICE(CLIENT),
                           .issuer = accounts->env.issuer,
                           .typ = SLICE("at+jwt"),
                           .expires_in = CORE_ACCOUNTS_LIFE };
    uint32_t seen;
    if (!auth_members_read(request->body, &order_members, &accounts->scratch, &order, &seen) ||
        (seen & SEEN_UID) == 0 || order.uid.len > UID_MAX ||
        order.expires_in > CORE_ACCOUNTS_LIFE_MAX || order.expires_in < -CORE_ACCOUNTS_LIFE_MAX) {
        refuse(reply, 400, ERRNO_REQUEST, "Invalid request parameter");
        return;
    }
    struct buf *body = &reply->body;
    AUTO(buf_free) struct buf token = buf_bounded(SCRATCH);
    if (!sign(accounts, &order, (seen & SEEN_GENERATION) != 0, &token)) {
        unavailable(reply);
        return;
    }
    buf_add_text(body, "{\"access_token\":");
    record_encode_string(buf_slice(&token), body);
    buf_add_text(body, ",\"token_type\":\"bearer\",\"scope\":");
    record_encode_string(order.scope, body);
    buf_add_text(body, ",\"expires_in\":");
    buf_add_i64(body, order.expires_in);
    buf_add_byte(body, '}');
}

static const struct route {
    const char *path;
    enum http_method method;
    void (*handle)(struct core_accounts *accounts, const struct http_request *request,
                   struct http_reply *reply);
} routes[] = {
    { "/v1/jwks", HTTP_METHOD_GET, give_jwks },
    { "/v1/verify", HTTP_METHOD_POST, verify },
    { "/accounts-double/token", HTTP_METHOD_POST, mint },
};

static const struct route *find_route(struct slice path)
{
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (slice_is(path, routes[i].path))
            return &routes[i];
    }
    return NULL;
}

void core_accounts_handle(struct core_accounts *accounts, const struct http_request *request,
                          struct http_reply *reply)
{
    http_reply_clear(reply);
    buf_clear(&accounts->scratch);
    reply->status = 200;
    bool fits = http_reply_set_text(reply, "Content-Type", "application/json") &&
                http_reply_set_text(reply, "X-Test-Double", "accounts");
    const struct route *route = find_route(http_target_split(request->target).path);
    if (route == NULL) {
        refuse(reply, 404, 0, "No such resource of the accounts double");
    } else if (request->method != route->method) {
        refuse(reply, 405, 0, "Another method is needed");
        (void)http_reply_set_text(reply, "Allow", http_method_name(route->method));
    } else if (request->body.len > CORE_ACCOUNTS_BODY) {
        refuse(reply, 413, ERRNO_REQUEST, "Request body too large");
    } else if (!fits || !buf_reserve(&accounts->scratch, SCRATCH / 2)) {
        unavailable(reply);
    } else {
        route->handle(accounts, request, reply);
    }
    if (reply->body.failed)
        unavailable(reply);
}
