#include "base/alloc.h"
#include "base/stamp.h"
#include "exchange/call.h"
#include "exchange/reader.h"
#include "exchange/via.h"
#include "http/date.h"
#include "http/writer.h"

enum {
    STEP = 1,                /* centiseconds that an exchange takes */
    WAIT_MS = 10 * 1000,     /* what a server waits for the rest of a request: then 408 */
    MS_PER_CENTISECOND = 10, /* of the virtual clock */
    WIRE_CEILING = LIMIT_HEAD + LIMIT_GENERATED + LIMIT_BODY,
    KEPT_BUFFER = 1024 * 1024, /* a larger one is not kept for the next exchange */
};

struct via_core {
    struct exchange base;
    struct http_handler handler;
    struct exchange_ear ear; /* zeroed: there is none */
    struct clock_virtual *clock;
    struct http_parser *requests, *answers; /* NULL: to be made anew */
    struct http_reply reply;
    struct buf wire; /* the request as bytes */
    struct buf body; /* of the request, when it came in several pieces */
    struct buf head; /* of the reply */
    struct http_date date;
    struct exchange_queue ended;
};

static struct via_core *via_core_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct via_core, base);
}

static void drop(struct http_parser **parser)
{
    http_parser_free(*parser);
    *parser = NULL;
}

static bool prepare(struct via_core *via, struct exchange_call *call)
{
    if (via->requests == NULL)
        via->requests = http_parser_new(HTTP_REQUESTS, NULL);
    if (via->answers == NULL)
        via->answers = exchange_reader_parser();
    if (via->requests == NULL || via->answers == NULL) {
        exchange_call_end(call, EXCHANGE_BROKEN, "out of memory for the request");
        return false;
    }
    buf_clear(&via->wire);
    buf_clear(&via->body);
    buf_clear(&via->head);
    return true;
}

/* The request as it goes on the wire; false when the call has ended. */
static bool write_request(struct via_core *via, struct exchange_call *call, struct slice *ret_wire)
{
    *ret_wire = call->raw;
    if (call->raw.len > 0 && via->ear.hear != NULL &&
        via->ear.hear(via->ear.context, call, &via->wire))
        *ret_wire = buf_slice(&via->wire);
    if (call->raw.len > 0)
        return true;
    struct http_request request = call->request;
    request.method = exchange_call_method(call);
    request.minor = 1;
    if (http_write_request(&request, &via->wire)) {
        *ret_wire = buf_slice(&via->wire);
        return true;
    }
    exchange_call_end(call, EXCHANGE_BROKEN, "the request cannot be written as HTTP");
    return false;
}

/* A body that comes in one piece is not copied. */
static bool collect(struct via_core *via, struct http_request *request)
{
    struct slice piece = http_parser_piece(via->requests);
    if (request->body.len == 0) {
        request->body = piece;
        return true;
    }
    if (via->body.len == 0 && !buf_add(&via->body, request->body))
        return false;
    bool added = buf_add(&via->body, piece);
    request->body = buf_slice(&via->body);
    return added;
}

/* Feeds one write of the client; the event that ended it: MORE, END, FAULT or NOMEM. */
static enum http_event feed(struct via_core *via, struct slice part, struct http_request *request)
{
    for (;;) {
        enum http_event event = http_parser_next(via->requests, &part);
        if (event == HTTP_EVENT_HEAD)
            *request = *http_parser_request(via->requests);
        else if (event != HTTP_EVENT_BODY)
            return event;
        else if (!collect(via, request))
            return HTTP_EVENT_NOMEM;
    }
}

static enum http_event parse(struct via_core *via, const struct exchange_call *call,
                             struct slice wire, struct http_request *request)
{
    size_t from = 0;
    enum http_event event = HTTP_EVENT_MORE;
    for (size_t i = 0; event == HTTP_EVENT_MORE && i <= call->split_count; i++) {
        size_t to =
            i < call->split_count && call->splits[i] < wire.len ? call->splits[i] : wire.len;
        if (to <= from)
            continue;
        event = feed(via, slice_of(wire.ptr + from, to - from), request);
        from = to;
    }
    return event;
}

/* What a server answers when there is no request to handle. */
static void refuse(struct via_core *via, int status, const char *text)
{
    struct http_reply *reply = &via->reply;
    http_reply_clear(reply);
    reply->status = status;
    reply->close = true;
    (void)http_reply_set_text(reply, "Content-Type", "text/plain; charset=utf-8");
    (void)buf_add_text(&reply->body, text);
    (void)buf_add_text(&reply->body, "\n");
}

