/* Writing with APIs 1.1 and 1.0: what is another than with 1.5. */
#include "tests/core_old.h"

#include <stdio.h>

/* The versions before 1.5 by the first segments of their URLs. */
static const char *const olds[] = { "1.1", "1.0", "1" };

static void every_old_version_puts_and_gets(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < COUNT_OF(olds); i++) {
        bench_free(bench);
        (void)old_set_up(state);
        old_expect(bench, olds[i], "PUT /storage/c/a", "{\"payload\":\"x\"}", 200, "1000.00");
        expect_field(bench, "X-Weave-Timestamp", "1000.00");
        expect_field(bench, "X-Last-Modified", NULL);
        old_expect(bench, olds[i], "GET /storage/c/a", NULL, 200,
                   "{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"x\"}");
        expect_field(bench, "X-Last-Modified", NULL);
        expect_field(bench, "Content-Type", "application/json");
        old_expect(bench, olds[i], "GET /info/collections/", NULL, 200, "{\"c\":1000.00}");
    }
}

static void versions_see_the_same_data(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"x\"}", 200, "1000.00");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    bench_expect(bench, "PUT /storage/c/b", "{}", 200, "1000.01");
    old_expect(bench, "1.0", "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
}

static void a_version_has_its_own_pages(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *version, *line;
        int status;
    } rows[] = {
        { "1.1", "GET /info/collections", 200 },
        { "1.1", "GET /info/collection_counts", 200 },
        { "1.1", "GET /info/collection_usage", 200 },
        { "1.1", "GET /info/quota", 200 },
        { "1.1", "GET /info/configuration", 404 },
        { "1.1", "DELETE ", 404 },
        { "1.1", "DELETE /", 404 },
        { "1.1", "GET /storage", 405 },
        { "1.1", "PATCH /storage/c", 405 },
        { "1.0", "GET /info/collections", 200 },
        { "1.0", "GET /info/collection_counts", 200 },
        { "1.0", "GET /info/collection_usage", 404 },
        { "1.0", "GET /info/quota", 200 },
        { "1.0", "GET /info/configuration", 404 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status = old_ask(bench, rows[i].version, rows[i].line, NULL, NULL);
        if (status != rows[i].status)
            fail_msg("%s %s: %d", rows[i].version, rows[i].line, status);
    }
    old_ask(bench, "1.1", "PATCH /storage/c", NULL, NULL);
    expect_field(bench, "Allow", "GET, PUT, POST, DELETE");
    bench_expect_untouched(bench);
}

static void the_type_of_a_body_does_not_count(void **state)
{
    struct bench *bench = *state;
    static const char *const types[] = { "Content-Type: text/html",
                                         "Content-Type: application/newlines",
                                         "X-Other: without any type" };
    for (size_t i = 0; i < COUNT_OF(types); i++)
        assert_int_equal(old_ask(bench, "1.1", "PUT /storage/c/a", types[i], "{}"), 200);
    assert_int_equal(old_ask(bench, "1.1", "PUT /storage/c/a", "Content-Encoding: gzip", "{}"),
                     415);
}

static void bad_bodies_have_their_codes(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *body, *code;
    } rows[] = {
        { "{", "6" },
        { "", "6" },
        { "\"x\"", "8" },
        { "42", "8" },
        { "[]", "8" },
        { "{\"payload\":{}}", "8" },
        { "{\"sortindex\":\"abc\"}", "8" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        old_expect(bench, "1.1", "PUT /storage/c/a", rows[i].body, 400, rows[i].code);
    old_expect(bench, "1.1", "POST /storage/c", "\"x\"", 400, "8");
    old_expect(bench, "1.1", "POST /storage/c", "42", 400, "8");
    old_expect(bench, "1.1", "POST /storage/c", "{", 400, "6");
    bench_expect_untouched(bench);
}

static void fields_that_the_version_does_not_know_are_dropped(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"x\",\"foo\":1,\"ttl\":1}", 200,
               "1000.00");
    old_expect(bench, "1.0", "PUT /storage/c/b", "{\"payload\":\"y\",\"ttl\":1}", 200, "1000.01");
    old_expect(bench, "1.1", "GET /storage/c/a", NULL, 200,
               "{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"x\"}");
    clock_virtual_advance(&bench->clock, 200);
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"b\"]");
}

