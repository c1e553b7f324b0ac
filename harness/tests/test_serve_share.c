/* How a connection shares the server with others: turns, a least pace, memory. */
#include "tests/test_serve_bench.h"

static void a_pipeline_is_answered_in_turns(void **state)
{
    (void)state;
    enum { REQUESTS = 1000, AT_ONCE = 16 };
    struct bench bench;
    open_bench(&bench);
    struct buf wire = buf_bounded(SERVE_READ_SIZE);
    for (int i = 0; i < REQUESTS; i++)
        assert_true(buf_add_text(&wire, GET("/a")));
    serve_connection_feed(&bench.connection, buf_slice(&wire));
    buf_free(&wire);
    for (size_t made = AT_ONCE; made < REQUESTS; made += AT_ONCE) {
        assert_int_equal(bench.handled, made);
        assert_false(wants(&bench, SERVE_WANTS_READ));
        assert_true(wants(&bench, SERVE_WANTS_SEND));
        assert_int_equal(serve_connection_limit(&bench.connection), SERVE_LIMIT_SEND);
        (void)take(&bench, SIZE_MAX);
    }
    take_all(&bench);
    assert_int_equal(bench.handled, REQUESTS);
    assert_true(wants(&bench, SERVE_WANTS_READ));
    close_bench(&bench);
}

/* Whether what was just done gave it time anew. */
static bool moved(struct bench *bench)
{
    bool did = bench->connection.moved;
    bench->connection.moved = false;
    return did;
}

static void drops_of_a_body_buy_no_time(void **state)
{
    (void)state;
    static const uint8_t zeros[SERVE_PROGRESS];
    struct bench bench;
    open_bench(&bench);
    feed(&bench, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
    assert_true(moved(&bench));
    for (int i = 0; i < 100; i++)
        feed(&bench, "x");
    assert_false(moved(&bench));
    serve_connection_feed(&bench.connection, slice_of(zeros, sizeof(zeros)));
    assert_true(moved(&bench));
    serve_connection_feed(&bench.connection, slice_of(zeros, sizeof(zeros) - 1));
    assert_false(moved(&bench));
    feed(&bench, "x");
    assert_true(moved(&bench));
    close_bench(&bench);
}

static void drops_taken_of_a_reply_buy_no_time(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench, GET("/big/100000"));
    assert_true(moved(&bench));
    for (int i = 0; i < 100; i++)
        assert_int_equal(take(&bench, 1), 1);
    assert_false(moved(&bench));
    (void)take(&bench, SERVE_PROGRESS);
    assert_true(moved(&bench));
    close_bench(&bench);
}

static void a_head_under_way_gets_no_time_for_replies_that_are_taken(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench, GET("/big/100000") "GET /b HT");
    assert_true(moved(&bench));
    assert_int_equal(serve_connection_limit(&bench.connection), SERVE_LIMIT_HEAD);
    take_all(&bench);
    assert_false(moved(&bench));
    close_bench(&bench);
}

static void large_bodies_leave_room_for_small_ones(void **state)
{
    (void)state;
    enum { LARGE = 800000, TOTAL = 1000000, WITHOUT_AN_EIGHTH = 875000 };
    static const uint8_t zeros[LARGE];
    struct bench bench;
    struct serve_connection others[2];
    open_bench(&bench);
    bench.config.buffered_total = TOTAL;
    feed(&bench, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 800001\r\n\r\n");
    for (struct slice rest = slice_of(zeros, sizeof(zeros)); rest.len > 0;
         rest = slice_from(rest, SERVE_READ_SIZE))
        serve_connection_feed(&bench.connection, slice_head(rest, SERVE_READ_SIZE));
    bench.shared.pool.body_bytes = WITHOUT_AN_EIGHTH; /* whatever the buffer's capacity is */
    bench.connection.work->charged = WITHOUT_AN_EIGHTH;
    static const char *const heads[] = {
        "PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n",
        "PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 65536\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        serve_connection_init(&others[i], &bench.shared);
        serve_connection_feed(&others[i], slice_text(heads[i]));
        serve_connection_feed(&others[i], slice_of(zeros, SERVE_SMALL_BODY - 1));
    }
    assert_int_equal(others[0].phase, SERVE_PHASE_LAST);
    assert_int_equal(others[1].phase, SERVE_PHASE_BODY);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        serve_connection_free(&others[i]);
    close_bench(&bench);
}

static void what_a_connection_holds_is_counted(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench, "GET /a HTTP/1.1\r\nHost: h\r\nA: b");
    uint64_t head = bench.shared.pool.held_bytes;
    assert_true(head >= 35);
    feed(&bench, "\r\n\r\n" GET("/big/1000000"));
    assert_true(bench.shared.pool.held_bytes >= 1000000);
    take_all(&bench);
    assert_int_equal(bench.shared.pool.held_bytes, 0);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipeline_is_answered_in_turns),
        cmocka_unit_test(drops_of_a_body_buy_no_time),
        cmocka_unit_test(drops_taken_of_a_reply_buy_no_time),
        cmocka_unit_test(a_head_under_way_gets_no_time_for_replies_that_are_taken),
        cmocka_unit_test(large_bodies_leave_room_for_small_ones),
        cmocka_unit_test(what_a_connection_holds_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
