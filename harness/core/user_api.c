#include "core/user_api.h"

#include "auth/basic.h"
#include "auth/members.h"
#include "base/alloc.h"
#include "base/stamp.h"
#include "core/dialect.h"
#include "http/target.h"

enum { SCRATCH = 4 * CORE_USER_API_BODY, SEGMENTS = 2, CODE_BYTES = 16 };

/* The response codes of 400s. */
enum code {
    CODE_CAPTCHA = 2,
    CODE_NAME = 3,
    CODE_EXISTS = 4,
    CODE_JSON = 6,
    CODE_NO_PASSWORD = 7,
    CODE_WEAK = 9,
    CODE_RESET = 10,
    CODE_EMAIL = 12,
};

struct core_user_api {
    struct core_user_api_config config; /* slices lie in node and secret */
    struct core_user_api_env env;
    struct core_users *users;
    struct buf node, secret;
    struct buf scratch;
};

/* One request. */
struct call {
    struct core_user_api *api;
    const struct http_request *request;
    struct http_reply *reply;
    struct slice name;
    struct core_user *user; /* NULL: there is none of that name */
};

struct core_user_api *core_user_api_new(const struct core_user_api_config *config,
                                        const struct core_user_api_env *env)
{
    struct core_user_api *api = alloc_new(struct core_user_api);
    if (api == NULL)
        return NULL;
    api->config = *config;
    api->env = *env;
    api->users = core_users_new(&config->users);
    api->scratch = buf_bounded(SCRATCH);
    api->secret = buf_bounded(config->secret.len);
    buf_add(&api->secret, config->secret);
    if (api->users == NULL || api->secret.failed || !core_user_api_set_node(api, config->node)) {
        core_user_api_free(api);
        return NULL;
    }
    api->config.secret = buf_slice(&api->secret);
    return api;
}

void core_user_api_free(struct core_user_api *api)
{
    if (api == NULL)
        return;
    core_users_free(api->users);
    auth_wipe(api->secret.ptr, api->secret.len);
    buf_free(&api->secret);
    buf_free(&api->node);
    buf_free(&api->scratch);
    alloc_release(api);
}

bool core_user_api_set_node(struct core_user_api *api, struct slice url)
{
    struct buf node = buf_bounded(url.len);
    if (!buf_add(&node, url))
        return false;
    buf_free(&api->node);
    api->node = node;
    api->config.node = buf_slice(&api->node);
    return true;
}

struct core_users *core_user_api_users(struct core_user_api *api)
{
    return api->users;
}

static void reply_text(struct call *call, struct slice text)
{
    call->reply->status = 200;
    buf_clear(&call->reply->body);
    buf_add(&call->reply->body, text);
    if (!http_reply_set_text(call->reply, "Content-Type", "text/plain"))
        call->reply->body.failed = true;
}

static void reply_code(struct call *call, enum code code)
{
    call->reply->status = 400;
    buf_clear(&call->reply->body);
    buf_add_u64(&call->reply->body, (uint64_t)code);
    if (!http_reply_set_text(call->reply, "Content-Type", "application/json"))
        call->reply->body.failed = true;
}

static void reply_empty(struct call *call, int status)
{
    call->reply->status = status;
    buf_clear(&call->reply->body);
    http_reply_unset(call->reply, "Content-Type");
    if (status == 401)
        (void)http_reply_set_text(call->reply, "WWW-Authenticate", "Basic realm=\"Sync\"");
    if (status == 503)
        (void)http_reply_set_text(call->reply, "Retry-After", "10");
}

static bool has_controls(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            return true;
    }
    return false;
}

/* 0, or the code of what is wrong.  A control character cannot be sent by Basic. */
static int password_fault(struct slice name, struct slice password)
{
    if (password.len == 0)
        return CODE_NO_PASSWORD;
    if (password.len < CORE_USER_API_PASSWORD_MIN || password.len > AUTH_PASSWORD_MAX ||
        slice_eq_nocase(password, name) || has_controls(password))
        return CODE_WEAK;
    return 0;
}

