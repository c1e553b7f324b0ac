/* A core with faults around it, users who are believed, and a clock that stands still. */
#ifndef SYNCSPEC_TESTS_FAULT_BENCH_H
#define SYNCSPEC_TESTS_FAULT_BENCH_H

#include "fault/stack.h"
#include "tests/support/support.h"

enum { FAULT_BENCH_T0 = 100000 };

struct fault_bench {
    struct store *store;
    struct auth_scheme auth; /* believes the user in the path of what it is asked about, but not in
                                a target that holds "forged" */
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct fault_stack *stack;
    struct core *core;
    struct http_handler handler;
    struct http_reply reply;
    char asked[256]; /* the target that the scheme was last asked about */
};

/* Memory that runs out leaves a bench without handler.handle. */
void fault_bench_init(struct fault_bench *bench, const struct fault_set *set);
void fault_bench_free(struct fault_bench *bench);

/* Sends "PUT /1.5/7/storage/c/a"; ${field} as "Name: value", or NULL; a body is JSON.  The reply's
 * status. */
int fault_bench_send(struct fault_bench *bench, const char *line, const char *field,
                     const char *body);

#endif
