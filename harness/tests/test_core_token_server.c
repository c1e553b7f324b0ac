#include "tests/token_bench.h"

#include "auth/token.h"
#include "record/scan.h"

#include <stdio.h>

enum { ROOM = 64 * 1024 };

static struct slice unquoted(struct slice raw)
{
    assert_true(raw.len >= 2);
    return slice_of(raw.ptr + 1, raw.len - 2);
}

static void a_token_of_the_secret_is_given(void **state)
{
    struct token_bench *bench = *state;
    assert_int_equal(token_get(bench,
                               "authorization: bearer 0123456789abcdef0123456789abcdef.5678\n"
                               "X-KeyID: 1234-qqo\nX-Client-State: aaaa"),
                     200);
    assert_slice(token_field(bench, "Content-Type"), "application/json");
    assert_slice(token_field(bench, "X-Timestamp"), "1700000000");
    assert_slice(token_field(bench, "X-Content-Type-Options"), "nosniff");
    assert_slice(token_member(bench, "/duration"), "3600");
    assert_slice(token_member(bench, "/hashalg"), "\"sha256\"");
    assert_slice(token_member(bench, "/node_type"), "\"memory\"");
    assert_slice(token_member(bench, "/hashed_fxa_uid"), "\"4048002ec5ff2ec0ea0d5a8cc577d554\"");
    char endpoint[128];
    assert_in_range(snprintf(endpoint, sizeof(endpoint), "\"" TOKEN_NODE "/1.5/%llu\"",
                             (unsigned long long)token_uid(bench)),
                    1, sizeof(endpoint) - 1);
    assert_slice(token_member(bench, "/api_endpoint"), endpoint);
    struct auth_secrets secrets = { { SLICE(TOKEN_SECRET) }, 1 };
    struct auth_token_opened opened;
    struct buf scratch = buf_bounded(ROOM);
    assert_int_equal(auth_token_open(&secrets, unquoted(token_member(bench, "/id")), TOKEN_T0,
                                     &scratch, &opened),
                     AUTH_TOKEN_OK);
    assert_slice(unquoted(token_member(bench, "/key")), opened.key);
    assert_true(opened.token.uid == token_uid(bench));
    assert_slice(opened.token.node, TOKEN_NODE);
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
    struct token_bench *bench = *state;
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
        { "GET", TOKEN_RESOURCE, GOOD, 200, NULL },
        { "GET", TOKEN_RESOURCE, GOOD "X-Client-State: aaaa", 200, NULL },
        { "GET", TOKEN_RESOURCE, GOOD "X-Client-State: AAAA", 200, NULL },
        { "GET", TOKEN_RESOURCE, GOOD "Accept: application/*", 200, NULL },
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
        { "POST", TOKEN_RESOURCE, GOOD, 405, ERROR("error", "body", "", "Method Not Allowed") },
        { "GET", TOKEN_RESOURCE, GOOD "Accept: text/xml", 406,
          ERROR("error", "header", "Accept", "Only application/json can be given") },
        { "GET", TOKEN_RESOURCE, GOOD "X-Client-State: state!", 400, state_bad },
        { "GET", TOKEN_RESOURCE, GOOD "X-Client-State: 0123456789012345678901234567890a1", 400,
          state_bad },
        { "GET", TOKEN_RESOURCE, GOOD "X-Client-State: aaaa\nX-Client-State: aaaa", 400,
          state_bad },
        { "GET", TOKEN_RESOURCE, GOOD "X-Client-State: bbbb", 401,
          ERROR("invalid-client-state", "header", "X-Client-State",
                "Unacceptable client-state value that differs from X-KeyID") },
        { "GET", TOKEN_RESOURCE, "", 401, missing },
        { "GET", TOKEN_RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer", 401, missing },
        { "GET", TOKEN_RESOURCE, GOOD "Authorization: Bearer bob.1", 401, missing },
        { "GET", TOKEN_RESOURCE, "X-KeyID: 5-qqo\nAuthorization: BrowserID ann", 401,
          ERROR("error", "body", "", "Unsupported") },
        { "GET", TOKEN_RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer forged", 401, bad },
        { "GET", TOKEN_RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer a b", 401, bad },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10", 401,
          ERROR("invalid-key-id", "header", "X-KeyID", "Missing X-KeyID header") },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 1234", 401, bad_key },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: x-qqo", 401, bad_key },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 1234-state!", 401,
          bad_key },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 5-qqo=", 401, bad_key },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: -5-qqo", 401, bad_key },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 9223372036854775808-qqo",
          401, bad_key },
        { "GET", TOKEN_RESOURCE, "Authorization: Bearer ann.10\nX-KeyID: 5-AAAAAAAAAAAAAAAAAAAAAAA",
          401, bad_key },
        { "GET", TOKEN_RESOURCE, GOOD "X-KeyID: 5-qqo", 401, bad_key },
        { "GET", TOKEN_RESOURCE, "X-KeyID: 5-qqo\nAuthorization: Bearer busy", 503,
          ERROR("error", "body", "", "Service Unavailable") },
        { "GET", TOKEN_RESOURCE, GOOD, 200, NULL }, /* nothing of the above has changed anything */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status = token_handle(bench, rows[i].method, rows[i].target, rows[i].fields);
        if (status != rows[i].status ||
            (rows[i].body != NULL &&
             !slice_eq(buf_slice(&bench->reply.body), slice_text(rows[i].body))))
            fail_msg("row %zu: %d %.*s", i, status, SLICE_FMT(buf_slice(&bench->reply.body)));
        assert_slice(token_field(bench, "X-Timestamp"), "1700000000");
        assert_slice(token_field(bench, "Content-Type"), "application/json");
        assert_slice(token_field(bench, "WWW-Authenticate"), status == 401 ? "Bearer" : "");
        assert_slice(token_field(bench, "Retry-After"), status == 503 ? "10" : "");
        assert_slice(token_field(bench, "Allow"), status == 405 ? "GET" : "");
    }
}

