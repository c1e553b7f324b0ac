#include "tests/core_bench.h"

static void limit_to(struct bench *bench, uint64_t quota)
{
    bench->config.quota = quota;
    bench_restart(bench);
}

static void a_write_past_the_quota_is_14_and_changes_nothing(void **state)
{
    struct bench *bench = *state;
    limit_to(bench, 10);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"123456\"}", 200, "1000.00");
    bench_expect(bench, "PUT /storage/d/b", "{\"payload\":\"12345\"}", 400, "14");
    expect_field(bench, "X-Last-Modified", NULL);
    expect_field(bench, "X-Weave-Quota-Remaining", NULL);
    bench_expect(bench, "POST /storage/c",
                 "[{\"id\":\"a\",\"payload\":\"\"},{\"id\":\"b\",\"payload\":\"12345678901\"}]",
                 400, "14");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"123456\"}");
    bench_expect(bench, "PUT /storage/d/b", "{\"payload\":\"1234\"}", 200, "1000.01");
}

static void an_overwrite_counts_the_difference(void **state)
{
    struct bench *bench = *state;
    limit_to(bench, 10);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 200, "1000.00");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"abcdefghij\"}", 200, "1000.01");
    bench_expect(bench, "PUT /storage/c/a", "{\"sortindex\":1}", 200, "1000.02");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"abcdefghijk\"}", 400, "14");
}

static void over_the_quota_what_does_not_grow_still_works(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 200, "1000.00");
    limit_to(bench, 5);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.009765625,0.0048828125]");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"123456789\"}", 200, "1000.01");
    expect_field(bench, "X-Weave-Quota-Remaining", "0.00");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 400, "14");
    bench_expect(bench, "DELETE /storage/c/a", NULL, 200, "{\"modified\":1000.02}");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"12345\"}", 200, "1000.03");
}

static void what_is_left_is_on_replies_to_writes(void **state)
{
    struct bench *bench = *state;
    limit_to(bench, 2048);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 200, "1000.00");
    expect_field(bench, "X-Weave-Quota-Remaining", "1.99");
    assert_int_equal(bench_send(bench, "POST /storage/c", NULL, "[]"), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", "1.99");
    assert_int_equal(bench_send(bench, "GET /storage/c", NULL, NULL), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", NULL);
    assert_int_equal(bench_send(bench, "DELETE /storage/c/a", NULL, NULL), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", "2.00");
    limit_to(bench, 0);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 200, "1000.03");
    expect_field(bench, "X-Weave-Quota-Remaining", NULL);
}

static void expired_records_do_not_count(void **state)
{
    struct bench *bench = *state;
    limit_to(bench, 10);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\",\"ttl\":5}", 200,
                 "1000.00");
    bench_expect(bench, "PUT /storage/c/b", "{\"payload\":\"x\"}", 400, "14");
    clock_virtual_advance(&bench->clock, 5 * STAMP_SECOND);
    bench_expect(bench, "PUT /storage/c/b", "{\"payload\":\"1234567890\"}", 200, "1005.00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_write_past_the_quota_is_14_and_changes_nothing),
        BENCH_TEST(an_overwrite_counts_the_difference),
        BENCH_TEST(over_the_quota_what_does_not_grow_still_works),
        BENCH_TEST(what_is_left_is_on_replies_to_writes),
        BENCH_TEST(expired_records_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
