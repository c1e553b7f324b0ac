/* The property that the parser's targets share: the same events at every split of the input. */
#ifndef SYNCSPEC_FUZZ_HTTP_SPLIT_H
#define SYNCSPEC_FUZZ_HTTP_SPLIT_H

#include "base/rng.h"
#include "fuzz/deep.h"
#include "tests/test_http_events.h"

enum { MESSAGES_NOTED = 2, RANDOM_SPLITS = 3 };

/* Pieces of 1 to ${most} bytes, or of just ${most} when ${rng} is NULL. */
static inline struct events read_in_pieces(struct slice wire, enum http_role role,
                                           const struct http_bounds *bounds, size_t most,
                                           struct rng *rng)
{
    struct events events;
    FUZZ_CHECK(events_begin(&events, role, bounds));
    while (wire.len > 0) {
        size_t len = rng != NULL ? 1 + (size_t)rng_below(rng, most) : most;
        events_feed(&events, slice_head(wire, len));
        wire = slice_from(wire, len);
    }
    events_close(&events);
    return events;
}

/* What a head said, as far as bodies are framed by it and the connection by them. */
static inline void note_head(uint64_t *outcome, const struct http_parser *parser,
                             enum http_role role)
{
    if (role == HTTP_REQUESTS) {
        const struct http_request *request = http_parser_request(parser);
        fuzz_note(outcome, (uint64_t)request->method << 8 | (uint64_t)request->minor << 7 |
                               (uint64_t)request->chunked << 6 |
                               (uint64_t)request->keep_alive << 5 |
                               (uint64_t)request->expect_continue << 4 |
                               (uint64_t)(request->authority.len > 0) << 3 |
                               (uint64_t)(request->content_length > 0) << 2 |
                               (request->fields.count < 3 ? request->fields.count : 3));
    } else {
        const struct http_answer *answer = http_parser_answer(parser);
        fuzz_note(outcome, (uint64_t)answer->status << 8 | (uint64_t)answer->minor << 7 |
                               (uint64_t)answer->chunked << 6 | (uint64_t)answer->keep_alive << 5 |
                               (uint64_t)(answer->content_length > 0) << 2 |
                               (answer->fields.count < 3 ? answer->fields.count : 3));
    }
}

/* Reads all of it without writing anything down: no event comes behind the input, a fault lies
 * within it, and a target stands in the input, but for that of a URL without a path.  What
 * happened, for fuzz_goes_deep. */
static inline uint64_t check_walk(struct slice wire, enum http_role role,
                                  const struct http_bounds *bounds)
{
    struct http_parser *parser = http_parser_new(role, bounds);
    struct slice rest = wire;
    enum http_event event;
    uint64_t outcome = 0;
    unsigned ended = 0;
    FUZZ_CHECK(parser != NULL);
    do {
        event = http_parser_next(parser, &rest);
        FUZZ_CHECK(event != HTTP_EVENT_NOMEM && rest.len <= wire.len);
        ended += event == HTTP_EVENT_END;
        if (ended < MESSAGES_NOTED)
            fuzz_note(&outcome, event);
        if (event == HTTP_EVENT_FAULT) {
            FUZZ_CHECK(http_parser_fault(parser)->offset <= wire.len);
            fuzz_note(&outcome, (uintptr_t)http_parser_fault(parser)->rule);
        }
        if (event == HTTP_EVENT_HEAD && ended < MESSAGES_NOTED)
            note_head(&outcome, parser, role);
        if (event == HTTP_EVENT_HEAD && role == HTTP_REQUESTS) {
            struct slice target = http_parser_request(parser)->target;
            FUZZ_CHECK(slice_is(target, "/") || (target.ptr >= wire.ptr && target.len <= wire.len &&
                                                 target.ptr - wire.ptr <= (ptrdiff_t)wire.len));
        }
    } while (event != HTTP_EVENT_FAULT && event != HTTP_EVENT_MORE);
    http_parser_free(parser);
    return outcome;
}

/* Whole, byte by byte, and in random pieces. */
static inline void check_splits(struct slice wire, enum http_role role,
                                const struct http_bounds *bounds)
{
    struct rng_seeded rng = rng_seeded_with(wire.len);
    struct events whole = read_in_pieces(wire, role, bounds, SIZE_MAX, NULL);
    for (size_t i = 0; i <= RANDOM_SPLITS; i++) {
        size_t most = i == 0 ? 1 : (size_t)4 << (2 * i);
        struct events split = read_in_pieces(wire, role, bounds, most, i == 0 ? NULL : &rng.base);
        FUZZ_CHECK(slice_eq(buf_slice(&whole.log), buf_slice(&split.log)));
        FUZZ_CHECK(slice_eq(buf_slice(&whole.body), buf_slice(&split.body)));
        events_end(&split);
    }
    events_end(&whole);
}

#endif