static void the_duration_can_be_shortened(void **state)
{
    struct token_bench *bench = *state;
    static const struct row {
        const char *query, *duration;
    } rows[] = {
        { "?duration=12", "12" },       { "?duration=4000", "3600" }, { "?duration=3600", "3600" },
        { "?duration=lolwut", "3600" }, { "?duration=-1", "3600" },   { "?duration=0", "3600" },
        { "?duration", "3600" },        { "?x=1&duration=7", "7" },   { "?", "3600" }
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char target[64];
        assert_in_range(snprintf(target, sizeof(target), TOKEN_RESOURCE "%s", rows[i].query), 1,
                        sizeof(target) - 1);
        assert_int_equal(token_handle(bench, "GET", target, GOOD), 200);
        assert_slice(token_member(bench, "/duration"), rows[i].duration);
    }
}

static void a_user_is_the_same_until_the_keys_change(void **state)
{
    struct token_bench *bench = *state;
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    uint64_t first = token_uid(bench);
    assert_int_equal(token_ask(bench, "ann", 12, 6, "qqo"), 200);
    assert_true(token_uid(bench) == first);
    assert_int_equal(token_ask(bench, "bob", 10, 5, "qqo"), 200);
    assert_true(token_uid(bench) != first);
    assert_int_equal(token_ask(bench, "ann", 13, 7, "u7s"), 200);
    assert_true(token_uid(bench) != first);
    assert_int_equal(token_ask(bench, "ann", 14, 8, "qqo"), 401);
    assert_slice(token_member(bench, "/status"), "\"invalid-client-state\"");
}

static void tokens_differ_from_request_to_request(void **state)
{
    struct token_bench *bench = *state;
    char first[4096];
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    struct slice id = token_member(bench, "/id");
    assert_true(id.len < sizeof(first));
    memcpy(first, id.ptr, id.len);
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    assert_false(slice_eq(token_member(bench, "/id"), slice_of(first, id.len)));
}

