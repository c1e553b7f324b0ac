/* Whatever arrives, in whatever segments, and however slowly replies are taken, a client gets the
 * same whole answers; when time runs out, memory fails or a side closes, what it gets is a start of
 * whole answers, and the server holds nothing afterwards.
 *
 * The input is what the client sends.  A byte 0xff is not sent: the byte behind it says what
 * happens there (enum event). */
#include "serve/connection.h"

#include "base/alloc.h"
#include "fuzz/check.h"

enum { OUTPUT_ROOM = 16 * 1024 * 1024, BIG_MAX = 100000, TURNS = 64, HANDLED_MAX = 4096 };

enum event { CUT, TAKE, TAKE_ALL, END, EXPIRE, STOP, FAIL, BREAK, EVENTS };

struct bench {
    struct serve_config config;
    struct clock_virtual clock;
    struct serve_shared shared;
    struct serve_connection connection;
    struct buf output;      /* all that was sent */
    bool troubled;          /* something happened that may change the answers */
    bool head[HANDLED_MAX]; /* whether the n-th request was HEAD: its answer has no body */
    size_t handled;
};

/* An empty buf in memory of its own, in which no allocation can fail. */
static struct buf buf_in(uint8_t *room, size_t size)
{
    return (struct buf){ .ptr = room, .cap = size, .ceiling = size };
}

/* "/big/N": N bytes; "/none": no status; else method, target and body. */
static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct bench *bench = context;
    struct slice big = SLICE("/big/");
    uint64_t count = 0;
    FUZZ_CHECK(bench->handled < HANDLED_MAX);
    bench->head[bench->handled++] = request->method == HTTP_METHOD_HEAD;
    reply->status = slice_is(request->target, "/none") ? 0 : 200;
    if (slice_starts(request->target, big) &&
        slice_to_u64(slice_from(request->target, big.len), &count) && count > 0 &&
        count <= BIG_MAX && buf_reserve(&reply->body, (size_t)count)) {
        memset(reply->body.ptr, 'x', (size_t)count);
        reply->body.len = (size_t)count;
        return;
    }
    buf_add(&reply->body, request->method_text);
    buf_add(&reply->body, request->target);
    if (!buf_add(&reply->body, request->body))
        reply->status = 503;
}

static void open_bench(struct bench *bench, uint8_t *room, size_t buffered)
{
    *bench = (struct bench){ .config = serve_config_default(),
                             .clock = clock_virtual_at(78411177700),
                             .output = buf_in(room, OUTPUT_ROOM) };
    bench->config.handler = (struct http_handler){ handle, bench };
    bench->config.bounds.body = 4096;
    bench->config.buffered = buffered;
    serve_shared_init(&bench->shared, &bench->config, &bench->clock.base);
    serve_connection_init(&bench->connection, &bench->shared);
}

static bool wants(const struct bench *bench, enum serve_want want)
{
    return (serve_connection_wants(&bench->connection) & (unsigned)want) != 0;
}

/* Takes at most ${most} bytes of what is to be sent; whether there were any. */
static bool take(struct bench *bench, size_t most)
{
    struct slice parts[2];
    size_t taken = 0;
    size_t count = serve_connection_output(&bench->connection, parts);
    for (size_t i = 0; i < count; i++) {
        struct slice part = slice_head(parts[i], most - taken);
        (void)buf_add(&bench->output, part);
        taken += part.len;
    }
    if (taken > 0)
        serve_connection_sent(&bench->connection, taken);
    return taken > 0;
}

static void take_all(struct bench *bench)
{
    while (wants(bench, SERVE_WANTS_SEND) && take(bench, SIZE_MAX))
        continue;
    if (wants(bench, SERVE_WANTS_SHUT))
        serve_connection_shut(&bench->connection);
}

/* Sends the segment, taking replies only where nothing is read before that. */
static void feed(struct bench *bench, struct slice bytes)
{
    while (bytes.len > 0) {
        if (wants(bench, SERVE_WANTS_READ)) {
            struct slice piece = slice_head(bytes, SERVE_READ_SIZE);
            uint8_t *copy = malloc(piece.len); /* of just that size, and gone afterwards */
            FUZZ_CHECK(copy != NULL);
            memcpy(copy, piece.ptr, piece.len);
            serve_connection_feed(&bench->connection, slice_of(copy, piece.len));
            free(copy);
            bytes = slice_from(bytes, piece.len);
        } else if (!wants(bench, SERVE_WANTS_SEND) || !take(bench, SIZE_MAX)) {
            return; /* it reads no more */
        }
    }
}

