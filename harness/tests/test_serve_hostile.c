/* Clients that do wrong over real sockets: shapes that smuggle requests, drips, ends in the middle,
 * and a server that is late itself. */
#include "tests/test_serve_live.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"
#define POST        "POST /x HTTP/1.1\r\nHost: h\r\n"

/* What two servers could read differently; "GET /smuggled" follows each. */
static const struct {
    const char *wire;
    int status;
} shapes[] = {
    { POST "Content-Length: 0\r\nContent-Length: 40\r\n\r\n", 400 },
    { POST "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400 },
    { POST "Content-Length: 0, 0\r\n\r\n", 400 },
    { POST "Content-Length: +0\r\n\r\n", 400 },
    { POST "Content-Length: 0x0\r\n\r\n", 400 },
    { POST "Content-Length: 0 0\r\n\r\n", 400 },
    { POST "Content-Length : 0\r\n\r\n", 400 },
    { POST "Content-Length: 0\n\r\n", 400 },
    { POST "Content-Length:\r\n 0\r\n\r\n", 400 },
    { POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding:\x0b"
           "chunked\r\n\r\n0\r\n\r\n",
      400 },
    { POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501 },
    { "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\n\r\n0\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\n\r\n0;a\nb\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n", 413 },
    { POST "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", 400 },
    { POST "Transfer-Encoding: chunked\r\n\r\n\r\n0\r\n\r\n", 400 },
    { "POST /x HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400 },
    { "POST http://h:80@i/ HTTP/1.1\r\nHost: h\r\n\r\n", 400 },
    { "POST /x HTTP/1.1 \r\nHost: h\r\n\r\n", 400 },
    { "POST /x HTTP/1.1\r\n Host: h\r\n\r\n", 400 },
    { "\n", 400 },
};

static void what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct live_client client = live_connect(&live);
        struct live_answer answer;
        struct buf wire = buf_bounded(4096);
        assert_true(buf_add_text(&wire, shapes[i].wire) && buf_add_text(&wire, GET("/smuggled")));
        live_send(&client, buf_slice(&wire));
        buf_free(&wire);
        assert_true(live_receive(&client, false, &answer));
        if (answer.status != shapes[i].status)
            fail_msg("%s: %d", shapes[i].wire, answer.status);
        live_answer_free(&answer);
        live_expect_closed(&client);
        live_disconnect(&client);
    }
    assert_int_equal(atomic_load(&live.handled), 0);
    live_end(&live);
}

static void the_host_may_stand_on_the_request_line(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "GET http://a.example:81/b?c HTTP/1.1\r\nHost: h\r\n\r\n");
    live_expect(&client, 200, "GET /b?c ");
    live_send_text(&client, "CONNECT a.example:81 HTTP/1.1\r\nHost: h\r\n\r\n");
    live_expect(&client, 400, NULL);
    live_expect_closed(&client);
    live_disconnect(&client);
    live_end(&live);
}

static void long_heads_are_borne_up_to_their_bounds(void **state)
{
    (void)state;
    static const struct {
        size_t fields, len;
        int status;
    } rows[] = { { 2, 5000, 200 }, { 5, 8192, 200 }, { 1, 10000, 431 },
                 { 6, 8192, 431 }, { 98, 1, 200 },   { 100, 1, 431 } };
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct live_client client = live_connect(&live);
        struct buf wire = buf_bounded(1024 * 1024);
        buf_add_text(&wire, "GET /a HTTP/1.1\r\nHost: h\r\n");
        for (size_t k = 0; k < rows[i].fields; k++) {
            buf_add_text(&wire, "X: ");
            for (size_t n = 0; n < rows[i].len; n++)
                buf_add_byte(&wire, 'x');
            buf_add_text(&wire, "\r\n");
        }
        assert_true(buf_add_text(&wire, "\r\n"));
        live_send(&client, buf_slice(&wire));
        live_expect(&client, rows[i].status, NULL);
        buf_free(&wire);
        live_disconnect(&client);
    }
    live_end(&live);
}

/* Sends a byte every few milliseconds until there is an answer. */
static void drip(struct live_client *client, int status)
{
    enum { DROPS = 5000, BETWEEN_MS = 5 };
    struct pollfd answered = { .fd = client->socket, .events = POLLIN };
    int drops = 0;
    while (drops < DROPS && poll(&answered, 1, BETWEEN_MS) == 0) {
        live_send_text(client, "x");
        drops++;
    }
    assert_in_range(drops, 1, DROPS - 1);
    live_expect(client, status, NULL);
    live_expect_closed(client);
}

