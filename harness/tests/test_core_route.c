#include "tests/core_bench.h"

#include <stdio.h>

static const struct {
    const char *line, *allow;
} not_allowed[] = {
    { "PUT /info/collections", "GET" },
    { "POST /info/quota", "GET" },
    { "DELETE /info/configuration", "GET" },
    { "DELETE /info/collection_usage", "GET" },
    { "PUT /info/collection_counts", "GET" },
    { "HEAD /info/collections", "GET" },
    { "GET ", "DELETE" },
    { "PUT ", "DELETE" },
    { "POST ", "DELETE" },
    { "GET /storage", "DELETE" },
    { "POST /storage", "DELETE" },
    { "PUT /storage", "DELETE" },
    { "PUT /storage/c", "GET, POST, DELETE" },
    { "PATCH /storage/c", "GET, POST, DELETE" },
    { "HEAD /storage/c", "GET, POST, DELETE" },
    { "POST /storage/c/a", "GET, PUT, DELETE" },
    { "PATCH /storage/c/a", "GET, PUT, DELETE" },
    { "BREW /storage/c/a", "GET, PUT, DELETE" },
    { "DELETE //__heartbeat__", "GET, HEAD" },
};

static void a_method_that_a_path_does_not_have_is_405(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(not_allowed); i++) {
        bench_expect(bench, not_allowed[i].line, NULL, 405, "0");
        expect_field(bench, "Allow", not_allowed[i].allow);
        expect_field(bench, "Content-Type", "application/json");
        expect_field(bench, "X-Weave-Timestamp", "1000.00");
    }
    bench_expect_untouched(bench);
}

static const char *const unknown[] = {
    "GET //",
    "GET /info",
    "GET /info/",
    "GET /info/nothing",
    "GET /info/collections/",
    "GET /info/collections/x",
    "GET /storage/",
    "GET /storage/c/",
    "GET /storage/c/a/",
    "GET /storage/c/a/b",
    "PUT /storage/c/a/b",
    "DELETE /storage/c/a/b/c/d",
    "GET /Storage/c",
    "GET /nothing",
    "DELETE /",
    "GET //1.5",
    "GET //1.5/",
    "GET //1.5/x/info/collections",
    "GET //1.5/-1/info/collections",
    "GET //1.5/99999999999999999999/info/collections",
    "GET //1.1/7/info/collections",
    "GET //1.5//7/info/collections",
    "GET //__heartbeat__/",
    "GET //__error__",
};

static void an_unknown_path_is_404_with_a_json_body(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        bench_expect(bench, unknown[i], NULL, 404, "0");
        expect_field(bench, "Content-Type", "application/json");
        expect_field(bench, "X-Weave-Timestamp", "1000.00");
    }
}

static void encoded_letters_are_the_same_path(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET /%69nfo/collection%73", NULL, 200, "{}");
    bench_expect(bench, "PUT /s%74orage/%63/%61", "{}", 200, "1000.00");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    bench_expect(bench, "GET /storage%2Fc", NULL, 404, "0");
    bench_expect(bench, "GET /storage/%", NULL, 400, "0");
}

static void targets_that_are_no_path_are_answered(void **state)
{
    struct bench *bench = *state;
    struct http_field uid = { SLICE("X-Test-Uid"), SLICE("7") };
    static const char *const targets[] = {
        "", "*", "?", "x", "http://h/1.5/7/info/collections", "//1.5/7/info/collections"
    };
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        struct http_request request = { .method = HTTP_METHOD_GET,
                                        .method_text = SLICE("GET"),
                                        .target = slice_text(targets[i]),
                                        .fields = { &uid, 1 } };
        core_handle(bench->core, &request, &bench->reply);
        if (bench->reply.status != 404)
            fail_msg("%s: %d", targets[i], bench->reply.status);
    }
}

static void a_target_past_the_limit_is_414(void **state)
{
    struct bench *bench = *state;
    static uint8_t target[LIMIT_TARGET + 1];
    memset(target, 'a', sizeof(target));
    memcpy(target, "/1.5/7/storage/c?v=", 19);
    struct http_field uid = { SLICE("X-Test-Uid"), SLICE("7") };
    struct http_request request = { .method = HTTP_METHOD_GET,
                                    .method_text = SLICE("GET"),
                                    .target = slice_of(target, sizeof(target)),
                                    .fields = { &uid, 1 } };
    core_handle(bench->core, &request, &bench->reply);
    assert_int_equal(bench->reply.status, 414);
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    request.target.len--;
    core_handle(bench->core, &request, &bench->reply);
    assert_int_equal(bench->reply.status, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_method_that_a_path_does_not_have_is_405),
        BENCH_TEST(an_unknown_path_is_404_with_a_json_body),
        BENCH_TEST(encoded_letters_are_the_same_path),
        BENCH_TEST(targets_that_are_no_path_are_answered),
        BENCH_TEST(a_target_past_the_limit_is_414),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