static bool is_address(struct slice text)
{
    size_t at = slice_find(text, '@');
    return text.len <= CORE_USER_EMAIL && at > 0 && at + 1 < text.len && !has_controls(text) &&
           slice_find(text, ' ') == text.len;
}

static void get_exists(struct call *call)
{
    reply_text(call, call->user == NULL ? SLICE("0") : SLICE("1"));
}

static void get_node(struct call *call)
{
    struct slice node = call->api->config.node;
    if (call->user == NULL) {
        reply_empty(call, 404);
        return;
    }
    if (call->user->node_len > 0)
        node = slice_of(call->user->node, call->user->node_len);
    reply_text(call, node.len == 0 ? SLICE("null") : node);
}

/* What a new account is made of. */
struct order {
    struct slice password, e_mail, email, challenge, response, secret;
};

static const struct auth_member order_rows[] = {
    { SLICE_INIT("password"), AUTH_MEMBER_TEXT, offsetof(struct order, password) },
    { SLICE_INIT("e-mail"), AUTH_MEMBER_TEXT, offsetof(struct order, e_mail) },
    { SLICE_INIT("email"), AUTH_MEMBER_TEXT, offsetof(struct order, email) }, /* deployed clients */
    { SLICE_INIT("captcha-challenge"), AUTH_MEMBER_TEXT, offsetof(struct order, challenge) },
    { SLICE_INIT("captcha-response"), AUTH_MEMBER_TEXT, offsetof(struct order, response) },
    { SLICE_INIT("secret"), AUTH_MEMBER_TEXT, offsetof(struct order, secret) },
};
static const struct auth_members order_members = { order_rows, COUNT_OF(order_rows) };

static bool is_human(const struct core_user_api *api, const struct order *order)
{
    const struct core_user_api_hooks *hooks = &api->env.hooks;
    if (api->config.secret.len > 0 && auth_equal(order->secret, api->config.secret))
        return true;
    return hooks->captcha == NULL ||
           hooks->captcha(hooks->context, order->challenge, order->response);
}

static void put_user(struct call *call)
{
    struct core_user_api *api = call->api;
    struct order order = { 0 };
    uint32_t seen;
    if (call->user != NULL) {
        reply_code(call, CODE_EXISTS);
        return;
    }
    if (!auth_members_read(call->request->body, &order_members, &api->scratch, &order, &seen)) {
        reply_code(call, CODE_JSON);
        return;
    }
    struct slice email = order.e_mail.len > 0 ? order.e_mail : order.email;
    int fault = password_fault(call->name, order.password);
    if (!is_human(api, &order))
        fault = CODE_CAPTCHA;
    else if (!is_address(email) && fault == 0)
        fault = CODE_EMAIL;
    if (fault != 0) {
        reply_code(call, (enum code)fault);
        return;
    }
    call->user = core_users_add(api->users, call->name, order.password, email);
    if (call->user == NULL)
        reply_empty(call, 503);
    else
        reply_text(call, slice_of(call->user->name, call->user->name_len));
    if (call->user != NULL && call->reply->body.failed) /* nobody will know of it */
        (void)core_users_remove(api->users, call->user);
}

/* The name in the path, with its password.  False: the reply is 401 or 503. */
static bool has_password(struct call *call)
{
    const struct slice *header = http_fields_get(&call->request->fields, "Authorization");
    struct slice name, password;
    char room[RECORD_USERNAME_TEXT];
    struct auth_identity identity;
    enum auth_result result = AUTH_MISSING;
    if (header != NULL && http_fields_count(&call->request->fields, "Authorization") == 1 &&
        auth_basic_parse(*header, &call->api->scratch, &name, &password)) {
        name = auth_basic_name(name, room);
        result = core_users_check(call->api->users, name, password, &identity);
        if (result == AUTH_OK && !slice_eq_nocase(name, call->name))
            result = AUTH_WRONG_USER;
    }
    if (result != AUTH_OK)
        reply_empty(call, result == AUTH_BUSY ? 503 : 401);
    return result == AUTH_OK;
}

