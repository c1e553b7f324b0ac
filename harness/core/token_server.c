#include "core/token_server.h"

#include "auth/digest.h"
#include "auth/token.h"
#include "auth/unpadded.h"
#include "base/alloc.h"
#include "base/stamp.h"
#include "core/token_server_reply.h"
#include "http/media.h"
#include "http/target.h"
#include "record/bso.h"

enum {
    SCRATCH = 64 * 1024,
    STATE_BYTES = CORE_TOKEN_STATE / 2, /* of X-KeyID, where it is not hex */
    SALT_BYTES = 3,
    HASHED_ID = 32, /* hex digits */
    NUMBER_TEXT = 24,
};

struct core_token_server {
    struct core_token_config config; /* slices lie in text */
    struct core_token_env env;
    struct core_token_users *users;
    struct buf text;
    struct buf scratch; /* reserved whole: slices of one step stay valid in the next */
};

#define NO_DEVICE "none"

/* One request. */
struct call {
    struct core_token_server *server;
    const struct http_request *request;
    struct http_reply *reply;
    int64_t now;
    struct slice query;
    struct core_token_claim claim;
};

struct core_token_server *core_token_server_new(const struct core_token_config *config,
                                                const struct core_token_env *env)
{
    struct core_token_server *server = alloc_new(struct core_token_server);
    if (server == NULL)
        return NULL;
    struct slice secret = config->users.secret;
    struct slice metrics = config->metrics_key.len > 0 ? config->metrics_key : secret;
    server->config = *config;
    server->env = *env;
    server->text = buf_bounded(secret.len + metrics.len);
    server->scratch = buf_bounded(SCRATCH);
    server->users = core_token_users_new(&config->users);
    buf_reserve(&server->text, secret.len + metrics.len);
    buf_add(&server->text, secret);
    buf_add(&server->text, metrics);
    if (server->users == NULL || server->text.failed) {
        core_token_server_free(server);
        return NULL;
    }
    server->config.users.secret = slice_head(buf_slice(&server->text), secret.len);
    server->config.metrics_key = slice_from(buf_slice(&server->text), secret.len);
    return server;
}

void core_token_server_free(struct core_token_server *server)
{
    if (server == NULL)
        return;
    core_token_users_free(server->users);
    auth_wipe(server->text.ptr, server->text.len);
    buf_free(&server->text);
    buf_free(&server->scratch);
    alloc_release(server);
}

struct core_token_users *core_token_server_users(struct core_token_server *server)
{
    return server->users;
}

static bool refuse(struct call *call, enum core_token_refusal refusal, struct slice name)
{
    core_token_refuse(call->reply, refusal, name);
    return false;
}

/* Each of the steps below returns false after it has made the reply an error. */

/* /1.0/<application>/<version> */
static bool take_path(struct call *call)
{
    struct http_target target = http_target_split(call->request->target);
    struct slice path = target.path;
    struct slice root, application, version;
    if (!http_target_segment(&path, &root) || !http_target_segment(&path, &application) ||
        !http_target_segment(&path, &version) || path.len > 0 || !slice_is(root, "1.0"))
        return refuse(call, CORE_TOKEN_REFUSE_URL, (struct slice){ 0 });
    if (!slice_is(application, "sync"))
        return refuse(call, CORE_TOKEN_REFUSE_APPLICATION, application);
    if (!slice_is(version, "1.5"))
        return refuse(call, CORE_TOKEN_REFUSE_VERSION, version);
    if (call->request->method != HTTP_METHOD_GET)
        return refuse(call, CORE_TOKEN_REFUSE_METHOD, (struct slice){ 0 });
    call->query = target.query;
    return true;
}

static bool take_accept(struct call *call)
{
    static const char *const offers[] = { "application/json" };
    const struct slice *accept = http_fields_get(&call->request->fields, "Accept");
    if (accept == NULL || http_media_choose(*accept, offers, 1) == 0)
        return true;
    return refuse(call, CORE_TOKEN_REFUSE_ACCEPT, (struct slice){ 0 });
}

static bool is_client_state(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '.' && c != '_' && c != '-')
            return false;
    }
    return text.len <= CORE_TOKEN_STATE;
}

/* The only field of that name; NULL when there is none.  False when it is repeated. */
static bool only_field(const struct call *call, const char *name, const struct slice **ret_value)
{
    *ret_value = http_fields_get(&call->request->fields, name);
    return http_fields_count(&call->request->fields, name) <= 1;
}

static bool check_client_state(struct call *call)
{
    const struct slice *state;
    if (only_field(call, "X-Client-State", &state) && (state == NULL || is_client_state(*state)))
        return true;
    return refuse(call, CORE_TOKEN_REFUSE_STATE_VALUE, (struct slice){ 0 });
}

