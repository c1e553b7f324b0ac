/* Calls over libcurl that cannot be sent, are cut off, or must not be repeated. */
#include "tests/support/support.h"

#include "tests/exchange_stage.h"

/* The second request on the kept connection finds it closed. */
static const struct hostile_step leaving[] = {
    { .verb = HOSTILE_READ },
    HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    { .verb = HOSTILE_READ },
};

static void a_safe_request_on_a_dying_connection_is_sent_again_once(void **state)
{
    (void)state;
    static const struct hostile_script scripts[] = { HOSTILE_SCRIPT(leaving), STAGE_POLITE };
    struct stage stage = stage_begin(scripts, 2);
    stage_run(&stage);
    stage_run(&stage);
    stage_answered(&stage.call, 200);
    assert_slice(stage.call.answer.body, "hi");
    assert_non_null(strstr(stage.call.detail, "sent twice"));
    assert_int_equal(hostile_connections(stage.server), 2);
    assert_int_equal(hostile_requests(stage.server), 3);
    stage_end(&stage);
}

static void a_request_that_may_change_something_is_sent_once(void **state)
{
    (void)state;
    static const char *const methods[] = { "POST", "PUT", "DELETE" };
    static const struct hostile_script scripts[] = { HOSTILE_SCRIPT(leaving), STAGE_POLITE };
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        struct stage stage = stage_begin(scripts, 2);
        stage.call.request.method_text = slice_text(methods[i]);
        stage.call.request.body = SLICE("x");
        stage_run(&stage);
        stage_run(&stage);
        assert_int_equal(stage.call.outcome, EXCHANGE_CLOSED);
        assert_int_equal(hostile_requests(stage.server), 2);
        stage_end(&stage);
    }
}

static void what_cannot_be_sent_is_broken_not_bent(void **state)
{
    (void)state;
    static const struct {
        struct slice method, target;
        struct http_field fields[2];
        size_t count;
    } rows[] = {
        { SLICE_INIT("GET"), SLICE_INIT("/a b"), { { { NULL, 0 }, { NULL, 0 } } }, 0 },
        { SLICE_INIT("GET"), SLICE_INIT("/a\r\nX: y"), { { { NULL, 0 }, { NULL, 0 } } }, 0 },
        { SLICE_INIT("GET"), SLICE_INIT("/a\0b"), { { { NULL, 0 }, { NULL, 0 } } }, 0 },
        { SLICE_INIT("G T"), SLICE_INIT("/"), { { { NULL, 0 }, { NULL, 0 } } }, 0 },
        { SLICE_INIT(""), SLICE_INIT("/"), { { { NULL, 0 }, { NULL, 0 } } }, 0 },
        { SLICE_INIT("GET"), SLICE_INIT(""), { { { NULL, 0 }, { NULL, 0 } } }, 0 },
        { SLICE_INIT("GET"), SLICE_INIT("/"), { { SLICE_INIT("A"), SLICE_INIT("b\nC: d") } }, 1 },
        { SLICE_INIT("GET"), SLICE_INIT("/"), { { SLICE_INIT("A"), SLICE_INIT("b\0c") } }, 1 },
        { SLICE_INIT("GET"), SLICE_INIT("/"), { { SLICE_INIT("A:b"), SLICE_INIT("c") } }, 1 },
        { SLICE_INIT("GET"),
          SLICE_INIT("/"),
          { { SLICE_INIT("Host"), SLICE_INIT("a") }, { SLICE_INIT("host"), SLICE_INIT("b") } },
          2 },
    };
    struct stage stage = stage_begin(stage_polite, 1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        stage.call.request.method_text = rows[i].method;
        stage.call.request.target = rows[i].target;
        stage.call.request.fields = (struct http_fields){ rows[i].fields, rows[i].count };
        stage_run(&stage);
        assert_int_equal(stage.call.outcome, EXCHANGE_BROKEN);
    }
    assert_int_equal(hostile_requests(stage.server), 0);
    stage_end(&stage);
}

