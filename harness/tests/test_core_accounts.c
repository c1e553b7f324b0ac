#include "core/accounts.h"

#include "core/token_server.h"
#include "record/scan.h"
#include "tests/support/support.h"

#include <stdio.h>

#define T0 INT64_C(170000000000)

enum { ROOM = 64 * 1024 };

struct bench {
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core_accounts *accounts;
    struct http_reply reply;
};

static int set_up(void **state)
{
    static struct bench bench;
    bench = (struct bench){ .clock = clock_virtual_at(T0), .rng = rng_seeded_with(1) };
    struct core_accounts_env env = { &bench.clock.base, &bench.rng.base, SLICE("http://here") };
    bench.accounts = core_accounts_new(&env);
    http_reply_init(&bench.reply);
    *state = &bench;
    return bench.accounts == NULL;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    core_accounts_free(bench->accounts);
    http_reply_free(&bench->reply);
    return 0;
}

static int send(struct bench *bench, enum http_method method, const char *target, const char *body)
{
    struct http_request request = { .method = method,
                                    .method_text = slice_text(http_method_name(method)),
                                    .target = slice_text(target),
                                    .body = slice_text(body) };
    core_accounts_handle(bench->accounts, &request, &bench->reply);
    return bench->reply.status;
}

static struct slice member(const struct bench *bench, const char *pointer)
{
    struct slice raw = { 0 };
    size_t offset;
    (void)record_scan_pointer(buf_slice(&bench->reply.body), slice_text(pointer), &raw, &offset);
    return raw;
}

/* A token for ${order}, NUL-terminated. */
static void mint(struct bench *bench, const char *order, char ret[ROOM])
{
    assert_int_equal(send(bench, HTTP_METHOD_POST, "/accounts-double/token", order), 200);
    struct slice raw = member(bench, "/access_token");
    assert_in_range(raw.len, 3, ROOM);
    memcpy(ret, raw.ptr + 1, raw.len - 2);
    ret[raw.len - 2] = '\0';
}

static int verify(struct bench *bench, const char *token)
{
    char body[ROOM];
    assert_in_range(snprintf(body, sizeof(body), "{\"token\":\"%s\"}", token), 1, ROOM - 1);
    return send(bench, HTTP_METHOD_POST, "/v1/verify", body);
}

static void what_is_minted_is_verified(void **state)
{
    struct bench *bench = *state;
    char token[ROOM];
    mint(bench, "{\"uid\":\"abc\",\"scope\":[\"profile\",\"x\"],\"generation\":7}", token);
    assert_slice(member(bench, "/token_type"), "\"bearer\"");
    assert_slice(member(bench, "/expires_in"), "3600");
    assert_int_equal(verify(bench, token), 200);
    assert_slice(buf_slice(&bench->reply.body),
                 "{\"user\":\"abc\",\"client_id\":\"syncspec\",\"scope\":[\"profile\",\"x\"],"
                 "\"generation\":7,\"issuer\":\"http://here\"}");
    struct slice value;
    assert_true(http_reply_get(&bench->reply, "X-Test-Double", &value));
    assert_slice(value, "accounts");
    clock_virtual_advance(&bench->clock, INT64_C(360000));
    assert_int_equal(verify(bench, token), 400);
    assert_slice(member(bench, "/errno"), "108");
}

static void two_tokens_are_never_the_same(void **state)
{
    struct bench *bench = *state;
    char one[ROOM], other[ROOM];
    mint(bench, "{\"uid\":\"abc\"}", one);
    mint(bench, "{\"uid\":\"abc\"}", other);
    assert_string_not_equal(one, other);
}

static void tokens_that_are_no_good_are_told(void **state)
{
    struct bench *bench = *state;
    static const char *const orders[] = {
        "{\"uid\":\"abc\",\"expires_in\":-1}",
        "{\"uid\":\"abc\",\"expires_in\":0}",
        "{\"uid\":\"abc\",\"foreign_key\":true}",
        "{\"uid\":\"abc\",\"typ\":\"JWT\"}",
    };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        char token[ROOM];
        mint(bench, orders[i], token);
        assert_int_equal(verify(bench, token), 400);
        assert_slice(member(bench, "/errno"), "108");
    }
}

