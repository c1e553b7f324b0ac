#include "tests/core_bench.h"

#define ALERT_HARD                                                                                 \
    "{\"code\":\"hard-eol\",\"message\":\"this is the end\",\"url\":\"https://bye.example/\"}"

static struct core_operations *operations_of(struct bench *bench)
{
    return core_operations_of(bench->core);
}

static void maintenance_answers_503_and_when_to_return(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"x\"}", 200, "1000.00");
    operations_of(bench)->maintenance = 1234;
    static const char *const lines[] = { "GET /info/collections", "GET /storage/c",
                                         "PUT /storage/c/a",      "POST /storage/c",
                                         "DELETE /storage",       "GET //1.5/7/nowhere" };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        bench_expect(bench, lines[i], NULL, 503, "0");
        expect_field(bench, "Retry-After", "1234");
        expect_field(bench, "X-Weave-Backoff", NULL);
        expect_field(bench, "X-Weave-Timestamp", "1000.00");
    }
    /* Nobody is asked who they are, so nobody is told that their credentials are wrong. */
    assert_int_equal(bench_send(bench, "GET /storage/c", "X-Test-Auth: 1", NULL), 503);
    operations_of(bench)->maintenance = 0;
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    expect_field(bench, "Retry-After", NULL);
}

static void monitors_are_answered_during_maintenance(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET //__heartbeat__", NULL, 200, "{\"status\":\"ok\",\"store\":\"ok\"}");
    operations_of(bench)->maintenance = 1;
    bench_expect(bench, "GET //__lbheartbeat__", NULL, 200, "{}");
    bench_expect(bench, "GET //__heartbeat__", NULL, 200,
                 "{\"status\":\"ok\",\"store\":\"ok\",\"maintenance\":true}");
    bench_expect(bench, "GET //nowhere", NULL, 404, "0");
    assert_int_equal(bench_send(bench, "OPTIONS /storage/c", "Origin: null", NULL), 200);
}

static void backoff_and_alert_stand_on_every_reply(void **state)
{
    struct bench *bench = *state;
    bench->config.operations =
        (struct core_operations){ .backoff = 1800, .alert = SLICE("it rains") };
    bench_restart(bench);
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        { "GET /info/collections", 200 }, { "GET /storage/c/none", 404 },
        { "PUT /info/quota", 405 },       { "GET //nowhere", 404 },
        { "GET //__lbheartbeat__", 200 }, { "OPTIONS /storage/c", 200 },
        { "DELETE /storage/c", 200 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(bench_send(bench, rows[i].line, NULL, NULL), rows[i].status);
        expect_field(bench, "X-Weave-Backoff", "1800");
        expect_field(bench, "X-Weave-Alert", "it rains");
    }
    assert_int_equal(bench_send(bench, "GET /storage/c", "X-Test-Auth: 1", NULL), 401);
    expect_field(bench, "X-Weave-Backoff", "1800");
}

static void the_least_of_it_is_said_too(void **state)
{
    struct bench *bench = *state;
    *operations_of(bench) = (struct core_operations){ .backoff = 1, .alert = SLICE("x") };
    assert_int_equal(bench_send(bench, "GET /info/collections", NULL, NULL), 200);
    expect_field(bench, "X-Weave-Backoff", "1");
    expect_field(bench, "X-Weave-Alert", "x");
}

static void maintenance_backs_clients_of_1_0_off(void **state)
{
    struct bench *bench = *state;
    bench->named = &bench->auth;
    bench_restart(bench);
    *operations_of(bench) = (struct core_operations){ .backoff = 30, .maintenance = 60 };
    assert_int_equal(bench_send(bench, "GET //1.0/ann/info/collections", NULL, NULL), 503);
    expect_field(bench, "X-Weave-Backoff", "60");
    expect_field(bench, "Retry-After", "60");
    assert_int_equal(bench_send(bench, "GET //1.1/ann/info/collections", NULL, NULL), 503);
    expect_field(bench, "X-Weave-Backoff", "30");
    operations_of(bench)->backoff = 90;
    assert_int_equal(bench_send(bench, "GET //1.0/ann/info/collections", NULL, NULL), 503);
    expect_field(bench, "X-Weave-Backoff", "90");
}

static void without_operations_no_reply_has_their_fields(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(bench_send(bench, "GET /info/collections", NULL, NULL), 200);
    expect_field(bench, "X-Weave-Backoff", NULL);
    expect_field(bench, "X-Weave-Alert", NULL);
}

