/* What a hostile server does to an exchange: over libcurl, and as a raw call.  Each row must end
 * with its outcome, long before a test's time is up, with bounded memory. */
#include "tests/support/support.h"

#include "base/clock.h"
#include "exchange/via.h"
#include "tests/support/hostile.h"

enum {
    LONG_MS = 20 * 1000, /* for what must end without the time limit */
    SHORT_MS = 300,      /* for what only the time limit ends */
    SLACK_MS = 10 * 1000,
};

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

#define NOTHING ((const struct hostile_step[]){ { .verb = HOSTILE_READ } })
/* Done once the request has come. */
#define STEPS(...)               ((const struct hostile_step[]){ { .verb = HOSTILE_READ }, __VA_ARGS__ })
#define ROW(steps_)              .script = { (steps_), sizeof(steps_) / sizeof((steps_)[0]) }
#define SAYS(literal)            ROW(STEPS(HOSTILE_SENDS(literal), { .verb = HOSTILE_HANG }))
#define SAYS_AND_CLOSES(literal) ROW(STEPS(HOSTILE_SENDS(literal)))

static const struct row {
    const char *name;
    struct hostile_script script;
    int timeout_ms; /* 0: LONG_MS */
    enum exchange_outcome outcome;
    int status; /* when answered */
} rows[] = {
    { .name = "closes without a byte", ROW(NOTHING), .outcome = EXCHANGE_CLOSED },
    { .name = "resets without a byte",
      ROW(STEPS({ .verb = HOSTILE_RESET })),
      .outcome = EXCHANGE_CLOSED },
    { .name = "closes in the status line",
      SAYS_AND_CLOSES("HTTP/1.1 20"),
      .outcome = EXCHANGE_CLOSED },
    { .name = "closes in the head",
      SAYS_AND_CLOSES(OK_HEAD "Content-Length: 5\r\n"),
      .outcome = EXCHANGE_CLOSED },
    { .name = "closes in the body",
      SAYS_AND_CLOSES(OK_HEAD "Content-Length: 5\r\n\r\n1234"),
      .outcome = EXCHANGE_CLOSED },
    { .name = "resets in the body",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "Content-Length: 5\r\n\r\n1234"), { .verb = HOSTILE_RESET })),
      .outcome = EXCHANGE_CLOSED },
    { .name = "closes in a chunk",
      SAYS_AND_CLOSES(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n123"),
      .outcome = EXCHANGE_CLOSED },
    { .name = "closes before the last chunk",
      SAYS_AND_CLOSES(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"),
      .outcome = EXCHANGE_CLOSED },
    { .name = "frames its body by closing",
      SAYS_AND_CLOSES(OK_HEAD "\r\nall of it"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 200 },
    { .name = "hangs without a byte",
      ROW(STEPS({ .verb = HOSTILE_HANG })),
      .timeout_ms = SHORT_MS,
      .outcome = EXCHANGE_TIMEOUT },
    { .name = "hangs in the head",
      SAYS(OK_HEAD),
      .timeout_ms = SHORT_MS,
      .outcome = EXCHANGE_TIMEOUT },
    { .name = "hangs in the body",
      SAYS(OK_HEAD "Content-Length: 5\r\n\r\n1234"),
      .timeout_ms = SHORT_MS,
      .outcome = EXCHANGE_TIMEOUT },
    { .name = "drips its head",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "A: "),
                { .verb = HOSTILE_DRIP, .bytes = SLICE_INIT("x"), .count = 10 })),
      .timeout_ms = SHORT_MS,
      .outcome = EXCHANGE_TIMEOUT },
    { .name = "drips its body",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "Content-Length: 100000\r\n\r\n"),
                { .verb = HOSTILE_DRIP, .bytes = SLICE_INIT("x"), .count = 10 })),
      .timeout_ms = SHORT_MS,
      .outcome = EXCHANGE_TIMEOUT },
    { .name = "speaks something else",
      SAYS("220 mail.example ESMTP ready\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends zeros", SAYS("\0\0\0\0\0\0\0\0"), .outcome = EXCHANGE_GARBAGE },
    { .name = "speaks HTTP/0.9", SAYS("<html></html>\n"), .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a status of two digits",
      SAYS("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a version that nobody knows",
      SAYS("HTTP/7.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "ends its lines with LF",
      SAYS("HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "puts a NUL into a field",
      SAYS(OK_HEAD "A: b\0c\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "folds a field",
      SAYS(OK_HEAD "A: b\r\n c\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "puts a blank before the colon",
      SAYS(OK_HEAD "A : b\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a line without a colon",
      SAYS(OK_HEAD "nonsense\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a length that is no number",
      SAYS(OK_HEAD "Content-Length: five\r\n\r\n12345"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a negative length",
      SAYS(OK_HEAD "Content-Length: -1\r\n\r\n12345"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends two lengths",
      SAYS(OK_HEAD "Content-Length: 5\r\nContent-Length: 4\r\n\r\n12345"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a length beside chunks",
      SAYS(OK_HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a transfer coding that nobody asked for",
      SAYS(OK_HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a chunk size that is no number",
      SAYS(OK_HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n12345\r\n0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a chunk that is longer than its size",
      SAYS(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n12345\r\n0\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends a chunk size with bare LF",
      SAYS(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\n12345\n0\n\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "promises more than the suite reads",
      SAYS(OK_HEAD "Content-Length: 99999999999\r\n\r\n1"),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "promises more than 64 bits can say",
      SAYS(OK_HEAD "Content-Length: 99999999999999999999999\r\n\r\n1"),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends a body without end",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "\r\n"),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("0123456789abcdef") })),
      .timeout_ms = 3000, /* whatever comes first */
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends chunks without end",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("1\r\nx\r\n") })),
      .timeout_ms = 1000,
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends a field without end",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "A: "),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("xxxxxxxxxxxxxxxx") })),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends a reason without end",
      ROW(STEPS(HOSTILE_SENDS("HTTP/1.1 200 "),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("xxxxxxxxxxxxxxxx") })),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends 10,000 fields",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("A: b\r\n"), .count = 10000 },
                HOSTILE_SENDS("Content-Length: 0\r\n\r\n"), { .verb = HOSTILE_HANG })),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends fields without end",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("A: b\r\n") })),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends interim answers without end",
      ROW(STEPS({ .verb = HOSTILE_REPEAT,
                  .bytes = SLICE_INIT("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n") })),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "sends trailers without end",
      ROW(STEPS(HOSTILE_SENDS(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n"),
                { .verb = HOSTILE_REPEAT, .bytes = SLICE_INIT("A: b\r\n") })),
      .outcome = EXCHANGE_TOO_LARGE },
    { .name = "switches protocols",
      SAYS("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"),
      .outcome = EXCHANGE_GARBAGE },
    { .name = "sends interim answers first",
      SAYS("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
           "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 200 },
    { .name = "sends chunks with extensions and trailers",
      SAYS(OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
                   "5;a=b\r\n12345\r\n0\r\nX: y\r\n\r\n"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 200 },
    { .name = "sends 204 and nothing else",
      SAYS("HTTP/1.1 204 No Content\r\n\r\n"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 204 },
    { .name = "sends 304 with the length of what it does not send",
      SAYS("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 304 },
    { .name = "answers in HTTP/1.0",
      SAYS_AND_CLOSES("HTTP/1.0 200 OK\r\n\r\nbody"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 200 },
    { .name = "redirects",
      SAYS("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 302 },
    { .name = "says that its body is a compressed one",
      SAYS(OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"),
      .outcome = EXCHANGE_ANSWERED,
      .status = 200 },
};

static void call_once(const struct row *row, bool raw)
{
    struct hostile *server = hostile_start(&row->script, 1);
    assert_non_null(server);
    const char *error = NULL;
    const struct exchange_curl_config config = {
        .url = { .host = SLICE("127.0.0.1"), .port = hostile_port(server) },
        .connect_ms = LONG_MS,
        .connections = 1,
    };
    struct exchange *exchange =
        raw ? exchange_via_raw(&config, &error) : exchange_via_curl(&config, &error);
    struct exchange_call call;
    exchange_call_init(&call);
    call.timeout_ms = row->timeout_ms > 0 ? row->timeout_ms : LONG_MS;
    call.request.method_text = SLICE("GET");
    call.request.target = SLICE("/");
    if (raw)
        call.raw = SLICE("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    int64_t before = clock_monotonic_ms();
    exchange_start(exchange, &call);
    assert_ptr_equal(exchange_next(exchange, 2 * LONG_MS), &call);
    assert_true(clock_monotonic_ms() - before <= call.timeout_ms + SLACK_MS);
    /* A machine that is slow may reach the time limit before 64 MiB have come. */
    bool slow = call.outcome == EXCHANGE_TIMEOUT && row->timeout_ms >= 1000;
    if (call.outcome != row->outcome && !slow)
        fail_msg("a server that %s: %s (%s)", row->name, exchange_outcome_text(call.outcome),
                 call.detail);
    if (row->status != 0)
        assert_int_equal(call.answer.status, row->status);
    else
        assert_true(strlen(call.detail) > 0);
    assert_true(call.text.cap <= LIMIT_ANSWER_HEAD && call.body.cap <= LIMIT_ANSWER_BODY);
    assert_int_equal(hostile_requests(server), 1);
    exchange_call_free(&call);
    exchange_free(exchange);
    hostile_stop(server);
}

static void each_ends_as_it_should_over_libcurl(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        call_once(&rows[i], false);
}

static void each_ends_as_it_should_as_a_raw_call(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        call_once(&rows[i], true);
}

/* Surplus that has come with the response is noticed; the next call is not given it. */
static void bytes_behind_the_body_are_garbage_and_never_the_next_answer(void **state)
{
    (void)state;
    static const char *const heads[] = { "Content-Length: 2\r\n\r\nhi",
                                         "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" };
    for (size_t i = 0; i < COUNT_OF(heads); i++) {
        struct buf bytes = buf_bounded(1024);
        assert_true(buf_add_format(&bytes, OK_HEAD "%sHTTP/1.1 418 Surplus\r\n\r\n", heads[i]));
        const struct hostile_step wrong[] = {
            { .verb = HOSTILE_READ },
            { .verb = HOSTILE_SEND, .bytes = buf_slice(&bytes) },
            { .verb = HOSTILE_HANG },
        };
        static const struct hostile_step right[] = {
            { .verb = HOSTILE_READ },
            HOSTILE_SENDS("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        };
        const struct hostile_script scripts[] = { HOSTILE_SCRIPT(wrong), HOSTILE_SCRIPT(right) };
        struct hostile *server = hostile_start(scripts, 2);
        const char *error = NULL;
        const struct exchange_curl_config config = {
            .url = { .host = SLICE("127.0.0.1"), .port = hostile_port(server) },
            .connect_ms = LONG_MS,
            .connections = 1,
        };
        struct exchange *exchange = exchange_via_curl(&config, &error);
        struct exchange_call call;
        exchange_call_init(&call);
        call.timeout_ms = LONG_MS;
        call.request.method_text = SLICE("GET");
        call.request.target = SLICE("/");
        exchange_start(exchange, &call);
        assert_ptr_equal(exchange_next(exchange, LONG_MS), &call);
        assert_int_equal(call.outcome, EXCHANGE_GARBAGE);
        exchange_start(exchange, &call);
        assert_ptr_equal(exchange_next(exchange, LONG_MS), &call);
        assert_int_equal(call.outcome, EXCHANGE_ANSWERED);
        assert_int_equal(call.answer.status, 200);
        exchange_call_free(&call);
        exchange_free(exchange);
        hostile_stop(server);
        buf_free(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_ends_as_it_should_over_libcurl),
        cmocka_unit_test(each_ends_as_it_should_as_a_raw_call),
        cmocka_unit_test(bytes_behind_the_body_are_garbage_and_never_the_next_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
