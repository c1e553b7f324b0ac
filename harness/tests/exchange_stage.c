#include "tests/support/support.h"

#include "tests/exchange_stage.h"

const struct hostile_step stage_polite_steps[3] = {
    { .verb = HOSTILE_READ },
    HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Weave-Timestamp: 1.00\r\n\r\nhi"),
    { .verb = HOSTILE_AGAIN },
};
const struct hostile_script stage_polite[1] = { STAGE_POLITE };

static struct exchange *connect_to(const struct hostile *server)
{
    const char *error = NULL;
    const struct exchange_curl_config config = {
        .url = { .host = SLICE("127.0.0.1"), .port = hostile_port(server), .has_port = true },
        .connect_ms = STAGE_PATIENCE_MS,
        .connections = STAGE_MANY,
    };
    struct exchange *exchange = exchange_via_curl(&config, &error);
    assert_non_null(exchange);
    return exchange;
}

struct stage stage_begin(const struct hostile_script *scripts, size_t count)
{
    struct stage stage = { .server = hostile_start(scripts, count) };
    assert_non_null(stage.server);
    stage.exchange = connect_to(stage.server);
    exchange_call_init(&stage.call);
    stage.call.timeout_ms = STAGE_PATIENCE_MS;
    stage.call.request.method_text = SLICE("GET");
    stage.call.request.target = SLICE("/");
    return stage;
}

void stage_end(struct stage *stage)
{
    exchange_call_free(&stage->call);
    exchange_free(stage->exchange);
    hostile_stop(stage->server);
}

void stage_run(struct stage *stage)
{
    exchange_start(stage->exchange, &stage->call);
    assert_ptr_equal(exchange_next(stage->exchange, STAGE_PATIENCE_MS), &stage->call);
}

void stage_answered(const struct exchange_call *call, int status)
{
    if (call->outcome != EXCHANGE_ANSWERED)
        fail_msg("%s: %s", exchange_outcome_text(call->outcome), call->detail);
    assert_int_equal(call->answer.status, status);
}