static void happen(struct bench *bench, uint8_t byte)
{
    struct serve_connection *connection = &bench->connection;
    enum event event = byte % EVENTS;
    bench->troubled |= event > TAKE_ALL;
    if (event == TAKE)
        (void)take(bench, 1 + byte / EVENTS);
    else if (event == TAKE_ALL)
        take_all(bench);
    else if (event == END)
        serve_connection_end(connection);
    else if (event == EXPIRE)
        serve_connection_expire(connection, serve_connection_limit(connection));
    else if (event == STOP)
        bench->shared.stopping = true;
    else if (event == FAIL)
        alloc_fail_at(byte / EVENTS);
    else if (event == BREAK)
        serve_connection_break(connection);
}

/* The next answer that is no interim one; its last event. */
static enum http_event read_answer(struct http_parser *parser, bool head, struct slice *rest)
{
    enum http_event event = HTTP_EVENT_HEAD;
    if (head)
        http_parser_expect_no_body(parser);
    while (event == HTTP_EVENT_HEAD || event == HTTP_EVENT_BODY ||
           (event == HTTP_EVENT_END && http_parser_answer(parser)->status < 200))
        event = http_parser_next(parser, rest);
    return event;
}

/* The handler's answers are whole and well-formed, but for a cut when there was trouble; at most
 * one that is the server's own comes behind them. */
static void check_answers(const struct bench *bench)
{
    struct http_parser *parser = http_parser_new(HTTP_ANSWERS, NULL);
    struct slice rest = buf_slice(&bench->output);
    enum http_event event = HTTP_EVENT_END;
    FUZZ_CHECK(parser != NULL && !bench->output.failed);
    for (size_t i = 0; i < bench->handled && event == HTTP_EVENT_END; i++)
        event = read_answer(parser, bench->head[i], &rest);
    FUZZ_CHECK(event == HTTP_EVENT_END || (event == HTTP_EVENT_MORE && bench->troubled));
    FUZZ_CHECK(rest.len == 0 || slice_starts(SLICE("HTTP/1.1 "), slice_head(rest, 9)));
    http_parser_free(parser);
}

/* Without interim answers: they are sent to who waits for them. */
static void drop_continues(struct buf *output)
{
    static const struct slice interim = SLICE_INIT("HTTP/1.1 100 Continue\r\n\r\n");
    struct slice rest = buf_slice(output);
    size_t kept = 0;
    while (rest.len > 0) {
        struct slice part = slice_head(rest, slice_search(rest, interim));
        memmove(output->ptr + kept, part.ptr, part.len);
        kept += part.len;
        rest = slice_from(rest, part.len + interim.len);
    }
    buf_truncate(output, kept);
}

/* What is sent, without what happens on the way. */
static struct slice join(struct slice input, uint8_t *room)
{
    struct slice part;
    size_t len = 0;
    for (bool more = true; more;) {
        more = slice_cut(input, 0xff, &part, &input);
        if (part.len > 0)
            memcpy(room + len, part.ptr, part.len);
        len += part.len;
        input = slice_from(input, more);
    }
    return slice_of(room, len);
}

static void run(struct bench *bench, struct slice input)
{
    struct slice part;
    for (bool more = true; more;) {
        more = slice_cut(input, 0xff, &part, &input);
        feed(bench, part);
        if (more && input.len > 0 && !wants(bench, SERVE_WANTS_CLOSE))
            happen(bench, input.ptr[0]);
        input = slice_from(input, more);
    }
    for (int turn = 0; turn < TURNS; turn++)
        take_all(bench);
    alloc_fail_at(UINT64_MAX);
    check_answers(bench);
}

static void close_bench(struct bench *bench)
{
    serve_connection_free(&bench->connection);
    FUZZ_CHECK(bench->shared.pool.body_bytes == 0);
    serve_shared_free(&bench->shared);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t rooms[2][OUTPUT_ROOM];
    static struct bench whole, parts;
    int64_t live = alloc_live();
    open_bench(&whole, rooms[0], SIZE_MAX / 4);
    uint8_t *room = malloc(size + 1);
    FUZZ_CHECK(room != NULL);
    run(&whole, join(slice_of(data, size), room));
    free(room);
    open_bench(&parts, rooms[1], size % 300);
    run(&parts, slice_of(data, size));
    drop_continues(&whole.output);
    drop_continues(&parts.output);
    if (!parts.troubled)
        FUZZ_CHECK(slice_eq(buf_slice(&parts.output), buf_slice(&whole.output)));
    close_bench(&whole);
    close_bench(&parts);
    FUZZ_CHECK(alloc_live() == live);
    return 0;
}
