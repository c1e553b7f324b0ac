/* The server over real sockets: messages, faults, Expect, the end of connections and of the server.
 */
#include "tests/test_serve_live.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"

static void one_connection_serves_many_requests(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    for (int i = 0; i < 50; i++) {
        live_send_text(&client, GET("/a"));
        live_expect(&client, 200, "GET /a ");
        live_send_text(&client, "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
        live_expect(&client, 200, "POST /b body");
    }
    live_disconnect(&client);
    live_end(&live);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    char text[64];
    struct buf all = buf_bounded(1024 * 1024);
    for (int i = 0; i < 500; i++)
        assert_true(buf_add_format(&all, "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n", i));
    live_send(&client, buf_slice(&all));
    for (int i = 0; i < 500; i++) {
        (void)snprintf(text, sizeof(text), "GET /%d ", i);
        live_expect(&client, 200, text);
    }
    buf_free(&all);
    live_disconnect(&client);
    live_end(&live);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    const struct slice wire = SLICE(
        "PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    for (size_t i = 0; i < wire.len; i++)
        live_send(&client, slice_of(wire.ptr + i, 1));
    live_expect(&client, 200, "PUT /x abc");
    live_disconnect(&client);
    live_end(&live);
}

static void every_answer_has_a_date_and_head_has_no_body(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    struct live_answer answer;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" GET("/b"));
    assert_true(live_receive(&client, true, &answer));
    assert_true(live_has_line(&answer, "Content-Length: 8"));
    assert_non_null(strstr(buf_text(&answer.head), "\r\nDate: "));
    assert_non_null(strstr(buf_text(&answer.head), " GMT\r\n"));
    live_answer_free(&answer);
    live_expect(&client, 200, "GET /b ");
    live_disconnect(&client);
    live_end(&live);
}

static void continue_is_sent_when_the_body_will_be_read(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                            "Content-Length: 2\r\n\r\n");
    live_expect(&client, 100, "");
    live_send_text(&client, "ab");
    live_expect(&client, 200, "PUT /x ab");
    live_disconnect(&client);
    live_end(&live);
}

static void a_refused_expectation_gets_the_final_status_at_once(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.bounds.body = 100;
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                            "Content-Length: 101\r\n\r\n");
    live_expect(&client, 413, NULL);
    live_expect_closed(&client);
    live_disconnect(&client);
    live_end(&live);
}

/* The broken request, and what is answered. */
static const struct fault_row {
    const char *wire;
    int status;
} faults[] = {
    { "GET /x HTTP/1.1\nHost: h\r\n\r\n", 400 },
    { "GET /x HTTP/1.1\r\n\r\n", 400 },
    { "GET /x HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400 },
    { "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      400 },
    { "GET /x HTTP/2.0\r\nHost: h\r\n\r\n", 505 },
    { "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501 },
    { "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n", 413 },
    { "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", 413 },
    { "GET /0123456789012345678901234567890123456789012345678901234567890123456789 HTTP/1.1\r\n",
      414 },
    { "GET /x HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", 431 },
};

static void a_broken_rule_is_answered_with_its_status_and_the_end(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.bounds.body = 100;
    config.bounds.target = 64;
    config.bounds.fields = 4;
    struct live live;
    struct live_answer answer;
    live_start(&live, &config);
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        struct live_client client = live_connect(&live);
        live_send_text(&client, faults[i].wire);
        assert_true(live_receive(&client, false, &answer));
        if (answer.status != faults[i].status)
            fail_msg("%s: %d", faults[i].wire, answer.status);
        assert_true(live_has_line(&answer, "Connection: close"));
        assert_true(live_has_line(&answer, "Content-Type: text/plain; charset=utf-8"));
        assert_true(answer.body.len > 10);
        live_answer_free(&answer);
        live_expect_closed(&client);
        live_disconnect(&client);
    }
    assert_int_equal(atomic_load(&live.handled), 0);
    live_end(&live);
}

static void a_client_that_sends_too_much_gets_to_read_why(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.bounds.body = 1000;
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    const size_t length = (size_t)8 * 1024 * 1024;
    struct buf body = buf_bounded(length);
    assert_true(buf_reserve(&body, length));
    memset(body.ptr, 'x', length);
    live_send_text(&client, "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 8388608\r\n\r\n");
    live_send(&client, slice_of(body.ptr, length));
    live_expect(&client, 413, NULL);
    live_expect_closed(&client);
    buf_free(&body);
    live_disconnect(&client);
    live_end(&live);
}

static void without_keep_alive_the_connection_ends(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /a HTTP/1.0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        GET("/close"),
    };
    const struct serve_config config = live_config();
    struct live live;
    struct live_answer answer;
    live_start(&live, &config);
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct live_client client = live_connect(&live);
        live_send_text(&client, requests[i]);
        live_send_text(&client, GET("/never"));
        assert_true(live_receive(&client, false, &answer));
        assert_int_equal(answer.status, 200);
        assert_true(live_has_line(&answer, "Connection: close"));
        live_answer_free(&answer);
        live_expect_closed(&client);
        live_disconnect(&client);
    }
    assert_int_equal(atomic_load(&live.handled), COUNT_OF(requests));
    live_end(&live);
}