/* Who has the bearer token? */
static bool take_bearer(struct call *call)
{
    struct core_token_server *server = call->server;
    const struct slice *header;
    struct slice scheme, token;
    if (!only_field(call, "Authorization", &header) || header == NULL ||
        !slice_cut(*header, ' ', &scheme, &token))
        return refuse(call, CORE_TOKEN_REFUSE_NO_CREDENTIALS, (struct slice){ 0 });
    if (!slice_eq_nocase(scheme, SLICE("Bearer")))
        return refuse(call, CORE_TOKEN_REFUSE_SCHEME, (struct slice){ 0 });
    struct auth_account account;
    enum auth_bearer_err err = auth_bearer_check(server->env.bearer, slice_trim(token), call->now,
                                                 &server->scratch, &account);
    if (err == AUTH_BEARER_BUSY)
        return refuse(call, CORE_TOKEN_REFUSE_BUSY, (struct slice){ 0 });
    if (err != AUTH_BEARER_OK)
        return refuse(call, CORE_TOKEN_REFUSE_CREDENTIALS, (struct slice){ 0 });
    call->claim.account = account.id;
    call->claim.generation = account.generation;
    return true;
}

static void add_hex(struct slice bytes, struct buf *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        buf_add_byte(out, (uint8_t)digits[bytes.ptr[i] >> 4]);
        buf_add_byte(out, (uint8_t)digits[bytes.ptr[i] & 15]);
    }
}

/* <keys_changed_at>-<base64url of the client state>; the state is left in hex in ${out}. */
static bool read_key_id(struct slice text, struct core_token_claim *claim, struct buf *out)
{
    struct slice number, state;
    uint8_t room[STATE_BYTES + AUTH_UNPADDED_ROOM];
    struct buf bytes = { .ptr = room, .cap = sizeof(room), .ceiling = sizeof(room) };
    if (!slice_cut(text, '-', &number, &state) || !slice_to_u64(number, &claim->keys_changed_at) ||
        claim->keys_changed_at > INT64_MAX || !auth_unpadded_decode(state, &bytes) ||
        bytes.len > STATE_BYTES)
        return false;
    size_t from = out->len;
    add_hex(buf_slice(&bytes), out);
    claim->state = slice_from(buf_slice(out), from);
    return !out->failed;
}

static bool take_keys(struct call *call)
{
    const struct slice *key_id;
    const struct slice *state = http_fields_get(&call->request->fields, "X-Client-State");
    if (!only_field(call, "X-KeyID", &key_id))
        return refuse(call, CORE_TOKEN_REFUSE_KEY_ID, (struct slice){ 0 });
    if (key_id == NULL)
        return refuse(call, CORE_TOKEN_REFUSE_NO_KEY_ID, (struct slice){ 0 });
    if (!read_key_id(*key_id, &call->claim, &call->server->scratch))
        return refuse(call, CORE_TOKEN_REFUSE_KEY_ID, (struct slice){ 0 });
    if (state != NULL && !slice_eq_nocase(*state, call->claim.state))
        return refuse(call, CORE_TOKEN_REFUSE_STATE_MISMATCH, (struct slice){ 0 });
    return true;
}

/* ?duration= shortens; what is longer, zero or no number changes nothing. */
static uint32_t duration_of(const struct call *call)
{
    struct slice query = call->query;
    struct http_parameter parameter;
    uint64_t seconds;
    uint32_t most = call->server->config.duration;
    while (http_target_parameter(&query, &parameter)) {
        if (!slice_is(parameter.name, "duration"))
            continue;
        bool shorter = slice_to_u64(parameter.value, &seconds) && seconds > 0 && seconds < most;
        return shorter ? (uint32_t)seconds : most;
    }
    return most;
}

/* The first 32 hex digits of HMAC(metrics key, text), in ${out}. */
static struct slice hashed_id(const struct call *call, struct slice text, struct buf *out)
{
    uint8_t mac[AUTH_DIGEST];
    if (!auth_hmac(call->server->config.metrics_key, text, mac)) {
        out->failed = true;
        return (struct slice){ 0 };
    }
    size_t from = out->len;
    add_hex(slice_of(mac, HASHED_ID / 2), out);
    return slice_from(buf_slice(out), from);
}

/* Thirteen digits, '-', the client state as in X-KeyID. */
static struct slice key_id_of(const struct call *call, const struct core_token_record *record,
                              struct buf *out)
{
    uint8_t bytes[STATE_BYTES + 1];
    size_t len = 0;
    struct slice hex = call->claim.state;
    for (; len < hex.len / 2; len++) {
        uint8_t high = hex.ptr[2 * len];
        uint8_t low = hex.ptr[2 * len + 1];
        bytes[len] = (uint8_t)((high <= '9' ? high - '0' : high - 'a' + 10) << 4 |
                               (low <= '9' ? low - '0' : low - 'a' + 10));
    }
    uint64_t number = record->keys_changed_at > 0 ? record->keys_changed_at : record->generation;
    size_t from = out->len;
    (void)buf_add_format(out, "%013llu-", (unsigned long long)number);
    auth_unpadded_encode(slice_of(bytes, len), out);
    return slice_from(buf_slice(out), from);
}

