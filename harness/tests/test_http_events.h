/* Everything that a parser says of its input, written down, so that two runs can be compared.  For
 * the tests and the fuzz target of the parser. */
#ifndef SYNCSPEC_TESTS_HTTP_EVENTS_H
#define SYNCSPEC_TESTS_HTTP_EVENTS_H

#include "base/alloc.h"
#include "http/parser.h"

#include "base/buf.h"

enum { EVENTS_CEILING = 256 * 1024 * 1024 };

struct events {
    struct http_parser *parser;
    enum http_role role;
    struct buf log;
    struct buf body; /* of the message under way */
    size_t messages; /* that came to their end */
    bool over;       /* a fault or exhaustion was seen: nothing changes any more */
};

static inline bool events_begin(struct events *events, enum http_role role,
                                const struct http_bounds *bounds)
{
    *events = (struct events){
        .parser = http_parser_new(role, bounds),
        .role = role,
        .log = buf_bounded(EVENTS_CEILING),
        .body = buf_bounded(EVENTS_CEILING),
    };
    return events->parser != NULL;
}

static inline void events_end(struct events *events)
{
    http_parser_free(events->parser);
    buf_free(&events->log);
    buf_free(&events->body);
}

static inline void events_write_fields(struct events *events, const struct http_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        buf_add(&events->log, fields->at[i].name);
        buf_add_text(&events->log, "=");
        buf_add(&events->log, fields->at[i].value);
        buf_add_text(&events->log, "\n");
    }
}

static inline void events_write_message(struct events *events, const char *when)
{
    buf_add_text(&events->log, when);
    if (events->role == HTTP_REQUESTS) {
        const struct http_request *request = http_parser_request(events->parser);
        buf_add(&events->log, request->method_text);
        buf_add_text(&events->log, " ");
        if (request->authority.len > 0)
            buf_add_text(&events->log, request->tls ? "https://" : "http://");
        buf_add(&events->log, request->authority);
        buf_add(&events->log, request->target);
        buf_add_format(&events->log,
                       " 1.%d method %d length %d:%llu chunked %d alive %d expect %d\n",
                       request->minor, (int)request->method, request->has_length,
                       (unsigned long long)request->content_length, request->chunked,
                       request->keep_alive, request->expect_continue);
        events_write_fields(events, &request->fields);
    } else {
        const struct http_answer *answer = http_parser_answer(events->parser);
        buf_add_format(&events->log, "%d ", answer->status);
        buf_add(&events->log, answer->reason);
        buf_add_format(&events->log, " 1.%d length %d:%llu chunked %d alive %d\n", answer->minor,
                       answer->has_length, (unsigned long long)answer->content_length,
                       answer->chunked, answer->keep_alive);
        events_write_fields(events, &answer->fields);
    }
}

static inline void events_note(struct events *events, enum http_event event)
{
    const struct http_fault *fault = http_parser_fault(events->parser);
    switch (event) {
    case HTTP_EVENT_HEAD:
        events_write_message(events, "HEAD ");
        buf_clear(&events->body);
        break;
    case HTTP_EVENT_BODY:
        buf_add(&events->body, http_parser_piece(events->parser));
        break;
    case HTTP_EVENT_END:
        events_write_message(events, "END ");
        buf_add(&events->log, buf_slice(&events->body));
        buf_add_text(&events->log, "\n");
        events->messages++;
        break;
    case HTTP_EVENT_FAULT:
        buf_add(&events->log, buf_slice(&events->body));
        buf_add_format(&events->log, "FAULT %s at %zu: %d\n", fault->rule, fault->offset,
                       fault->status);
        events->over = true;
        break;
    case HTTP_EVENT_NOMEM:
        buf_add_text(&events->log, "NOMEM\n");
        events->over = true;
        break;
    case HTTP_EVENT_MORE:
        break;
    }
}

/* Feeds one piece, which is gone afterwards: ${piece} is copied to a block of its own. */
static inline void events_feed(struct events *events, struct slice piece)
{
    if (events->over || piece.len == 0)
        return;
    uint8_t *copy = alloc_zeroed(1, piece.len);
    if (copy == NULL) {
        events->over = true;
        return;
    }
    memcpy(copy, piece.ptr, piece.len);
    struct slice input = slice_of(copy, piece.len);
    enum http_event event = HTTP_EVENT_HEAD;
    while (!events->over && event != HTTP_EVENT_MORE) {
        event = http_parser_next(events->parser, &input);
        events_note(events, event);
    }
    if (!events->over && !http_parser_hold(events->parser))
        events->over = true;
    memset(copy, '!', piece.len);
    alloc_release(copy);
}

/* The peer closes. */
static inline void events_close(struct events *events)
{
    if (!events->over)
        events_note(events, http_parser_close(events->parser));
}

#endif
