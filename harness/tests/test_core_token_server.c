#include "core/token_server.h"

#include "auth/token.h"
#include "record/scan.h"
#include "tests/support/support.h"

#include <stdio.h>

#define T0       INT64_C(170000000050)
#define SECRET   "TED KOPPEL IS A ROBOT"
#define NODE     "http://127.0.0.1:8000"
#define RESOURCE "/1.0/sync/1.5"

enum { FIELDS = 8, ROOM = 64 * 1024 };

/* Believes tokens of the form <account>.<generation>. */
static enum auth_bearer_err believe(struct auth_bearer *bearer, struct slice token, int64_t now,
                                    struct buf *scratch, struct auth_account *ret_account)
{
    struct slice id, generation;
    (void)bearer;
    (void)now;
    (void)scratch;
    if (slice_is(token, "busy"))
        return AUTH_BEARER_BUSY;
    if (slice_is(token, "forged"))
        return AUTH_BEARER_FORGED;
    *ret_account = (struct auth_account){ .scope = SLICE(AUTH_SCOPE_SYNC), .expires = INT64_MAX };
    slice_cut(token, '.', &id, &generation);
    ret_account->id = id;
    if (generation.len > 0 && !slice_to_u64(generation, &ret_account->generation))
        return AUTH_BEARER_MALFORMED;
    return AUTH_BEARER_OK;
}

static const struct auth_bearer_ops believing = { .check = believe };

struct bench {
    struct auth_bearer bearer;
    struct core_token_config config;
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core_token_server *server;
    struct http_reply reply;
};

static struct core_token_server *new_server(struct bench *bench)
{
    struct core_token_env env = { &bench->bearer, &bench->clock.base, &bench->rng.base };
    return core_token_server_new(&bench->config, &env);
}

static void start(struct bench *bench)
{
    core_token_server_free(bench->server);
    bench->server = new_server(bench);
    assert_non_null(bench->server);
}

static int set_up(void **state)
{
    static struct bench bench;
    bench = (struct bench){ .bearer.ops = &believing,
                            .clock = clock_virtual_at(T0),
                            .rng = rng_seeded_with(1) };
    bench.config =
        (struct core_token_config){ .users = { .secret = SLICE(SECRET), .new_users = true },
                                    .metrics_key = SLICE("secret"),
                                    .node_type = "memory",
                                    .duration = CORE_TOKEN_DURATION };
    assert_null(core_token_nodes_add(&bench.config.users.nodes, SLICE(NODE), 1000));
    http_reply_init(&bench.reply);
    start(&bench);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    core_token_server_free(bench->server);
    http_reply_free(&bench->reply);
    return 0;
}

static int handle(struct bench *bench, const char *method, const char *target, const char *fields)
{
    struct http_field list[FIELDS];
    size_t count = 0;
    for (struct slice rest = slice_text(fields); rest.len > 0; count++) {
        struct slice line, name, value;
        slice_cut(rest, '\n', &line, &rest);
        assert_true(slice_cut(line, ':', &name, &value));
        assert_true(count < FIELDS);
        list[count] = (struct http_field){ name, slice_trim(value) };
    }
    bool get = strcmp(method, "GET") == 0;
    struct http_request request = { .method = get ? HTTP_METHOD_GET : HTTP_METHOD_OTHER,
                                    .method_text = slice_text(method),
                                    .target = slice_text(target),
                                    .fields = { list, count } };
    core_token_handle(bench->server, &request, &bench->reply);
    return bench->reply.status;
}

static int get(struct bench *bench, const char *fields)
{
    return handle(bench, "GET", RESOURCE, fields);
}

/* A request of ${account} with these numbers and this state (base64url). */
static int ask(struct bench *bench, const char *account, int generation, int keys,
               const char *state)
{
    char fields[256];
    assert_in_range(snprintf(fields, sizeof(fields), "Authorization: Bearer %s.%d\nX-KeyID: %d-%s",
                             account, generation, keys, state),
                    1, sizeof(fields) - 1);
    return get(bench, fields);
}

static struct slice field(const struct bench *bench, const char *name)
{
    struct slice value = { 0 };
    (void)http_reply_get(&bench->reply, name, &value);
    return value;
}

/* The member of the reply, as raw JSON. */
static struct slice member(const struct bench *bench, const char *pointer)
{
    struct slice raw = { 0 };
    size_t offset;
    (void)record_scan_pointer(buf_slice(&bench->reply.body), slice_text(pointer), &raw, &offset);
    return raw;
}

static uint64_t uid_of(const struct bench *bench)
{
    uint64_t uid = 0;
    assert_true(slice_to_u64(member(bench, "/uid"), &uid));
    return uid;
}

