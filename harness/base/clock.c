#include "base/clock.h"

#include "base/try.h"

#include <time.h>

enum { NS_PER_MS = 1000000, NS_PER_CENTISECOND = 10000000 };

static int64_t system_now(const struct clock *clock)
{
    (void)clock;
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 100 + now.tv_nsec / NS_PER_CENTISECOND;
}

const struct clock *clock_real(void)
{
    static const struct clock real = { system_now };
    return &real;
}

static int64_t virtual_now(const struct clock *clock)
{
    return ((const struct clock_virtual *)(const void *)clock)->now;
}

struct clock_virtual clock_virtual_at(int64_t stamp)
{
    return (struct clock_virtual){ .base = { virtual_now }, .now = stamp };
}

void clock_virtual_advance(struct clock_virtual *clock, int64_t by)
{
    clock->now += by;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS;
}
