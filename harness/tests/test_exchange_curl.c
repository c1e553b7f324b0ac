#include "tests/support/support.h"

#include "tests/exchange_stage.h"

#include <stdlib.h>

/* What the server got, but for the Host line, whose port changes with each run. */
static void assert_received(struct stage *stage, const char *before_port, const char *after_port)
{
    struct buf wanted = buf_bounded(4096);
    assert_true(
        buf_add_format(&wanted, "%s%u%s", before_port, hostile_port(stage->server), after_port));
    assert_slice(hostile_received(stage->server, 0), buf_text(&wanted));
    buf_free(&wanted);
}

static void an_answer_has_status_fields_and_body(void **state)
{
    (void)state;
    struct stage stage = stage_begin(stage_polite, 1);
    stage_run(&stage);
    stage_answered(&stage.call, 200);
    assert_slice(stage.call.answer.reason, "OK");
    assert_slice(stage.call.answer.body, "hi");
    assert_slice(*http_fields_get(&stage.call.answer.fields, "x-weave-timestamp"), "1.00");
    assert_int_equal(stage.call.answer.fields.count, 2);
    assert_slice(buf_slice(&stage.call.text),
                 "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Weave-Timestamp: 1.00\r\n\r\n");
    stage_end(&stage);
}

static void nothing_is_sent_that_was_not_asked_for(void **state)
{
    (void)state;
    struct stage stage = stage_begin(stage_polite, 1);
    stage_run(&stage);
    assert_received(&stage, "GET / HTTP/1.1\r\nHost: 127.0.0.1:", "\r\n\r\n");
    stage_end(&stage);
}

static void target_and_fields_go_out_as_given(void **state)
{
    (void)state;
    static const struct http_field fields[] = {
        { SLICE_INIT("Host"), SLICE_INIT("elsewhere:81") },
        { SLICE_INIT("x-lower"), SLICE_INIT("a, b;c=\"d\"") },
        { SLICE_INIT("X-Empty"), { NULL, 0 } },
        { SLICE_INIT("Accept"), SLICE_INIT("application/newlines") },
        { SLICE_INIT("User-Agent"), SLICE_INIT("t/1") },
        { SLICE_INIT("X-Twice"), SLICE_INIT("1") },
        { SLICE_INIT("X-Twice"), SLICE_INIT("2") },
    };
    struct stage stage = stage_begin(stage_polite, 1);
    stage.call.request.method_text = SLICE("DELETE");
    stage.call.request.target = SLICE("/a/../%7B%7b+{x}?ids=a,b&q=%2F%2f;[1]");
    stage.call.request.fields = (struct http_fields){ fields, COUNT_OF(fields) };
    stage_run(&stage);
    assert_slice(hostile_received(stage.server, 0),
                 "DELETE /a/../%7B%7b+{x}?ids=a,b&q=%2F%2f;[1] HTTP/1.1\r\n"
                 "Host: elsewhere:81\r\nx-lower: a, b;c=\"d\"\r\nX-Empty:\r\n"
                 "Accept: application/newlines\r\nUser-Agent: t/1\r\n"
                 "X-Twice: 1\r\nX-Twice: 2\r\n\r\n");
    stage_end(&stage);
}

static void a_body_has_its_exact_length_and_no_type_of_its_own(void **state)
{
    (void)state;
    struct stage stage = stage_begin(stage_polite, 1);
    stage.call.request.method_text = SLICE("POST");
    stage.call.request.body = SLICE("a\0b");
    stage_run(&stage);
    struct slice got = hostile_received(stage.server, 0);
    assert_true(slice_ends(got, SLICE("\r\nContent-Length: 3\r\n\r\na\0b")));
    assert_int_equal(slice_search(got, SLICE("Content-Type")), got.len);
    stage_end(&stage);
}

static void a_large_body_goes_out_at_once(void **state)
{
    (void)state;
    struct stage stage = stage_begin(stage_polite, 1);
    struct buf body = buf_bounded(200 * 1024);
    for (int i = 0; i < 20 * 1024; i++)
        assert_true(buf_add(&body, SLICE("0123456789")) || body.len > 0);
    stage.call.request.method_text = SLICE("PUT");
    stage.call.request.body = buf_slice(&body);
    stage_run(&stage);
    stage_answered(&stage.call, 200);
    assert_int_equal(slice_search(hostile_received(stage.server, 0), SLICE("Expect")),
                     hostile_received(stage.server, 0).len);
    assert_true(slice_ends(hostile_received(stage.server, 0), buf_slice(&body)));
    buf_free(&body);
    stage_end(&stage);
}

