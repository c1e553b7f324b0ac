#include "core/accounts.h"

#include "auth/jwt.h"
#include "auth/unpadded.h"
#include "base/alloc.h"
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

/* A key takes long to make, so that all tests share one double. */
static struct bench bench_of_group;

static int make_double(void **state)
{
    (void)state;
    struct bench *bench = &bench_of_group;
    struct core_accounts_env env = { &bench->clock.base, &bench->rng.base, SLICE("http://here"),
                                     NULL };
    bench->accounts = core_accounts_new(&env);
    return bench->accounts == NULL;
}

static int free_double(void **state)
{
    (void)state;
    core_accounts_free(bench_of_group.accounts);
    return 0;
}

static int set_up(void **state)
{
    bench_of_group.clock = clock_virtual_at(T0);
    bench_of_group.rng = rng_seeded_with(1);
    http_reply_init(&bench_of_group.reply);
    *state = &bench_of_group;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
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

/* The claims of ${token}, into ${room}. */
static struct slice claims_of(const char *token, struct buf *room)
{
    struct slice head, rest, claims, signature;
    assert_true(slice_cut(slice_text(token), '.', &head, &rest));
    assert_true(slice_cut(rest, '.', &claims, &signature));
    buf_clear(room);
    assert_true(auth_unpadded_decode(claims, room));
    return buf_slice(room);
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

static void a_token_says_what_was_ordered_and_no_more(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        int64_t now; /* in seconds */
        const char *order, *claims;
    } rows[] = {
        { 100, "{\"uid\":\"a\",\"scope\":\"s\"}",
          "{\"iss\":\"http://here\",\"sub\":\"a\",\"client_id\":\"syncspec\",\"scope\":\"s\","
          "\"iat\":100,\"exp\":3700,\"jti\":\"" },
        { 10, "{\"uid\":\"a\",\"scope\":[],\"generation\":0,\"expires_in\":-9}",
          "{\"iss\":\"http://here\",\"sub\":\"a\",\"client_id\":\"syncspec\",\"scope\":\"\","
          "\"iat\":10,\"exp\":1,\"fxa-generation\":0,\"jti\":\"" },
        { 10, "{\"uid\":\"a\",\"client_id\":\"c\",\"issuer\":\"i\",\"expires_in\":-11}",
          "{\"iss\":\"i\",\"sub\":\"a\",\"client_id\":\"c\",\"scope\":\"" AUTH_SCOPE_SYNC "\","
          "\"iat\":10,\"exp\":0,\"jti\":\"" },
    };
    static const char id[] = "0123456789abcdef0123456789abcdef\"}";
    struct buf room = buf_bounded(ROOM);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char token[ROOM];
        bench->clock = clock_virtual_at(rows[i].now * 100);
        mint(bench, rows[i].order, token);
        struct slice claims = claims_of(token, &room);
        assert_slice(slice_head(claims, strlen(rows[i].claims)), rows[i].claims);
        assert_int_equal(claims.len, strlen(rows[i].claims) + strlen(id));
    }
    buf_free(&room);
}

static void what_a_token_does_not_say_is_not_told(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        const char *order, *told;
    } rows[] = {
        { "{\"uid\":\"a\",\"scope\":[]}", "\"scope\":[],\"issuer\":\"http://here\"}" },
        { "{\"uid\":\"a\",\"scope\":\"s\",\"generation\":1}",
          "\"scope\":[\"s\"],\"generation\":1,\"issuer\":\"http://here\"}" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char token[ROOM];
        mint(bench, rows[i].order, token);
        assert_int_equal(verify(bench, token), 200);
        struct slice body = buf_slice(&bench->reply.body);
        if (!slice_ends(body, slice_text(rows[i].told)))
            fail_msg("%s: %.*s", rows[i].order, SLICE_FMT(body));
    }
}

static void an_issuer_is_copied_however_short(void **state)
{
    struct bench *bench = *state;
    struct core_accounts *kept = bench->accounts;
    char text[] = "i", token[ROOM];
    const struct slice issuers[] = { { 0 }, slice_text(text) };
    static const char *const claims[] = { "{\"iss\":\"\",", "{\"iss\":\"i\"," };
    struct buf room = buf_bounded(ROOM);
    for (size_t i = 0; i < COUNT_OF(issuers); i++) {
        struct core_accounts_env env = { &bench->clock.base, &bench->rng.base, issuers[i], NULL };
        text[0] = 'i';
        bench->accounts = core_accounts_new(&env);
        assert_non_null(bench->accounts);
        text[0] = 'x';
        mint(bench, "{\"uid\":\"a\"}", token);
        assert_true(slice_starts(claims_of(token, &room), slice_text(claims[i])));
        core_accounts_free(bench->accounts);
    }
    bench->accounts = kept;
    buf_free(&room);
}

static void the_published_key_is_the_one_that_signs(void **state)
{
    struct bench *bench = *state;
    const char *error = NULL;
    struct auth_account account;
    struct buf scratch = buf_bounded(ROOM);
    char token[ROOM];
    mint(bench, "{\"uid\":\"abc\"}", token);
    assert_int_equal(send(bench, HTTP_METHOD_GET, "/v1/jwks", ""), 200);
    struct auth_jwks *jwks = auth_jwks_read(buf_slice(&bench->reply.body), &error);
    assert_non_null(jwks);
    assert_int_equal(auth_jwt_open(jwks, slice_text(token), T0, &scratch, &account),
                     AUTH_BEARER_OK);
    assert_slice(account.id, "abc");
    auth_jwks_free(jwks);
    buf_free(&scratch);
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
    large[CORE_ACCOUNTS_BODY] = '\0';
    assert_int_equal(send(bench, HTTP_METHOD_POST, "/v1/verify", large), 400);
}

