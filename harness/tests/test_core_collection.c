#include "tests/core_bench.h"

#include <stdio.h>

static void put(struct bench *bench, const char *line, const char *body)
{
    assert_int_equal(bench_send(bench, line, NULL, body), 200);
}

static void a_collection_that_is_not_there_is_an_empty_list(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
    expect_field(bench, "X-Last-Modified", "0.00");
    expect_field(bench, "X-Weave-Records", "0");
    expect_field(bench, "X-Weave-Next-Offset", NULL);
    bench_expect_untouched(bench);
}

static void ids_without_full_records_with_it(void **state)
{
    struct bench *bench = *state;
    put(bench, "PUT /storage/c/b", "{\"payload\":\"1\"}");
    put(bench, "PUT /storage/c/a", "{\"payload\":\"2\"}");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"b\",\"a\"]");
    expect_field(bench, "X-Weave-Records", "2");
    expect_field(bench, "X-Last-Modified", "1000.01");
    expect_field(bench, "Content-Type", "application/json");
    bench_expect(bench, "GET /storage/c?full", NULL, 200,
                 "[{\"id\":\"b\",\"modified\":1000.00,\"payload\":\"1\"},"
                 "{\"id\":\"a\",\"modified\":1000.01,\"payload\":\"2\"}]");
}

static const struct {
    const char *accept, *type, *body;
} accepts[] = {
    { "application/json", "application/json", "[\"a\"]" },
    { "*/*", "application/json", "[\"a\"]" },
    { "application/*", "application/json", "[\"a\"]" },
    { "application/newlines", "application/newlines", "\"a\"\n" },
    { "application/newlines, application/json", "application/json", "[\"a\"]" },
    { "application/json;q=0.9,*/*;q=0.2", "application/json", "[\"a\"]" },
    { "application/newlines, application/json;q=0.5", "application/newlines", "\"a\"\n" },
    { "text/html", "application/json", NULL },
};

static void accept_chooses_the_format(void **state)
{
    struct bench *bench = *state;
    put(bench, "PUT /storage/c/a", "{}");
    for (size_t i = 0; i < COUNT_OF(accepts); i++) {
        char field[128];
        (void)snprintf(field, sizeof(field), "Accept: %s", accepts[i].accept);
        int status = bench_send(bench, "GET /storage/c", field, NULL);
        if (status != (accepts[i].body == NULL ? 406 : 200))
            fail_msg("%s: %d", accepts[i].accept, status);
        expect_body(bench, accepts[i].body == NULL ? "0" : accepts[i].body);
        expect_field(bench, "Content-Type", accepts[i].type);
    }
    assert_int_equal(bench_send(bench, "GET /storage/none", "Accept: application/newlines", NULL),
                     200);
    expect_body(bench, "");
}