static void http_1_0_may_ask_to_stay(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    struct live_answer answer;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    for (int i = 0; i < 2; i++) {
        live_send_text(&client, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assert_true(live_receive(&client, false, &answer));
        assert_true(live_has_line(&answer, "Connection: keep-alive"));
        live_answer_free(&answer);
    }
    live_disconnect(&client);
    live_end(&live);
}

static void what_a_half_closed_client_asked_is_answered(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, GET("/a") GET("/big/3000000"));
    assert_int_equal(shutdown(client.socket, SHUT_WR), 0);
    live_expect(&client, 200, "GET /a ");
    live_expect(&client, 200, NULL);
    live_expect_closed(&client);
    live_disconnect(&client);
    client = live_connect(&live);
    live_send_text(&client, "GET /a HTT");
    assert_int_equal(shutdown(client.socket, SHUT_WR), 0);
    live_expect(&client, 400, NULL);
    live_expect_closed(&client);
    live_disconnect(&client);
    live_end(&live);
}

static void a_stop_finishes_the_request_under_way_and_closes_idle_connections(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.linger_ms = 60 * 1000;
    struct live live;
    struct live_answer answer;
    live_start(&live, &config);
    struct live_client idle = live_connect(&live);
    live_send_text(&idle, GET("/a"));
    live_expect(&idle, 200, NULL);
    struct live_client busy = live_connect(&live);
    live_send_text(&busy, "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                          "Content-Length: 4\r\n\r\n");
    live_expect(&busy, 100, NULL);
    serve_stop(live.serve);
    live_expect_closed(&idle);
    live_send_text(&busy, "late");
    assert_true(live_receive(&busy, false, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(live_has_line(&answer, "Connection: close"));
    live_answer_free(&answer);
    live_expect_closed(&busy);
    live_disconnect(&busy);
    live_disconnect(&idle);
    live_join(&live);
}

static void a_stop_waits_no_longer_than_it_may(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.linger_ms = 20;
    struct live live;
    live_start(&live, &config);
    struct live_client busy = live_connect(&live);
    live_send_text(&busy, "PUT /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                          "Content-Length: 4\r\n\r\n");
    live_expect(&busy, 100, NULL);
    live_end(&live);
    live_expect_closed(&busy);
    live_disconnect(&busy);
}

static void sigterm_stops_it(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, GET("/a"));
    live_expect(&client, 200, NULL); /* so it runs, and has its signal handlers */
    assert_int_equal(raise(SIGTERM), 0);
    live_join(&live);
    live_disconnect(&client);
}

static void a_stop_before_the_run_counts(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    const char *error = NULL;
    struct serve *serve = serve_new(&config, &error);
    assert_non_null(serve);
    serve_stop(serve);
    assert_true(serve_run(serve));
    serve_free(serve);
}

static void open_and_close(void *context)
{
    (void)context;
    const struct serve_config config = live_config();
    const char *error = NULL;
    struct serve *serve = serve_new(&config, &error);
    if (serve == NULL)
        assert_string_equal(error, "out of memory");
    serve_free(serve);
}

static void without_memory_there_is_no_server(void **state)
{
    (void)state;
    support_sweep_allocations(open_and_close, NULL);
}

static void an_address_that_cannot_be_bound_is_an_error_with_text(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    const char *error = NULL;
    struct serve *first = serve_new(&config, &error);
    assert_non_null(first);
    config.port = serve_port(first);
    assert_null(serve_new(&config, &error));
    assert_string_equal(error, "address already in use");
    config.host = "nowhere";
    assert_null(serve_new(&config, &error));
    assert_non_null(strstr(error, "neither"));
    serve_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_connection_serves_many_requests),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_request_may_come_byte_by_byte),
        cmocka_unit_test(every_answer_has_a_date_and_head_has_no_body),
        cmocka_unit_test(continue_is_sent_when_the_body_will_be_read),
        cmocka_unit_test(a_refused_expectation_gets_the_final_status_at_once),
        cmocka_unit_test(a_broken_rule_is_answered_with_its_status_and_the_end),
        cmocka_unit_test(a_client_that_sends_too_much_gets_to_read_why),
        cmocka_unit_test(without_keep_alive_the_connection_ends),
        cmocka_unit_test(http_1_0_may_ask_to_stay),
        cmocka_unit_test(what_a_half_closed_client_asked_is_answered),
        cmocka_unit_test(a_stop_finishes_the_request_under_way_and_closes_idle_connections),
        cmocka_unit_test(a_stop_waits_no_longer_than_it_may),
        cmocka_unit_test(sigterm_stops_it),
        cmocka_unit_test(a_stop_before_the_run_counts),
        cmocka_unit_test(without_memory_there_is_no_server),
        cmocka_unit_test(an_address_that_cannot_be_bound_is_an_error_with_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
