/* A core with a store of its own and one user, asked in process: what a request costs without
 * sockets and signatures. */
#ifndef SYNCSPEC_BENCH_WORLD_H
#define SYNCSPEC_BENCH_WORLD_H

#include "core/core.h"
#include "store/store.h"

enum { BENCH_POSTED = 100, BENCH_BATCH = 10000, BENCH_PAYLOAD = 300 };

struct bench_world {
    struct clock_virtual clock; /* moves by a second with each request */
    struct rng_seeded rng;
    struct auth_scheme auth;
    struct store *store;
    struct core *core;
    struct http_reply reply;
    struct buf target, body;
};

/* Opens "memory" or "sqlite:FILE".  False after telling what is wrong; to be closed in any case. */
MUST_USE bool bench_world_open(struct bench_world *world, const char *spec);
void bench_world_close(struct bench_world *world);

/* Sends what ${world}->target (below the user's endpoint) and ${world}->body hold, and empties
 * both.  Whether the status is 200 to 299. */
MUST_USE bool bench_world_send(struct bench_world *world, enum http_method method);

/* The same without a body. */
MUST_USE bool bench_world_get(struct bench_world *world, const char *path);

/* Appends the JSON of record number ${number}. */
void bench_world_record(struct buf *out, uint64_t number);

/* PUTs record number ${number} into the collection. */
MUST_USE bool bench_world_put(struct bench_world *world, const char *collection, uint64_t number);

/* POSTs ${count} records from ${first} on; ${query} is "" or begins with '?'. */
MUST_USE bool bench_world_post(struct bench_world *world, const char *collection, const char *query,
                               uint64_t first, uint64_t count);

/* A batch of BENCH_BATCH records, in POSTs of BENCH_POSTED. */
MUST_USE bool bench_world_batch(struct bench_world *world, const char *collection, uint64_t first);

/* Makes the collection hold ${count} records. */
MUST_USE bool bench_world_fill(struct bench_world *world, const char *collection, uint64_t count);

/* Seconds of a clock that never steps. */
double bench_world_now(void);

#endif
