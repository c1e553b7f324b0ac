#include "tests/core_bench.h"

#include <stdio.h>

static void a_post_stores_all_with_one_stamp(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "POST /storage/c",
                 "[{\"id\":\"a\",\"payload\":\"1\"},{\"id\":\"b\",\"sortindex\":2}]", 200,
                 "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\",\"b\"]}");
    expect_field(bench, "X-Last-Modified", "1000.00");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    expect_field(bench, "Content-Type", "application/json");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"1\"},"
                 "{\"id\":\"b\",\"modified\":1000.00,\"sortindex\":2,\"payload\":\"\"}]");
}

static void a_post_updates_what_it_names_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "POST /storage/c",
                 "[{\"id\":\"a\",\"payload\":\"1\"},{\"id\":\"b\",\"payload\":\"2\"}]", 200,
                 "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\",\"b\"]}");
    bench_expect(bench, "POST /storage/c", "[{\"id\":\"a\",\"sortindex\":1},{\"id\":\"c\"}]", 200,
                 "{\"modified\":1000.01,\"failed\":{},\"success\":[\"a\",\"c\"]}");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"b\",\"modified\":1000.00,\"payload\":\"2\"},"
                 "{\"id\":\"a\",\"modified\":1000.01,\"sortindex\":1,\"payload\":\"1\"},"
                 "{\"id\":\"c\",\"modified\":1000.01,\"payload\":\"\"}]");
}

static void newlines_are_read_with_and_without_the_last_one(void **state)
{
    struct bench *bench = *state;
    static const char *const bodies[] = { "{\"id\":\"a\"}\n{\"id\":\"b\"}\n",
                                          "{\"id\":\"a\"}\n{\"id\":\"b\"}" };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        assert_int_equal(
            bench_send(bench, "POST /storage/c", "Content-Type: application/newlines", bodies[i]),
            200);
        expect_body(bench, i == 0
                               ? "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\",\"b\"]}"
                               : "{\"modified\":1000.01,\"failed\":{},\"success\":[\"a\",\"b\"]}");
    }
}

static void text_plain_is_json(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(
        bench_send(bench, "POST /storage/c", "Content-Type: text/plain", "[{\"id\":\"a\"}]"), 200);
    expect_body(bench, "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\"]}");
}

static void an_empty_list_makes_the_collection(void **state)
{
    struct bench *bench = *state;
    bench_expect(bench, "POST /storage/c", "[]", 200,
                 "{\"modified\":1000.00,\"failed\":{},\"success\":[]}");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
}

static void invalid_records_fail_alone(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(bench_send(bench, "POST /storage/c", NULL,
                                "[{\"id\":\"a\",\"payload\":1},{\"id\":\"b\"},"
                                "{\"id\":\"c\",\"ttl\":\"x\"},{\"id\":\"d\",\"what\":0}]"),
                     200);
    struct slice body = buf_slice(&bench->reply.body);
    assert_true(slice_starts(body, SLICE("{\"modified\":1000.00,\"failed\":{\"a\":\"")));
    assert_true(slice_search(body, SLICE(",\"c\":\"")) < body.len);
    assert_true(slice_search(body, SLICE(",\"d\":\"")) < body.len);
    assert_true(slice_ends(body, SLICE("\"},\"success\":[\"b\"]}")));
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"b\"]");
}

static void a_post_of_invalid_records_only_is_200(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(bench_send(bench, "POST /storage/c", NULL, "[{\"id\":\"a\",\"payload\":1}]"),
                     200);
    assert_true(slice_ends(buf_slice(&bench->reply.body), SLICE("\"},\"success\":[]}")));
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
}

static const struct {
    const char *type, *body, *code;
} refused[] = {
    { "application/json", "", "6" },
    { "application/json", "[{\"id\":\"a\"}", "6" },
    { "application/json", "[{\"id\":\"a\"}]x", "6" },
    { "application/json", "[{\"id\":\"a\",\"payload\":\"\xc3\"}]", "6" },
    { "application/json", "{\"id\":\"a\"}", "8" },
    { "application/json", "[{\"id\":\"a\"},3]", "8" },
    { "application/json", "[{\"id\":\"a\"},[]]", "8" },
    { "application/json", "[{\"id\":\"a\"},{\"payload\":\"x\"}]", "8" },
    { "application/json", "[{\"id\":\"a\"},{\"payload\":1}]", "8" },
    { "application/json", "[{\"id\":\"a\"},{\"id\":1}]", "8" },
    { "application/json", "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"a\"}]", "8" },
    { "application/json", "[{\"id\":\"a\"},{\"id\":\"a\",\"payload\":1}]", "8" },
    { "application/newlines", "{\"id\":\"a\"}\nx\n", "6" },
    { "application/newlines", "{\"id\":\"a\"}\n[]\n", "8" },
};

