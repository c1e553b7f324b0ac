#include "bench/soak_tally.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TOLD = 20, PER_POWER = 32, POWER_BITS = 5, SETTLED_PERCENT = 50 };

/* Times of one bucket differ by at most 1/32. */
static size_t bucket_of(uint64_t microseconds)
{
    if (microseconds < PER_POWER)
        return (size_t)microseconds;
    unsigned power = 63U - (unsigned)__builtin_clzll(microseconds);
    size_t bucket = (size_t)(power - POWER_BITS + 1) * PER_POWER +
                    (size_t)((microseconds >> (power - POWER_BITS)) - PER_POWER);
    return bucket < SOAK_TIMES ? bucket : SOAK_TIMES - 1;
}

static double bucket_ms(size_t bucket)
{
    if (bucket < PER_POWER)
        return (double)bucket / 1000;
    size_t power = bucket / PER_POWER - 1;
    return (double)((uint64_t)(bucket % PER_POWER + PER_POWER) << power) / 1000;
}

void soak_tally_answer(struct soak_tally *tally, enum http_method method, int status,
                       int64_t microseconds)
{
    tally->answers++;
    tally->by_status[status >= 0 && status < SOAK_STATUSES ? status : 0]++;
    tally->by_method[method]++;
    tally->by_time[bucket_of(microseconds < 0 ? 0 : (uint64_t)microseconds)]++;
}

void soak_tally_violation(struct soak_tally *tally, const char *format, ...)
{
    if (++tally->violations > TOLD)
        return;
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(stderr, "soak: violation: ");
    (void)vfprintf(stderr, format, arguments);
    (void)fprintf(stderr, "\n");
    va_end(arguments);
}

/* Kilobytes resident, or 0. */
static uint64_t resident(pid_t pid)
{
    char line[128];
    (void)snprintf(line, sizeof(line), "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(line, "r");
    if (file == NULL)
        return 0;
    char *at = fgets(line, sizeof(line), file);
    (void)fclose(file);
    if (at == NULL)
        return 0;
    (void)strtoull(at, &at, 10);
    return strtoull(at, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

void soak_tally_sample(struct soak_tally *tally, pid_t pid)
{
    uint64_t kilobytes = resident(pid);
    if (kilobytes == 0)
        return;
    if (tally->sample_count == SOAK_SAMPLES) {
        for (size_t i = 0; i < SOAK_SAMPLES / 2; i++)
            tally->samples[i] = tally->samples[2 * i];
        tally->sample_count = SOAK_SAMPLES / 2;
    }
    tally->samples[tally->sample_count++] =
        (struct soak_sample){ .at_ms = clock_monotonic_ms(), .kilobytes = kilobytes };
}

/* Kilobytes a minute, by least squares over the later half: the first one fills stores and caches.
 */
static double slope(const struct soak_tally *tally)
{
    size_t first = tally->sample_count * SETTLED_PERCENT / 100;
    double count = (double)(tally->sample_count - first);
    double x = 0, y = 0, xx = 0, xy = 0;
    for (size_t i = first; i < tally->sample_count; i++) {
        double minutes = (double)(tally->samples[i].at_ms - tally->samples[first].at_ms) / 60000;
        x += minutes;
        y += (double)tally->samples[i].kilobytes;
        xx += minutes * minutes;
        xy += minutes * (double)tally->samples[i].kilobytes;
    }
    double spread = count * xx - x * x;
    return spread > 0 ? (count * xy - x * y) / spread : 0;
}

static void print_memory(const struct soak_tally *tally)
{
    uint64_t peak = 0;
    for (size_t i = 0; i < tally->sample_count; i++)
        peak = tally->samples[i].kilobytes > peak ? tally->samples[i].kilobytes : peak;
    if (tally->sample_count == 0)
        return;
    (void)printf("server's memory: start %" PRIu64 " KB, peak %" PRIu64 " KB, end %" PRIu64
                 " KB; in the second half %+.0f KB a minute\n",
                 tally->samples[0].kilobytes, peak,
                 tally->samples[tally->sample_count - 1].kilobytes, slope(tally));
}

static double percentile(const struct soak_tally *tally, double part)
{
    uint64_t last = tally->answers > 0 ? tally->answers - 1 : 0;
    uint64_t wanted = (uint64_t)((double)last * part);
    uint64_t below = 0;
    size_t bucket = 0;
    while (bucket + 1 < SOAK_TIMES && (below += tally->by_time[bucket]) <= wanted)
        bucket++;
    return bucket_ms(bucket);
}

void soak_tally_print(const struct soak_tally *tally, int64_t ms)
{
    (void)printf("%" PRIu64 " requests in %.1f s, %.0f a second;", tally->answers,
                 (double)ms / 1000, ms > 0 ? (double)tally->answers * 1000 / (double)ms : 0);
    for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
        if (tally->by_method[method] > 0)
            (void)printf(" %s %.1f %%", http_method_name((enum http_method)method),
                         (double)tally->by_method[method] * 100 / (double)tally->answers);
    }
    (void)printf("\nstatus:");
    for (int status = 0; status < SOAK_STATUSES; status++) {
        if (tally->by_status[status] > 0)
            (void)printf(" %d: %" PRIu64, status, tally->by_status[status]);
    }
    (void)printf("\nlatency in ms: median %.2f, 90 %% %.2f, 99 %% %.2f, 99.9 %% %.2f, most %.2f\n",
                 percentile(tally, 0.5), percentile(tally, 0.9), percentile(tally, 0.99),
                 percentile(tally, 0.999), percentile(tally, 1));
    print_memory(tally);
    (void)printf(
        "%" PRIu64 " writes acknowledged, %" PRIu64 " of unknown fate; %" PRIu64
        " audits of all of a user's data, %" PRIu64 " records read; %" PRIu64 " violations\n",
        tally->acknowledged, tally->unsure, tally->audits, tally->records_read, tally->violations);
}
