/* The property that the parser's targets share: the same events at every split of the input. */
#ifndef SYNCSPEC_FUZZ_HTTP_SPLIT_H
#define SYNCSPEC_FUZZ_HTTP_SPLIT_H

#include "base/rng.h"
#include "fuzz/check.h"
#include "tests/test_http_events.h"

enum { RANDOM_SPLITS = 3 };

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

/* Reads all of it without writing anything down: no event comes behind the input, a fault lies
 * within it, and a target stands in the input, but for that of a URL without a path. */
static inline void check_walk(struct slice wire, enum http_role role,
                              const struct http_bounds *bounds)
{
    struct http_parser *parser = http_parser_new(role, bounds);
    struct slice rest = wire;
    enum http_event event;
    FUZZ_CHECK(parser != NULL);
    do {
        event = http_parser_next(parser, &rest);
        FUZZ_CHECK(event != HTTP_EVENT_NOMEM && rest.len <= wire.len);
        if (event == HTTP_EVENT_FAULT)
            FUZZ_CHECK(http_parser_fault(parser)->offset <= wire.len);
        if (event == HTTP_EVENT_HEAD && role == HTTP_REQUESTS) {
            struct slice target = http_parser_request(parser)->target;
            FUZZ_CHECK(slice_is(target, "/") || (target.ptr >= wire.ptr && target.len <= wire.len &&
                                                 target.ptr - wire.ptr <= (ptrdiff_t)wire.len));
        }
    } while (event != HTTP_EVENT_FAULT && event != HTTP_EVENT_MORE);
    http_parser_free(parser);
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
