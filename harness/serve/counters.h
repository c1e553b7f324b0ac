/* What a server counts while it serves, for monitoring.  Plain numbers of the loop's thread:
 * nothing in them says who asked. */
#ifndef SYNCSPEC_SERVE_COUNTERS_H
#define SYNCSPEC_SERVE_COUNTERS_H

#include "http/message.h"

enum {
    SERVE_METHODS = HTTP_METHOD_OTHER + 2, /* the last: of requests that could not be read */
    SERVE_METHOD_NONE = SERVE_METHODS - 1,
    SERVE_CLASSES = 4, /* 2xx to 5xx */
    SERVE_BUCKETS = 13 /* of durations; the last is without an end */
};

struct serve_counters {
    uint64_t requests[SERVE_METHODS][SERVE_CLASSES];
    uint64_t buckets[SERVE_BUCKETS]; /* requests by how long they took; each counts in one */
    uint64_t duration_ns;            /* of all of them */
    uint64_t accepted;               /* connections so far */
    uint64_t open;                   /* connections now */
    uint64_t in_flight;              /* connections with a request or reply under way now */
    uint64_t received, sent;         /* bytes */
};

/* How long a bucket's requests took at most, in nanoseconds; UINT64_MAX for the last one. */
uint64_t serve_counters_bound(size_t bucket);

/* Counts an answer of 200 to 599 that the handler gave. */
void serve_counters_answered(struct serve_counters *counters, enum http_method method, int status,
                             uint64_t nanoseconds);

/* Counts an answer that the front end gave itself, to a request that was not fully read. */
void serve_counters_refused(struct serve_counters *counters, int status);

/* Nanoseconds of a clock that never steps. */
uint64_t serve_counters_now(void);

#endif