static void an_id_of_1_0_has_no_comma(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.0", "PUT /storage/c/a,b", "{}", 404, "0");
    old_expect(bench, "1.0", "POST /storage/c", "[{\"id\":\"a,b\"}]", 200,
               "{\"modified\":1000.00,\"failed\":{\"a,b\":[\"id has no comma\"]},\"success\":[]}");
    old_expect(bench, "1.1", "PUT /storage/c/a,b", "{}", 200, "1000.01");
}

static void payloads_are_at_most_256_kib(void **state)
{
    struct bench *bench = *state;
    enum { MOST = 256 * 1024, AROUND = 64 };
    static char payload[MOST + 2], body[MOST + AROUND];
    for (size_t over = 0; over < 2; over++) {
        memset(payload, 'x', MOST + over);
        payload[MOST + over] = '\0';
        (void)snprintf(body, sizeof(body), "{\"id\":\"a\",\"payload\":\"%s\"}", payload);
        old_expect(bench, "1.1", "PUT /storage/c/a", body, over ? 400 : 200,
                   over ? "8" : "1000.00");
        assert_int_equal(bench_send(bench, "PUT /storage/new/a", NULL, body), 200);
        (void)snprintf(body, sizeof(body), "[{\"id\":\"a\",\"payload\":\"%s\"}]", payload);
        assert_int_equal(old_ask(bench, "1.1", "POST /storage/c", NULL, body), 200);
        struct slice reply = buf_slice(&bench->reply.body);
        assert_int_equal(slice_search(reply, SLICE("\"failed\":{}")) == reply.len, over);
    }
}

static void payloads_of_a_post_are_at_most_a_mebibyte(void **state)
{
    struct bench *bench = *state;
    enum { RECORDS = 5, PAYLOAD = 250 * 1024 };
    AUTO(buf_free) struct buf body = buf_bounded((size_t)RECORDS * (PAYLOAD + 64));
    for (unsigned i = 0; i < RECORDS; i++)
        buf_add_format(&body, "%c{\"id\":\"%u\",\"payload\":\"%0*d\"}", i == 0 ? '[' : ',', i,
                       PAYLOAD, 0);
    buf_add_byte(&body, ']');
    old_expect(bench, "1.1", "POST /storage/c", buf_text(&body), 200,
               "{\"modified\":1000.00,\"failed\":{\"4\":[\"retry bytes\"]},"
               "\"success\":[\"0\",\"1\",\"2\",\"3\"]}");
}

static void a_smaller_configured_limit_holds(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_record_payload_bytes = 3;
    bench_restart(bench);
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"1234\"}", 400, "8");
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"123\"}", 200, "1000.00");
}

static void failed_records_have_lists_of_reasons(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "POST /storage/c",
               "[{\"id\":\"a\"},{\"id\":\"b\",\"payload\":3},{\"id\":\"c\",\"ttl\":-1}]", 200,
               "{\"modified\":1000.00,\"failed\":{\"b\":[\"payload is a string\"],"
               "\"c\":[\"ttl is an integer of seconds, 0 to 999999999\"]},\"success\":[\"a\"]}");
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void a_post_has_at_most_100_records(void **state)
{
    struct bench *bench = *state;
    AUTO(buf_free) struct buf body = buf_bounded(8192);
    bench->config.limits.max_post_records = 500;
    bench_restart(bench);
    for (unsigned i = 0; i < 102; i++)
        buf_add_format(&body, "%c{\"id\":\"%u\"}", i == 0 ? '[' : ',', i);
    buf_add_byte(&body, ']');
    assert_int_equal(old_ask(bench, "1.1", "POST /storage/c", NULL, buf_text(&body)), 200);
    assert_true(slice_starts(buf_slice(&bench->reply.body),
                             SLICE("{\"modified\":1000.00,\"failed\":{\"100\":[\"retry wbo\"],"
                                   "\"101\":[\"retry wbo\"]},\"success\":[\"0\",")));
}

static void a_single_record_is_put(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "POST /storage/c", " {\"id\":\"a\",\"payload\":\"x\"}", 200,
               "1000.00");
    old_expect(bench, "1.1", "PUT /storage/c", "{\"id\":\"\\u0062\",\"payload\":\"y\"}", 200,
               "1000.01");
    old_expect(bench, "1.1", "POST /storage/c", "{\"payload\":\"x\"}", 400, "8");
    old_expect(bench, "1.1", "POST /storage/c", "{\"id\":\"\"}", 400, "8");
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
    bench_expect(bench, "POST /storage/c", "{\"id\":\"d\",\"payload\":\"x\"}", 400, "8");
}