static void put_and_post_without_a_body_say_so(void **state)
{
    (void)state;
    static const char *const methods[] = { "PUT", "POST" };
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct stage stage = stage_begin(stage_polite, 1);
        stage.call.request.method_text = slice_text(methods[i]);
        stage_run(&stage);
        stage_answered(&stage.call, 200);
        assert_true(
            slice_ends(hostile_received(stage.server, 0), SLICE("\r\nContent-Length: 0\r\n\r\n")));
        stage_end(&stage);
    }
}

static void methods_of_any_name_are_sent(void **state)
{
    (void)state;
    static const char *const methods[] = { "PATCH", "OPTIONS", "BREW", "get" };
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct stage stage = stage_begin(stage_polite, 1);
        stage.call.request.method_text = slice_text(methods[i]);
        stage_run(&stage);
        stage_answered(&stage.call, 200);
        assert_true(slice_starts(hostile_received(stage.server, 0), slice_text(methods[i])));
        stage_end(&stage);
    }
}

static void the_answer_to_head_has_no_body(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n"),
        { .verb = HOSTILE_AGAIN },
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = stage_begin(script, 1);
    stage.call.request.method_text = SLICE("HEAD");
    for (int i = 0; i < 2; i++) {
        stage_run(&stage);
        stage_answered(&stage.call, 200);
        assert_int_equal(stage.call.answer.body.len, 0);
        assert_int_equal(stage.call.answer.content_length, 77);
    }
    assert_int_equal(hostile_connections(stage.server), 1);
    stage_end(&stage);
}

static void one_connection_serves_calls_of_every_kind(void **state)
{
    (void)state;
    static const char *const methods[] = { "GET", "POST", "GET", "PUT", "DELETE", "POST" };
    struct stage stage = stage_begin(stage_polite, 1);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        bool sends = methods[i][0] == 'P';
        stage.call.request.method_text = slice_text(methods[i]);
        stage.call.request.body = sends ? SLICE("body") : (struct slice){ 0 };
        stage_run(&stage);
        stage_answered(&stage.call, 200);
    }
    assert_int_equal(hostile_connections(stage.server), 1);
    assert_int_equal(hostile_requests(stage.server), COUNT_OF(methods));
    stage_end(&stage);
}

/* The server answers nobody before all have asked. */
static const struct hostile_step meeting[] = {
    { .verb = HOSTILE_READ },
    { .verb = HOSTILE_MEET, .count = STAGE_MANY },
    HOSTILE_SENDS("HTTP/1.1 204 No Content\r\n\r\n"),
    { .verb = HOSTILE_HANG },
};

static void many_calls_are_under_way_at_once(void **state)
{
    (void)state;
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(meeting) };
    struct stage stage = stage_begin(script, 1);
    static struct exchange_call calls[STAGE_MANY];
    for (size_t i = 0; i < STAGE_MANY; i++) {
        exchange_call_init(&calls[i]);
        calls[i].timeout_ms = STAGE_PATIENCE_MS;
        calls[i].request.method_text = SLICE("GET");
        calls[i].request.target = SLICE("/x");
        if (i % 2 == 1)
            calls[i].raw = SLICE("GET /raw HTTP/1.1\r\nHost: h\r\n\r\n");
        exchange_start(stage.exchange, &calls[i]);
    }
    for (size_t i = 0; i < STAGE_MANY; i++) {
        struct exchange_call *call = exchange_next(stage.exchange, STAGE_PATIENCE_MS);
        assert_non_null(call);
        assert_null(call->owner);
        call->owner = call;
        stage_answered(call, 204);
    }
    assert_null(exchange_next(stage.exchange, 0));
    for (size_t i = 0; i < STAGE_MANY; i++)
        exchange_call_free(&calls[i]);
    stage_end(&stage);
}

static void more_calls_than_connections_take_turns(void **state)
{
    (void)state;
    struct hostile *server = hostile_start(stage_polite, 1);
    const char *error = NULL;
    const struct exchange_curl_config config = {
        .url = { .host = SLICE("127.0.0.1"), .port = hostile_port(server) },
        .connect_ms = STAGE_PATIENCE_MS,
        .connections = 2,
    };
    struct exchange *exchange = exchange_via_curl(&config, &error);
    static struct exchange_call calls[STAGE_MANY];
    for (size_t i = 0; i < STAGE_MANY; i++) {
        exchange_call_init(&calls[i]);
        calls[i].timeout_ms = STAGE_PATIENCE_MS;
        calls[i].request.method_text = SLICE("GET");
        calls[i].request.target = SLICE("/x");
        exchange_start(exchange, &calls[i]);
    }
    for (size_t i = 0; i < STAGE_MANY; i++)
        stage_answered(exchange_next(exchange, STAGE_PATIENCE_MS), 200);
    assert_in_range(hostile_connections(server), 1, 2);
    for (size_t i = 0; i < STAGE_MANY; i++)
        exchange_call_free(&calls[i]);
    exchange_free(exchange);
    hostile_stop(server);
}

