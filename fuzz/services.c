/* Whatever the token server, the User API and the accounts double are asked, one request behind the
 * other: each gets a reply, JSON where it says so; a token that is given opens, for a user and a
 * node of that server; and the same requests get the same replies once more. */
#include "core/accounts.h"
#include "core/token_server.h"
#include "core/user_api.h"
#include "http/parser.h"

#include "auth/token.h"
#include "fuzz/check.h"

#include <jansson.h>

#define SECRET "TED KOPPEL IS A ROBOT"

enum { ROOM = 1024 * 1024, REQUESTS_MAX = 64 };

static const int64_t start = INT64_C(170000000000);

struct services {
    struct auth_bearer bearer;
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core_token_server *tokens;
    struct core_user_api *users;
    struct http_reply reply;
    struct buf log; /* of all replies */
};

/* Believes tokens of the form <account>.<generation>. */
static enum auth_bearer_err believe(struct auth_bearer *bearer, struct slice token, int64_t now,
                                    struct buf *scratch, struct auth_account *ret_account)
{
    struct slice generation;
    (void)bearer;
    (void)now;
    (void)scratch;
    if (slice_is(token, "busy"))
        return AUTH_BEARER_BUSY;
    *ret_account = (struct auth_account){ .scope = SLICE(AUTH_SCOPE_SYNC), .expires = INT64_MAX };
    slice_cut(token, '.', &ret_account->id, &generation);
    if (generation.len > 0 && !slice_to_u64(generation, &ret_account->generation))
        return AUTH_BEARER_MALFORMED;
    return AUTH_BEARER_OK;
}

/* Says that the code was sent. */
static bool mail(void *context, const struct core_user *user, const char *code)
{
    (void)context;
    FUZZ_CHECK(user->email_len > 0 && strlen(code) == CORE_USER_API_CODE_TEXT - 1);
    return true;
}

static bool captcha(void *context, struct slice challenge, struct slice response)
{
    (void)context;
    return slice_is(challenge, "2+2") && slice_is(response, "4");
}

/* Makes a key, which takes a tenth of a second: once. */
static struct core_accounts *accounts(void)
{
    static struct clock_virtual clock;
    static struct rng_seeded rng;
    static struct core_accounts *made;
    clock = clock_virtual_at(start);
    rng = rng_seeded_with(1);
    const struct core_accounts_env env = { &clock.base, &rng.base, SLICE("http://accounts"), NULL };
    if (made == NULL)
        made = core_accounts_new(&env);
    FUZZ_CHECK(made != NULL);
    return made;
}

/* ${how} chooses who may come, what is asked of them, and how full the nodes are. */
static void open_services(struct services *services, uint8_t how)
{
    static const struct auth_bearer_ops believing = { .check = believe };
    *services = (struct services){ .bearer.ops = &believing,
                                   .clock = clock_virtual_at(start),
                                   .rng = rng_seeded_with(how),
                                   .log = buf_bounded(ROOM) };
    struct core_token_config config = {
        .users = { .secret = SLICE(SECRET), .new_users = (how & 1) == 0 },
        .metrics_key = SLICE("metrics"),
        .duration = CORE_TOKEN_DURATION,
    };
    FUZZ_CHECK(core_token_nodes_add(&config.users.nodes, SLICE("http://a"), how & 2 ? 2 : 100) ==
               NULL);
    FUZZ_CHECK(core_token_nodes_add(&config.users.nodes, SLICE("http://b"), 2) == NULL);
    const struct core_token_env env = { &services->bearer, &services->clock.base,
                                        &services->rng.base };
    const struct core_user_api_config api = {
        .users = { .rng = &services->rng.base, .cost = AUTH_PASSWORD_COST_MIN },
        .node = SLICE("http://127.0.0.1:8000/"),
        .secret = SLICE("open up"),
    };
    const struct core_user_api_env world = {
        .clock = &services->clock.base,
        .hooks = { .mail = how & 4 ? NULL : mail, .captcha = how & 8 ? captcha : NULL },
    };
    services->tokens = core_token_server_new(&config, &env);
    services->users = core_user_api_new(&api, &world);
    FUZZ_CHECK(services->tokens != NULL && services->users != NULL);
    http_reply_init(&services->reply);
}

static void close_services(struct services *services)
{
    core_token_server_free(services->tokens);
    core_user_api_free(services->users);
    http_reply_free(&services->reply);
    buf_free(&services->log);
}

static void check_token(const json_t *body)
{
    static const struct auth_secrets secrets = { .at = { SLICE_INIT(SECRET) }, .count = 1 };
    const char *id = json_string_value(json_object_get(body, "id"));
    const char *endpoint = json_string_value(json_object_get(body, "api_endpoint"));
    json_int_t uid = json_integer_value(json_object_get(body, "uid"));
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    FUZZ_CHECK(id != NULL && endpoint != NULL && uid > 0);
    FUZZ_CHECK(auth_token_open(&secrets, slice_text(id), start, &scratch, &opened) ==
               AUTH_TOKEN_OK);
    FUZZ_CHECK(opened.token.uid == (uint64_t)uid);
    FUZZ_CHECK(slice_starts(slice_text(endpoint), opened.token.node));
    buf_free(&scratch);
}

static void check_reply(const struct services *services, bool token)
{
    const struct http_reply *reply = &services->reply;
    struct slice type;
    FUZZ_CHECK(reply->status >= 200 && reply->status <= 599 && !reply->body.failed);
    if (!http_reply_get(reply, "Content-Type", &type) || reply->body.len == 0 ||
        !slice_starts(type, SLICE("application/json")))
        return;
    json_t *body = json_loadb((const char *)reply->body.ptr, reply->body.len,
                              JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(body != NULL);
    if (token && reply->status == 200)
        check_token(body);
    json_decref(body);
}

static void answer(struct services *services, const struct http_request *request)
{
    struct slice target = request->target;
    bool token = slice_starts(target, SLICE("/1.0/"));
    if (token)
        core_token_handle(services->tokens, request, &services->reply);
    else if (slice_starts(target, SLICE("/v1/")) || slice_starts(target, SLICE("/accounts")))
        core_accounts_handle(accounts(), request, &services->reply);
    else
        core_user_api_handle(services->users, request, &services->reply);
    check_reply(services, token);
    buf_add_i64(&services->log, services->reply.status);
    buf_add(&services->log, buf_slice(&services->reply.body));
    clock_virtual_advance(&services->clock, 50);
}

static void converse(struct services *services, struct slice wire)
{
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    struct buf body = buf_bounded(ROOM);
    FUZZ_CHECK(parser != NULL);
    for (size_t count = 0; count < REQUESTS_MAX;) {
        enum http_event event = http_parser_next(parser, &wire);
        if (event == HTTP_EVENT_BODY)
            FUZZ_CHECK(buf_add(&body, http_parser_piece(parser)));
        else if (event == HTTP_EVENT_END) {
            struct http_request request = *http_parser_request(parser);
            request.body = buf_slice(&body);
            answer(services, &request);
            buf_clear(&body);
            count++;
        } else if (event != HTTP_EVENT_HEAD)
            break;
    }
    buf_free(&body);
    http_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct services once, again;
    struct slice wire = slice_of(data, size);
    uint8_t how =
        size > 0 ? data[size - 1] : 0; /* behind the requests, so that they read as such */
    open_services(&once, how);
    open_services(&again, how);
    converse(&once, wire);
    converse(&again, wire);
    FUZZ_CHECK(slice_eq(buf_slice(&once.log), buf_slice(&again.log)));
    close_services(&once);
    close_services(&again);
    return 0;
}
