/* One case under way: a state machine that sends a request, waits, or has ended, and never blocks.
 */
#ifndef SYNCSPEC_RUNNER_CASE_H
#define SYNCSPEC_RUNNER_CASE_H

#include "runner/evidence.h"
#include "runner/request.h"

enum runner_case_state {
    RUNNER_CASE_READY,   /* runner_case_go has something to do */
    RUNNER_CASE_SENDING, /* the call was started; hand it to runner_case_answered when it ends */
    RUNNER_CASE_WAITING, /* until clock_monotonic_ms() is wake_ms; then it is ready */
    RUNNER_CASE_ENDED,   /* the verdict stands, and the users are cleaned up */
};

enum { RUNNER_DEPTH = 4, RUNNER_MESSAGE = 512 };

/* Where a case stands in its steps: one frame, and one for each repeat that it is inside of. */
struct runner_frame {
    const struct plan_step *steps;
    size_t count, at;
    const struct plan_step *repeat; /* NULL: the case itself */
    uint64_t round, rounds;
};

struct runner_case {
    const struct plan_case *plan;
    struct runner_world *world;
    struct verdict *verdict; /* of the run record */
    enum runner_case_state state;
    int64_t wake_ms;
    bool judged;   /* the verdict stands; what follows is cleaning up */
    bool finished; /* all steps were run */

    /* Private to the state machine. */
    struct runner_account accounts[RUNNER_USERS];
    struct rng_seeded rng;
    struct plan_scope *scope;
    struct runner_evidence evidence;
    struct runner_request request;
    struct exchange_call call;
    struct runner_frame frames[RUNNER_DEPTH];
    size_t depth;
    const struct plan_step *step; /* that the call is of */
    bool has_answer;              /* the call holds the last response */
    unsigned tries;               /* of the step under way */
    bool ended;                   /* a step has ended the case */
    size_t cleaned;               /* users */
    int64_t started_ms;
    size_t checks, requests;
    char message[RUNNER_MESSAGE];
};

/* NULL when out of memory.  ${index} is the case's place in the plan, ${verdict} what it will write
 * to.  Ready. */
MUST_USE struct runner_case *runner_case_new(struct runner_world *world, size_t index,
                                             struct verdict *verdict);

/* A ready case goes on until it is in another state. */
void runner_case_go(struct runner_case *running);

/* The case's call has ended: looks at what came, and is ready, waiting or ended then. */
void runner_case_answered(struct runner_case *running);

void runner_case_free(struct runner_case *running);

/* Fills in what a verdict has whatever comes of the case; false when out of memory. */
MUST_USE bool runner_case_describe(const struct runner_world *world,
                                   const struct plan_case *plan_case, struct verdict *verdict);

#endif