static void an_exchange_may_end_with_calls_under_way(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = { { .verb = HOSTILE_HANG } };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = stage_begin(script, 1);
    struct exchange_call raw;
    exchange_call_init(&raw);
    raw.timeout_ms = STAGE_PATIENCE_MS;
    raw.raw = SLICE("GET / HTTP/1.1\r\n\r\n");
    exchange_start(stage.exchange, &stage.call);
    exchange_start(stage.exchange, &raw);
    assert_null(exchange_next(stage.exchange, 1));
    stage_end(&stage);
    exchange_call_free(&raw);
}

static void a_redirect_is_an_answer_and_is_not_followed(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 301 Moved Permanently\r\nLocation: /elsewhere\r\n"
                      "Content-Length: 0\r\n\r\n"),
        { .verb = HOSTILE_AGAIN },
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = stage_begin(script, 1);
    stage_run(&stage);
    stage_answered(&stage.call, 301);
    assert_int_equal(hostile_requests(stage.server), 1);
    stage_end(&stage);
}

static void cookies_are_not_kept(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"),
        { .verb = HOSTILE_AGAIN },
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = stage_begin(script, 1);
    stage_run(&stage);
    stage_run(&stage);
    struct slice got = hostile_received(stage.server, 0);
    assert_int_equal(hostile_requests(stage.server), 2);
    assert_int_equal(slice_search(got, SLICE("ookie")), got.len);
    stage_end(&stage);
}

static void a_content_coding_is_left_in_place(void **state)
{
    (void)state;
    /* gzip of nothing but the start of its own head: whoever decodes it fails. */
    static const struct hostile_step steps[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
                      "\x1f\x8b\x08\xff"),
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = stage_begin(script, 1);
    stage_run(&stage);
    stage_answered(&stage.call, 200);
    assert_slice(stage.call.answer.body, "\x1f\x8b\x08\xff");
    stage_end(&stage);
}

static void certificates_that_cannot_be_read_are_told_at_once(void **state)
{
    (void)state;
    const char *error = NULL;
    const struct exchange_curl_config config = {
        .url = { .tls = true, .host = SLICE("127.0.0.1"), .port = 1 },
        .ca_file = "/nonexistent/ca.pem",
        .connections = 1,
    };
    assert_null(exchange_via_curl(&config, &error));
    assert_non_null(error);
}

static void proxies_of_the_environment_are_not_asked(void **state)
{
    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
    struct stage stage = stage_begin(stage_polite, 1);
    stage_run(&stage);
    stage_answered(&stage.call, 200);
    stage_end(&stage);
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(unsetenv("all_proxy"), 0);
}

static void time_is_real_and_cannot_be_skipped(void **state)
{
    (void)state;
    struct stage stage = stage_begin(stage_polite, 1);
    int64_t now = exchange_now(stage.exchange);
    assert_true(now > 1700000000LL * 100);
    assert_false(exchange_skip(stage.exchange, 100));
    assert_null(exchange_next(stage.exchange, 30));
    assert_true(exchange_now(stage.exchange) >= now + 2);
    stage_end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_has_status_fields_and_body),
        cmocka_unit_test(nothing_is_sent_that_was_not_asked_for),
        cmocka_unit_test(target_and_fields_go_out_as_given),
        cmocka_unit_test(a_body_has_its_exact_length_and_no_type_of_its_own),
        cmocka_unit_test(a_large_body_goes_out_at_once),
        cmocka_unit_test(put_and_post_without_a_body_say_so),
        cmocka_unit_test(methods_of_any_name_are_sent),
        cmocka_unit_test(the_answer_to_head_has_no_body),
        cmocka_unit_test(one_connection_serves_calls_of_every_kind),
        cmocka_unit_test(many_calls_are_under_way_at_once),
        cmocka_unit_test(more_calls_than_connections_take_turns),
        cmocka_unit_test(an_exchange_may_end_with_calls_under_way),
        cmocka_unit_test(a_redirect_is_an_answer_and_is_not_followed),
        cmocka_unit_test(cookies_are_not_kept),
        cmocka_unit_test(a_content_coding_is_left_in_place),
        cmocka_unit_test(certificates_that_cannot_be_read_are_told_at_once),
        cmocka_unit_test(proxies_of_the_environment_are_not_asked),
        cmocka_unit_test(time_is_real_and_cannot_be_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
