#include "tests/core_bench.h"

#include <stdio.h>

static void a_record_comes_back_as_it_was_put(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"one\",\"sortindex\":-3}", 200,
                 "1000.00");
    expect_field(bench, "X-Last-Modified", "1000.00");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    expect_field(bench, "Content-Type", "application/json");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1000.00,\"sortindex\":-3,\"payload\":\"one\"}");
    expect_field(bench, "X-Last-Modified", "1000.00");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    expect_field(bench, "Content-Type", "application/json");
}

static void an_update_keeps_what_it_does_not_name(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"one\",\"sortindex\":1}", 200,
                 "1000.00");
    bench_expect(bench, "PUT /storage/c/a", "{\"sortindex\":2}", 200, "1000.01");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1000.01,\"sortindex\":2,\"payload\":\"one\"}");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":null,\"sortindex\":null}", 200,
                 "1000.02");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1000.02,\"payload\":\"\"}");
}

static void the_id_in_the_url_decides(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"id\":\"b\",\"payload\":\"x\",\"modified\":1}", 200,
                 "1000.00");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void ids_are_decoded_before_they_are_used(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a%2Fb%2c%20+", "{\"payload\":\"x\"}", 200, "1000.00");
    bench_expect(bench, "GET /storage/%63/%61%2fb,%20+", NULL, 200,
                 "{\"id\":\"a/b, +\",\"modified\":1000.00,\"payload\":\"x\"}");
}

static void ids_that_cannot_be_are_not_found(void **state)
{
    struct bench *bench = *state;
    static const char *const ids[] = {
        "%0a",
        "a%00",
        "%C3%A9",
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    char line[128];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        (void)snprintf(line, sizeof(line), "PUT /storage/c/%s", ids[i]);
        bench_expect(bench, line, "{}", 404, "0");
        (void)snprintf(line, sizeof(line), "GET /storage/c/%s", ids[i]);
        bench_expect(bench, line, NULL, 404, "0");
    }
    bench_expect(bench, "PUT /storage/c/%4", "{}", 400, "0");
    bench_expect_untouched(bench);
}

static const struct {
    const char *body;
    int status;
    const char *code;
} refused[] = {
    { "", 400, "6" },
    { "{", 400, "6" },
    { "{\"payload\":\"a\"} x", 400, "6" },
    { "\xef\xbb\xbf{}", 400, "6" },
    { "{\"payload\":\"\xff\"}", 400, "6" },
    { "[]", 400, "8" },
    { "\"text\"", 400, "8" },
    { "3", 400, "8" },
    { "{\"payload\":3}", 400, "8" },
    { "{\"payload\":[]}", 400, "8" },
    { "{\"sortindex\":\"xxx\"}", 400, "8" },
    { "{\"sortindex\":1000000000}", 400, "8" },
    { "{\"ttl\":-1}", 400, "8" },
    { "{\"ttl\":\"eh?\"}", 400, "8" },
    { "{\"unknown\":1}", 400, "8" },
};

static void a_bad_body_is_refused_and_changes_nothing(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        bench_expect(bench, "PUT /storage/c/a", refused[i].body, refused[i].status,
                     refused[i].code);
        expect_field(bench, "X-Last-Modified", NULL);
        expect_field(bench, "Content-Type", "application/json");
    }
    bench_expect_untouched(bench);
}

static void a_payload_past_the_limit_is_413(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_record_payload_bytes = 5;
    bench_restart(bench);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"123456\"}", 413, "17");
    bench_expect_untouched(bench);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234\\u0035\"}", 200, "1000.00");
}

static void a_body_past_the_limit_is_413(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_request_bytes = 20;
    bench_restart(bench);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"1234567\"}", 413, "17");
    bench_expect_untouched(bench);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"123456\"}", 200, "1000.00");
}

static const struct {
    const char *type;
    int status;
} types[] = {
    { "Content-Type: application/json", 200 },
    { "Content-Type: application/json; charset=utf-8", 200 },
    { "Content-Type: Application/JSON", 200 },
    { "Content-Type: text/plain", 200 },
    { "Content-Type: text/plain;charset=UTF-8", 200 },
    { "Content-Type: application/json\nContent-Encoding: identity", 200 },
    { "Content-Type: application/json\nContent-Encoding: gzip", 415 },
    { "Content-Type: application/newlines", 415 },
    { "Content-Type: application/octet-stream", 415 },
    { "Content-Type: application/jsonp", 415 },
    { "Content-Type: ", 415 },
    { "X-Nothing: of this", 415 },
};