/* Writes the reply as bytes and reads it as any answer is read. */
static void read_reply(struct via_core *via, struct exchange_call *call,
                       const struct http_request *request)
{
    struct http_reply *reply = &via->reply;
    (void)http_reply_set(reply, "Date", http_date_at(&via->date, via->clock->now / STAMP_SECOND));
    if (!http_write_reply_head(reply, request, &via->head)) {
        exchange_call_end(call, EXCHANGE_BROKEN, "the reply of the core cannot be written");
        return;
    }
    struct exchange_reader reader = exchange_reader_of(call, via->answers);
    struct slice bytes = buf_slice(&via->head);
    enum exchange_read read = exchange_reader_feed(&reader, &bytes);
    if (read == EXCHANGE_READ_MORE && http_write_has_body(reply, request)) {
        bytes = buf_slice(&reply->body);
        read = exchange_reader_feed(&reader, &bytes);
    }
    if (read == EXCHANGE_READ_MORE)
        read = exchange_reader_close(&reader);
    if (read == EXCHANGE_READ_DONE)
        exchange_call_end(call, EXCHANGE_ANSWERED, "%s", "");
    else
        drop(&via->answers);
}

/* The request ends too early: the server waits, and so does the client. */
static void wait(struct via_core *via, struct exchange_call *call)
{
    int ms = call->timeout_ms < WAIT_MS ? call->timeout_ms : WAIT_MS;
    clock_virtual_advance(via->clock, ms / MS_PER_CENTISECOND);
    call->duration_ms = ms;
    if (ms < WAIT_MS) {
        exchange_call_end(call, EXCHANGE_TIMEOUT, "no whole response within %d ms", ms);
        return;
    }
    refuse(via, 408, "the request took too long to arrive");
    read_reply(via, call, NULL);
}

static void converse(struct via_core *via, struct exchange_call *call)
{
    struct slice wire;
    struct http_request request = { 0 };
    if (!prepare(via, call) || !write_request(via, call, &wire))
        return;
    enum http_event event = parse(via, call, wire, &request);
    bool has_head = request.method_text.len > 0;
    switch (event) {
    case HTTP_EVENT_END:
        http_handle(&via->handler, &request, &via->reply);
        read_reply(via, call, &request);
        return;
    case HTTP_EVENT_FAULT:
        refuse(via, http_parser_fault(via->requests)->status,
               http_parser_fault(via->requests)->rule);
        read_reply(via, call, has_head ? &request : NULL);
        break;
    case HTTP_EVENT_MORE:
        wait(via, call);
        break;
    default:
        exchange_call_end(call, EXCHANGE_BROKEN, "out of memory for the request");
        break;
    }
    drop(&via->requests);
}

static void shrink(struct buf *buf)
{
    if (buf->cap > KEPT_BUFFER)
        buf_free(buf);
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    struct via_core *via = via_core_of(exchange);
    exchange_call_begin(call);
    clock_virtual_advance(via->clock, STEP);
    call->duration_ms = (int64_t)STEP * MS_PER_CENTISECOND;
    converse(via, call);
    shrink(&via->wire);
    shrink(&via->body);
    exchange_queue_push(&via->ended, call);
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    (void)timeout_ms;
    return exchange_queue_pop(&via_core_of(exchange)->ended);
}

static int64_t now(struct exchange *exchange)
{
    return via_core_of(exchange)->clock->now;
}

static bool skip(struct exchange *exchange, int64_t centiseconds)
{
    clock_virtual_advance(via_core_of(exchange)->clock, centiseconds);
    return true;
}

static void release(struct exchange *exchange)
{
    struct via_core *via = via_core_of(exchange);
    drop(&via->requests);
    drop(&via->answers);
    http_reply_free(&via->reply);
    buf_free(&via->wire);
    buf_free(&via->body);
    buf_free(&via->head);
    alloc_release(via);
}

static const struct exchange_ops core_ops = {
    .name = "core",
    .start = start,
    .next = next,
    .now = now,
    .skip = skip,
    .free = release,
};

struct exchange *exchange_via_core(const struct http_handler *handler, struct clock_virtual *clock)
{
    struct via_core *via = alloc_new(struct via_core);
    if (via == NULL)
        return NULL;
    via->base.ops = &core_ops;
    via->handler = *handler;
    via->clock = clock;
    via->wire = buf_bounded(WIRE_CEILING);
    via->body = buf_bounded(LIMIT_BODY);
    via->head = buf_bounded(LIMIT_REPLY_HEAD + LIMIT_TARGET);
    http_reply_init(&via->reply);
    return &via->base;
}

void exchange_via_core_hear(struct exchange *exchange, const struct exchange_ear *ear)
{
    via_core_of(exchange)->ear = *ear;
}