static void refusals_say_what_they_are_of(void **state)
{
    struct bench *bench = *state;
    struct slice allow;
    assert_int_equal(send(bench, HTTP_METHOD_GET, "/v1", ""), 404);
    assert_slice(buf_slice(&bench->reply.body),
                 "{\"code\":404,\"errno\":0,\"error\":\"Not Found\","
                 "\"message\":\"No such resource of the accounts double\"}");
    assert_int_equal(send(bench, HTTP_METHOD_GET, "/v1/verify", ""), 405);
    assert_slice(buf_slice(&bench->reply.body),
                 "{\"code\":405,\"errno\":0,\"error\":\"Method Not Allowed\","
                 "\"message\":\"Another method is needed\"}");
    assert_true(http_reply_get(&bench->reply, "Allow", &allow));
    assert_slice(allow, "POST");
}

static void the_bounds_of_an_order_are_kept(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        int uid, expires_in, status;
    } rows[] = {
        { 256, CORE_ACCOUNTS_LIFE_MAX, 200 },    { 257, 0, 400 },
        { 1, CORE_ACCOUNTS_LIFE_MAX + 1, 400 },  { 1, -CORE_ACCOUNTS_LIFE_MAX, 200 },
        { 1, -CORE_ACCOUNTS_LIFE_MAX - 1, 400 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char order[512];
        assert_in_range(snprintf(order, sizeof(order), "{\"uid\":\"%0*d\",\"expires_in\":%d}",
                                 rows[i].uid, 0, rows[i].expires_in),
                        1, sizeof(order) - 1);
        if (send(bench, HTTP_METHOD_POST, "/accounts-double/token", order) != rows[i].status)
            fail_msg("row %zu: %d", i, bench->reply.status);
    }
}

/* Escapes are decoded into a buffer that is emptied for each request. */
static void one_request_leaves_no_less_room_to_the_next(void **state)
{
    struct bench *bench = *state;
    enum { REQUESTS = 20 };
    static char body[CORE_ACCOUNTS_BODY + 1];
    int head = snprintf(body, sizeof(body), "{\"token\":\"\\u0061");
    memset(body + head, 'a', sizeof(body) - 1 - (size_t)head);
    memcpy(body + sizeof(body) - 3, "\"}", 3);
    for (int i = 0; i < REQUESTS; i++)
        assert_int_equal(send(bench, HTTP_METHOD_POST, "/v1/verify", body), 400);
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

static void expect_unavailable(const struct bench *bench)
{
    struct slice after;
    assert_int_equal(bench->reply.status, 503);
    assert_slice(buf_slice(&bench->reply.body),
                 "{\"code\":503,\"errno\":201,\"error\":\"Service Unavailable\","
                 "\"message\":\"Out of memory\"}");
    assert_true(http_reply_get(&bench->reply, "Retry-After", &after));
    assert_slice(after, "1");
}

static void handle_once(void *context)
{
    struct bench *bench = context;
    http_reply_free(&bench->reply);
    buf_free(&bench->reply.body);
    int status = send(bench, HTTP_METHOD_POST, "/accounts-double/token", "{\"uid\":\"abc\"}");
    if (status == 200) {
        char token[ROOM];
        struct slice type, raw = member(bench, "/access_token");
        assert_true(http_reply_get(&bench->reply, "Content-Type", &type));
        assert_slice(type, "application/json");
        struct record_scan scan = record_scan_of(buf_slice(&bench->reply.body));
        assert_true(record_scan_drain(&scan));
        assert_in_range(raw.len, 3, ROOM);
        memcpy(token, raw.ptr + 1, raw.len - 2);
        token[raw.len - 2] = '\0';
        status = verify(bench, token);
    }
    if (status != 200)
        expect_unavailable(bench);
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

static void a_double_that_cannot_be_made_leaves_nothing_behind(void **state)
{
    struct bench *bench = *state;
    struct core_accounts_env env = { &bench->clock.base, &bench->rng.base, SLICE("http://here"),
                                     NULL };
    int64_t live = alloc_live();
    for (uint64_t nth = 0; nth < 2; nth++) {
        alloc_fail_at(nth);
        assert_null(core_accounts_new(&env));
        alloc_fail_at(UINT64_MAX);
        assert_int_equal(alloc_live(), live);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_minted_is_verified),
        TEST(a_token_says_what_was_ordered_and_no_more),
        TEST(what_a_token_does_not_say_is_not_told),
        TEST(an_issuer_is_copied_however_short),
        TEST(the_published_key_is_the_one_that_signs),
        TEST(two_tokens_are_never_the_same),
        TEST(tokens_that_are_no_good_are_told),
        TEST(requests_that_cannot_be_read_are_refused),
        TEST(refusals_say_what_they_are_of),
        TEST(the_bounds_of_an_order_are_kept),
        TEST(one_request_leaves_no_less_room_to_the_next),
        TEST(a_token_server_takes_the_doubles_tokens),
        TEST(no_memory_means_503),
        TEST(a_double_that_cannot_be_made_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, make_double, free_double);
}
