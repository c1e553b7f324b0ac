/* What a soak counts: answers, their times, what was violated, and the server's memory. */
#ifndef SYNCSPEC_BENCH_SOAK_TALLY_H
#define SYNCSPEC_BENCH_SOAK_TALLY_H

#include "http/message.h"

#include <sys/types.h>

enum { SOAK_STATUSES = 600, SOAK_TIMES = 2048, SOAK_SAMPLES = 4096 };

struct soak_sample {
    int64_t at_ms;
    uint64_t kilobytes;
};

struct soak_tally {
    uint64_t answers;
    uint64_t by_status[SOAK_STATUSES];
    uint64_t by_method[HTTP_METHOD_OTHER + 1];
    uint64_t by_time[SOAK_TIMES]; /* 32 per power of two of microseconds */
    uint64_t acknowledged;        /* writes */
    uint64_t audits;              /* times that all of a user's data was read back */
    uint64_t records_read;
    uint64_t unsure, violations;
    struct soak_sample samples[SOAK_SAMPLES];
    size_t sample_count;
};

void soak_tally_answer(struct soak_tally *tally, enum http_method method, int status,
                       int64_t microseconds);

/* Counts it, and tells the first ones on standard error. */
void soak_tally_violation(struct soak_tally *tally, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads how much memory the process has resident.  When there is no more room for samples, every
 * second one goes. */
void soak_tally_sample(struct soak_tally *tally, pid_t pid);

/* To standard output. */
void soak_tally_print(const struct soak_tally *tally, int64_t ms);

#endif