static void a_bad_body_is_refused_as_a_whole(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        char type[64];
        (void)snprintf(type, sizeof(type), "Content-Type: %s", refused[i].type);
        assert_int_equal(bench_send(bench, "POST /storage/c", type, refused[i].body), 400);
        expect_body(bench, refused[i].code);
        expect_field(bench, "X-Last-Modified", NULL);
        expect_field(bench, "Content-Type", "application/json");
    }
    assert_int_equal(bench_send_bytes(bench, "POST /storage/c", "Content-Type: image/png",
                                      SLICE("[{\"id\":\"a\"}]")),
                     415);
    assert_int_equal(bench_send_bytes(bench, "POST /storage/c", NULL, SLICE("[{\"id\":\"a\"}]")),
                     415);
    bench_expect_untouched(bench);
}

static void records_past_max_post_records_are_to_be_sent_again(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_post_records = 2;
    bench_restart(bench);
    bench_expect(bench, "POST /storage/c",
                 "[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"},{\"id\":\"d\"}]", 200,
                 "{\"modified\":1000.00,\"failed\":{\"c\":\"retry bso\",\"d\":\"retry bso\"},"
                 "\"success\":[\"a\",\"b\"]}");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
    bench_expect(bench, "POST /storage/c", "[{\"id\":\"x\"},{\"id\":\"y\"},{\"id\":\"x\"}]", 400,
                 "8");
}

static void records_past_max_post_bytes_are_to_be_sent_again(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_post_bytes = 5;
    bench_restart(bench);
    bench_expect(bench, "POST /storage/c",
                 "[{\"id\":\"a\",\"payload\":\"12\"},{\"id\":\"b\",\"payload\":\"123\"},"
                 "{\"id\":\"c\",\"payload\":\"1\"},{\"id\":\"d\"}]",
                 200,
                 "{\"modified\":1000.00,\"failed\":{\"c\":\"retry bytes\",\"d\":\"retry bytes\"},"
                 "\"success\":[\"a\",\"b\"]}");
}

static void an_oversize_record_fails_alone(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_record_payload_bytes = 3;
    bench_restart(bench);
    bench_expect(bench, "POST /storage/c",
                 "[{\"id\":\"a\",\"payload\":\"1234\"},{\"id\":\"b\",\"payload\":\"123\"}]", 200,
                 "{\"modified\":1000.00,\"failed\":{\"a\":\"payload too large\"},"
                 "\"success\":[\"b\"]}");
}

static void a_zero_iv_refuses_the_whole_post_in_crypto(void **state)
{
    struct bench *bench = *state;
    static const char body[] = "[{\"id\":\"a\"},{\"id\":\"keys\",\"payload\":\"{\\\"IV\\\":"
                               "\\\"AAAAAAAAAAAAAAAAAAAAAA==\\\"}\"}]";
    bench_expect(bench, "POST /storage/crypto", body, 400, "8");
    bench_expect_untouched(bench);
    assert_int_equal(bench_send(bench, "POST /storage/bookmarks", NULL, body), 200);
}

static const struct {
    const char *query, *fields;
    int status;
    const char *code;
} announced[] = {
    { "", "X-Weave-Records: 100", 200, NULL },
    { "", "X-Weave-Records: 101", 400, "17" },
    { "", "x-weave-bytes: 2621440", 200, NULL },
    { "", "x-weave-bytes: 2621441", 400, "17" },
    { "", "X-Weave-Records: many", 400, "1" },
    { "", "X-Weave-Bytes: -1", 400, "1" },
    { "", "X-Weave-Bytes: 99999999999999999999", 400, "1" },
    { "", "X-Weave-Total-Records: 5", 400, "1" },
    { "", "X-Weave-Total-Bytes: 5", 400, "1" },
    { "?batch=true", "X-Weave-Total-Records: 10000", 200, NULL },
    { "?batch=true", "X-Weave-Total-Records: 10001", 400, "17" },
    { "?batch=true", "X-Weave-Total-Bytes: 4194304", 200, NULL },
    { "?batch=true", "X-Weave-Total-Bytes: 4194305", 400, "17" },
    { "?batch=true", "X-Weave-Total-Records: 0", 400, "1" },
    { "?batch=true", "X-Weave-Total-Bytes: 1.5", 400, "1" },
};

static void what_is_announced_is_held_against_the_limits(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(announced); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "POST /storage/c%s", announced[i].query);
        bool accepted = announced[i].status == 200;
        int wanted = accepted && announced[i].query[0] != 0 ? 202 : announced[i].status;
        int status = bench_send(bench, line, announced[i].fields, "[]");
        if (status != wanted)
            fail_msg("%s: %d", announced[i].fields, status);
        if (announced[i].code != NULL)
            expect_body(bench, announced[i].code);
    }
}