static struct slice unquoted(struct slice raw)
{
    assert_true(raw.len >= 2);
    return slice_of(raw.ptr + 1, raw.len - 2);
}

static void a_token_of_the_secret_is_given(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(get(bench, "authorization: bearer 0123456789abcdef0123456789abcdef.5678\n"
                                "X-KeyID: 1234-qqo\nX-Client-State: aaaa"),
                     200);
    assert_slice(field(bench, "Content-Type"), "application/json");
    assert_slice(field(bench, "X-Timestamp"), "1700000000");
    assert_slice(field(bench, "X-Content-Type-Options"), "nosniff");
    assert_slice(member(bench, "/duration"), "3600");
    assert_slice(member(bench, "/hashalg"), "\"sha256\"");
    assert_slice(member(bench, "/node_type"), "\"memory\"");
    assert_slice(member(bench, "/hashed_fxa_uid"), "\"4048002ec5ff2ec0ea0d5a8cc577d554\"");
    char endpoint[128];
    assert_in_range(snprintf(endpoint, sizeof(endpoint), "\"" NODE "/1.5/%llu\"",
                             (unsigned long long)uid_of(bench)),
                    1, sizeof(endpoint) - 1);
    assert_slice(member(bench, "/api_endpoint"), endpoint);
    struct auth_secrets secrets = { { SLICE(SECRET) }, 1 };
    struct auth_token_opened opened;
    struct buf scratch = buf_bounded(ROOM);
    assert_int_equal(
        auth_token_open(&secrets, unquoted(member(bench, "/id")), T0, &scratch, &opened),
        AUTH_TOKEN_OK);
    assert_slice(unquoted(member(bench, "/key")), opened.key);
    assert_true(opened.token.uid == uid_of(bench));
    assert_slice(opened.token.node, NODE);
    assert_slice(opened.token.fxa_uid, "0123456789abcdef0123456789abcdef");
    assert_slice(opened.token.fxa_kid, "0000000001234-qqo");
    assert_slice(opened.token.hashed_fxa_uid, "4048002ec5ff2ec0ea0d5a8cc577d554");
    assert_slice(opened.token.hashed_device_id, "4686278ac62706a391cfe460945f7e48");
    assert_int_equal(opened.token.salt.len, 6);
    assert_true(opened.token.expires == INT64_C(170000360100));
    buf_free(&scratch);
}

#define GOOD "Authorization: Bearer ann.10\nX-KeyID: 5-qqo\n"
#define ERROR(status, location, name, description)                                                 \
    "{\"status\":\"" status "\",\"errors\":[{\"location\":\"" location "\",\"name\":\"" name       \
    "\",\"description\":\"" description "\"}]}"