static void requests_that_cannot_be_read_are_refused(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        enum http_method method;
        const char *target, *body;
        int status;
    } rows[] = {
        { HTTP_METHOD_GET, "/v1/jwks", "", 200 },
        { HTTP_METHOD_POST, "/v1/jwks", "", 405 },
        { HTTP_METHOD_GET, "/v1/verify", "", 405 },
        { HTTP_METHOD_GET, "/accounts-double/token", "", 405 },
        { HTTP_METHOD_GET, "/v1/other", "", 404 },
        { HTTP_METHOD_POST, "/v1/verify", "", 400 },
        { HTTP_METHOD_POST, "/v1/verify", "{}", 400 },
        { HTTP_METHOD_POST, "/v1/verify", "{\"token\":7}", 400 },
        { HTTP_METHOD_POST, "/v1/verify", "{\"token\":\"a.b.c\"}", 400 },
        { HTTP_METHOD_POST, "/accounts-double/token", "{}", 400 },
        { HTTP_METHOD_POST, "/accounts-double/token", "{\"uid\":1}", 400 },
        { HTTP_METHOD_POST, "/accounts-double/token", "{\"uid\":\"a\",\"expires_in\":1e3}", 400 },
        { HTTP_METHOD_POST, "/accounts-double/token",
          "{\"uid\":\"a\",\"expires_in\":9223372036854775807}", 400 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (send(bench, rows[i].method, rows[i].target, rows[i].body) != rows[i].status)
            fail_msg("row %zu: %d", i, bench->reply.status);
    }
    static char large[CORE_ACCOUNTS_BODY + 2];
    memset(large, ' ', sizeof(large) - 1);
    assert_int_equal(send(bench, HTTP_METHOD_POST, "/v1/verify", large), 413);
}

/* The two together: a bearer token of the double buys a storage token. */
static int buy(struct bench *bench, struct core_token_server *server, const char *order)
{
    char token[ROOM];
    struct buf header = buf_bounded(ROOM);
    mint(bench, order, token);
    assert_true(buf_add_format(&header, "Bearer %s", token));
    struct http_field fields[] = { { SLICE("Authorization"), buf_slice(&header) },
                                   { SLICE("X-KeyID"), SLICE("1234-qqo") } };
    struct http_request request = { .method = HTTP_METHOD_GET,
                                    .target = SLICE("/1.0/sync/1.5"),
                                    .fields = { fields, COUNT_OF(fields) } };
    core_token_handle(server, &request, &bench->reply);
    buf_free(&header);
    return bench->reply.status;
}

static void a_token_server_takes_the_doubles_tokens(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        const char *order;
        int status;
        const char *why;
    } rows[] = {
        { "{\"uid\":\"abc\"}", 200, "" },
        { "{\"uid\":\"abc\",\"generation\":1235}", 200, "" },
        { "{\"uid\":\"abc\",\"generation\":1}", 401, "\"invalid-generation\"" },
        { "{\"uid\":\"abc\",\"scope\":\"profile\"}", 401, "\"invalid-credentials\"" },
        { "{\"uid\":\"abc\",\"expires_in\":-60}", 401, "\"invalid-credentials\"" },
        { "{\"uid\":\"abc\",\"foreign_key\":true}", 401, "\"invalid-credentials\"" },
        { "{\"uid\":\"abc\",\"issuer\":\"http://there\"}", 401, "\"invalid-credentials\"" },
        { "{\"uid\":\"a/c\"}", 401, "\"invalid-credentials\"" },
    };
    struct auth_bearer *bearer = core_accounts_bearer(bench->accounts);
    struct core_token_config config = { .users = { .secret = SLICE("s"), .new_users = true },
                                        .duration = CORE_TOKEN_DURATION };
    assert_null(core_token_nodes_add(&config.users.nodes, SLICE("http://node"), 10));
    struct core_token_env env = { bearer, &bench->clock.base, &bench->rng.base };
    struct core_token_server *server = core_token_server_new(&config, &env);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status = buy(bench, server, rows[i].order);
        if (status != rows[i].status || !slice_is(member(bench, "/status"), rows[i].why))
            fail_msg("%s: %d %.*s", rows[i].order, status,
                     SLICE_FMT(buf_slice(&bench->reply.body)));
    }
    core_token_server_free(server);
    auth_bearer_free(bearer);
}

static void handle_once(void *context)
{
    struct bench *bench = context;
    http_reply_free(&bench->reply);
    buf_free(&bench->reply.body);
    int status = send(bench, HTTP_METHOD_POST, "/accounts-double/token", "{\"uid\":\"abc\"}");
    assert_true(status == 200 || status == 503);
    http_reply_free(&bench->reply);
}

static void no_memory_means_503(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(send(bench, HTTP_METHOD_GET, "/v1/jwks", ""), 200); /* the scratch is there */
    assert_int_equal(send(bench, HTTP_METHOD_POST, "/v1/verify", "{}"), 400);
    http_reply_free(&bench->reply);
    support_sweep_allocations(handle_once, bench);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_minted_is_verified),
        TEST(two_tokens_are_never_the_same),
        TEST(tokens_that_are_no_good_are_told),
        TEST(requests_that_cannot_be_read_are_refused),
        TEST(a_token_server_takes_the_doubles_tokens),
        TEST(no_memory_means_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