static const struct {
    const char *query;
    int status;
} batches[] = {
    { "?batch=true", 200 },
    { "?batch=True", 200 },
    { "?batch=", 200 },
    { "?batch", 200 },
    { "?batch=true&commit=true", 200 },
    { "?other=1", 200 },
    { "?batch=YjE", 400 },
    { "?batch=YjE&commit=true", 400 },
    { "?commit=true", 400 },
    { "?batch=true&commit=false", 400 },
    { "?batch=true&commit", 400 },
    { "?batch=true&batch=true", 400 },
    { "?batch=%zz", 400 },
};

static void without_batches_a_post_is_stored_at_once(void **state)
{
    struct bench *bench = *state;
    bench->config.batches = false;
    bench->config.limits.max_total_records = 1; /* nobody is told of it */
    bench_restart(bench);
    for (size_t i = 0; i < COUNT_OF(batches); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "POST /storage/c%s", batches[i].query);
        int status = bench_send(bench, line, NULL, "[{\"id\":\"a\"}]");
        if (status != batches[i].status)
            fail_msg("%s: %d", batches[i].query, status);
        struct slice body = buf_slice(&bench->reply.body);
        if (status == 200)
            assert_true(slice_starts(body, SLICE("{\"modified\":")));
        else
            assert_slice(body, "0");
    }
}

static void ids_of_failed_records_are_escaped(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(
        bench_send(bench, "POST /storage/c", NULL, "[{\"id\":\"q\\\"\\\\\",\"ttl\":true}]"), 200);
    assert_true(slice_starts(buf_slice(&bench->reply.body),
                             SLICE("{\"modified\":1000.00,\"failed\":{\"q\\\"\\\\\":\"")));
}

static void more_records_than_a_post_may_have_stay_bounded(void **state)
{
    struct bench *bench = *state;
    struct buf body = buf_bounded(2 * 1024 * 1024);
    for (int i = 0; i < 50000; i++)
        buf_add_format(&body, "%c{\"id\":\"i%d\"}", i == 0 ? '[' : ',', i);
    buf_add_byte(&body, ']');
    assert_false(body.failed);
    assert_int_equal(
        bench_send_bytes(bench, "POST /storage/c", "Content-Type: text/plain", buf_slice(&body)),
        200);
    buf_free(&body);
    bench_expect(bench, "GET /info/collection_counts", NULL, 200, "{\"c\":100}");
}

/* As many as the room for ids has at first, and more. */
static void every_record_of_many_is_taken(void **state)
{
    struct bench *bench = *state;
    static const unsigned counts[] = { 128, 300 };
    bench->config.limits.max_post_records = 300;
    bench_restart(bench);
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        AUTO(buf_free) struct buf body = buf_bounded((size_t)300 * 16);
        for (unsigned id = 0; id < counts[i]; id++)
            buf_add_format(&body, "%c{\"id\":\"%u\"}", id == 0 ? '[' : ',', id);
        buf_add_byte(&body, ']');
        assert_int_equal(bench_send(bench, "POST /storage/c", NULL, buf_text(&body)), 200);
        char counted[32];
        (void)snprintf(counted, sizeof(counted), "{\"c\":%u}", counts[i]);
        bench_expect(bench, "GET /info/collection_counts", NULL, 200, counted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_post_stores_all_with_one_stamp),
        BENCH_TEST(a_post_updates_what_it_names_and_nothing_else),
        BENCH_TEST(newlines_are_read_with_and_without_the_last_one),
        BENCH_TEST(text_plain_is_json),
        BENCH_TEST(an_empty_list_makes_the_collection),
        BENCH_TEST(invalid_records_fail_alone),
        BENCH_TEST(a_post_of_invalid_records_only_is_200),
        BENCH_TEST(a_bad_body_is_refused_as_a_whole),
        BENCH_TEST(records_past_max_post_records_are_to_be_sent_again),
        BENCH_TEST(records_past_max_post_bytes_are_to_be_sent_again),
        BENCH_TEST(an_oversize_record_fails_alone),
        BENCH_TEST(a_zero_iv_refuses_the_whole_post_in_crypto),
        BENCH_TEST(what_is_announced_is_held_against_the_limits),
        BENCH_TEST(without_batches_a_post_is_stored_at_once),
        BENCH_TEST(ids_of_failed_records_are_escaped),
        BENCH_TEST(more_records_than_a_post_may_have_stay_bounded),
        BENCH_TEST(every_record_of_many_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
