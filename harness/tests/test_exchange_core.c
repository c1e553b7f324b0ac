#include "tests/support/support.h"

#include "core/core.h"
#include "exchange/via.h"
#include "store/memory.h"

enum { STORE_BYTES = 1024 * 1024, UID = 7 };

#define START INT64_C(170000000000)

/* Whoever asks is user 7. */
static enum auth_result trust(struct auth_scheme *scheme, const struct http_request *request,
                              const struct auth_origin *origin, int64_t now,
                              struct auth_identity *ret_identity)
{
    (void)scheme;
    (void)request;
    (void)origin;
    (void)now;
    *ret_identity = (struct auth_identity){ .uid = UID };
    return AUTH_OK;
}

static void let_go(struct auth_scheme *scheme)
{
    (void)scheme;
}

static const struct auth_scheme_ops trusting = { .name = "Trust", .check = trust, .free = let_go };

struct stage {
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct auth_scheme auth;
    struct store *store;
    struct core *core;
    struct exchange *exchange;
    struct exchange_call call;
};

/* False when out of memory. */
static bool try_begin(struct stage *stage)
{
    *stage = (struct stage){ .clock = clock_virtual_at(START),
                             .rng = rng_seeded_with(1),
                             .auth.ops = &trusting };
    exchange_call_init(&stage->call);
    stage->call.timeout_ms = 1000;
    stage->store = store_memory_new(STORE_BYTES);
    const struct core_config config = core_config_default();
    const struct core_env env = { .store = stage->store,
                                  .auth = &stage->auth,
                                  .clock = &stage->clock.base,
                                  .rng = &stage->rng.base };
    if (stage->store != NULL)
        stage->core = core_new(&config, &env);
    const struct http_handler handler = core_as_handler(stage->core);
    if (stage->core != NULL)
        stage->exchange = exchange_via_core(&handler, &stage->clock);
    return stage->exchange != NULL;
}

static void end(struct stage *stage)
{
    exchange_call_free(&stage->call);
    exchange_free(stage->exchange);
    core_free(stage->core);
    store_free(stage->store);
}

static const struct http_field fields[] = {
    { SLICE_INIT("Host"), SLICE_INIT("h") },
    { SLICE_INIT("Content-Type"), SLICE_INIT("application/json") },
};

static void begin(struct stage *stage)
{
    assert_true(try_begin(stage));
    stage->call.request.fields = (struct http_fields){ fields, COUNT_OF(fields) };
}

static void run(struct stage *stage, const char *method, const char *target, const char *body)
{
    stage->call.request.method_text = slice_text(method);
    stage->call.request.target = slice_text(target);
    stage->call.request.body = slice_text(body);
    exchange_start(stage->exchange, &stage->call);
    assert_ptr_equal(exchange_next(stage->exchange, 0), &stage->call);
    assert_null(exchange_next(stage->exchange, 0));
}

static void run_raw(struct stage *stage, struct slice raw)
{
    stage->call.raw = raw;
    exchange_start(stage->exchange, &stage->call);
    assert_ptr_equal(exchange_next(stage->exchange, 0), &stage->call);
    stage->call.raw = (struct slice){ 0 };
}

static void assert_status(const struct stage *stage, int status)
{
    if (stage->call.outcome != EXCHANGE_ANSWERED)
        fail_msg("%s: %s", exchange_outcome_text(stage->call.outcome), stage->call.detail);
    assert_int_equal(stage->call.answer.status, status);
}

static void a_record_that_is_put_can_be_read(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage);
    run(&stage, "PUT", "/1.5/7/storage/tabs/a", "{\"payload\":\"one\"}");
    assert_status(&stage, 200);
    assert_non_null(http_fields_get(&stage.call.answer.fields, "X-Last-Modified"));
    run(&stage, "GET", "/1.5/7/storage/tabs/a", NULL);
    assert_status(&stage, 200);
    assert_true(slice_search(stage.call.answer.body, SLICE("\"one\"")) <
                stage.call.answer.body.len);
    assert_true(slice_starts(buf_slice(&stage.call.text), SLICE("HTTP/1.1 200 OK\r\n")));
    run(&stage, "GET", "/1.5/7/storage/tabs/b", NULL);
    assert_status(&stage, 404);
    end(&stage);
}

static void the_clock_moves_by_one_with_each_exchange_and_by_what_is_skipped(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage);
    run(&stage, "GET", "/__lbheartbeat__", NULL);
    assert_int_equal(exchange_now(stage.exchange), START + 1);
    assert_true(exchange_skip(stage.exchange, 250));
    run(&stage, "GET", "/__lbheartbeat__", NULL);
    assert_int_equal(exchange_now(stage.exchange), START + 252);
    assert_slice(*http_fields_get(&stage.call.answer.fields, "Date"),
                 "Tue, 14 Nov 2023 22:13:22 GMT");
    end(&stage);
}

static void calls_come_back_in_order(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage);
    struct exchange_call calls[3];
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        exchange_call_init(&calls[i]);
        calls[i].request = (struct http_request){ .method_text = SLICE("GET"),
                                                  .target = SLICE("/__lbheartbeat__"),
                                                  .fields = { fields, COUNT_OF(fields) } };
        exchange_start(stage.exchange, &calls[i]);
    }
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        assert_ptr_equal(exchange_next(stage.exchange, 0), &calls[i]);
    assert_null(exchange_next(stage.exchange, 0));
    for (size_t i = 0; i < COUNT_OF(calls); i++)
        exchange_call_free(&calls[i]);
    end(&stage);
}

