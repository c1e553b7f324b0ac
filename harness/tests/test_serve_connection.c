/* The state machine alone: no socket, no time. */
#include "tests/test_serve_bench.h"

static const struct slice conversation = SLICE_INIT(
    GET("/a") "PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
              "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
              "chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
              "HEAD /d HTTP/1.1\r\nHost: h\r\n\r\n" GET("/e") "GET / HTTP/1.1\r\nbroken\r\n\r\n");

static void feed_edge(struct bench *bench, struct slice bytes)
{
    struct support_edge edge = support_edge_of(bytes);
    serve_connection_feed(&bench->connection, edge.bytes);
    support_edge_free(&edge); /* whatever it kept must be its own */
    take_all(bench);
}

static void the_answers_are_the_same_at_every_split(void **state)
{
    (void)state;
    struct bench whole;
    open_bench(&whole);
    feed_edge(&whole, conversation);
    assert_int_equal(whole.handled, 5);
    assert_int_equal(count_of(&whole, "HTTP/1.1 200 OK\r\n"), 5);
    assert_int_equal(count_of(&whole, "HTTP/1.1 400 Bad Request\r\n"), 1);
    for (size_t cut = 1; cut < conversation.len; cut++) {
        struct bench split;
        open_bench(&split);
        feed_edge(&split, slice_head(conversation, cut));
        feed_edge(&split, slice_from(conversation, cut));
        assert_true(slice_eq(buf_slice(&split.output), buf_slice(&whole.output)));
        close_bench(&split);
    }
    close_bench(&whole);
}

static void the_answers_are_the_same_byte_by_byte(void **state)
{
    (void)state;
    struct bench whole, bytes;
    open_bench(&whole);
    open_bench(&bytes);
    feed_edge(&whole, conversation);
    for (size_t i = 0; i < conversation.len; i++)
        feed_edge(&bytes, slice_of(conversation.ptr + i, 1));
    assert_true(slice_eq(buf_slice(&bytes.output), buf_slice(&whole.output)));
    close_bench(&whole);
    close_bench(&bytes);
}

/* The same, with bytes of the conversation broken at random: whatever it says, it is said alike. */
static void neither_segments_nor_slow_readers_change_an_answer(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    for (int round = 0; round < 3000; round++) {
        struct bench whole, parts;
        uint8_t wire[1024];
        assert_true(conversation.len <= sizeof(wire));
        memcpy(wire, conversation.ptr, conversation.len);
        for (uint64_t i = rng_below(&rng.base, 3); i > 0; i--)
            wire[rng_below(&rng.base, conversation.len)] = (uint8_t)rng_u64(&rng.base);
        struct slice left = slice_of(wire, conversation.len);
        open_bench(&whole);
        feed_edge(&whole, left);
        open_bench(&parts);
        parts.config.buffered = rng_below(&rng.base, 300);
        for (int step = 0; step < 5000 && (left.len > 0 || parts.connection.work != NULL); step++) {
            size_t piece = 1 + rng_below(&rng.base, 80);
            if (wants(&parts, SERVE_WANTS_READ) && left.len > 0) {
                serve_connection_feed(&parts.connection, slice_head(left, piece));
                left = slice_from(left, piece);
            }
            (void)take(&parts, 1 + rng_below(&rng.base, 100));
        }
        assert_int_equal(left.len, 0);
        assert_true(slice_eq(buf_slice(&parts.output), buf_slice(&whole.output)));
        close_bench(&whole);
        close_bench(&parts);
    }
}

static void converse(void *context)
{
    (void)context;
    struct bench bench;
    open_bench(&bench);
    bench.config.buffered = 100; /* so that rest and big are used as well */
    for (size_t at = 0; at < conversation.len; at += 50)
        serve_connection_feed(&bench.connection, slice_head(slice_from(conversation, at), 50));
    feed(&bench, GET("/big/1000"));
    take_all(&bench);
    serve_connection_end(&bench.connection);
    take_all(&bench);
    assert_true(wants(&bench, SERVE_WANTS_CLOSE));
    close_bench(&bench);
}

static void no_failed_allocation_leaks_or_crashes(void **state)
{
    (void)state;
    support_sweep_allocations(converse, NULL);
}