/* Reads every page of ${query}, and compares all ids. */
static void expect_pages(struct bench *bench, const char *query, const char *ids)
{
    struct buf all = buf_bounded(4096);
    char line[512], offset[256] = "";
    for (int page = 0; page < 20; page++) {
        (void)snprintf(line, sizeof(line), "GET /storage/c?%s%s%s", query,
                       offset[0] == 0 ? "" : "&offset=", offset);
        assert_int_equal(bench_send(bench, line, "Accept: application/newlines", NULL), 200);
        buf_add(&all, buf_slice(&bench->reply.body));
        const char *next = bench_field(bench, "X-Weave-Next-Offset");
        if (next == NULL)
            break;
        assert_int_equal(strspn(next, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789_-="),
                         strlen(next));
        (void)snprintf(offset, sizeof(offset), "%s", next);
    }
    assert_slice(buf_slice(&all), ids);
    buf_free(&all);
}

static void make_five(struct bench *bench)
{
    put(bench, "PUT /storage/c/e", "{}");
    put(bench, "PUT /storage/c/f", "{}");
    put(bench, "DELETE /storage/c/f", NULL);
    put(bench, "PUT /storage/c/d", "{\"sortindex\":-5}");
    put(bench, "POST /storage/c",
        "[{\"id\":\"c\",\"sortindex\":7},{\"id\":\"b\",\"sortindex\":7}]");
    put(bench, "PUT /storage/c/a", "{\"sortindex\":0}");
}

static void pages_work_in_every_order(void **state)
{
    struct bench *bench = *state;
    make_five(bench);
    for (int limit = 1; limit < 7; limit++) {
        char query[64];
        (void)snprintf(query, sizeof(query), "limit=%d", limit);
        expect_pages(bench, query, "\"e\"\n\"d\"\n\"b\"\n\"c\"\n\"a\"\n");
        (void)snprintf(query, sizeof(query), "limit=%d&sort=oldest", limit);
        expect_pages(bench, query, "\"e\"\n\"d\"\n\"b\"\n\"c\"\n\"a\"\n");
        (void)snprintf(query, sizeof(query), "limit=%d&sort=newest", limit);
        expect_pages(bench, query, "\"a\"\n\"b\"\n\"c\"\n\"d\"\n\"e\"\n");
        (void)snprintf(query, sizeof(query), "sort=index&limit=%d", limit);
        expect_pages(bench, query, "\"b\"\n\"c\"\n\"a\"\n\"d\"\n\"e\"\n");
        (void)snprintf(query, sizeof(query), "ids=a,b,e&limit=%d&newer=1000.00", limit);
        expect_pages(bench, query, "\"b\"\n\"a\"\n");
    }
}

static void records_without_an_index_come_last_on_pages_too(void **state)
{
    struct bench *bench = *state;
    put(bench, "POST /storage/c",
        "[{\"id\":\"n\"},{\"id\":\"a\",\"sortindex\":-1},{\"id\":\"m\"},"
        "{\"id\":\"b\",\"sortindex\":0},{\"id\":\"o\"}]");
    expect_pages(bench, "sort=index&limit=1", "\"b\"\n\"a\"\n\"m\"\n\"n\"\n\"o\"\n");
    expect_pages(bench, "sort=index&limit=4", "\"b\"\n\"a\"\n\"m\"\n\"n\"\n\"o\"\n");
}

static void the_next_offset_comes_only_when_more_follows(void **state)
{
    struct bench *bench = *state;
    make_five(bench);
    bench_expect(bench, "GET /storage/c?limit=4", NULL, 200, "[\"e\",\"d\",\"b\",\"c\"]");
    expect_field(bench, "X-Weave-Records", "4");
    assert_non_null(bench_field(bench, "X-Weave-Next-Offset"));
    char line[256];
    (void)snprintf(line, sizeof(line), "GET /storage/c?offset=%s",
                   bench_field(bench, "X-Weave-Next-Offset"));
    bench_expect(bench, line, NULL, 200, "[\"a\"]");
    expect_field(bench, "X-Weave-Next-Offset", NULL);
    bench_expect(bench, "GET /storage/c?limit=5", NULL, 200, "[\"e\",\"d\",\"b\",\"c\",\"a\"]");
    expect_field(bench, "X-Weave-Next-Offset", NULL);
}

static void expired_records_take_no_place_on_a_page(void **state)
{
    struct bench *bench = *state;
    put(bench, "POST /storage/c",
        "[{\"id\":\"a\",\"ttl\":1},{\"id\":\"b\"},{\"id\":\"c\",\"ttl\":1},{\"id\":\"d\"}]");
    clock_virtual_advance(&bench->clock, STAMP_SECOND);
    bench_expect(bench, "GET /storage/c?limit=2", NULL, 200, "[\"b\",\"d\"]");
    expect_field(bench, "X-Weave-Next-Offset", NULL);
    bench_expect(bench, "GET /storage/c?ids=a,b", NULL, 200, "[\"b\"]");
    expect_field(bench, "X-Last-Modified", "1000.00");
}

static void a_list_too_long_for_one_reply_is_cut_with_an_offset(void **state)
{
    struct bench *bench = *state;
    enum { PAYLOAD = 2 * 1024 * 1024, RECORDS = 28 };
    bench->config.quota = 0;
    bench_restart(bench);
    struct buf body = buf_bounded(PAYLOAD + 100);
    buf_add_text(&body, "{\"payload\":\"");
    for (size_t i = 0; i < PAYLOAD; i++)
        buf_add_byte(&body, 'x');
    buf_add_text(&body, "\"}");
    char line[256];
    for (int i = 0; i < RECORDS; i++) {
        (void)snprintf(line, sizeof(line), "PUT /storage/c/%02d", i);
        assert_int_equal(
            bench_send_bytes(bench, line, "Content-Type: text/plain", buf_slice(&body)), 200);
    }
    buf_free(&body);
    /* A last one that has room on the first page, and does not belong there. */
    put(bench, "PUT /storage/c/z", "{}");
    assert_int_equal(bench_send(bench, "GET /storage/c?full=1", NULL, NULL), 200);
    uint64_t first;
    assert_true(slice_to_u64(slice_text(bench_field(bench, "X-Weave-Records")), &first));
    assert_in_range(first, 1, RECORDS - 1);
    assert_true(slice_ends(buf_slice(&bench->reply.body), SLICE("\"}]")));
    (void)snprintf(line, sizeof(line), "GET /storage/c?full=1&offset=%s",
                   bench_field(bench, "X-Weave-Next-Offset"));
    assert_int_equal(bench_send(bench, line, NULL, NULL), 200);
    uint64_t second;
    assert_true(slice_to_u64(slice_text(bench_field(bench, "X-Weave-Records")), &second));
    assert_int_equal(first + second, RECORDS + 1);
    expect_field(bench, "X-Weave-Next-Offset", NULL);
    bench->named = &bench->auth;
    bench_restart(bench);
    /* Before 1.5 there is no way to say that there is more. */
    bench_expect(bench, "GET //1.1/ann/storage/c?full=1", NULL, 413, "17");
}

static void a_deleted_collection_is_gone(void **state)
{
    struct bench *bench = *state;
    put(bench, "PUT /storage/c/a", "{}");
    put(bench, "PUT /storage/d/a", "{}");
    bench_expect(bench, "DELETE /storage/c", NULL, 200, "{\"modified\":1000.02}");
    expect_field(bench, "X-Last-Modified", "1000.02");
    expect_field(bench, "X-Weave-Timestamp", "1000.02");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"d\":1000.01}");
    expect_field(bench, "X-Last-Modified", "1000.02");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
    put(bench, "PUT /storage/c/b", "{}");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"b\"]");
}