static void the_answer_to_head_has_no_body(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage);
    run(&stage, "HEAD", "/__heartbeat__", NULL);
    assert_int_equal(stage.call.outcome, EXCHANGE_ANSWERED);
    assert_int_equal(stage.call.answer.body.len, 0);
    run(&stage, "GET", "/__heartbeat__", NULL);
    assert_status(&stage, 200);
    end(&stage);
}

static void raw_bytes_are_answered_alike_at_every_split(void **state)
{
    (void)state;
    static const struct slice wire =
        SLICE_INIT("PUT /1.5/7/storage/tabs/a HTTP/1.1\r\nHost: h\r\n"
                   "Content-Type: application/json\r\nTransfer-Encoding: "
                   "chunked\r\n\r\n8\r\n{\"payloa\r\n6\r\nd\":\"\"}\r\n0\r\n\r\n");
    for (size_t cut = 0; cut <= wire.len; cut++) {
        struct stage stage;
        const size_t splits[] = { cut / 2, cut };
        begin(&stage);
        stage.call.splits = splits;
        stage.call.split_count = 2;
        run_raw(&stage, wire);
        assert_status(&stage, 200);
        end(&stage);
    }
}

static void splits_beyond_the_bytes_or_out_of_order_do_no_harm(void **state)
{
    (void)state;
    struct stage stage;
    const size_t splits[] = { 30, 5, 0, 5, SIZE_MAX, 7 };
    begin(&stage);
    stage.call.splits = splits;
    stage.call.split_count = COUNT_OF(splits);
    run_raw(&stage, SLICE("GET /__lbheartbeat__ HTTP/1.1\r\nHost: h\r\n\r\n"));
    assert_status(&stage, 200);
    end(&stage);
}

static void bytes_that_are_no_request_are_refused_with_the_rule(void **state)
{
    (void)state;
    static const struct {
        struct slice wire;
        int status;
        const char *rule;
    } rows[] = {
        { SLICE_INIT("GET / HTTP/1.1\nHost: h\n\n"), 400, "CRLF" },
        { SLICE_INIT("GET / HTTP/1.1\r\n\r\n"), 400, "Host" },
        { SLICE_INIT("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505, "version" },
        { SLICE_INIT("\0"), 400, "method" },
        { SLICE_INIT("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n"), 413,
          "longer" },
        { SLICE_INIT("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx"), 400,
          "hex" },
    };
    struct stage stage;
    begin(&stage);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        run_raw(&stage, rows[i].wire);
        assert_status(&stage, rows[i].status);
        struct slice body = stage.call.answer.body;
        if (slice_search(body, slice_text(rows[i].rule)) == body.len)
            fail_msg("\"%.*s\" does not name \"%s\"", SLICE_FMT(body), rows[i].rule);
        assert_slice(*http_fields_get(&stage.call.answer.fields, "Connection"), "close");
        assert_slice(*http_fields_get(&stage.call.answer.fields, "Content-Type"),
                     "text/plain; charset=utf-8");
        run(&stage, "GET", "/__lbheartbeat__", NULL);
        assert_status(&stage, 200);
    }
    end(&stage);
}

static void half_a_request_waits_for_the_time_limit_of_whoever_is_first(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage);
    run_raw(&stage, SLICE("GET / HTTP/1.1\r\nHost"));
    assert_int_equal(stage.call.outcome, EXCHANGE_TIMEOUT);
    assert_int_equal(exchange_now(stage.exchange), START + 101);
    stage.call.timeout_ms = 60 * 1000;
    run_raw(&stage, SLICE("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab"));
    assert_status(&stage, 408);
    run(&stage, "GET", "/__lbheartbeat__", NULL);
    assert_status(&stage, 200);
    end(&stage);
}

static void what_cannot_be_written_is_broken(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage);
    run(&stage, "GET", "/a b", NULL);
    assert_int_equal(stage.call.outcome, EXCHANGE_BROKEN);
    run(&stage, "G T", "/", NULL);
    assert_int_equal(stage.call.outcome, EXCHANGE_BROKEN);
    run(&stage, "GET", "/__lbheartbeat__", NULL);
    assert_status(&stage, 200);
    end(&stage);
}

static void run_without_memory(void *context)
{
    struct stage stage;
    (void)context;
    if (try_begin(&stage)) {
        stage.call.request.fields = (struct http_fields){ fields, COUNT_OF(fields) };
        run(&stage, "PUT", "/1.5/7/storage/tabs/a", "{\"payload\":\"one\"}");
        assert_true(stage.call.outcome == EXCHANGE_BROKEN ||
                    stage.call.outcome == EXCHANGE_ANSWERED);
        run(&stage, "GET", "/__lbheartbeat__", NULL);
        run_raw(&stage, SLICE("PUT /1.5/7/storage/tabs/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"));
    }
    end(&stage);
}

static void running_out_of_memory_ends_calls_and_leaks_nothing(void **state)
{
    (void)state;
    support_sweep_allocations(run_without_memory, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_is_put_can_be_read),
        cmocka_unit_test(the_clock_moves_by_one_with_each_exchange_and_by_what_is_skipped),
        cmocka_unit_test(calls_come_back_in_order),
        cmocka_unit_test(the_answer_to_head_has_no_body),
        cmocka_unit_test(raw_bytes_are_answered_alike_at_every_split),
        cmocka_unit_test(splits_beyond_the_bytes_or_out_of_order_do_no_harm),
        cmocka_unit_test(bytes_that_are_no_request_are_refused_with_the_rule),
        cmocka_unit_test(half_a_request_waits_for_the_time_limit_of_whoever_is_first),
        cmocka_unit_test(what_cannot_be_written_is_broken),
        cmocka_unit_test(running_out_of_memory_ends_calls_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
