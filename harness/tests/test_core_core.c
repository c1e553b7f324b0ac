#include "tests/core_bench.h"

#include "base/alloc.h"
#include "tests/reply_text.h"

#include <stdio.h>

static void every_reply_has_the_common_fields(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "GET /info/collections", "GET /storage/c/a", "GET /none",
                                         "PATCH /storage/c",      "GET //",           "PUT /x",
                                         "GET //__heartbeat__",   "OPTIONS /",        "DELETE " };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        (void)bench_send(bench, lines[i], NULL, NULL);
        expect_field(bench, "X-Weave-Timestamp", "1000.00");
        expect_field(bench, "X-Content-Type-Options", "nosniff");
    }
}

static const struct {
    enum auth_result result;
    int status;
} results[] = {
    { AUTH_MISSING, 401 }, { AUTH_MALFORMED, 401 }, { AUTH_BAD_TOKEN, 401 },
    { AUTH_EXPIRED, 401 }, { AUTH_BAD_MAC, 401 },   { AUTH_BAD_HASH, 401 },
    { AUTH_SKEWED, 401 },  { AUTH_REPLAYED, 401 },  { AUTH_WRONG_NODE, 401 },
    { AUTH_BUSY, 503 },
};

static void who_is_not_known_gets_401_whatever_there_is(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "GET /info/collections", "GET /info/configuration",
                                         "GET /storage/c/a",      "GET /storage/c/none",
                                         "PUT /storage/c/a",      "DELETE ",
                                         "GET /nothing",          "PATCH /storage/c",
                                         "GET /storage/a%20b",    "GET /storage/c?limit=x" };
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.00");
    for (size_t line = 0; line < COUNT_OF(lines); line++) {
        for (size_t i = 0; i < COUNT_OF(results); i++) {
            char field[64];
            (void)snprintf(field, sizeof(field), "X-Test-Auth: %d", (int)results[i].result);
            const char *body = lines[line][0] == 'P' ? "{}" : NULL;
            assert_int_equal(bench_send(bench, lines[line], field, body), results[i].status);
            expect_body(bench, "0");
            expect_field(bench, "Content-Type", "application/json");
            expect_field(bench, "X-Last-Modified", NULL);
            expect_field(bench, "X-Weave-Timestamp", "1000.00");
            expect_field(bench, "WWW-Authenticate", results[i].status == 401 ? "Test" : NULL);
            expect_field(bench, "Retry-After", results[i].status == 503 ? "10" : NULL);
        }
    }
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
}

static void nobody_reaches_another_users_data(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"sevens\"}", 200, "1000.00");
    assert_int_equal(bench_send(bench, "GET /storage/c/a", "X-Test-Uid: 8", NULL), 401);
    expect_body(bench, "0");
    assert_int_equal(bench_send(bench, "DELETE /storage", "X-Test-Uid: 8", NULL), 401);
    assert_int_equal(bench_send(bench, "GET //1.5/8/storage/c/a", "X-Test-Uid: 8", NULL), 404);
    assert_int_equal(bench_send(bench, "DELETE //1.5/8", "X-Test-Uid: 8", NULL), 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void time_never_runs_backwards_for_a_user(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.00");
    clock_virtual_advance(&bench->clock, -500 * STAMP_SECOND);
    static const char *const reads[] = { "GET /storage/c",         "GET /nothing",
                                         "PATCH /storage/c",       "GET /storage/c?limit=0",
                                         "DELETE /storage/c/none", "GET /info/configuration" };
    for (size_t i = 0; i < COUNT_OF(reads); i++) {
        (void)bench_send(bench, reads[i], NULL, NULL);
        expect_field(bench, "X-Weave-Timestamp", "1000.00");
    }
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.01");
    bench_expect(bench, "DELETE /storage", NULL, 200, "{\"modified\":1000.02}");
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.03");
}

static void a_refused_write_leaves_the_time_alone(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.00");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":3}", 400, "8");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
}

static void monitors_need_no_authorization(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "GET //__heartbeat__", "GET //__lbheartbeat__",
                                         "HEAD //__lbheartbeat__", "GET //__version__" };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(bench_send(bench, lines[i], "X-Test-Auth: 1", NULL), 200);
        expect_field(bench, "Content-Type", "application/json");
        expect_field(bench, "Access-Control-Allow-Origin", "*");
        assert_true(slice_starts(buf_slice(&bench->reply.body), SLICE("{")));
    }
    bench_expect(bench, "GET //__heartbeat__", NULL, 200, "{\"status\":\"ok\",\"store\":\"ok\"}");
}

