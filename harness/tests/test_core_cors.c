#include "tests/core_bench.h"

/* Whether a comma-separated list names ${name}. */
static bool lists(const char *list, const char *name)
{
    struct slice rest = slice_text(list);
    while (rest.len > 0) {
        struct slice item = rest;
        if (!slice_cut(rest, ',', &item, &rest))
            rest = slice_of(NULL, 0);
        while (slice_starts(item, SLICE(" ")))
            item = slice_from(item, 1);
        if (slice_eq_nocase(item, slice_text(name)))
            return true;
    }
    return false;
}

static void expect_listed(struct bench *bench, const char *field, const char *const *names,
                          size_t count)
{
    const char *list = bench_field(bench, field);
    assert_non_null(list);
    for (size_t i = 0; i < count; i++) {
        if (!lists(list, names[i]))
            fail_msg("%s does not name %s", field, names[i]);
    }
}

static void a_preflight_allows_what_sync_clients_send(void **state)
{
    struct bench *bench = *state;
    static const char *const methods[] = { "GET", "PUT", "POST", "DELETE" };
    static const char *const headers[] = {
        "authorization",    "content-type",  "x-if-modified-since", "x-if-unmodified-since",
        "x-weave-records",  "x-weave-bytes", "x-weave-total-bytes", "x-weave-total-records",
        "x-confirm-delete", "x-keyid",       "x-client-state",
    };
    assert_int_equal(bench_send(bench, "OPTIONS /storage/bookmarks",
                                "Origin: moz-extension://0a1b\n"
                                "Access-Control-Request-Method: PUT\n"
                                "Access-Control-Request-Headers: authorization,content-type",
                                NULL),
                     200);
    expect_body(bench, "");
    expect_field(bench, "Access-Control-Allow-Origin", "*");
    expect_field(bench, "Access-Control-Max-Age", "3600");
    expect_field(bench, "Vary", "Origin");
    expect_field(bench, "Access-Control-Allow-Credentials", NULL);
    expect_listed(bench, "Access-Control-Allow-Methods", methods, COUNT_OF(methods));
    expect_listed(bench, "Access-Control-Allow-Headers", headers, COUNT_OF(headers));
}

static void a_page_may_read_what_sync_clients_read(void **state)
{
    struct bench *bench = *state;
    static const char *const headers[] = {
        "x-last-modified", "x-weave-timestamp",       "x-weave-records", "x-weave-next-offset",
        "x-weave-backoff", "x-weave-quota-remaining", "x-weave-alert",   "retry-after",
    };
    static const struct {
        const char *line, *fields;
        int status;
    } rows[] = {
        { "GET /info/collections", "Origin: https://a.example", 200 },
        { "GET /storage/c/none", "Origin: https://a.example", 404 },
        { "GET /storage/c", "Origin: https://a.example\nX-Test-Auth: 1", 401 },
        { "GET //nowhere", "Origin: https://a.example", 404 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(bench_send(bench, rows[i].line, rows[i].fields, NULL), rows[i].status);
        expect_field(bench, "Access-Control-Allow-Origin", "*");
        expect_field(bench, "Vary", "Origin");
        expect_listed(bench, "Access-Control-Expose-Headers", headers, COUNT_OF(headers));
    }
}

static void a_page_sees_why_it_is_sent_away(void **state)
{
    struct bench *bench = *state;
    core_operations_of(bench->core)->maintenance = 60;
    assert_int_equal(bench_send(bench, "GET /storage/c", "Origin: https://a.example", NULL), 503);
    expect_field(bench, "Access-Control-Allow-Origin", "*");
    expect_field(bench, "Retry-After", "60");
}

static void who_is_no_page_gets_none_of_it(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(bench_send(bench, "GET /info/collections", NULL, NULL), 200);
    expect_field(bench, "Access-Control-Allow-Origin", NULL);
    expect_field(bench, "Vary", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_preflight_allows_what_sync_clients_send),
        BENCH_TEST(a_page_may_read_what_sync_clients_read),
        BENCH_TEST(a_page_sees_why_it_is_sent_away),
        BENCH_TEST(who_is_no_page_gets_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
