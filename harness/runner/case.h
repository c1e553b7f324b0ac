/* One case under way: a state machine that sends a request, waits, or has ended, and never blocks.
 */
#ifndef SYNCSPEC_RUNNER_CASE_H
#define SYNCSPEC_RUNNER_CASE_H

#include "runner/strand.h"

enum runner_case_state {
    RUNNER_CASE_READY,   /* runner_case_go has something to do */
    RUNNER_CASE_SENDING, /* calls were started; hand each to runner_case_answered when it ends */
    RUNNER_CASE_WAITING, /* for wake_ms alone */
    RUNNER_CASE_ENDED,   /* the verdict stands, and the users are cleaned up */
};

enum { RUNNER_MESSAGE = 512 };

struct runner_case {
    const struct plan_case *plan;
    struct runner_world *world;
    struct verdict *verdict; /* of the run record */
    enum runner_case_state state;
    int64_t wake_ms; /* when a wait ends, of clock_monotonic_ms(); INT64_MAX: none is under way */
    bool judged;     /* the verdict stands; what follows is cleaning up */
    bool finished;   /* all steps were run */

    /* Private to the state machine. */
    struct runner_account accounts[RUNNER_USERS];
    struct rng_seeded rng;
    struct runner_evidence evidence;
    struct runner_strand main;
    struct runner_strand *branches; /* of the parallel step under way, or NULL */
    size_t branch_count;
    size_t row;          /* of the plan's rows that is under way */
    struct buf bad_rows; /* names of those that did not hold */
    size_t bad_row_count;
    bool ended;     /* a step has ended the case, or its row */
    size_t cleaned; /* users */
    int64_t started_ms;
    size_t checks, requests;
    char message[RUNNER_MESSAGE];
};

/* NULL when out of memory.  ${index} is the case's place in the plan, ${run} how often it was run
 * before, ${verdict} what it will write to.  Ready. */
MUST_USE struct runner_case *runner_case_new(struct runner_world *world, size_t index, size_t run,
                                             struct verdict *verdict);

/* Whether it waits for itself, and not for its turn to send. */
bool runner_case_rests(const struct runner_case *running);

/* A ready case goes on until it is in another state. */
void runner_case_go(struct runner_case *running);

/* It is ${now_ms}, past wake_ms: the case is ready. */
void runner_case_wake(struct runner_case *running, int64_t now_ms);

/* A call of a case, which it returns, has ended: looks at what came.  The case is ready. */
struct runner_case *runner_case_answered(struct exchange_call *call);

/* The name of the row under way; NULL: the case has none. */
const char *runner_case_row(const struct runner_case *running);

void runner_case_free(struct runner_case *running);

/* Fills in what a verdict has whatever comes of the case; false when out of memory. */
MUST_USE bool runner_case_describe(const struct runner_world *world,
                                   const struct plan_case *plan_case, struct verdict *verdict);

#endif
