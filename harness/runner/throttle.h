/* How fast a run may send: --rate, and what a server asks of its clients with Retry-After and
 * X-Weave-Backoff.  On a virtual clock nothing is ever too fast. */
#ifndef SYNCSPEC_RUNNER_THROTTLE_H
#define SYNCSPEC_RUNNER_THROTTLE_H

#include "http/message.h"

struct runner_throttle {
    int64_t interval_ms; /* between two requests, as --rate wants it; 0: none */
    int64_t next_ms; /* no request before: as the one before was sent then, or the server asked */
    int64_t slow_until_ms;
    int64_t waited_ms; /* what the server asked for so far */
    size_t retry_afters, backoffs, ignored;
};

/* ${rate}: requests a second at most; 0: no bound. */
struct runner_throttle runner_throttle_of(unsigned rate);

/* How long from ${now_ms} on the next request has to wait; 0: it may be sent, and counts as sent.
 */
int64_t runner_throttle_wait(struct runner_throttle *throttle, int64_t now_ms);

/* Looks for what an answer asks: 503 and 429 with Retry-After stop all requests for that time,
 * X-Weave-Backoff and X-Backoff slow them down for that time.  Both are bounded, by themselves and
 * in all. */
void runner_throttle_note(struct runner_throttle *throttle, const struct http_answer *answer,
                          int64_t now_ms);

/* What to say of it: "" when the server asked for nothing. */
void runner_throttle_tell(const struct runner_throttle *throttle, char *ret_text, size_t size);

#endif
