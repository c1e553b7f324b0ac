#include "tests/core_bench.h"

#include <stdio.h>

/* Four records, modified at 1000.00, 1000.01, 1000.02 and 1000.03. */
static void make_four(struct bench *bench)
{
    assert_int_equal(bench_send(bench, "PUT /storage/c/a", NULL, "{\"sortindex\":1}"), 200);
    assert_int_equal(bench_send(bench, "PUT /storage/c/b", NULL, "{\"sortindex\":4}"), 200);
    assert_int_equal(bench_send(bench, "PUT /storage/c/c", NULL, "{\"sortindex\":3}"), 200);
    assert_int_equal(bench_send(bench, "PUT /storage/c/d+%20e", NULL, "{\"sortindex\":2}"), 200);
}

static const struct {
    const char *query, *ids;
} taken[] = {
    { "", "[\"a\",\"b\",\"c\",\"d+ e\"]" },
    { "newer=1000.01", "[\"c\",\"d+ e\"]" },
    { "newer=1000.1", "[]" },
    { "newer=0", "[\"a\",\"b\",\"c\",\"d+ e\"]" },
    { "older=1000.01", "[\"a\"]" },
    { "older=0", "[]" },
    { "newer=1000&older=1000.03", "[\"b\",\"c\"]" },
    { "newer=1000.00&older=1000.03&sort=newest", "[\"c\",\"b\"]" },
    { "newer=1000.00&older=1000.03&sort=index&limit=1", "[\"b\"]" },
    { "ids=c,a,zz", "[\"a\",\"c\"]" },
    { "ids=c%2Ca", "[\"a\",\"c\"]" },
    { "ids=%20c%20,%61", "[\"a\",\"c\"]" },
    { "ids=d+%20e", "[\"d+ e\"]" },
    { "ids=a,a,a", "[\"a\"]" },
    { "ids=a,b,c&newer=1000.00&older=1000.02", "[\"b\"]" },
    { "sort=newest", "[\"d+ e\",\"c\",\"b\",\"a\"]" },
    { "sort=oldest", "[\"a\",\"b\",\"c\",\"d+ e\"]" },
    { "sort=index", "[\"b\",\"c\",\"d+ e\",\"a\"]" },
    { "%73ort=index&limit=1", "[\"b\"]" },
    { "limit=18446744073709551615", "[\"a\",\"b\",\"c\",\"d+ e\"]" },
    { "v=1.155.0&client=x&&=&index_above=2&parentid=z", "[\"a\",\"b\",\"c\",\"d+ e\"]" },
};

static void parameters_select(void **state)
{
    struct bench *bench = *state;
    make_four(bench);
    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        char line[256];
        (void)snprintf(line, sizeof(line), "GET /storage/c?%s", taken[i].query);
        bench_expect(bench, line, NULL, 200, taken[i].ids);
    }
}

static void full_counts_with_any_value(void **state)
{
    struct bench *bench = *state;
    static const char *const queries[] = { "full", "full=", "full=1", "full=0", "full=false" };
    assert_int_equal(bench_send(bench, "PUT /storage/c/a", NULL, "{}"), 200);
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "GET /storage/c?%s", queries[i]);
        bench_expect(bench, line, NULL, 200,
                     "[{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"\"}]");
    }
}

static const char *const refused[] = {
    "newer=",
    "newer=abc",
    "newer=-1",
    "newer=1e3",
    "newer=NaN",
    "older=",
    "older=x",
    "older=-0.01",
    "limit=",
    "limit=0",
    "limit=-1",
    "limit=abc",
    "limit=1.5",
    "limit=99999999999999999999",
    "sort=",
    "sort=none",
    "sort=INDEX",
    "ids=",
    "ids=a,,b",
    "ids=a,%09%0A",
    "ids=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "limit=1&limit=1",
    "sort=newest&sort=newest",
    "%zz=1",
    "limit=%",
    "limit=%3",
    "offset=",
    "offset=0",
    "offset=abc",
    "offset=5",
    "offset=AA==",
    "offset=AAAAAAAAAAAA",
    "offset=1000000:2",
    "offset=%2B%2F",
};

static void bad_values_are_400(void **state)
{
    struct bench *bench = *state;
    make_four(bench);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char line[256];
        (void)snprintf(line, sizeof(line), "GET /storage/c?%s", refused[i]);
        bench_expect(bench, line, NULL, 400, "0");
        (void)snprintf(line, sizeof(line), "GET /storage/none?%s", refused[i]);
        bench_expect(bench, line, NULL, 400, "0");
    }
}

static void a_hundred_ids_are_taken_and_no_more(void **state)
{
    struct bench *bench = *state;
    struct buf line = buf_bounded(8000);
    make_four(bench);
    buf_add_text(&line, "GET /storage/c?ids=a");
    for (int i = 1; i < 100; i++)
        buf_add_format(&line, ",%c%062d", i % 2 == 0 ? 'x' : 'y', i);
    bench_expect(bench, buf_text(&line), NULL, 200, "[\"a\"]");
    buf_add_text(&line, ",b");
    bench_expect(bench, buf_text(&line), NULL, 400, "0");
    buf_free(&line);
}

static void an_offset_belongs_to_one_order(void **state)
{
    struct bench *bench = *state;
    make_four(bench);
    assert_int_equal(bench_send(bench, "GET /storage/c?limit=1&sort=newest", NULL, NULL), 200);
    char line[256];
    (void)snprintf(line, sizeof(line), "GET /storage/c?sort=newest&offset=%s",
                   bench_field(bench, "X-Weave-Next-Offset"));
    bench_expect(bench, line, NULL, 200, "[\"c\",\"b\",\"a\"]");
    memcpy(strstr(line, "newest"), "oldest", 6);
    bench_expect(bench, line, NULL, 400, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(parameters_select),
        BENCH_TEST(full_counts_with_any_value),
        BENCH_TEST(bad_values_are_400),
        BENCH_TEST(a_hundred_ids_are_taken_and_no_more),
        BENCH_TEST(an_offset_belongs_to_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
