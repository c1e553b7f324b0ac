#include "runner/throttle.h"

#include <stdio.h>

enum {
    SECOND_MS = 1000,
    STOP_MAX_MS = 5 * SECOND_MS,   /* of one Retry-After */
    SLOW_MAX_MS = 30 * SECOND_MS,  /* of one backoff */
    SLOW_MS = 100,                 /* between two requests then */
    WAITED_MAX_MS = 60 * SECOND_MS /* of all; more is not obeyed */
};

struct runner_throttle runner_throttle_of(unsigned rate)
{
    /* Rounded up: never more than was allowed. */
    return (struct runner_throttle){ .interval_ms = rate == 0 ? 0 : (SECOND_MS + rate - 1) / rate };
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t runner_throttle_wait(struct runner_throttle *throttle, int64_t now_ms)
{
    if (throttle->next_ms > now_ms)
        return throttle->next_ms - now_ms;
    bool slow = now_ms < throttle->slow_until_ms;
    int64_t interval = larger(throttle->interval_ms, slow ? SLOW_MS : 0);
    if (slow)
        throttle->waited_ms += interval - throttle->interval_ms;
    throttle->next_ms = now_ms + interval;
    return 0;
}

/* The seconds that a field asks for, in ms, at most ${most}; 0 when it asks for nothing. */
static int64_t asked_ms(const struct http_answer *answer, const char *name, int64_t most)
{
    const struct slice *value = http_fields_get(&answer->fields, name);
    uint64_t seconds = 0;
    if (value == NULL || !slice_to_u64(slice_head(*value, slice_find(*value, '.')), &seconds))
        return 0;
    return seconds > (uint64_t)most / SECOND_MS ? most : (int64_t)seconds * SECOND_MS;
}

static void stop(struct runner_throttle *throttle, int64_t ms, int64_t now_ms)
{
    int64_t until = now_ms + ms;
    if (until <= throttle->next_ms)
        return;
    if (throttle->waited_ms >= WAITED_MAX_MS) {
        throttle->ignored++;
        return;
    }
    throttle->waited_ms += until - larger(throttle->next_ms, now_ms);
    throttle->next_ms = until;
}

void runner_throttle_note(struct runner_throttle *throttle, const struct http_answer *answer,
                          int64_t now_ms)
{
    bool refuses = answer->status == 503 || answer->status == 429;
    int64_t pause_ms = refuses ? asked_ms(answer, "Retry-After", STOP_MAX_MS) : 0;
    int64_t slow_ms = larger(asked_ms(answer, "X-Weave-Backoff", SLOW_MAX_MS),
                             asked_ms(answer, "X-Backoff", SLOW_MAX_MS));
    if (pause_ms > 0) {
        throttle->retry_afters++;
        stop(throttle, pause_ms, now_ms);
    }
    if (slow_ms == 0)
        return;
    throttle->backoffs++;
    if (throttle->waited_ms >= WAITED_MAX_MS)
        throttle->ignored++;
    else
        throttle->slow_until_ms = larger(throttle->slow_until_ms, now_ms + slow_ms);
}

void runner_throttle_tell(const struct runner_throttle *throttle, char *ret_text, size_t size)
{
    ret_text[0] = '\0';
    if (throttle->retry_afters + throttle->backoffs == 0)
        return;
    int len = snprintf(ret_text, size,
                       "the target asked for less, and the run slowed down: %zu responses with "
                       "Retry-After, %zu with X-Weave-Backoff, %lld.%lld s of waiting",
                       throttle->retry_afters, throttle->backoffs,
                       (long long)(throttle->waited_ms / SECOND_MS),
                       (long long)(throttle->waited_ms % SECOND_MS / 100));
    if (throttle->ignored > 0 && len > 0 && (size_t)len < size)
        (void)snprintf(ret_text + len, size - (size_t)len,
                       "; it asked %zu times more after %d s of that, which was not obeyed",
                       throttle->ignored, WAITED_MAX_MS / SECOND_MS);
}