static enum store_err refuse_begin(struct store *store, uint64_t uid, enum store_access access,
                                   int64_t now, struct store_txn **ret_txn)
{
    (void)store;
    (void)uid;
    (void)access;
    (void)now;
    (void)ret_txn;
    return STORE_BROKEN;
}

static void a_store_that_is_out_of_order_is_503(void **state)
{
    struct bench *bench = *state;
    const struct store_ops *ops = bench->store->ops;
    struct store_ops broken = *ops;
    broken.begin = refuse_begin;
    bench->store->ops = &broken;
    bench_expect(bench, "GET //__heartbeat__", NULL, 503,
                 "{\"status\":\"error\",\"store\":\"unavailable\"}");
    bench_expect(bench, "GET /info/collections", NULL, 503, "0");
    expect_field(bench, "Retry-After", "10");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench->store->ops = ops;
}

static enum store_err refuse_commit(struct store_txn *txn)
{
    store_rollback(txn);
    return STORE_FULL;
}

static void what_cannot_be_committed_is_503_and_was_not_stored(void **state)
{
    struct bench *bench = *state;
    const struct store_ops *ops = bench->store->ops;
    struct store_ops broken = *ops;
    broken.commit = refuse_commit;
    bench->store->ops = &broken;
    bench_expect(bench, "PUT /storage/c/a", "{}", 503, "0");
    expect_field(bench, "Retry-After", "10");
    expect_field(bench, "X-Last-Modified", NULL);
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench->store->ops = ops;
    bench_expect_untouched(bench);
}

static void a_503_is_of_no_earlier_time_than_the_users_last(void **state)
{
    struct bench *bench = *state;
    const struct store_ops *ops = bench->store->ops;
    struct store_ops broken = *ops;
    broken.commit = refuse_commit;
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.00");
    clock_virtual_advance(&bench->clock, -500 * STAMP_SECOND);
    bench->store->ops = &broken;
    bench_expect(bench, "PUT /storage/c/a", "{}", 503, "0");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench->store->ops = ops;
}

static void browsers_are_let_in_when_configured(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(bench_send(bench, "OPTIONS //__heartbeat__",
                                "Origin: https://a.example\nAccess-Control-Request-Method: GET",
                                NULL),
                     200);
    expect_field(bench, "Access-Control-Allow-Origin", "*");
    expect_field(bench, "Access-Control-Max-Age", "3600");
    assert_int_equal(bench_send(bench, "GET /info/collections", "Origin: null", NULL), 200);
    expect_field(bench, "Access-Control-Allow-Origin", "*");
    assert_int_equal(
        bench_send(bench, "GET /info/collections", "Origin: null\nX-Test-Auth: 1", NULL), 401);
    expect_field(bench, "Access-Control-Allow-Origin", "*");
    assert_int_equal(bench_send(bench, "GET /info/collections", NULL, NULL), 200);
    expect_field(bench, "Access-Control-Allow-Origin", NULL);
    bench->config.cors = false;
    bench_restart(bench);
    assert_int_equal(bench_send(bench, "OPTIONS /storage/c", "Origin: null", NULL), 405);
    expect_field(bench, "Access-Control-Allow-Origin", NULL);
}

/* Each request with each allocation failing: a 503 and no effect, or the reply that was wanted. */
struct sweep {
    const char *line, *body;
    int status;
};

static const struct sweep sweeps[] = {
    { "PUT /storage/c/new", "{\"payload\":\"\\u0041\",\"ttl\":5,\"sortindex\":1}", 200 },
    { "PUT /storage/c/a", "{\"sortindex\":1}", 200 },
    { "PUT /storage/fresh/a", "{\"payload\":\"x\"}", 200 },
    { "POST /storage/c",
      "[{\"id\":\"a\"},{\"id\":\"n\",\"payload\":\"y\"},{\"id\":\"z\",\"ttl\":\"x\"}]", 200 },
    { "POST /storage/c", "[{\"id\":\"a\"},{\"id\":\"a\"}]", 400 },
    { "POST /storage/c?batch=true", "[{\"id\":\"a\",\"payload\":\"new\"},{\"id\":\"n\"}]", 202 },
    { "POST /storage/fresh?batch=true&commit=true", "[{\"id\":\"a\"}]", 200 },
    { "POST /storage/c?batch=AAAAAAAAAAA&commit=true", "[]", 400 },
    { "POST /storage/c", "[", 400 },
    { "GET /storage/c?full=1&limit=1&sort=newest", NULL, 200 },
    { "GET /storage/c?ids=a,b&full=1", NULL, 200 },
    { "GET /storage/c/a", NULL, 200 },
    { "GET /storage/c/none", NULL, 404 },
    { "DELETE /storage/c/a", NULL, 200 },
    { "DELETE /storage/c?ids=a,b", NULL, 200 },
    { "DELETE /storage/c", NULL, 200 },
    { "DELETE ", NULL, 200 },
    { "GET /info/collections", NULL, 200 },
    { "GET /info/quota", NULL, 200 },
    { "GET /info/configuration", NULL, 200 },
    { "GET //__heartbeat__", NULL, 200 },
    { "OPTIONS /", NULL, 200 },
    { "GET /nothing", NULL, 404 },
};