static void a_server_that_is_no_more_answers_513(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"x\"}", 200, "1000.00");
    *operations_of(bench) = (struct core_operations){ .maintenance = 9,
                                                      .decommissioned = true,
                                                      .alert = SLICE(ALERT_HARD) };
    bench_expect(bench, "GET /storage/c", NULL, 513, "0");
    expect_field(bench, "X-Weave-Alert", ALERT_HARD);
    expect_field(bench, "Retry-After", NULL);
    bench_expect(bench, "DELETE /storage", NULL, 513, "0");
    bench_expect(bench, "GET //__heartbeat__", NULL, 200,
                 "{\"status\":\"ok\",\"store\":\"ok\",\"maintenance\":true,"
                 "\"decommissioned\":true}");
    *operations_of(bench) = (struct core_operations){ 0 };
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static enum store_err cannot_begin(struct store *store, uint64_t uid, enum store_access access,
                                   int64_t now, struct store_txn **ret_txn)
{
    (void)store, (void)uid, (void)access, (void)now, (void)ret_txn;
    return STORE_BROKEN;
}

static void what_became_of_requests_is_counted(void **state)
{
    struct bench *bench = *state;
    const struct core_tally *tally = core_tally_of(bench->core);
    assert_int_equal(bench_send(bench, "GET /storage/c", NULL, NULL), 200);
    assert_int_equal(bench_send(bench, "GET /storage/c/none", NULL, NULL), 404);
    assert_int_equal(bench_send(bench, "GET //1.5/8/storage/c", NULL, NULL), 401);
    assert_int_equal(bench_send(bench, "GET //__lbheartbeat__", NULL, NULL), 200);
    assert_int_equal(tally->auth[AUTH_OK], 2);
    assert_int_equal(tally->auth[AUTH_WRONG_USER], 1);
    assert_int_equal(tally->store_errors, 0);
    operations_of(bench)->maintenance = 1;
    assert_int_equal(bench_send(bench, "GET /storage/c", NULL, NULL), 503);
    assert_int_equal(tally->auth[AUTH_OK], 2);
    assert_int_equal(tally->store_errors, 0);
    operations_of(bench)->maintenance = 0;
    const struct store_ops *ops = bench->store->ops;
    struct store_ops broken = *ops;
    broken.begin = cannot_begin;
    bench->store->ops = &broken;
    assert_int_equal(bench_send(bench, "GET /storage/c", NULL, NULL), 503);
    bench->store->ops = ops;
    assert_int_equal(tally->store_errors, 1);
}

static void what_cannot_be_said_is_found(void **state)
{
    (void)state;
    char text[CORE_ALERT_MAX + 2];
    memset(text, 'x', sizeof(text));
    const struct {
        struct core_operations operations;
        bool good;
    } rows[] = {
        { { 0 }, true },
        { { .maintenance = CORE_WAIT_MAX, .backoff = CORE_WAIT_MAX }, true },
        { { .maintenance = CORE_WAIT_MAX + 1 }, false },
        { { .backoff = CORE_WAIT_MAX + 1 }, false },
        { { .alert = SLICE("a text") }, true },
        { { .alert = SLICE("~") }, true },
        { { .alert = SLICE("\x7F") }, false },
        { { .alert = SLICE("\tx") }, false },
        { { .alert = SLICE("two\r\nlines") }, false },
        { { .alert = SLICE("caf\xC3\xA9") }, false },
        { { .alert = SLICE(" x") }, false },
        { { .alert = SLICE("x ") }, false },
        { { .alert = slice_of(text, CORE_ALERT_MAX) }, true },
        { { .alert = slice_of(text, CORE_ALERT_MAX + 1) }, false },
        { { .decommissioned = true }, false },
        { { .decommissioned = true, .alert = SLICE("a text") }, false },
        { { .decommissioned = true, .alert = SLICE(ALERT_HARD) }, true },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(core_operations_fault(&rows[i].operations) == NULL, rows[i].good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(maintenance_answers_503_and_when_to_return),
        BENCH_TEST(monitors_are_answered_during_maintenance),
        BENCH_TEST(backoff_and_alert_stand_on_every_reply),
        BENCH_TEST(the_least_of_it_is_said_too),
        BENCH_TEST(maintenance_backs_clients_of_1_0_off),
        BENCH_TEST(without_operations_no_reply_has_their_fields),
        BENCH_TEST(a_server_that_is_no_more_answers_513),
        BENCH_TEST(what_became_of_requests_is_counted),
        cmocka_unit_test(what_cannot_be_said_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