static void add_member(struct buf *body, const char *name, struct slice text)
{
    buf_add_text(body, name);
    record_encode_string(text, body);
}

/* What the token says; its texts lie in ${out}. */
static struct auth_token claims_of(const struct call *call, const struct core_token_record *record,
                                   uint32_t duration, struct buf *out)
{
    const struct core_token_nodes *nodes = core_token_users_nodes(call->server->users);
    struct auth_token token = {
        .uid = record->uid,
        .node = core_token_node_url(&nodes->at[record->node]),
        .fxa_uid = call->claim.account,
        .fxa_kid = key_id_of(call, record, out),
        .hashed_fxa_uid = hashed_id(call, call->claim.account, out),
    };
    /* Whole seconds, and never fewer than were promised. */
    token.expires = (call->now + STAMP_SECOND - 1) / STAMP_SECOND * STAMP_SECOND +
                    (int64_t)duration * STAMP_SECOND;
    uint8_t salt[SALT_BYTES];
    rng_fill(call->server->env.rng, salt, sizeof(salt));
    size_t from = out->len;
    add_hex(slice_of(salt, sizeof(salt)), out);
    token.salt = slice_from(buf_slice(out), from);
    /* The device is not known. */
    uint8_t device[HASHED_ID + sizeof(NO_DEVICE)];
    struct buf text = { .ptr = device, .cap = sizeof(device), .ceiling = sizeof(device) };
    buf_add(&text, token.hashed_fxa_uid);
    buf_add_text(&text, NO_DEVICE);
    token.hashed_device_id = hashed_id(call, buf_slice(&text), out);
    return token;
}

/* Writes the reply; false when something did not fit. */
static bool grant(struct call *call, const struct core_token_record *record)
{
    struct core_token_server *server = call->server;
    struct buf *body = &call->reply->body;
    uint32_t duration = duration_of(call);
    struct auth_token token = claims_of(call, record, duration, &server->scratch);
    char key[AUTH_KEY_TEXT];
    AUTO(buf_free) struct buf text = buf_bounded((size_t)LIMIT_TOKEN * 2);
    AUTO(buf_free) struct buf endpoint = buf_bounded(CORE_TOKEN_NODE_URL + NUMBER_TEXT);
    if (server->scratch.failed || !auth_token_mint(server->config.users.secret, &token, &text) ||
        !auth_token_key(server->config.users.secret, buf_slice(&text), token.salt, key))
        return false;
    buf_add(&endpoint, token.node);
    buf_add_text(&endpoint, "/1.5/");
    buf_add_u64(&endpoint, token.uid);
    add_member(body, "{\"id\":", buf_slice(&text));
    add_member(body, ",\"key\":", slice_text(key));
    buf_add_text(body, ",\"uid\":");
    buf_add_u64(body, token.uid);
    add_member(body, ",\"api_endpoint\":", buf_slice(&endpoint));
    buf_add_text(body, ",\"duration\":");
    buf_add_u64(body, duration);
    add_member(body, ",\"hashalg\":\"sha256\",\"hashed_fxa_uid\":", token.hashed_fxa_uid);
    if (server->config.node_type == NULL)
        buf_add_text(body, ",\"node_type\":null");
    else
        add_member(body, ",\"node_type\":", slice_text(server->config.node_type));
    buf_add_byte(body, '}');
    auth_wipe(key, sizeof(key));
    call->reply->status = 200;
    return !endpoint.failed && !body->failed &&
           http_reply_set_text(call->reply, "Content-Type", "application/json") &&
           http_reply_set_text(call->reply, "Cache-Control", "no-store");
}

static void answer(struct call *call)
{
    static bool (*const steps[])(struct call * call) = { take_path, take_accept, check_client_state,
                                                         take_bearer, take_keys };
    const struct core_token_record *record;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (!steps[i](call))
            return;
    }
    enum core_token_err err = core_token_users_admit(call->server->users, &call->claim, &record);
    if (err != CORE_TOKEN_OK)
        core_token_refuse_claim(call->reply, err);
    else if (!grant(call, record))
        core_token_refuse(call->reply, CORE_TOKEN_REFUSE_BUSY, (struct slice){ 0 });
}

void core_token_handle(struct core_token_server *server, const struct http_request *request,
                       struct http_reply *reply)
{
    http_reply_clear(reply);
    buf_clear(&server->scratch);
    struct call call = {
        .server = server, .request = request, .reply = reply, .now = clock_now(server->env.clock)
    };
    int64_t seconds = call.now > 0 ? call.now / STAMP_SECOND : 0;
    bool fits = http_reply_set_u64(reply, "X-Timestamp", (uint64_t)seconds) &&
                http_reply_set_text(reply, "X-Content-Type-Options", "nosniff") &&
                buf_reserve(&server->scratch, SCRATCH);
    if (fits)
        answer(&call);
    else
        core_token_refuse(reply, CORE_TOKEN_REFUSE_BUSY, (struct slice){ 0 });
}