static void a_busy_server_allocates_nothing_per_request(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    const char *put = "PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    feed(&bench, put);
    take_all(&bench);
    assert_true(buf_reserve(&bench.output, 4096));
    alloc_fail_at(0);
    for (int i = 0; i < 5; i++) {
        feed(&bench, put);
        take_all(&bench);
    }
    bool failed = alloc_has_failed();
    alloc_fail_at(UINT64_MAX);
    assert_false(failed);
    assert_int_equal(count_of(&bench, "PUT /b abc"), 6);
    close_bench(&bench);
}

static void an_idle_connection_holds_nothing(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    assert_null(bench.connection.work);
    feed(&bench, GET("/a"));
    assert_non_null(bench.connection.work);
    take_all(&bench);
    assert_null(bench.connection.work);
    assert_int_equal(serve_connection_limit(&bench.connection), SERVE_LIMIT_IDLE);
    assert_true(sizeof(struct serve_connection) <= 64);
    close_bench(&bench);
}

static void what_broke_one_connection_is_not_handed_to_the_next(void **state)
{
    (void)state;
    static const char *const breaks[] = {
        "nonsense\r\n\r\n", "GET /a HTT",
        "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab"
    };
    for (size_t i = 0; i < COUNT_OF(breaks); i++) {
        struct bench bench;
        open_bench(&bench);
        feed(&bench, breaks[i]);
        take_all(&bench);
        serve_connection_break(&bench.connection);
        serve_connection_init(&bench.connection, &bench.shared);
        feed(&bench, GET("/next"));
        take_all(&bench);
        assert_int_equal(count_of(&bench, "GET /next "), 1);
        close_bench(&bench);
    }
}

static void unsent_replies_stop_the_reading(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    bench.config.buffered = 2000;
    feed(&bench, GET("/big/1500") GET("/big/1500") GET("/c") GET("/big/1500") GET("/e"));
    assert_int_equal(bench.handled, 2);
    assert_false(wants(&bench, SERVE_WANTS_READ));
    assert_true(wants(&bench, SERVE_WANTS_SEND));
    assert_int_equal(serve_connection_limit(&bench.connection), SERVE_LIMIT_SEND);
    for (int i = 0; i < 200 && take(&bench, 37) > 0; i++) {
        const struct serve_work *work = bench.connection.work;
        assert_true(work == NULL || serve_work_unsent(work) <= (size_t)2 * (2000 + 1500));
    }
    assert_int_equal(bench.handled, 5);
    assert_int_equal(count_of(&bench, "HTTP/1.1 200 OK\r\n"), 5);
    size_t c = slice_search(buf_slice(&bench.output), SLICE("GET /c "));
    size_t e = slice_search(buf_slice(&bench.output), SLICE("GET /e "));
    assert_true(c < e && e < bench.output.len);
    assert_null(bench.connection.work);
    assert_true(wants(&bench, SERVE_WANTS_READ));
    close_bench(&bench);
}

static void continue_is_not_sent_to_who_did_not_wait(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench,
         "PUT /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nab");
    feed(&bench, "c");
    take_all(&bench);
    assert_int_equal(count_of(&bench, "100 Continue"), 0);
    assert_int_equal(count_of(&bench, "PUT /b abc"), 1);
    close_bench(&bench);
}

static void a_chunked_body_beyond_the_bound_of_all_gets_503(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    bench.config.buffered_total = 4;
    feed(&bench, "PUT /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n");
    assert_int_equal(count_of(&bench, "503"), 0);
    feed(&bench, "1\r\ne\r\n0\r\n\r\n");
    take_all(&bench);
    assert_int_equal(count_of(&bench, "HTTP/1.1 503 Service Unavailable\r\n"), 1);
    assert_int_equal(bench.handled, 0);
    assert_true(wants(&bench, SERVE_WANTS_SHUT));
    close_bench(&bench);
}

static void after_the_last_reply_a_bounded_rest_is_thrown_away(void **state)
{
    (void)state;
    static const uint8_t junk[SERVE_READ_SIZE];
    struct bench bench;
    open_bench(&bench);
    feed(&bench, "nonsense\r\n\r\n");
    take_all(&bench);
    assert_true(wants(&bench, SERVE_WANTS_SHUT));
    serve_connection_shut(&bench.connection);
    assert_int_equal(serve_connection_limit(&bench.connection), SERVE_LIMIT_DRAIN);
    size_t rounds = 0;
    for (; rounds < 100000 && wants(&bench, SERVE_WANTS_READ); rounds++)
        serve_connection_feed(&bench.connection, slice_of(junk, sizeof(junk)));
    assert_true(rounds > 100 && rounds < 100000);
    assert_true(wants(&bench, SERVE_WANTS_CLOSE));
    assert_int_equal(count_of(&bench, "HTTP/1.1 "), 1);
    close_bench(&bench);
}