static void deleting_what_is_not_there_succeeds_and_changes_nothing(void **state)
{
    struct bench *bench = *state;
    put(bench, "PUT /storage/d/a", "{}");
    bench_expect(bench, "DELETE /storage/c", NULL, 200, "{\"modified\":1000.00}");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    expect_field(bench, "X-Weave-Quota-Remaining", "8192.00");
    clock_virtual_advance(&bench->clock, STAMP_SECOND);
    bench_expect(bench, "DELETE /storage/c", NULL, 200, "{\"modified\":1000.00}");
    bench_expect(bench, "DELETE /storage/c?ids=a,b", NULL, 200, "{\"modified\":1000.00}");
    expect_field(bench, "X-Last-Modified", "1000.00");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"d\":1000.00}");
}

static void named_records_are_deleted_and_the_collection_stays(void **state)
{
    struct bench *bench = *state;
    put(bench, "POST /storage/c",
        "[{\"id\":\"a+/1\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"}]");
    bench_expect(bench, "DELETE /storage/c?ids=a+/1,b%2Cunknown", NULL, 200,
                 "{\"modified\":1000.01}");
    expect_field(bench, "X-Last-Modified", "1000.01");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"c\",\"d\"]");
    bench_expect(bench, "DELETE /storage/c?ids=c,d", NULL, 200, "{\"modified\":1000.02}");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.02}");
    bench_expect(bench, "DELETE /storage/c?ids=unknown", NULL, 200, "{\"modified\":1000.03}");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.03}");
}

