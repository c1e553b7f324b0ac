/* What keeps one client, or many, from taking the server: time, memory and connections. */
#include "tests/test_serve_live.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"

static void a_slow_head_gets_408(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.head_ms = 30;
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "GET /a HTTP/1.1\r\nHo");
    live_expect(&client, 408, NULL);
    live_expect_closed(&client);
    live_disconnect(&client);
    live_end(&live);
}

static void a_body_that_does_not_go_on_gets_408(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.body_ms = 30;
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
    live_expect(&client, 408, NULL);
    live_expect_closed(&client);
    live_disconnect(&client);
    assert_int_equal(atomic_load(&live.handled), 0);
    live_end(&live);
}

static void an_idle_connection_is_closed_without_a_word(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.idle_ms = 500; /* time enough to use it once, also on a busy machine */
    struct live live;
    live_start(&live, &config);
    struct live_client fresh = live_connect(&live);
    struct live_client used = live_connect(&live);
    live_send_text(&used, GET("/a"));
    live_expect(&used, 200, NULL);
    live_expect_closed(&fresh);
    live_expect_closed(&used);
    live_disconnect(&fresh);
    live_disconnect(&used);
    live_end(&live);
}

static void a_client_that_takes_nothing_is_dropped(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.body_ms = 100;
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, GET("/big/50000000"));
    /* Only when the server has given up: its side of the connection is then gone. */
    struct pollfd gone = { .fd = client.socket, .events = POLLRDHUP };
    assert_int_equal(poll(&gone, 1, 30000), 1);
    size_t got = 0;
    uint8_t part[65536];
    for (ssize_t n; (n = recv(client.socket, part, sizeof(part), 0)) > 0;)
        got += (size_t)n;
    assert_true(got < 50000000);
    live_disconnect(&client);
    live_end(&live);
}

/* Replies that are made but not yet received: what the kernel's buffers and ours hold. */
static void a_client_that_does_not_read_stops_the_work_for_it(void **state)
{
    (void)state;
    enum { REQUESTS = 400, REPLY = 200 * 1000, KERNEL = 24 * 1000 * 1000 };
    struct serve_config config = live_config();
    config.buffered = (size_t)300 * 1000;
    struct live live;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    struct live_client other = live_connect(&live);
    for (int i = 0; i < REQUESTS; i++)
        live_send_text(&client, GET("/big/200000"));
    for (int i = 0; i < 100; i++) {
        live_send_text(&other, GET("/a"));
        live_expect(&other, 200, "GET /a ");
    }
    const size_t most = (KERNEL + 2 * config.buffered) / REPLY;
    for (size_t received = 0; received < REQUESTS; received++) {
        size_t made = atomic_load(&live.handled) - 100;
        assert_true(made <= received + most);
        struct live_answer answer;
        assert_true(live_receive(&client, false, &answer));
        assert_int_equal(answer.body.len, REPLY);
        live_answer_free(&answer);
    }
    live_disconnect(&client);
    live_disconnect(&other);
    live_end(&live);
}

