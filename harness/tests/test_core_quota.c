#include "tests/core_bench.h"

#include <stdio.h>

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
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"abcdefghi\"}", 200, "1000.02");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 400, "14");
    bench_expect(bench, "DELETE /storage/c/a", NULL, 200, "{\"modified\":1000.03}");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"12345\"}", 200, "1000.04");
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

static void a_collection_has_a_quota_of_its_own(void **state)
{
    struct bench *bench = *state;
    bench->config.quota_per_collection = 10;
    limit_to(bench, 25);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567890\"}", 200, "1000.00");
    expect_field(bench, "X-Weave-Quota-Remaining", "0.00");
    bench_expect(bench, "PUT /storage/c/b", "{\"payload\":\"1\"}", 400, "14");
    bench_expect(bench, "POST /storage/c", "[{\"id\":\"b\",\"payload\":\"1\"}]", 400, "14");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"abcdefghij\"}", 200, "1000.01");
    bench_expect(bench, "PUT /storage/d/a", "{\"payload\":\"1234567890\"}", 200, "1000.02");
    bench_expect(bench, "PUT /storage/e/a", "{\"payload\":\"123456\"}", 400, "14");
    bench_expect(bench, "PUT /storage/e/a", "{\"payload\":\"12345\"}", 200, "1000.03");
    bench_expect(bench, "GET /info/collections", NULL, 200,
                 "{\"c\":1000.01,\"d\":1000.02,\"e\":1000.03}");
    bench_expect(bench, "DELETE /storage/c", NULL, 200, "{\"modified\":1000.04}");
    bench_expect(bench, "PUT /storage/c/b", "{\"payload\":\"1\"}", 200, "1000.05");
}

static void what_is_left_is_the_least_that_any_quota_leaves(void **state)
{
    struct bench *bench = *state;
    bench->config.quota_per_collection = 2048;
    limit_to(bench, 3072);
    assert_int_equal(bench_send(bench, "PUT /storage/c/a", NULL, "{\"payload\":\"\"}"), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", "2.00");
    bench->config.quota_per_collection = 4096;
    limit_to(bench, 3072);
    assert_int_equal(bench_send(bench, "DELETE /storage/c", NULL, NULL), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", "3.00");
    limit_to(bench, 0);
    assert_int_equal(bench_send(bench, "DELETE /storage", NULL, NULL), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", "4.00");
}

/* Sends the body to the batch; the reply's status. */
static int send_to_batch(struct bench *bench, const char *collection, struct slice batch,
                         const char *rest, const char *body)
{
    char line[128];
    (void)snprintf(line, sizeof(line), "POST /storage/%s?batch=%.*s%s", collection,
                   SLICE_FMT(batch), rest);
    return bench_send(bench, line, NULL, body);
}

static struct slice open_batch(struct bench *bench, const char *collection, char id[16],
                               const char *body)
{
    assert_int_equal(send_to_batch(bench, collection, SLICE("true"), "", body), 202);
    expect_field(bench, "X-Weave-Quota-Remaining", NULL);
    struct slice text = slice_from(buf_slice(&bench->reply.body), strlen("{\"batch\":\""));
    assert_true(text.len > 11);
    memcpy(id, text.ptr, 11);
    return slice_of(id, 11);
}

static void open_batches_that_cannot_fit_are_refused_early(void **state)
{
    struct bench *bench = *state;
    char ids[2][16];
    limit_to(bench, 10);
    struct slice first = open_batch(bench, "c", ids[0], "[{\"id\":\"a\",\"payload\":\"123456\"}]");
    struct slice second = open_batch(bench, "d", ids[1], "[{\"id\":\"b\",\"payload\":\"1234\"}]");
    assert_int_equal(send_to_batch(bench, "d", second, "", "[{\"id\":\"c\",\"payload\":\"1\"}]"),
                     400);
    expect_body(bench, "14");
    bench_expect_untouched(bench);
    assert_int_equal(send_to_batch(bench, "d", second, "&commit=true", "[]"), 200);
    bench_expect(bench, "GET /storage/d", NULL, 200, "[\"b\"]");
    assert_int_equal(send_to_batch(bench, "c", first, "&commit=true", "[]"), 200);
    expect_field(bench, "X-Weave-Quota-Remaining", "0.00");
}

static void a_commit_past_the_quota_is_14_and_stores_nothing(void **state)
{
    struct bench *bench = *state;
    char ids[2][16];
    limit_to(bench, 10);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"123456\"}", 200, "1000.00");
    struct slice first = open_batch(bench, "c", ids[0], "[{\"id\":\"b\",\"payload\":\"12345\"}]");
    assert_int_equal(send_to_batch(bench, "c", first, "&commit=true", "[]"), 400);
    expect_body(bench, "14");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    /* What replaces does not grow. */
    struct slice second = open_batch(bench, "c", ids[1], "[{\"id\":\"a\",\"payload\":\"abcde\"}]");
    assert_int_equal(send_to_batch(bench, "c", second, "&commit=true", "[]"), 200);
    assert_int_equal(send_to_batch(bench, "c", first, "&commit=true", "[]"), 200);
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.009765625,0.009765625]");
}

static void batches_keep_to_the_quota_of_their_collection(void **state)
{
    struct bench *bench = *state;
    char ids[2][16];
    bench->config.quota_per_collection = 10;
    limit_to(bench, 0);
    struct slice first = open_batch(bench, "c", ids[0], "[{\"id\":\"a\",\"payload\":\"123456\"}]");
    struct slice second = open_batch(bench, "d", ids[1], "[{\"id\":\"b\",\"payload\":\"123456\"}]");
    assert_int_equal(send_to_batch(bench, "c", first, "", "[{\"id\":\"b\",\"payload\":\"12345\"}]"),
                     400);
    expect_body(bench, "14");
    assert_int_equal(send_to_batch(bench, "c", first, "&commit=true", "[]"), 200);
    bench_expect(bench, "PUT /storage/d/a", "{\"payload\":\"12345\"}", 200, "1000.01");
    assert_int_equal(send_to_batch(bench, "d", second, "&commit=true", "[]"), 400);
    expect_body(bench, "14");
    bench_expect(bench, "GET /storage/d", NULL, 200, "[\"a\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_write_past_the_quota_is_14_and_changes_nothing),
        BENCH_TEST(an_overwrite_counts_the_difference),
        BENCH_TEST(over_the_quota_what_does_not_grow_still_works),
        BENCH_TEST(what_is_left_is_on_replies_to_writes),
        BENCH_TEST(expired_records_do_not_count),
        BENCH_TEST(a_collection_has_a_quota_of_its_own),
        BENCH_TEST(what_is_left_is_the_least_that_any_quota_leaves),
        BENCH_TEST(open_batches_that_cannot_fit_are_refused_early),
        BENCH_TEST(a_commit_past_the_quota_is_14_and_stores_nothing),
        BENCH_TEST(batches_keep_to_the_quota_of_their_collection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
