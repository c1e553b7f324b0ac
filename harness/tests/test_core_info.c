#include "tests/core_bench.h"

static void a_user_without_data(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET /info/collections", NULL, 200, "{}");
    expect_field(bench, "X-Last-Modified", "0.00");
    expect_field(bench, "X-Weave-Records", "0");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    expect_field(bench, "Content-Type", "application/json");
    bench_expect(bench, "GET /info/collection_counts", NULL, 200, "{}");
    bench_expect(bench, "GET /info/collection_usage", NULL, 200, "{}");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0,8192.0]");
    expect_field(bench, "X-Weave-Records", NULL);
}

static void times_counts_and_usage_by_collection(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/tabs/a", "{\"payload\":\"12345\"}", 200, "1000.00");
    bench_expect(bench, "PUT /storage/tabs/b", "{\"payload\":\"1\",\"ttl\":10}", 200, "1000.01");
    bench_expect(bench, "PUT /storage/forms/a", "{}", 200, "1000.02");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"forms\":1000.02,\"tabs\":1000.01}");
    expect_field(bench, "X-Weave-Records", "2");
    expect_field(bench, "X-Last-Modified", "1000.02");
    bench_expect(bench, "GET /info/collection_counts", NULL, 200, "{\"forms\":1,\"tabs\":2}");
    bench_expect(bench, "GET /info/collection_usage", NULL, 200,
                 "{\"forms\":0.0,\"tabs\":0.005859375}");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.005859375,8192.0]");
    clock_virtual_advance(&bench->clock, 20 * STAMP_SECOND);
    bench_expect(bench, "GET /info/collection_counts?v=1.155.0&client=x", NULL, 200,
                 "{\"forms\":1,\"tabs\":1}");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0048828125,8192.0]");
    expect_field(bench, "X-Last-Modified", "1000.02");
    expect_field(bench, "X-Weave-Timestamp", "1020.00");
}

static void the_quota_is_null_when_there_is_none(void **state)
{
    struct bench *bench = *state;
    bench->config.quota = 0;
    bench_restart(bench);
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0,null]");
}

static void the_configuration_reports_every_limit(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET /info/configuration", NULL, 200,
                 "{\"max_request_bytes\":2625536,\"max_post_records\":100,"
                 "\"max_post_bytes\":2621440,\"max_total_records\":10000,"
                 "\"max_total_bytes\":4194304,\"max_record_payload_bytes\":2621440}");
    expect_field(bench, "X-Last-Modified", "0.00");
    bench->config.limits.max_post_records = 7;
    bench_restart(bench);
    bench_expect(bench, "GET /info/configuration", NULL, 200,
                 "{\"max_request_bytes\":2625536,\"max_post_records\":7,"
                 "\"max_post_bytes\":2621440,\"max_total_records\":10000,"
                 "\"max_total_bytes\":4194304,\"max_record_payload_bytes\":2621440}");
}

static void without_batches_it_reports_no_limit_of_theirs(void **state)
{
    struct bench *bench = *state;
    bench->config.batches = false;
    bench_restart(bench);
    bench_expect(bench, "GET /info/configuration", NULL, 200,
                 "{\"max_request_bytes\":2625536,\"max_post_records\":100,"
                 "\"max_post_bytes\":2621440,\"max_record_payload_bytes\":2621440}");
}

static void the_quota_of_a_collection_is_told_when_it_is_the_only_one(void **state)
{
    struct bench *bench = *state;
    bench->config.quota_per_collection = 1024;
    bench_restart(bench);
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0,8192.0]");
    bench->config.quota = 0;
    bench_restart(bench);
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0,1.0]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_user_without_data),
        BENCH_TEST(times_counts_and_usage_by_collection),
        BENCH_TEST(the_quota_is_null_when_there_is_none),
        BENCH_TEST(the_configuration_reports_every_limit),
        BENCH_TEST(without_batches_it_reports_no_limit_of_theirs),
        BENCH_TEST(the_quota_of_a_collection_is_told_when_it_is_the_only_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
