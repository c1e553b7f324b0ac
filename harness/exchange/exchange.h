/* One request and its response, over whatever carries it.  A transport is a vtable and a
 * constructor: via_core, via_curl, via_raw. */
#ifndef SYNCSPEC_EXCHANGE_EXCHANGE_H
#define SYNCSPEC_EXCHANGE_EXCHANGE_H

#include "base/buf.h"
#include "base/limits.h"
#include "http/message.h"
#include "http/target.h"

/* How an exchange ended. */
enum exchange_outcome {
    EXCHANGE_PENDING = 0,
    EXCHANGE_ANSWERED,    /* a whole, well-formed response */
    EXCHANGE_UNREACHABLE, /* no connection, no TLS, name not found */
    EXCHANGE_TIMEOUT,     /* the time limit passed first */
    EXCHANGE_CLOSED,      /* the server closed before a whole response */
    EXCHANGE_GARBAGE,     /* what came is not HTTP as RFC 9112 has it: wrong framing, wrong
                             Content-Length, ... */
    EXCHANGE_TOO_LARGE,   /* past LIMIT_ANSWER_HEAD or LIMIT_ANSWER_BODY */
    EXCHANGE_BROKEN,      /* our side: out of memory, a request that cannot be sent */
};

/* "the server closed before a whole response". */
const char *exchange_outcome_text(enum exchange_outcome outcome);

struct exchange_call {
    /* In; borrowed until the call has ended. */
    struct http_request request; /* method_text, target, fields and body; target is what stands on
                                    the request line.  Content-Length and Transfer-Encoding are the
                                    transport's and left out; a Host belongs into the fields */
    struct slice raw; /* not empty: exactly these bytes go on a connection of their own (via_raw) */
    const size_t *splits; /* where to cut raw into separate writes, ascending; for via_raw */
    size_t split_count;
    const struct http_url *elsewhere; /* where it goes instead of to the target; NULL: there.  Its
                                         path is the caller's business */
    int timeout_ms;
    void *owner; /* the caller's */

    /* Out.  Owned by the call. */
    enum exchange_outcome outcome;
    struct http_answer answer; /* borrows from text and body */
    struct buf text;           /* the response head as received */
    struct buf body;           /* the body, transfer coding removed */
    char detail[256];          /* for a person: what libcurl or the parser said; no secrets of ours.
                                  Not empty in an answered call that had to be sent twice */
    int64_t duration_ms;
    struct http_field answer_fields[LIMIT_FIELD_COUNT];
    struct exchange_call *next; /* the transport's */
    void *transport_state;      /* the transport's */
};

/* Zeroed, with its ceilings. */
void exchange_call_init(struct exchange_call *call);
void exchange_call_free(struct exchange_call *call);

struct exchange {
    const struct exchange_ops *ops;
};

struct exchange_ops {
    const char *name;
    /* Begins a call (outcome PENDING).  May end it at once. */
    void (*start)(struct exchange *exchange, struct exchange_call *call);
    /* Works until a call has ended or ${timeout_ms} passed; returns one ended call, or NULL.  Every
     * started call is returned exactly once.  With nothing under way it waits all the same, but for
     * a virtual clock. */
    struct exchange_call *(*next)(struct exchange *exchange, int timeout_ms);
    /* The target's time as far as the suite can tell: the virtual clock, or the real one.  A stamp.
     */
    int64_t (*now)(struct exchange *exchange);
    /* Lets ${centiseconds} pass at once and returns true (virtual clock), or returns false: wait
     * for real. */
    bool (*skip)(struct exchange *exchange, int64_t centiseconds);
    void (*free)(struct exchange *exchange);
};

static inline void exchange_start(struct exchange *exchange, struct exchange_call *call)
{
    exchange->ops->start(exchange, call);
}

static inline struct exchange_call *exchange_next(struct exchange *exchange, int timeout_ms)
{
    return exchange->ops->next(exchange, timeout_ms);
}

static inline int64_t exchange_now(struct exchange *exchange)
{
    return exchange->ops->now(exchange);
}

static inline bool exchange_skip(struct exchange *exchange, int64_t centiseconds)
{
    return (exchange->ops->skip)(exchange, centiseconds); /* cmocka has a macro skip() */
}

/* exchange_free(NULL) does nothing. */
void exchange_free(struct exchange *exchange);

#endif