/* The code that was mailed counts once, as long as it lives. */
static bool has_reset_code(struct call *call, struct slice code)
{
    uint8_t hash[AUTH_DIGEST];
    struct core_user *user = call->user;
    if (!auth_sha256(&code, 1, hash)) {
        reply_empty(call, 503);
        return false;
    }
    bool equal =
        auth_equal(slice_of(hash, sizeof(hash)), slice_of(user->reset, sizeof(user->reset)));
    if (!equal || user->reset_until <= clock_now(call->api->env.clock)) {
        reply_code(call, CODE_RESET);
        return false;
    }
    return true;
}

/* By password, or by reset code when one is sent.  False: the reply is an error. */
static bool may_change(struct call *call)
{
    const struct slice *code = http_fields_get(&call->request->fields, "X-Weave-Password-Reset");
    if (call->user == NULL) {
        reply_empty(call, 404);
        return false;
    }
    return code == NULL ? has_password(call) : has_reset_code(call, *code);
}

static void post_password(struct call *call)
{
    struct slice password = call->request->body;
    if (!may_change(call))
        return;
    int fault = password_fault(call->name, password);
    if (fault != 0) {
        reply_code(call, (enum code)fault);
        return;
    }
    reply_text(call, SLICE("success"));
    if (call->reply->body.failed ||
        !core_users_set_password(call->api->users, call->user, password))
        reply_empty(call, 503);
}

static void post_email(struct call *call)
{
    struct slice email = call->request->body;
    if (!may_change(call))
        return;
    if (!is_address(email)) {
        reply_code(call, CODE_EMAIL);
        return;
    }
    reply_text(call, email);
    if (call->reply->body.failed || !core_users_set_email(call->api->users, call->user, email))
        reply_empty(call, 503);
}

static void delete_user(struct call *call)
{
    const struct core_user_api_hooks *hooks = &call->api->env.hooks;
    if (call->user == NULL) {
        reply_empty(call, 404);
        return;
    }
    if (!has_password(call))
        return;
    reply_text(call, SLICE("0"));
    if (call->reply->body.failed)
        return;
    if ((hooks->gone != NULL && !hooks->gone(hooks->context, call->user->uid)) ||
        !core_users_remove(call->api->users, call->user))
        reply_empty(call, 503);
}