static void each_refusal_says_what_is_wrong(void **state)
{
    struct bench *bench = *state;
    static const char state_bad[] =
        ERROR("error", "header", "X-Client-State", "Invalid client state value");
    static const char missing[] = ERROR("error", "body", "", "Unauthorized");
    static const char bad[] = ERROR("invalid-credentials", "body", "", "Unauthorized");
    static const char bad_key[] =
        ERROR("invalid-credentials", "header", "X-KeyID", "Invalid X-KeyID header");
    static const struct row {
        const char *method, *target, *fields;
        int status;
        const char *body; /* NULL: a token */
    } rows[] = {
        { "GET", RESOURCE, GOOD, 200, NULL },
        { "GET", RESOURCE, GOOD "X-Client-State: aaaa", 200, NULL },
        { "GET", RESOURCE, GOOD "X-Client-State: AAAA", 200, NULL },
        { "GET", RESOURCE, GOOD "Accept: application/*", 200, NULL },
        { "GET", "/", GOOD, 404, ERROR("error", "url", "", "Not Found") },
        { "GET", "/1.0/unknown", GOOD, 404, ERROR("error", "url", "", "Not Found") },
        { "GET", "/1.0/sync/1.5/", GOOD, 404, ERROR("error", "url", "", "Not Found") },
        { "GET", "/2.0/sync/1.5", GOOD, 404, ERROR("error", "url", "", "Not Found") },
        { "GET", "/1.0/xXx/token", GOOD, 404,
          ERROR("error", "url", "application", "Unsupported application") },
        { "GET", "/1.0/sync/1.2", GOOD, 404,
          ERROR("error", "url", "1.2", "Unsupported application version") },
        { "GET", "/1.0/sync/\"", "", 404,
          ERROR("error", "url", "\\\"", "Unsupported application version") },
        { "POST", RESOURCE, GOOD, 405, ERROR("error", "body", "", "Method Not Allowed") },
        { "GET", RESOURCE, GOOD "Accept: text/xml", 406,
          ERROR("error", "header", "Accept", "Only application/json can be given") },
        { "GET", RESOURCE, GOOD "X-Client-State: state!", 400, state_bad },
        { "GET", RESOURCE, GOOD "X-Client-State: 0123456789012345678901234567890a1", 400,
          state_bad },
        { "GET", RESOURCE, GOOD "X-Client-State: aaaa\nX-Client-State: aaaa", 400, state_bad },
        { "GET", RESOURCE, GOOD "X-Client-State: bbbb", 401,
          ERROR("invalid-client-state", "header", "X-Client-State",
                "Unacceptable client-state value that differs from X-KeyID") },
        { "GET", RESOURCE, "", 401, missing },
        { "GET", RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer", 401, missing },
        { "GET", RESOURCE, GOOD "Authorization: Bearer bob.1", 401, missing },
        { "GET", RESOURCE, "X-KeyID: 5-qqo\nAuthorization: BrowserID ann", 401,
          ERROR("error", "body", "", "Unsupported") },
        { "GET", RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer forged", 401, bad },
        { "GET", RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer a b", 401, bad },
        { "GET", RESOURCE, "Authorization: Bearer ann.10", 401,
          ERROR("invalid-key-id", "header", "X-KeyID", "Missing X-KeyID header") },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 1234", 401, bad_key },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: x-qqo", 401, bad_key },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 1234-state!", 401, bad_key },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 5-qqo=", 401, bad_key },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: -5-qqo", 401, bad_key },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 9223372036854775808-qqo", 401,
          bad_key },
        { "GET", RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 5-AAAAAAAAAAAAAAAAAAAAAAA", 401,
          bad_key },
        { "GET", RESOURCE, GOOD "X-KeyID: 5-qqo", 401, bad_key },
        { "GET", RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer busy", 503,
          ERROR("error", "body", "", "Service Unavailable") },
        { "GET", RESOURCE, GOOD, 200, NULL }, /* nothing of the above has changed anything */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status = handle(bench, rows[i].method, rows[i].target, rows[i].fields);
        if (status != rows[i].status ||
            (rows[i].body != NULL &&
             !slice_eq(buf_slice(&bench->reply.body), slice_text(rows[i].body))))
            fail_msg("row %zu: %d %.*s", i, status, SLICE_FMT(buf_slice(&bench->reply.body)));
        assert_slice(field(bench, "X-Timestamp"), "1700000000");
        assert_slice(field(bench, "Content-Type"), "application/json");
        assert_slice(field(bench, "WWW-Authenticate"), status == 401 ? "Bearer" : "");
        assert_slice(field(bench, "Retry-After"), status == 503 ? "10" : "");
        assert_slice(field(bench, "Allow"), status == 405 ? "GET" : "");
    }
}

static void the_duration_can_be_shortened(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        const char *query, *duration;
    } rows[] = {
        { "?duration=12", "12" },       { "?duration=4000", "3600" }, { "?duration=3600", "3600" },
        { "?duration=lolwut", "3600" }, { "?duration=-1", "3600" },   { "?duration=0", "3600" },
        { "?duration", "3600" },        { "?x=1&duration=7", "7" },   { "?", "3600" }
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char target[64];
        assert_in_range(snprintf(target, sizeof(target), RESOURCE "%s", rows[i].query), 1,
                        sizeof(target) - 1);
        assert_int_equal(handle(bench, "GET", target, GOOD), 200);
        assert_slice(member(bench, "/duration"), rows[i].duration);
    }
}

static void a_user_is_the_same_until_the_keys_change(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    uint64_t first = uid_of(bench);
    assert_int_equal(ask(bench, "ann", 12, 6, "qqo"), 200);
    assert_true(uid_of(bench) == first);
    assert_int_equal(ask(bench, "bob", 10, 5, "qqo"), 200);
    assert_true(uid_of(bench) != first);
    assert_int_equal(ask(bench, "ann", 13, 7, "u7s"), 200);
    assert_true(uid_of(bench) != first);
    assert_int_equal(ask(bench, "ann", 14, 8, "qqo"), 401);
    assert_slice(member(bench, "/status"), "\"invalid-client-state\"");
}

static void tokens_differ_from_request_to_request(void **state)
{
    struct bench *bench = *state;
    char first[4096];
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    struct slice id = member(bench, "/id");
    assert_true(id.len < sizeof(first));
    memcpy(first, id.ptr, id.len);
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    assert_false(slice_eq(member(bench, "/id"), slice_of(first, id.len)));
}

static void a_restart_gives_the_same_number_to_the_same_account(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    uint64_t first = uid_of(bench);
    start(bench);
    assert_int_equal(ask(bench, "bob", 10, 5, "qqo"), 200);
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    assert_true(uid_of(bench) == first);
}

