/* Time as everything below the command line sees it: given, never taken. */
#ifndef SYNCSPEC_BASE_CLOCK_H
#define SYNCSPEC_BASE_CLOCK_H

#include <stdint.h>

struct clock {
    int64_t (*now)(const struct clock *clock); /* a stamp: centiseconds since the epoch */
};

static inline int64_t clock_now(const struct clock *clock)
{
    return clock->now(clock);
}

/* The system's clock. */
const struct clock *clock_real(void);

/* A clock that stands still until it is moved. */
struct clock_virtual {
    struct clock base;
    int64_t now;
};

struct clock_virtual clock_virtual_at(int64_t stamp);

/* `by` may be negative: clocks step back, and the core has to bear it. */
void clock_virtual_advance(struct clock_virtual *clock, int64_t by);

/* Milliseconds of a clock that never steps, from an arbitrary start: for durations and deadlines.
 */
int64_t clock_monotonic_ms(void);

#endif