/* A new code, of which only the digest is kept, and that.  False when out of memory. */
static bool make_code(struct call *call, char ret_code[CORE_USER_API_CODE_TEXT],
                      uint8_t ret_digest[AUTH_DIGEST])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[CODE_BYTES];
    rng_fill(call->api->config.users.rng, bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        ret_code[2 * i] = digits[bytes[i] >> 4];
        ret_code[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_code[2 * sizeof(bytes)] = '\0';
    struct slice text = slice_text(ret_code);
    return auth_sha256(&text, 1, ret_digest);
}

static void get_reset(struct call *call)
{
    const struct core_user_api_hooks *hooks = &call->api->env.hooks;
    char code[CORE_USER_API_CODE_TEXT];
    if (call->user == NULL) {
        reply_code(call, CODE_NAME);
        return;
    }
    if (call->user->email_len == 0) {
        reply_code(call, CODE_EMAIL);
        return;
    }
    if (hooks->mail == NULL) {
        reply_empty(call, 503);
        (void)http_reply_set_text(call->reply, "X-Weave-Alert", "This server sends no mail.");
        return;
    }
    uint8_t digest[AUTH_DIGEST];
    int64_t until = clock_now(call->api->env.clock) + (int64_t)CORE_USER_API_RESET * STAMP_SECOND;
    if (make_code(call, code, digest) && hooks->mail(hooks->context, call->user, code) &&
        core_users_set_reset(call->api->users, call->user, digest, until))
        reply_text(call, SLICE("success"));
    else
        reply_empty(call, 503);
    auth_wipe(code, sizeof(code));
}

static void get_captcha(struct call *call)
{
    reply_text(call, call->api->env.hooks.captcha == NULL
                         ? SLICE("<!DOCTYPE html><title>Captcha</title>"
                                 "<p>This server asks for no captcha.</p>\n")
                         : SLICE("<!DOCTYPE html><title>Captcha</title>"
                                 "<p>Ask the operator of this server.</p>\n"));
    if (!http_reply_set_text(call->reply, "Content-Type", "text/html; charset=utf-8"))
        call->reply->body.failed = true;
}

static const struct route {
    const char *segments[SEGMENTS]; /* behind the name; NULL past the last */
    enum http_method method;
    void (*handle)(struct call *call);
    const char *allow; /* of the path */
} routes[] = {
    { { NULL }, HTTP_METHOD_GET, get_exists, "GET, PUT, DELETE" },
    { { NULL }, HTTP_METHOD_PUT, put_user, "GET, PUT, DELETE" },
    { { NULL }, HTTP_METHOD_DELETE, delete_user, "GET, PUT, DELETE" },
    { { "node", "weave" }, HTTP_METHOD_GET, get_node, "GET" },
    { { "password_reset" }, HTTP_METHOD_GET, get_reset, "GET" },
    { { "password" }, HTTP_METHOD_POST, post_password, "POST" },
    { { "email" }, HTTP_METHOD_POST, post_email, "POST" },
};

/* Whether ${path}, what is left of it, is that of the route. */
static bool matches(const struct route *route, struct slice path)
{
    struct slice segment;
    for (size_t i = 0; i < SEGMENTS && route->segments[i] != NULL; i++) {
        if (!http_target_segment(&path, &segment) || !slice_is(segment, route->segments[i]))
            return false;
    }
    return path.len == 0;
}

static void answer_user(struct call *call, struct slice path)
{
    const char *allow = NULL;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!matches(&routes[i], path))
            continue;
        if (routes[i].method == call->request->method) {
            routes[i].handle(call);
            return;
        }
        allow = routes[i].allow;
    }
    reply_empty(call, allow == NULL ? 404 : 405);
    if (allow != NULL)
        (void)http_reply_set_text(call->reply, "Allow", allow);
}

static void answer(struct call *call)
{
    struct slice path = http_target_split(call->request->target).path;
    struct slice root, version, name;
    bool three = http_target_segment(&path, &root) && http_target_segment(&path, &version) &&
                 http_target_segment(&path, &name) && slice_is(version, "1.0");
    if (three && slice_is(root, "misc") && slice_is(name, "captcha_html") && path.len == 0) {
        if (call->request->method == HTTP_METHOD_GET) {
            get_captcha(call);
        } else {
            reply_empty(call, 405);
            (void)http_reply_set_text(call->reply, "Allow", "GET");
        }
        return;
    }
    if (!three || !slice_is(root, "user")) {
        reply_empty(call, 404);
        return;
    }
    size_t from = call->api->scratch.len;
    if (!http_percent_decode(name, &call->api->scratch)) {
        reply_code(call, CODE_NAME);
        return;
    }
    call->name = slice_from(buf_slice(&call->api->scratch), from);
    if (!core_dialect_user_valid(call->name)) {
        reply_code(call, CODE_NAME);
        return;
    }
    call->user = core_users_find(call->api->users, call->name);
    answer_user(call, path);
}

void core_user_api_handle(struct core_user_api *api, const struct http_request *request,
                          struct http_reply *reply)
{
    http_reply_clear(reply);
    buf_clear(&api->scratch);
    struct call call = { .api = api, .request = request, .reply = reply };
    if (request->body.len > CORE_USER_API_BODY)
        reply_empty(&call, 413);
    else if (!buf_reserve(&api->scratch, SCRATCH))
        reply_empty(&call, 503);
    else
        answer(&call);
    auth_wipe(api->scratch.ptr, api->scratch.len);
    if (reply->body.failed)
        reply_empty(&call, 503);
}
