/* Who takes the first look at a target: a user of its own, one request at a time. */
#ifndef SYNCSPEC_RUNNER_PROBER_H
#define SYNCSPEC_RUNNER_PROBER_H

#include "runner/request.h"

enum { RUNNER_PROBER_MESSAGE = 512 };

struct runner_prober {
    struct runner_world *world;
    struct runner_account accounts[RUNNER_USERS];
    struct plan_scope *scope;
    struct rng_seeded rng;
    struct runner_request request;
    struct exchange_call call;
    char wrong[RUNNER_PROBER_MESSAGE];
    bool lost; /* the transport did not give the call back, and may still write to it */
};

/* Borrows ${world}.  NULL when out of memory. */
MUST_USE struct runner_prober *runner_prober_new(struct runner_world *world);

/* What a request of the prober's is made with. */
struct runner_sending runner_prober_sending(struct runner_prober *prober);

/* Sends the request that was made and waits for its end.  False, with a message in `wrong`, when
 * that does not come. */
MUST_USE bool runner_prober_await(struct runner_prober *prober);

/* ${text}, or what is said when there was no memory for it (NULL). */
const char *runner_prober_text(const char *text);

/* What `wrong` says, kept in the run's arena. */
const char *runner_prober_wrong(const struct runner_prober *prober);

/* A prober whose call is lost is left to the transport. */
void runner_prober_free(struct runner_prober *prober);

#endif
