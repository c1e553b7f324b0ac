#include "tests/support/support.h"

#include "exchange/via.h"
#include "tests/support/hostile.h"

enum { PATIENCE_MS = 20 * 1000 };

#define WIRE "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz"

static const struct hostile_step polite[] = {
    { .verb = HOSTILE_READ },
    HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
    { .verb = HOSTILE_AGAIN },
};
static const struct hostile_script polite_script[] = { HOSTILE_SCRIPT(polite) };

struct stage {
    struct hostile *server;
    struct exchange *exchange;
    struct exchange_call call;
};

static struct stage begin(const struct hostile_script *script, const char *name)
{
    const char *error = NULL;
    struct stage stage = { .server = hostile_start(script, 1) };
    assert_non_null(stage.server);
    const struct exchange_curl_config config = {
        .url = { .host = slice_text(name), .port = hostile_port(stage.server) },
        .connect_ms = PATIENCE_MS,
        .connections = 4,
    };
    stage.exchange = exchange_via_raw(&config, &error);
    assert_non_null(stage.exchange);
    exchange_call_init(&stage.call);
    stage.call.timeout_ms = PATIENCE_MS;
    stage.call.raw = SLICE(WIRE);
    return stage;
}

static void run(struct stage *stage)
{
    exchange_start(stage->exchange, &stage->call);
    assert_ptr_equal(exchange_next(stage->exchange, PATIENCE_MS), &stage->call);
}

static void end(struct stage *stage)
{
    exchange_call_free(&stage->call);
    exchange_free(stage->exchange);
    hostile_stop(stage->server);
}

static void the_bytes_arrive_whole_at_every_split(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= strlen(WIRE); cut++) {
        const size_t splits[] = { cut / 2, cut, cut, SIZE_MAX };
        struct stage stage = begin(polite_script, "127.0.0.1");
        stage.call.splits = splits;
        stage.call.split_count = COUNT_OF(splits);
        run(&stage);
        assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
        assert_slice(stage.call.answer.body, "hi");
        assert_slice(hostile_received(stage.server, 0), WIRE);
        end(&stage);
    }
}

static void the_bytes_arrive_whole_one_by_one(void **state)
{
    (void)state;
    size_t splits[sizeof(WIRE)];
    for (size_t i = 0; i < COUNT_OF(splits); i++)
        splits[i] = i;
    struct stage stage = begin(polite_script, "127.0.0.1");
    stage.call.splits = splits;
    stage.call.split_count = COUNT_OF(splits);
    run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
    assert_slice(hostile_received(stage.server, 0), WIRE);
    end(&stage);
}

static void each_call_has_a_connection_of_its_own(void **state)
{
    (void)state;
    struct stage stage = begin(polite_script, "127.0.0.1");
    for (size_t i = 1; i <= 3; i++) {
        run(&stage);
        assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
        assert_int_equal(hostile_connections(stage.server), i);
    }
    end(&stage);
}

/* "localhost" may have an address on which nobody listens. */
static void a_name_is_tried_at_all_its_addresses(void **state)
{
    (void)state;
    struct stage stage = begin(polite_script, "localhost");
    run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
    end(&stage);
}

static void the_first_final_answer_is_the_answer(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n"
                      "\r\naHTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\nb"),
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = begin(script, "127.0.0.1");
    run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
    assert_int_equal(stage.call.answer.status, 201);
    assert_slice(stage.call.answer.body, "a");
    end(&stage);
}

static void an_answer_to_half_a_request_is_an_answer(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        HOSTILE_SENDS("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = begin(script, "127.0.0.1");
    stage.call.raw = SLICE("GET / HT");
    run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
    assert_int_equal(stage.call.answer.status, 408);
    end(&stage);
}

static void head_is_answered_without_a_body(void **state)
{
    (void)state;
    static const struct hostile_step steps[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        { .verb = HOSTILE_HANG },
    };
    static const struct hostile_script script[] = { HOSTILE_SCRIPT(steps) };
    struct stage stage = begin(script, "127.0.0.1");
    stage.call.raw = SLICE("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
    assert_int_equal(stage.call.answer.body.len, 0);
    end(&stage);
}

static void a_call_without_raw_bytes_is_broken(void **state)
{
    (void)state;
    struct stage stage = begin(polite_script, "127.0.0.1");
    stage.call.raw = (struct slice){ 0 };
    run(&stage);
    assert_int_equal(stage.call.outcome, EXCHANGE_BROKEN);
    assert_null(exchange_next(stage.exchange, 0));
    end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_arrive_whole_at_every_split),
        cmocka_unit_test(the_bytes_arrive_whole_one_by_one),
        cmocka_unit_test(each_call_has_a_connection_of_its_own),
        cmocka_unit_test(a_name_is_tried_at_all_its_addresses),
        cmocka_unit_test(the_first_final_answer_is_the_answer),
        cmocka_unit_test(an_answer_to_half_a_request_is_an_answer),
        cmocka_unit_test(head_is_answered_without_a_body),
        cmocka_unit_test(a_call_without_raw_bytes_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