static void a_put_of_a_collection_is_a_post(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "PUT /storage/c", "[{\"id\":\"a\"}]", 200,
               "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\"]}");
    bench_expect(bench, "PUT /storage/c", "[{\"id\":\"b\"}]", 405, "0");
}

static void batches_are_unknown_parameters(void **state)
{
    struct bench *bench = *state;
    const char *announced = "X-Weave-Records: many\nX-Weave-Total-Records: 1000000";
    static const char *const lines[] = { "POST /storage/c?batch=true", "POST /storage/c?batch=xyz",
                                         "POST /storage/c?commit=maybe" };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(old_ask(bench, "1.1", lines[i], announced, "[{\"id\":\"a\"}]"), 200);
        assert_true(slice_starts(buf_slice(&bench->reply.body), SLICE("{\"modified\":")));
    }
}

static void writes_are_guarded_by_the_collection(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "PUT /storage/c/a",         "PUT /storage/c/new",
                                         "POST /storage/c",          "DELETE /storage/c/a",
                                         "DELETE /storage/c",        "DELETE /storage/c?ids=a",
                                         "DELETE /storage/c/missing" };
    old_expect(bench, "1.1", "PUT /storage/c/a", "{}", 200, "1000.00");
    old_expect(bench, "1.1", "PUT /storage/c/b", "{}", 200, "1000.01");
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        const char *body = strstr(lines[i], "PUT") != NULL ? "{}" : "[]";
        int stale = old_ask(bench, "1.1", lines[i], "X-If-Unmodified-Since: 1000.00", body);
        if (stale != 412)
            fail_msg("%s: %d", lines[i], stale);
        expect_field(bench, "X-Last-Modified", NULL);
    }
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
    assert_int_equal(
        old_ask(bench, "1.1", "PUT /storage/c/a", "X-If-Unmodified-Since: 1000.01", "{}"), 200);
    /* 1.5 looks at the record. */
    assert_int_equal(bench_send(bench, "PUT /storage/c/b", "X-If-Unmodified-Since: 1000.01", "{}"),
                     200);
}

static void reads_have_no_preconditions(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "PUT /storage/c/a", "{}", 200, "1000.00");
    static const char *const fields[] = { "X-If-Modified-Since: 1000.00",
                                          "X-If-Modified-Since: soon", "X-If-Unmodified-Since: 1",
                                          "X-If-Modified-Since: 1\nX-If-Unmodified-Since: 1" };
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        assert_int_equal(old_ask(bench, "1.1", "GET /storage/c/a", fields[i], NULL), 200);
        assert_int_equal(old_ask(bench, "1.1", "GET /storage/c", fields[i], NULL), 200);
        assert_int_equal(old_ask(bench, "1.1", "GET /info/collections", fields[i], NULL), 200);
    }
    assert_int_equal(old_ask(bench, "1.1", "PUT /storage/c/a", "X-If-Unmodified-Since: soon", "{}"),
                     400);
}

static void past_the_quota_is_code_14(void **state)
{
    struct bench *bench = *state;
    bench->config.quota = 4;
    bench_restart(bench);
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"12345\"}", 400, "14");
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"1234\"}", 200, "1000.00");
    expect_field(bench, "X-Weave-Quota-Remaining", "0.00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OLD_TEST(every_old_version_puts_and_gets),
        OLD_TEST(versions_see_the_same_data),
        OLD_TEST(a_version_has_its_own_pages),
        OLD_TEST(the_type_of_a_body_does_not_count),
        OLD_TEST(bad_bodies_have_their_codes),
        OLD_TEST(fields_that_the_version_does_not_know_are_dropped),
        OLD_TEST(an_id_of_1_0_has_no_comma),
        OLD_TEST(payloads_are_at_most_256_kib),
        OLD_TEST(payloads_of_a_post_are_at_most_a_mebibyte),
        OLD_TEST(a_smaller_configured_limit_holds),
        OLD_TEST(failed_records_have_lists_of_reasons),
        OLD_TEST(a_post_has_at_most_100_records),
        OLD_TEST(a_single_record_is_put),
        OLD_TEST(a_put_of_a_collection_is_a_post),
        OLD_TEST(batches_are_unknown_parameters),
        OLD_TEST(writes_are_guarded_by_the_collection),
        OLD_TEST(reads_have_no_preconditions),
        OLD_TEST(past_the_quota_is_code_14),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