static void a_restart_gives_the_same_number_to_the_same_account(void **state)
{
    struct token_bench *bench = *state;
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    uint64_t first = token_uid(bench);
    token_start(bench);
    assert_int_equal(token_ask(bench, "bob", 10, 5, "qqo"), 200);
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    assert_true(token_uid(bench) == first);
}

static void new_users_can_be_kept_out(void **state)
{
    struct token_bench *bench = *state;
    bench->config.users.new_users = false;
    token_start(bench);
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 401);
    assert_slice(token_member(bench, "/status"), "\"new-users-disabled\"");
}

static void without_a_free_node_it_is_503(void **state)
{
    struct token_bench *bench = *state;
    struct core_token_users *users = core_token_server_users(bench->server);
    assert_int_equal(core_token_users_set_node(users, SLICE(TOKEN_NODE), CORE_TOKEN_NODE_DOWN),
                     CORE_TOKEN_MOVED);
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 503);
    assert_slice(token_field(bench, "Retry-After"), "10");
    assert_int_equal(core_token_users_set_node(users, SLICE(TOKEN_NODE), CORE_TOKEN_NODE_UP),
                     CORE_TOKEN_MOVED);
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
}

static void an_administrator_moves_a_user(void **state)
{
    struct token_bench *bench = *state;
    struct core_token_users *users = core_token_server_users(bench->server);
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    uint64_t first = token_uid(bench);
    assert_true(core_token_users_uid(users, SLICE("ann")) == first);
    assert_false(core_token_users_moved(users, first));
    assert_int_equal(core_token_users_move(users, SLICE("ann")), CORE_TOKEN_MOVED);
    assert_true(core_token_users_moved(users, first));
    assert_int_equal(token_ask(bench, "ann", 10, 5, "qqo"), 200);
    assert_true(token_uid(bench) != first);
    assert_true(core_token_users_moved(users, first));
    assert_false(core_token_users_moved(users, token_uid(bench)));
    assert_int_equal(core_token_users_move(users, SLICE("bob")), CORE_TOKEN_UNKNOWN);
    assert_int_equal(core_token_users_uid(users, SLICE("bob")), 0);
    assert_int_equal(core_token_users_set_node(users, SLICE("http://none"), CORE_TOKEN_NODE_UP),
                     CORE_TOKEN_UNKNOWN);
}

/* Changes a few bytes of each field of a good request. */
static void every_request_gets_a_reply_that_reads(void **state)
{
    struct token_bench *bench = *state;
    static const int statuses[] = { 200, 400, 401, 404, 405, 406 };
    struct rng_seeded rng = rng_seeded_with(7);
    for (int round = 0; round < 5000; round++) {
        char texts[4][48] = { TOKEN_RESOURCE "?duration=9", "Bearer ann.10", "1234-qqo", "aaaa" };
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
    struct token_bench *bench = context;
    struct core_token_server *kept = bench->server;
    bench->server = token_server(bench);
    if (bench->server != NULL) {
        int status = token_ask(bench, "ann", 10, 5, "qqo");
        assert_true(status == 200 || status == 503);
        if (status == 200)
            assert_true(token_uid(bench) > 0);
    }
    core_token_server_free(bench->server);
    http_reply_free(&bench->reply);
    bench->server = kept;
}

static void no_memory_means_503(void **state)
{
    support_sweep_allocations(handle_once, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOKEN_TEST(a_token_of_the_secret_is_given),
        TOKEN_TEST(each_refusal_says_what_is_wrong),
        TOKEN_TEST(the_duration_can_be_shortened),
        TOKEN_TEST(a_user_is_the_same_until_the_keys_change),
        TOKEN_TEST(tokens_differ_from_request_to_request),
        TOKEN_TEST(a_restart_gives_the_same_number_to_the_same_account),
        TOKEN_TEST(new_users_can_be_kept_out),
        TOKEN_TEST(without_a_free_node_it_is_503),
        TOKEN_TEST(an_administrator_moves_a_user),
        TOKEN_TEST(every_request_gets_a_reply_that_reads),
        TOKEN_TEST(no_memory_means_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