static void heads_and_bodies_that_drip_get_408(void **state)
{
    (void)state;
    static const char *const begun[] = {
        "GET /a HTTP/1.1\r\nHost: h\r\nX: ",
        "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
        "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    };
    struct serve_config config = live_config();
    config.head_ms = config.body_ms = 100;
    struct live live;
    live_start(&live, &config);
    for (size_t i = 0; i < COUNT_OF(begun); i++) {
        struct live_client client = live_connect(&live);
        live_send_text(&client, begun[i]);
        drip(&client, 408);
        live_disconnect(&client);
    }
    assert_int_equal(atomic_load(&live.handled), 0);
    live_end(&live);
}

static void a_client_may_close_its_side_at_any_time(void **state)
{
    (void)state;
    static const struct {
        const char *wire;
        int status; /* 0: it is closed without a word */
    } rows[] = {
        { "", 0 },
        { "\r\n", 0 },
        { "G", 400 },
        { "GET /a HTTP/1.1\r\nHost: h\r\n", 400 },
        { "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n", 400 },
        { "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na", 400 },
        { "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", 400 },
        { "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", 400 },
        { GET("/a"), 200 },
    };
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct live_client client = live_connect(&live);
        live_send_text(&client, rows[i].wire);
        assert_int_equal(shutdown(client.socket, SHUT_WR), 0);
        if (rows[i].status != 0)
            live_expect(&client, rows[i].status, NULL);
        live_expect_closed(&client);
        live_disconnect(&client);
    }
    assert_int_equal(atomic_load(&live.handled), 1);
    live_end(&live);
}

static void resets_at_any_time_leave_the_others_alone(void **state)
{
    (void)state;
    static const char *const begun[] = {
        "",
        "GET /a HT",
        "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
        GET("/a"),
        GET("/big/30000000"),
        GET("/a") GET("/big/3000000") GET("/a") "GET",
        "PUT /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        "\n",
    };
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client other = live_connect(&live);
    for (size_t i = 0; i < (size_t)10 * COUNT_OF(begun); i++) {
        struct live_client client = live_connect(&live);
        live_send_text(&client, begun[i % COUNT_OF(begun)]);
        if (i % 2 == 1) { /* so that it was read */
            live_send_text(&other, GET("/b"));
            live_expect(&other, 200, "GET /b ");
        }
        assert_int_equal(setsockopt(client.socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none)), 0);
        live_disconnect(&client);
        live_send_text(&other, GET("/c"));
        live_expect(&other, 200, "GET /c ");
    }
    live_disconnect(&other);
    live_end(&live);
}

static int until_told[2]; /* a pipe: a request for "/wait" takes until something stands in it */

static void handle_late(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct live *live = context;
    uint8_t byte;
    atomic_fetch_add(&live->handled, 1);
    reply->status =
        !slice_is(request->target, "/wait") || read(until_told[0], &byte, 1) == 1 ? 200 : 500;
}

/* What the client did in time is not held against it because the server was late. */
static void time_that_a_handler_takes_is_not_the_clients(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.handler.handle = handle_late;
    config.head_ms = 50;
    config.body_ms = 50;
    assert_int_equal(pipe(until_told), 0);
    struct live live;
    live_start(&live, &config);
    struct live_client head = live_connect(&live), body = live_connect(&live);
    struct live_client first = live_connect(&live), second = live_connect(&live);
    struct live_client *const clients[] = { &first, &second, &head, &body };
    for (size_t i = 0; i < COUNT_OF(clients); i++) {
        live_send_text(clients[i], GET("/a"));
        live_expect(clients[i], 200, NULL);
    }
    live_send_text(&first, GET("/wait"));
    /* Read in this order, once the server is told: when they begin it is late again. */
    live_send_text(&head, "GET /a HTTP/1.1\r\nHo");
    live_send_text(&body, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
    live_send_text(&second, GET("/wait"));
    assert_int_equal(write(until_told[1], "x", 1), 1);
    live_expect(&first, 200, NULL);
    live_send_text(&head, "st: h\r\n\r\n");
    live_send_text(&body, "b");
    const struct timespec past_the_limits = { .tv_nsec = 150000000 };
    assert_int_equal(nanosleep(&past_the_limits, NULL), 0);
    assert_int_equal(write(until_told[1], "x", 1), 1);
    live_expect(&second, 200, NULL);
    live_expect(&head, 200, NULL);
    live_expect(&body, 200, NULL);
    for (size_t i = 0; i < COUNT_OF(clients); i++)
        live_disconnect(clients[i]);
    live_end(&live);
    assert_int_equal(close(until_told[0]), 0);
    assert_int_equal(close(until_told[1]), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_could_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read),
        cmocka_unit_test(the_host_may_stand_on_the_request_line),
        cmocka_unit_test(long_heads_are_borne_up_to_their_bounds),
        cmocka_unit_test(heads_and_bodies_that_drip_get_408),
        cmocka_unit_test(a_client_may_close_its_side_at_any_time),
        cmocka_unit_test(resets_at_any_time_leave_the_others_alone),
        cmocka_unit_test(time_that_a_handler_takes_is_not_the_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
