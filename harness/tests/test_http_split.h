/* Reads a wire whole and at every split, and asserts that the events are the same. */
#ifndef SYNCSPEC_TESTS_HTTP_SPLIT_H
#define SYNCSPEC_TESTS_HTTP_SPLIT_H

#include "tests/support/support.h"
#include "tests/test_http_events.h"

/* Nothing of the input is readable behind a piece: ASan guards the block that events_feed makes. */
static inline struct events read_cut(struct slice wire, enum http_role role,
                                     const struct http_bounds *bounds, size_t first, size_t then)
{
    struct events events;
    assert_true(events_begin(&events, role, bounds));
    events_feed(&events, slice_head(wire, first));
    for (struct slice rest = slice_from(wire, first); rest.len > 0; rest = slice_from(rest, then))
        events_feed(&events, slice_head(rest, then));
    events_close(&events);
    return events;
}

static inline void assert_same_events(const struct events *whole, struct events split)
{
    if (!slice_eq(buf_slice(&whole->log), buf_slice(&split.log)))
        fail_msg("whole:\n%.*s\nsplit:\n%.*s", SLICE_FMT(buf_slice(&whole->log)),
                 SLICE_FMT(buf_slice(&split.log)));
    assert_true(slice_eq(buf_slice(&whole->body), buf_slice(&split.body)));
    assert_int_equal(whole->messages, split.messages);
    events_end(&split);
}

/* Whole, cut in two at every place (long wires: at every 97th), and byte by byte.  The caller calls
 * events_end on what the whole gave. */
static inline struct events read_at_every_split(struct slice wire, enum http_role role,
                                                const struct http_bounds *bounds)
{
    struct events whole = read_cut(wire, role, bounds, wire.len, wire.len);
    size_t step = wire.len > 4096 ? 97 : 1;
    for (size_t cut = 0; cut <= wire.len; cut += step)
        assert_same_events(&whole, read_cut(wire, role, bounds, cut, wire.len));
    assert_same_events(&whole, read_cut(wire, role, bounds, 1, 1));
    return whole;
}

#endif
