/* Which connection runs out of time next.  Each kind of limit has one duration, so a queue per kind
 * is ordered by itself: setting, moving and removing a deadline is a few pointers, whatever the
 * number of connections. */
#ifndef SYNCSPEC_SERVE_DEADLINE_H
#define SYNCSPEC_SERVE_DEADLINE_H

#include "base/slice.h"

enum serve_limit {
    SERVE_LIMIT_IDLE,  /* no request is under way */
    SERVE_LIMIT_HEAD,  /* a head has begun and is not complete */
    SERVE_LIMIT_BODY,  /* a body does not go on */
    SERVE_LIMIT_SEND,  /* the client does not take its reply */
    SERVE_LIMIT_DRAIN, /* the last reply was sent; the client has not closed */
};

enum { SERVE_LIMITS = 5 };

/* A member of what it guards; all zero while it is not set. */
struct serve_deadline {
    struct serve_deadline *before, *after;
    int64_t at; /* ms */
    enum serve_limit limit;
};

struct serve_deadlines {
    struct serve_deadline queues[SERVE_LIMITS]; /* rings; each knows its first and its last */
    unsigned ms[SERVE_LIMITS];                  /* durations; 0 counts as 1 */
};

/* Empty.  The object must not move afterwards. */
void serve_deadlines_init(struct serve_deadlines *deadlines, const unsigned ms[SERVE_LIMITS]);

/* Sets the deadline, or sets it anew, to the limit's duration from ${now} (ms).  ${now} never goes
 * back from call to call. */
void serve_deadlines_set(struct serve_deadlines *deadlines, struct serve_deadline *deadline,
                         enum serve_limit limit, int64_t now);

/* No effect when it is not set. */
void serve_deadlines_clear(struct serve_deadline *deadline);

/* The earliest of the limit, or NULL. */
struct serve_deadline *serve_deadlines_first(struct serve_deadlines *deadlines,
                                             enum serve_limit limit);

/* The earliest of all that is due at ${now}, taken out; or NULL. */
struct serve_deadline *serve_deadlines_due(struct serve_deadlines *deadlines, int64_t now);

/* When the earliest of all is due, or INT64_MAX. */
int64_t serve_deadlines_next(struct serve_deadlines *deadlines);

#endif
