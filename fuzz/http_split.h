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