static void bad_ids_delete_nothing(void **state)
{
    struct bench *bench = *state;
    static const char *const queries[] = { "ids=",        "ids",     "ids=a,", "ids=,",
                                           "ids=a&ids=a", "ids=%00", "ids=%4", "ids=%20" };
    put(bench, "PUT /storage/c/a", "{}");
    char line[1024];
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        (void)snprintf(line, sizeof(line), "DELETE /storage/c?%s", queries[i]);
        bench_expect(bench, line, NULL, 400, "0");
    }
    struct buf many = buf_bounded(1000);
    buf_add_text(&many, "DELETE /storage/c?ids=a");
    for (int i = 0; i < 100; i++)
        buf_add_text(&many, ",a");
    bench_expect(bench, buf_text(&many), NULL, 400, "0");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    buf_truncate(&many, many.len - 2);
    bench_expect(bench, buf_text(&many), NULL, 200, "{\"modified\":1000.01}");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
    buf_free(&many);
}

static void everything_is_deleted_at_the_endpoint_and_at_storage(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "DELETE /storage", "DELETE ", "DELETE /storage?ids=a" };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        put(bench, "PUT /storage/c/a", "{}");
        put(bench, "PUT /storage/d/a", "{\"ttl\":100}");
        assert_int_equal(bench_send(bench, lines[i], "X-Confirm-Delete: 1", NULL), 200);
        char last[32];
        (void)snprintf(last, sizeof(last), "%s", bench_field(bench, "X-Last-Modified"));
        expect_field(bench, "X-Weave-Timestamp", last);
        bench_expect(bench, "GET /info/collections", NULL, 200, "{}");
        expect_field(bench, "X-Last-Modified", last);
        bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    }
    bench_expect(bench, "PUT /storage/c/a", "{}", 200, "1000.09");
    assert_int_equal(bench_send(bench, "DELETE /storage/", NULL, NULL), 404);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void names_that_cannot_be_are_code_13(void **state)
{
    struct bench *bench = *state;
    static const char *const names[] = { "a%20b", "%C3%A9", "a%2Fb",
                                         "a:b",   "c%00",   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
    char line[128];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        static const char *const forms[] = { "GET /storage/%s",    "POST /storage/%s",
                                             "DELETE /storage/%s", "GET /storage/%s/a",
                                             "PUT /storage/%s/a",  "DELETE /storage/%s/a" };
        for (size_t form = 0; form < COUNT_OF(forms); form++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            (void)snprintf(line, sizeof(line), forms[form], names[i]);
#pragma GCC diagnostic pop
            bench_expect(bench, line, "[]", 400, "13");
        }
    }
    bench_expect_untouched(bench);
    bench_expect(bench, "PUT /storage/A-z_0.9/a", "{}", 200, "1000.00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_collection_that_is_not_there_is_an_empty_list),
        BENCH_TEST(ids_without_full_records_with_it),
        BENCH_TEST(accept_chooses_the_format),
        BENCH_TEST(pages_work_in_every_order),
        BENCH_TEST(records_without_an_index_come_last_on_pages_too),
        BENCH_TEST(the_next_offset_comes_only_when_more_follows),
        BENCH_TEST(expired_records_take_no_place_on_a_page),
        BENCH_TEST(a_list_too_long_for_one_reply_is_cut_with_an_offset),
        BENCH_TEST(a_deleted_collection_is_gone),
        BENCH_TEST(deleting_what_is_not_there_succeeds_and_changes_nothing),
        BENCH_TEST(named_records_are_deleted_and_the_collection_stays),
        BENCH_TEST(bad_ids_delete_nothing),
        BENCH_TEST(everything_is_deleted_at_the_endpoint_and_at_storage),
        BENCH_TEST(names_that_cannot_be_are_code_13),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