static void the_content_type_decides_what_is_read(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        int status = bench_send_bytes(bench, "PUT /storage/c/a", types[i].type, SLICE("{}"));
        if (status != types[i].status)
            fail_msg("%s: %d", types[i].type, status);
    }
}

static void a_body_without_a_type_is_none_or_refused(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", NULL, 400, "6");
    assert_int_equal(bench_send_bytes(bench, "PUT /storage/c/a", NULL, SLICE("1")), 415);
    expect_body(bench, "0");
}

static void a_missing_record_is_404(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "DELETE /storage/c/a", NULL, 404, "0");
    bench_expect_untouched(bench);
    bench_expect(bench, "PUT /storage/c/b", "{}", 200, "1000.00");
    bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "DELETE /storage/c/a", NULL, 404, "0");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
}

static void a_deleted_record_is_gone_and_its_collection_stays(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"x\"}", 200, "1000.00");
    bench_expect(bench, "DELETE /storage/c/a", NULL, 200, "{\"modified\":1000.01}");
    expect_field(bench, "X-Last-Modified", "1000.01");
    expect_field(bench, "X-Weave-Timestamp", "1000.01");
    bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.01}");
}

static void an_expired_record_is_not_resurrected(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"secret\",\"ttl\":10,\"sortindex\":1}",
                 200, "1000.00");
    clock_virtual_advance(&bench->clock, 10 * STAMP_SECOND);
    bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "DELETE /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    bench_expect(bench, "PUT /storage/c/a", "{\"ttl\":5}", 200, "1010.00");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1010.00,\"payload\":\"\"}");
}

static void a_ttl_of_zero_is_accepted_and_over(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"x\",\"ttl\":0}", 200, "1000.00");
    bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "GET /info/collection_counts", NULL, 200, "{\"c\":0}");
}

static void a_zero_iv_is_refused_in_crypto_only(void **state)
{
    struct bench *bench = *state;
    static const char body[] = "{\"payload\":\"{\\\"ciphertext\\\":\\\"x\\\", \\\"IV\\\": "
                               "\\\"AAAAAAAAAAAAAAAAAAAAAA==\\\"}\"}";
    bench_expect(bench, "PUT /storage/crypto/keys", body, 400, "8");
    bench_expect_untouched(bench);
    bench_expect(bench, "PUT /storage/history/keys", body, 200, "1000.00");
    bench_expect(bench, "PUT /storage/crypto/keys",
                 "{\"payload\":\"{\\\"IV\\\":\\\"AAAAAAAAAAAAAAAAAAAAAQ==\\\"}\"}", 200, "1000.01");
}

static void text_of_any_kind_is_kept(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "PUT /storage/c/a",
                 "{\"payload\":\"\\u0000\\n\\ud83d\\ude00\xc3\xa9\\\"\\\\/\"}", 200, "1000.00");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1000.00,\"payload\":"
                 "\"\\u0000\\n\xf0\x9f\x98\x80\xc3\xa9\\\"\\\\/\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_record_comes_back_as_it_was_put),
        BENCH_TEST(an_update_keeps_what_it_does_not_name),
        BENCH_TEST(the_id_in_the_url_decides),
        BENCH_TEST(ids_are_decoded_before_they_are_used),
        BENCH_TEST(ids_that_cannot_be_are_not_found),
        BENCH_TEST(a_bad_body_is_refused_and_changes_nothing),
        BENCH_TEST(a_payload_past_the_limit_is_413),
        BENCH_TEST(a_body_past_the_limit_is_413),
        BENCH_TEST(the_content_type_decides_what_is_read),
        BENCH_TEST(a_body_without_a_type_is_none_or_refused),
        BENCH_TEST(a_missing_record_is_404),
        BENCH_TEST(a_deleted_record_is_gone_and_its_collection_stays),
        BENCH_TEST(an_expired_record_is_not_resurrected),
        BENCH_TEST(a_ttl_of_zero_is_accepted_and_over),
        BENCH_TEST(a_zero_iv_is_refused_in_crypto_only),
        BENCH_TEST(text_of_any_kind_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