static void expect_unchanged(struct bench *bench)
{
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"1\"},"
                 "{\"id\":\"b\",\"modified\":1000.00,\"payload\":\"2\"}]");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.001953125,8192.0]");
}

static void expect_unavailable(struct bench *bench)
{
    /* The page for monitors says more. */
    if (!slice_starts(buf_slice(&bench->reply.body), SLICE("{\"status\":\"error\"")))
        expect_body(bench, "0");
    expect_field(bench, "Content-Type", "application/json");
    expect_field(bench, "Retry-After", "10");
    expect_field(bench, "X-Content-Type-Options", "nosniff");
    expect_field(bench, "X-Last-Modified", NULL);
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
}

/* The nth allocation of one request fails; false when it had none so late.  Unless it is 503 the
 * reply, which has ${alert} in it, is ${wanted}; that is empty and filled in at the first call. */
static bool fail_nth(const struct sweep *sweep, struct slice alert, uint64_t nth,
                     struct buf *wanted)
{
    struct bench bench;
    bench_init(&bench);
    bench.config.operations.alert = alert;
    bench_expect(&bench, "POST /storage/c",
                 "[{\"id\":\"a\",\"payload\":\"1\"},{\"id\":\"b\",\"payload\":\"2\"}]", 200,
                 "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\",\"b\"]}");
    bench_restart(&bench); /* the scratch buffer is to be allocated again */
    http_reply_free(&bench.reply);
    http_reply_init(&bench.reply);
    alloc_fail_at(nth);
    int status = bench_send(&bench, sweep->line, NULL, sweep->body);
    bool failed = alloc_has_failed();
    alloc_fail_at(UINT64_MAX);
    if (!failed)
        assert_int_equal(status, sweep->status);
    if (wanted->len == 0)
        reply_text(&bench.reply, wanted);
    AUTO(buf_free) struct buf seen = buf_bounded(REPLY_TEXT);
    reply_text(&bench.reply, &seen);
    if (status == 503) {
        expect_unavailable(&bench);
        expect_unchanged(&bench);
    } else if (!slice_eq(buf_slice(&seen), buf_slice(wanted))) {
        fail_msg("%s: %.*s", sweep->line, SLICE_FMT(buf_slice(&seen)));
    }
    bench_free(&bench);
    return failed;
}

static void fail_each(const struct sweep *sweep, struct slice alert)
{
    int64_t live = alloc_live();
    struct buf wanted = buf_bounded(REPLY_TEXT);
    (void)fail_nth(sweep, alert, UINT64_MAX, &wanted);
    uint64_t nth = 0;
    while (fail_nth(sweep, alert, nth, &wanted))
        nth++;
    buf_free(&wanted);
    assert_in_range(nth, 1, 200);
    assert_int_equal(alloc_live(), live);
}

static void a_failing_allocation_is_503_and_stores_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sweeps); i++)
        fail_each(&sweeps[i], (struct slice){ 0 });
}

/* The alert moves the field at which the fields' text has to grow. */
static void no_reply_lacks_a_field(void **state)
{
    (void)state;
    static const struct sweep lists[] = { { "GET /storage/c", NULL, 200 },
                                          { "PUT /storage/c/a", "{\"payload\":\"2\"}", 200 } };
    char alert[64];
    memset(alert, 'x', sizeof(alert));
    for (size_t len = 0; len < sizeof(alert); len += 4) {
        for (size_t i = 0; i < COUNT_OF(lists); i++)
            fail_each(&lists[i], slice_of(alert, len));
    }
}

