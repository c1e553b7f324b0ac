#include "tests/core_bench.h"

#include <stdio.h>

static int send_if(struct bench *bench, const char *line, const char *field, const char *value)
{
    char fields[128];
    (void)snprintf(fields, sizeof(fields), "%s: %s", field, value);
    bool has_body = line[0] == 'P';
    return bench_send(bench, line, fields, !has_body ? NULL : line[1] == 'U' ? "{}" : "[]");
}

/* c holds a (1000.00) and b (1000.01). */
static void make_two(struct bench *bench)
{
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"a\"}", 200, "1000.00");
    bench_expect(bench, "PUT /storage/c/b", "{\"payload\":\"b\"}", 200, "1000.01");
}

static const struct {
    const char *line, *stale, *current;
} targets[] = {
    { "PUT /storage/c/a", "999.99", "1000.00" },
    { "DELETE /storage/c/a", "999.99", "1000.00" },
    { "GET /storage/c/a", "999.99", "1000.00" },
    { "PUT /storage/c/a", "0", "1000" },
    { "GET /storage/c", "1000.00", "1000.01" },
    { "POST /storage/c", "1000.00", "1000.01" },
    { "DELETE /storage/c?ids=a", "1000.00", "1000.01" },
    { "DELETE /storage/c", "1000.00", "1000.01" },
    { "DELETE /storage", "1000.00", "1000.01" },
    { "DELETE ", "1000.00", "4102405200000" },
    { "GET /info/collections", "1000.00", "1000.01" },
    { "GET /info/quota", "1000.00", "1000.01" },
};

static void what_changed_since_is_412_and_stays(void **state)
{
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct bench *bench = *state;
        bench_free(bench);
        bench_init(bench);
        make_two(bench);
        if (send_if(bench, targets[i].line, "X-If-Unmodified-Since", targets[i].stale) != 412)
            fail_msg("%s: %d", targets[i].line, bench->reply.status);
        expect_body(bench, "0");
        bool item = strstr(targets[i].line, "/c/a") != NULL;
        expect_field(bench, "X-Last-Modified", item ? "1000.00" : "1000.01");
        expect_field(bench, "X-Weave-Timestamp", "1000.01");
        bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.01}");
        bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
        if (send_if(bench, targets[i].line, "X-If-Unmodified-Since", targets[i].current) != 200)
            fail_msg("%s: %d", targets[i].line, bench->reply.status);
    }
}

static void what_does_not_exist_was_modified_at_zero(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(send_if(bench, "PUT /storage/c/a", "X-If-Unmodified-Since", "0"), 200);
    assert_int_equal(send_if(bench, "PUT /storage/c/a", "X-If-Unmodified-Since", "0"), 412);
    assert_int_equal(send_if(bench, "PUT /storage/c/b", "X-If-Unmodified-Since", "0.00"), 200);
    assert_int_equal(send_if(bench, "POST /storage/d", "X-If-Unmodified-Since", "0.00"), 200);
    assert_int_equal(send_if(bench, "POST /storage/d", "X-If-Unmodified-Since", "0.00"), 412);
    assert_int_equal(send_if(bench, "GET /storage/c/x", "X-If-Unmodified-Since", "0"), 404);
    assert_int_equal(send_if(bench, "DELETE /storage/c/x", "X-If-Unmodified-Since", "0"), 404);
    assert_int_equal(send_if(bench, "GET /storage/x", "X-If-Modified-Since", "0"), 304);
    assert_int_equal(send_if(bench, "GET /storage/c/x", "X-If-Modified-Since", "5000"), 404);
}

static void an_expired_record_was_modified_at_zero(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"ttl\":1}", 200, "1000.00");
    clock_virtual_advance(&bench->clock, STAMP_SECOND);
    assert_int_equal(send_if(bench, "PUT /storage/c/a", "X-If-Unmodified-Since", "0"), 200);
}

static const char *const readable[] = { "/storage/c",
                                        "/storage/c/b",
                                        "/info/quota",
                                        "/info/collections",
                                        "/info/collection_counts",
                                        "/info/collection_usage" };

static void what_did_not_change_is_304(void **state)
{
    struct bench *bench = *state;
    make_two(bench);
    for (size_t i = 0; i < COUNT_OF(readable); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "GET %s", readable[i]);
        assert_int_equal(send_if(bench, line, "X-If-Modified-Since", "1000.01"), 304);
        expect_body(bench, "");
        expect_field(bench, "X-Last-Modified", "1000.01");
        expect_field(bench, "X-Weave-Timestamp", "1000.01");
        expect_field(bench, "Content-Type", NULL);
        assert_int_equal(send_if(bench, line, "x-if-modified-since", "2000"), 304);
        assert_int_equal(send_if(bench, line, "X-If-Modified-Since", "1000.00"), 200);
        assert_int_equal(send_if(bench, line, "X-If-Modified-Since", "0"), 200);
    }
    assert_int_equal(send_if(bench, "GET /info/configuration", "X-If-Modified-Since", "9999"), 200);
}

static void a_write_does_not_mind_x_if_modified_since(void **state)
{
    struct bench *bench = *state;
    make_two(bench);
    assert_int_equal(send_if(bench, "PUT /storage/c/a", "X-If-Modified-Since", "5000"), 200);
}

static const char *const lines[] = {
    "GET /storage/c", "PUT /storage/c/a", "POST /storage/c",        "DELETE /storage/c",
    "DELETE ",        "GET /info/quota",  "GET /info/configuration"
};
static const char *const malformed[] = {
    "X-If-Unmodified-Since: abc",
    "X-If-Unmodified-Since: -1",
    "X-If-Unmodified-Since:",
    "X-If-Unmodified-Since: 1e9",
    "X-If-Unmodified-Since: 99999999999999999999",
    "X-If-Unmodified-Since: 1000.01\nX-If-Unmodified-Since: 1000.01",
    "X-If-Modified-Since: +1",
    "X-If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
    "X-If-Modified-Since: -0.01",
    "X-If-Modified-Since: 0\nX-If-Unmodified-Since: 5000",
};

static void both_or_malformed_is_400(void **state)
{
    struct bench *bench = *state;
    make_two(bench);
    for (size_t line = 0; line < COUNT_OF(lines); line++) {
        for (size_t i = 0; i < COUNT_OF(malformed); i++) {
            const char *body = lines[line][0] == 'P' ? "{}" : NULL;
            if (bench_send(bench, lines[line], malformed[i], body) != 400)
                fail_msg("%s with %s: %d", lines[line], malformed[i], bench->reply.status);
            expect_body(bench, "0");
        }
    }
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.01}");
}

static void pages_are_guarded(void **state)
{
    struct bench *bench = *state;
    make_two(bench);
    const char *line = "GET /storage/c?limit=1";
    assert_int_equal(send_if(bench, line, "X-If-Unmodified-Since", "1000.01"), 200);
    bench_expect(bench, "PUT /storage/c/z", "{}", 200, "1000.02");
    assert_int_equal(send_if(bench, line, "X-If-Unmodified-Since", "1000.01"), 412);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(what_changed_since_is_412_and_stays),
        BENCH_TEST(what_does_not_exist_was_modified_at_zero),
        BENCH_TEST(an_expired_record_was_modified_at_zero),
        BENCH_TEST(what_did_not_change_is_304),
        BENCH_TEST(a_write_does_not_mind_x_if_modified_since),
        BENCH_TEST(both_or_malformed_is_400),
        BENCH_TEST(pages_are_guarded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
