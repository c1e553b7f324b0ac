#include "serve/counters.h"

#include "base/try.h"

#include <time.h>

enum { NS_PER_SECOND = 1000000000 };

static const uint64_t bounds[SERVE_BUCKETS] = {
    50000,    100000,   250000,    500000,    1000000,    2500000,    5000000,
    10000000, 25000000, 100000000, 500000000, 2500000000, UINT64_MAX,
};

uint64_t serve_counters_bound(size_t bucket)
{
    return bounds[bucket];
}

static void count(struct serve_counters *counters, size_t method, int status)
{
    counters->requests[method][status / 100 - 2]++;
}

void serve_counters_answered(struct serve_counters *counters, enum http_method method, int status,
                             uint64_t nanoseconds)
{
    size_t bucket = 0;
    while (nanoseconds > bounds[bucket])
        bucket++;
    counters->buckets[bucket]++;
    counters->duration_ns += nanoseconds;
    count(counters, method, status);
}

void serve_counters_refused(struct serve_counters *counters, int status)
{
    count(counters, SERVE_METHOD_NONE, status);
}

uint64_t serve_counters_now(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}