static void a_stop_makes_the_next_reply_the_last(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench, "GET /a HTTP/1.1\r\n");
    bench.shared.stopping = true;
    assert_false(wants(&bench, SERVE_WANTS_CLOSE));
    feed(&bench, "Host: h\r\n\r\n" GET("/never"));
    take_all(&bench);
    assert_int_equal(bench.handled, 1);
    assert_int_equal(count_of(&bench, "\r\nConnection: close\r\n"), 1);
    serve_connection_end(&bench.connection);
    assert_true(wants(&bench, SERVE_WANTS_CLOSE));
    serve_connection_init(&bench.connection, &bench.shared);
    assert_true(wants(&bench, SERVE_WANTS_CLOSE)); /* one that is idle */
    close_bench(&bench);
}

/* A close with requests unread would take the reply from the client. */
static void a_stop_lets_a_client_read_the_reply_that_is_being_sent(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench, GET("/big/100000"));
    (void)take(&bench, 1000);
    bench.shared.stopping = true;
    take_all(&bench);
    assert_true(wants(&bench, SERVE_WANTS_SHUT));
    assert_false(wants(&bench, SERVE_WANTS_CLOSE));
    serve_connection_shut(&bench.connection);
    assert_int_equal(serve_connection_limit(&bench.connection), SERVE_LIMIT_DRAIN);
    feed(&bench, GET("/never"));
    assert_int_equal(bench.handled, 1);
    serve_connection_end(&bench.connection);
    assert_true(wants(&bench, SERVE_WANTS_CLOSE));
    close_bench(&bench);
}

static void each_limit_ends_as_it_should(void **state)
{
    (void)state;
    static const struct {
        const char *sent;
        enum serve_limit limit;
        bool told;
    } rows[] = {
        { "", SERVE_LIMIT_IDLE, false },
        { "G", SERVE_LIMIT_HEAD, true },
        { "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab", SERVE_LIMIT_BODY, true },
        { GET("/a"), SERVE_LIMIT_SEND, false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench bench;
        open_bench(&bench);
        feed(&bench, rows[i].sent);
        assert_int_equal(serve_connection_limit(&bench.connection), rows[i].limit);
        serve_connection_expire(&bench.connection, rows[i].limit);
        take_all(&bench);
        assert_int_equal(count_of(&bench, "HTTP/1.1 408 Request Timeout\r\n"), rows[i].told);
        assert_int_equal(wants(&bench, SERVE_WANTS_CLOSE), !rows[i].told);
        close_bench(&bench);
    }
}

static void a_handler_without_an_answer_is_a_500(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench);
    feed(&bench, GET("/none"));
    take_all(&bench);
    assert_int_equal(count_of(&bench, "HTTP/1.1 500 Internal Server Error\r\n"), 1);
    assert_int_equal(count_of(&bench, "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 1);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answers_are_the_same_at_every_split),
        cmocka_unit_test(the_answers_are_the_same_byte_by_byte),
        cmocka_unit_test(neither_segments_nor_slow_readers_change_an_answer),
        cmocka_unit_test(no_failed_allocation_leaks_or_crashes),
        cmocka_unit_test(a_busy_server_allocates_nothing_per_request),
        cmocka_unit_test(an_idle_connection_holds_nothing),
        cmocka_unit_test(what_broke_one_connection_is_not_handed_to_the_next),
        cmocka_unit_test(unsent_replies_stop_the_reading),
        cmocka_unit_test(continue_is_not_sent_to_who_did_not_wait),
        cmocka_unit_test(a_chunked_body_beyond_the_bound_of_all_gets_503),
        cmocka_unit_test(after_the_last_reply_a_bounded_rest_is_thrown_away),
        cmocka_unit_test(a_stop_makes_the_next_reply_the_last),
        cmocka_unit_test(a_stop_lets_a_client_read_the_reply_that_is_being_sent),
        cmocka_unit_test(each_limit_ends_as_it_should),
        cmocka_unit_test(a_handler_without_an_answer_is_a_500),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