static void make_and_free(void *context)
{
    const struct bench *bench = context;
    struct core_config config = bench->config;
    config.public_url = SLICE("https://sync.example.com/x");
    struct core_env env = { .store = bench->store };
    core_free(core_new(&config, &env));
}

static void making_a_core_survives_failing_allocations(void **state)
{
    support_sweep_allocations(make_and_free, *state);
}

static void the_prefix_of_the_public_url_is_not_part_of_the_path(void **state)
{
    struct bench *bench = *state;
    char url[] = "https://sync.example.com/pre";
    bench->config.public_url = slice_text(url);
    bench_restart(bench);
    memset(url, 'x', sizeof(url) - 1); /* the core has its own */
    bench_expect(bench, "GET //pre/1.5/7/info/collections", NULL, 200, "{}");
    bench_expect(bench, "GET //1.5/7/info/collections", NULL, 200, "{}");
    bench_expect(bench, "GET //pre/__lbheartbeat__", NULL, 200, "{}");
    bench_expect(bench, "GET //prefix/1.5/7/info/collections", NULL, 404, "0");
}

/* The largest body that the limits let in, and larger ones. */
static void all_that_is_decoded_has_its_room(void **state)
{
    struct bench *bench = *state;
    enum { BODY = 5 * LIMIT_TARGET, LARGE = BODY + 8 * LIMIT_TARGET };
    static const char type[] = "Content-Type: text/plain";
    static char body[LARGE];
    memset(body, ' ', sizeof(body));
    size_t len = strlen("{\"payload\":\"");
    memcpy(body, "{\"payload\":\"", len);
    for (; len + 8 < BODY; len += 6)
        memcpy(body + len, "\\u0041", 6);
    memcpy(body + len, "\"}", 2);
    bench->config.limits.max_request_bytes = BODY;
    bench_restart(bench);
    static const struct {
        size_t len;
        int status;
    } rows[] = { { BODY, 200 }, { BODY + 1, 413 }, { LARGE, 413 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(
            bench_send_bytes(bench, "PUT /storage/%63/%61", type, slice_of(body, rows[i].len)),
            rows[i].status);
    expect_body(bench, "17");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void the_longest_target_has_its_room_behind_a_long_prefix(void **state)
{
    struct bench *bench = *state;
    static char target[LIMIT_TARGET], url[LIMIT_TARGET];
    memset(url, 'p', sizeof(url));
    memcpy(url, "https://h/", 10);
    memset(target, 'a', sizeof(target));
    memcpy(target, "/1.5/7/storage/c?v=", 19);
    bench->config.public_url = slice_of(url, sizeof(url));
    bench->config.limits.max_request_bytes = 256;
    bench_restart(bench);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
    struct http_field uid = { SLICE("X-Test-Uid"), SLICE("7") };
    const struct http_request request = { .method = HTTP_METHOD_GET,
                                          .target = slice_of(target, sizeof(target)),
                                          .fields = { &uid, 1 },
                                          .body = slice_of(url, 256) };
    core_handle(bench->core, &request, &bench->reply);
    assert_int_equal(bench->reply.status, 200);
}

static void the_page_of_the_version_names_the_store(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET //__version__", NULL, 200,
                 "{\"name\":\"syncspec\",\"version\":\"" SYNCSPEC_VERSION
                 "\",\"store\":\"memory\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(every_reply_has_the_common_fields),
        BENCH_TEST(who_is_not_known_gets_401_whatever_there_is),
        BENCH_TEST(nobody_reaches_another_users_data),
        BENCH_TEST(time_never_runs_backwards_for_a_user),
        BENCH_TEST(a_refused_write_leaves_the_time_alone),
        BENCH_TEST(monitors_need_no_authorization),
        BENCH_TEST(a_store_that_is_out_of_order_is_503),
        BENCH_TEST(what_cannot_be_committed_is_503_and_was_not_stored),
        BENCH_TEST(a_503_is_of_no_earlier_time_than_the_users_last),
        BENCH_TEST(browsers_are_let_in_when_configured),
        BENCH_TEST(a_failing_allocation_is_503_and_stores_nothing),
        BENCH_TEST(no_reply_lacks_a_field),
        BENCH_TEST(making_a_core_survives_failing_allocations),
        BENCH_TEST(all_that_is_decoded_has_its_room),
        BENCH_TEST(the_longest_target_has_its_room_behind_a_long_prefix),
        BENCH_TEST(the_page_of_the_version_names_the_store),
        BENCH_TEST(the_prefix_of_the_public_url_is_not_part_of_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