static void bodies_beyond_the_bound_of_all_get_503(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.buffered_total = 10000;
    struct live live;
    struct live_answer answer;
    live_start(&live, &config);
    struct live_client client = live_connect(&live);
    live_send_text(&client, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10001\r\n\r\n");
    assert_true(live_receive(&client, false, &answer));
    assert_int_equal(answer.status, 503);
    assert_true(live_has_line(&answer, "Retry-After: 5"));
    assert_true(live_has_line(&answer, "Connection: close"));
    live_answer_free(&answer);
    live_disconnect(&client);
    client = live_connect(&live);
    live_send_text(&client, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n");
    for (int i = 0; i < 1000; i++)
        live_send_text(&client, "0123456789");
    live_expect(&client, 200, NULL);
    live_disconnect(&client);
    live_end(&live);
}

/* Without end: the connection is at no time idle. */
#define ET(target) "ET " target " HTTP/1.1\r\nHost: h\r\n\r\nG"

static void accepting_pauses_at_the_bound_and_goes_on(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.connections = 1;
    struct live live;
    live_start(&live, &config);
    struct live_client first = live_connect(&live);
    live_send_text(&first, "G" ET("/a"));
    live_expect(&first, 200, NULL);
    struct live_client second = live_connect(&live);
    live_send_text(&second, GET("/b"));
    for (int i = 0; i < 20; i++) {
        live_send_text(&first, ET("/a"));
        live_expect(&first, 200, "GET /a ");
    }
    struct pollfd waiting = { .fd = second.socket, .events = POLLIN };
    assert_int_equal(poll(&waiting, 1, 0), 0);
    live_disconnect(&first);
    live_expect(&second, 200, "GET /b ");
    live_disconnect(&second);
    live_end(&live);
}

static void at_the_bound_who_was_idle_longest_makes_room(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.connections = 3;
    struct live live;
    live_start(&live, &config);
    struct live_client busy = live_connect(&live);
    live_send_text(&busy, "G" ET("/busy"));
    live_expect(&busy, 200, NULL);
    struct live_client first = live_connect(&live);
    live_send_text(&first, GET("/first"));
    live_expect(&first, 200, NULL);
    struct live_client second = live_connect(&live);
    live_send_text(&second, GET("/second"));
    live_expect(&second, 200, NULL);
    struct live_client third = live_connect(&live);
    live_send_text(&third, GET("/third"));
    live_expect(&third, 200, "GET /third ");
    live_expect_closed(&first);
    live_send_text(&second, GET("/second"));
    live_expect(&second, 200, "GET /second ");
    live_send_text(&busy, "ET /still HTTP/1.1\r\nHost: h\r\n\r\n");
    live_expect(&busy, 200, "GET /still ");
    live_disconnect(&busy);
    live_disconnect(&first);
    live_disconnect(&second);
    live_disconnect(&third);
    live_end(&live);
}

static void a_bound_that_one_idle_connection_reaches_lets_many_take_turns(void **state)
{
    (void)state;
    struct serve_config config = live_config();
    config.connections = 1;
    struct live live;
    live_start(&live, &config);
    struct live_client last = live_connect(&live);
    for (int i = 0; i < 20; i++) {
        struct live_client next = live_connect(&live);
        live_send_text(&next, GET("/a"));
        live_expect(&next, 200, "GET /a ");
        live_expect_closed(&last);
        live_disconnect(&last);
        last = next;
    }
    live_disconnect(&last);
    live_end(&live);
}

/* What is not taken is given up for what is. */
static void replies_that_nobody_takes_make_room_for_others(void **state)
{
    (void)state;
    enum { REPLY = 50 * 1000 * 1000 };
    struct serve_config config = live_config();
    config.held_total = (uint64_t)REPLY * 3 / 2;
    struct live live;
    live_start(&live, &config);
    struct live_client slow[3];
    for (size_t i = 0; i < COUNT_OF(slow); i++) {
        slow[i] = live_connect(&live);
        live_send_text(&slow[i], GET("/big/50000000"));
    }
    for (size_t i = 0; i + 1 < COUNT_OF(slow); i++) {
        struct pollfd gone = { .fd = slow[i].socket, .events = POLLRDHUP };
        assert_int_equal(poll(&gone, 1, 30000), 1);
    }
    struct live_client other = live_connect(&live);
    live_send_text(&other, GET("/a"));
    live_expect(&other, 200, "GET /a ");
    struct live_answer answer;
    assert_true(live_receive(&slow[COUNT_OF(slow) - 1], false, &answer));
    assert_int_equal(answer.body.len, REPLY);
    live_answer_free(&answer);
    for (size_t i = 0; i < COUNT_OF(slow); i++)
        live_disconnect(&slow[i]);
    live_disconnect(&other);
    live_end(&live);
}

/* Lets the process have no descriptor but those that are open.  (valgrind does not hold a process
 * to it: the test below fails there.) */
static struct rlimit take_descriptors(void)
{
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    int next = fcntl(0, F_DUPFD_CLOEXEC, 0);
    assert_true(next >= 0);
    assert_int_equal(close(next), 0);
    struct rlimit tight = { .rlim_cur = (rlim_t)next, .rlim_max = old.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
    return old;
}

static void a_process_without_descriptors_accepts_again_later(void **state)
{
    (void)state;
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    struct live_client first = live_connect(&live);
    live_send_text(&first, "G" ET("/a"));
    live_expect(&first, 200, NULL);
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    assert_int_equal(getpeername(first.socket, (struct sockaddr *)&address, &length), 0);
    struct live_client second = { .in = buf_bounded(4096) };
    second.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct rlimit old = take_descriptors();
    int connected = connect(second.socket, (struct sockaddr *)&address, length);
    live_send_text(&second, GET("/b"));
    for (int i = 0; i < 20; i++) {
        live_send_text(&first, ET("/a"));
        live_expect(&first, 200, NULL);
    }
    struct pollfd waiting = { .fd = second.socket, .events = POLLIN };
    int ready = poll(&waiting, 1, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(connected, 0);
    assert_int_equal(ready, 0);
    live_expect(&second, 200, "GET /b ");
    live_disconnect(&second);
    live_disconnect(&first);
    live_end(&live);
}

enum { MANY = 1000 };

static void a_thousand_clients_at_once_are_served(void **state)
{
    (void)state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < 2 * MANY + 100)
        skip();
    static struct live_client clients[MANY];
    const struct serve_config config = live_config();
    struct live live;
    live_start(&live, &config);
    for (int i = 0; i < MANY; i++)
        clients[i] = live_connect(&live);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            live_send_text(&clients[i], "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
        for (int i = 0; i < MANY; i++)
            live_send_text(&clients[i], "ok");
        for (int i = 0; i < MANY; i++)
            live_expect(&clients[i], 200, "PUT /a ok");
    }
    for (int i = 0; i < MANY; i++)
        live_disconnect(&clients[i]);
    assert_int_equal(atomic_load(&live.handled), 2 * MANY);
    live_end(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slow_head_gets_408),
        cmocka_unit_test(a_body_that_does_not_go_on_gets_408),
        cmocka_unit_test(an_idle_connection_is_closed_without_a_word),
        cmocka_unit_test(a_client_that_takes_nothing_is_dropped),
        cmocka_unit_test(a_client_that_does_not_read_stops_the_work_for_it),
        cmocka_unit_test(bodies_beyond_the_bound_of_all_get_503),
        cmocka_unit_test(accepting_pauses_at_the_bound_and_goes_on),
        cmocka_unit_test(at_the_bound_who_was_idle_longest_makes_room),
        cmocka_unit_test(a_bound_that_one_idle_connection_reaches_lets_many_take_turns),
        cmocka_unit_test(replies_that_nobody_takes_make_room_for_others),
        cmocka_unit_test(a_process_without_descriptors_accepts_again_later),
        cmocka_unit_test(a_thousand_clients_at_once_are_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
