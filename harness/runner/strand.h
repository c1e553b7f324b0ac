/* Steps under way one after the other: those of the case itself, or of one branch of a parallel
 * step. */
#ifndef SYNCSPEC_RUNNER_STRAND_H
#define SYNCSPEC_RUNNER_STRAND_H

#include "runner/evidence.h"
#include "runner/request.h"

struct runner_case;

enum runner_strand_state {
    RUNNER_STRAND_READY,
    RUNNER_STRAND_SENDING, /* its call is the transport's */
    RUNNER_STRAND_WAITING, /* until clock_monotonic_ms() is wake_ms; then it is ready */
    RUNNER_STRAND_FORKED,  /* its branches are under way */
    RUNNER_STRAND_DONE,    /* all its steps were run */
};

enum { RUNNER_DEPTH = 4, RUNNER_CORRELATION_MAX = 512 };

/* Where a strand stands in its steps: one frame, and one for each repeat that it is inside of. */
struct runner_frame {
    const struct plan_step *steps;
    size_t count, at;
    const struct plan_step *repeat; /* NULL: the strand itself */
    uint64_t round, rounds;
};

struct runner_strand {
    struct runner_case *running;
    size_t branch; /* counted from 1; 0: the case itself */
    enum runner_strand_state state;
    int64_t wake_ms;
    struct plan_scope *scope;
    struct runner_request request;
    struct exchange_call call; /* its owner is the strand */
    struct runner_frame frames[RUNNER_DEPTH];
    size_t depth;
    const struct plan_step *step; /* that the call is of; NULL: of none */
    bool asking;                  /* the call is for the bearer token that the step needs */
    bool has_answer;              /* the call holds the last response */
    size_t exchange;              /* the number of the last one in the case's evidence */
    unsigned tries;               /* of the step under way */
    bool throttled;               /* it waits for its turn to send */
    char correlation[RUNNER_CORRELATION_MAX];
};

/* Ready, at the first of the steps; to be freed.  ${scope} is the strand's from here on, and NULL
 * when out of memory.  False when out of memory. */
MUST_USE bool runner_strand_init(struct runner_strand *strand, struct runner_case *running,
                                 const struct plan_branch *steps, struct plan_scope *scope);

/* A ready strand does what comes next, up to the next request. */
void runner_strand_go(struct runner_strand *strand);

/* Whether a request may be sent now; else the strand waits for its turn. */
MUST_USE bool runner_strand_has_turn(struct runner_strand *strand);

/* Hands the call, its request made, to the transport. */
void runner_strand_send(struct runner_strand *strand, const struct plan_step *step);

/* The call of a step has ended: looks at what came. */
void runner_strand_answered(struct runner_strand *strand);

/* The first step again, as if none had been run. */
void runner_strand_rewind(struct runner_strand *strand);

/* The parallel step is over: the next one. */
void runner_strand_join(struct runner_strand *strand);

/* What requests of the strand, for ${step} (NULL: to clean up), are made with. */
struct runner_sending runner_strand_sending(struct runner_strand *strand,
                                            const struct plan_step *step);

/* Sets a capture to a number.  False when out of memory. */
MUST_USE bool runner_strand_set(struct runner_strand *strand, const char *name, uint64_t value);

void runner_strand_free(struct runner_strand *strand);

#endif