/* As a server does that refuses a body for its length, before it has come. */
static void an_answer_before_the_body_was_sent_is_an_answer(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        HOSTILE_SENDS("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n"
                      "Connection: close\r\n\r\n"),
        { .verb = HOSTILE_HANG },
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = stage_begin(script, 1);
    struct buf raw = buf_bounded(16 * 1024 * 1024);
    assert_true(
        buf_add_text(&raw, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n"));
    size_t head = raw.len;
    for (size_t i = 0; i < 8 * 1024 * 1024; i++)
        (void)buf_add_byte(&raw, 'x');
    stage.call.request.method_text = SLICE("POST");
    stage.call.request.body = slice_from(buf_slice(&raw), head);
    stage_run(&stage);
    stage_answered(&stage.call, 413);
    stage.call.raw = buf_slice(&raw);
    stage_run(&stage);
    stage_answered(&stage.call, 413);
    buf_free(&raw);
    stage_end(&stage);
}

static void call_without_memory(void *context)
{
    const char *error = NULL;
    const struct exchange_curl_config *config = context;
    struct exchange *exchange = exchange_via_curl(config, &error);
    if (exchange == NULL) {
        assert_non_null(error);
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct exchange_call call;
        exchange_call_init(&call);
        call.timeout_ms = STAGE_PATIENCE_MS;
        call.request.method_text = SLICE("PUT");
        call.request.target = SLICE("/");
        call.request.body = SLICE("body");
        call.raw = i == 0 ? SLICE("PUT / HTTP/1.1\r\n\r\n") : (struct slice){ 0 };
        exchange_start(exchange, &call);
        assert_ptr_equal(exchange_next(exchange, STAGE_PATIENCE_MS), &call);
        assert_true(call.outcome == EXCHANGE_UNREACHABLE || call.outcome == EXCHANGE_BROKEN);
        exchange_call_free(&call);
    }
    exchange_free(exchange);
}

static void running_out_of_memory_ends_calls_and_leaks_nothing(void **state)
{
    (void)state;
    struct hostile *server = hostile_start(stage_polite, 1);
    struct exchange_curl_config config = {
        .url = { .host = SLICE("127.0.0.1"), .port = hostile_port(server) },
        .connect_ms = STAGE_PATIENCE_MS,
        .connections = 2,
    };
    hostile_stop(server); /* threads and failing allocations do not go together */
    support_sweep_allocations(call_without_memory, &config);
}

static void nobody_listening_is_unreachable(void **state)
{
    (void)state;
    struct stage stage = stage_begin(stage_polite, 1);
    hostile_stop(stage.server);
    stage_run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_UNREACHABLE);
    stage.call.raw = SLICE("GET / HTTP/1.1\r\n\r\n");
    stage_run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_UNREACHABLE);
    assert_true(strlen(stage.call.detail) > 0);
    exchange_call_free(&stage.call);
    exchange_free(stage.exchange);
}

static void plain_bytes_where_tls_is_wanted_are_unreachable(void **state)
{
    (void)state;
    struct hostile *server = hostile_start(stage_polite, 1);
    const char *error = NULL;
    const struct exchange_curl_config config = {
        .url = { .tls = true, .host = SLICE("127.0.0.1"), .port = hostile_port(server) },
        .connect_ms = 500,
        .connections = 1,
    };
    struct stage stage = { .server = server, .exchange = exchange_via_curl(&config, &error) };
    exchange_call_init(&stage.call);
    stage.call.timeout_ms = STAGE_PATIENCE_MS;
    stage.call.request.method_text = SLICE("GET");
    stage.call.request.target = SLICE("/");
    stage_run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_UNREACHABLE);
    stage.call.raw = SLICE("GET / HTTP/1.1\r\n\r\n");
    stage_run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_BROKEN);
    stage_end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_safe_request_on_a_dying_connection_is_sent_again_once),
        cmocka_unit_test(a_request_that_may_change_something_is_sent_once),
        cmocka_unit_test(what_cannot_be_sent_is_broken_not_bent),
        cmocka_unit_test(an_answer_before_the_body_was_sent_is_an_answer),
        cmocka_unit_test(running_out_of_memory_ends_calls_and_leaks_nothing),
        cmocka_unit_test(nobody_listening_is_unreachable),
        cmocka_unit_test(plain_bytes_where_tls_is_wanted_are_unreachable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