static void new_users_can_be_kept_out(void **state)
{
    struct bench *bench = *state;
    bench->config.users.new_users = false;
    start(bench);
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 401);
    assert_slice(member(bench, "/status"), "\"new-users-disabled\"");
}

static void without_a_free_node_it_is_503(void **state)
{
    struct bench *bench = *state;
    struct core_token_users *users = core_token_server_users(bench->server);
    assert_int_equal(core_token_users_set_node(users, SLICE(NODE), CORE_TOKEN_NODE_DOWN),
                     CORE_TOKEN_MOVED);
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 503);
    assert_slice(field(bench, "Retry-After"), "10");
    assert_int_equal(core_token_users_set_node(users, SLICE(NODE), CORE_TOKEN_NODE_UP),
                     CORE_TOKEN_MOVED);
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
}

static void an_administrator_moves_a_user(void **state)
{
    struct bench *bench = *state;
    struct core_token_users *users = core_token_server_users(bench->server);
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    uint64_t first = uid_of(bench);
    assert_true(core_token_users_uid(users, SLICE("ann")) == first);
    assert_false(core_token_users_moved(users, first));
    assert_int_equal(core_token_users_move(users, SLICE("ann")), CORE_TOKEN_MOVED);
    assert_true(core_token_users_moved(users, first));
    assert_int_equal(ask(bench, "ann", 10, 5, "qqo"), 200);
    assert_true(uid_of(bench) != first);
    assert_true(core_token_users_moved(users, first));
    assert_false(core_token_users_moved(users, uid_of(bench)));
    assert_int_equal(core_token_users_move(users, SLICE("bob")), CORE_TOKEN_UNKNOWN);
    assert_int_equal(core_token_users_uid(users, SLICE("bob")), 0);
    assert_int_equal(core_token_users_set_node(users, SLICE("http://none"), CORE_TOKEN_NODE_UP),
                     CORE_TOKEN_UNKNOWN);
}

/* Changes a few bytes of each field of a good request. */
static void every_request_gets_a_reply_that_reads(void **state)
{
    struct bench *bench = *state;
    static const int statuses[] = { 200, 400, 401, 404, 405, 406 };
    struct rng_seeded rng = rng_seeded_with(7);
    for (int round = 0; round < 5000; round++) {
        char texts[4][48] = { RESOURCE "?duration=9", "Bearer ann.10", "1234-qqo", "aaaa" };
        for (size_t changes = rng_below(&rng.base, 4); changes > 0; changes--) {
            char *text = texts[rng_below(&rng.base, COUNT_OF(texts))];
            text[rng_below(&rng.base, strlen(text))] = (char)(1 + rng_below(&rng.base, 255));
        }
        struct http_field fields[] = { { SLICE("Authorization"), slice_text(texts[1]) },
                                       { SLICE("X-KeyID"), slice_text(texts[2]) },
                                       { SLICE("X-Client-State"), slice_text(texts[3]) } };
        struct http_request request = { .method = HTTP_METHOD_GET,
                                        .target = slice_text(texts[0]),
                                        .fields = { fields, COUNT_OF(fields) } };
        core_token_handle(bench->server, &request, &bench->reply);
        size_t i = 0;
        while (i < COUNT_OF(statuses) && statuses[i] != bench->reply.status)
            i++;
        struct record_scan scan = record_scan_of(buf_slice(&bench->reply.body));
        if (i == COUNT_OF(statuses) || !record_scan_drain(&scan))
            fail_msg("%s %s %s %s: %d", texts[0], texts[1], texts[2], texts[3],
                     bench->reply.status);
    }
}

static void handle_once(void *context)
{
    struct bench *bench = context;
    struct core_token_server *kept = bench->server;
    bench->server = new_server(bench);
    if (bench->server != NULL) {
        int status = ask(bench, "ann", 10, 5, "qqo");
        assert_true(status == 200 || status == 503);
        if (status == 200)
            assert_true(uid_of(bench) > 0);
    }
    core_token_server_free(bench->server);
    http_reply_free(&bench->reply);
    bench->server = kept;
}

static void no_memory_means_503(void **state)
{
    support_sweep_allocations(handle_once, *state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_token_of_the_secret_is_given),
        TEST(each_refusal_says_what_is_wrong),
        TEST(the_duration_can_be_shortened),
        TEST(a_user_is_the_same_until_the_keys_change),
        TEST(tokens_differ_from_request_to_request),
        TEST(a_restart_gives_the_same_number_to_the_same_account),
        TEST(new_users_can_be_kept_out),
        TEST(without_a_free_node_it_is_503),
        TEST(an_administrator_moves_a_user),
        TEST(every_request_gets_a_reply_that_reads),
        TEST(no_memory_means_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
