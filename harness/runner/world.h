/* What all cases of one run share: the target, its clock, its limits, and where its users live. */
#ifndef SYNCSPEC_RUNNER_WORLD_H
#define SYNCSPEC_RUNNER_WORLD_H

#include "runner/runner.h"
#include "runner/throttle.h"

enum {
    RUNNER_BATCH_OPENED = 202,
    RUNNER_SEND_BYTES = 32 * 1024 * 1024, /* a limit in bytes beyond this is not tried out */
    RUNNER_SEND_RECORDS = 10000,          /* nor one in records beyond this */
    RUNNER_QUOTA_LEAST = 1024 * 1024,     /* a smaller quota does not hold what the cases write */
    RUNNER_WAIT_MAX = 120 * 100,          /* centiseconds that a case may wait on a live target */
    RUNNER_RUN_MEMORY = 512 * 1024 * 1024,
};

/* A limit's name, and how much of it a run is willing to send. */
struct runner_limit_row {
    const char *name;
    uint64_t most;
};

extern const struct runner_limit_row runner_limit_rows[RUNNER_LIMITS];

enum runner_quota { RUNNER_QUOTA_UNKNOWN, RUNNER_QUOTA_NONE, RUNNER_QUOTA_SET };

struct runner_world {
    const struct plan *plan;
    const struct runner_target *target;
    const struct runner_options *options;
    struct exchange *exchange;
    struct arena *arena; /* of the run record */
    struct verdict_run *run;
    int64_t started_ms;

    bool virtual_time;    /* waits take no time, and cases run one after the other */
    int64_t clock_offset; /* centiseconds that the target's clock is ahead of ours */
    uint64_t seed; /* of what a server must not see twice: the run's, and chance on a live one */
    uint64_t uid_base;    /* seat n has the three users from uid_base + 3n on */
    const char *prefix;   /* of the target's URL: "" or "/prefix" */
    const char *hostname; /* lower case, without port: what Hawk signs */
    const char *host;     /* the Host value */
    const char *origin;   /* scheme://host[:port] */
    const char *node;     /* origin and prefix: the node that tokens name */

    struct runner_limit limits[RUNNER_LIMITS];
    int batch_status; /* of a POST that opens a batch; 0: not asked, or no answer */
    enum runner_quota quota;
    uint64_t quota_bytes;
    bool storage; /* the node that a token server names can be used */

    struct verdict *missing; /* what the target's description declares, and it does not have */
    size_t missing_count;

    struct runner_throttle throttle;
    size_t left;     /* users that could not be emptied */
    int left_status; /* what DELETE /storage of one of them gave; 0: no answer */

    size_t silent;     /* exchanges in a row that nobody answered */
    const char *dirty; /* why the one account cannot be used any more; NULL: it can */
};

/* Fills in what follows from target, options and exchange.  False when out of memory. */
MUST_USE bool runner_world_init(struct runner_world *world);

/* Chooses other users for the whole run, by chance. */
void runner_world_move(struct runner_world *world);

/* How many users from uid_base on a run may make up. */
uint64_t runner_world_span(const struct runner_world *world);

/* Where the n-th run (from 0) of the case at ${index} of the plan has its users and its chance: a
 * seat of its own, so that nothing which a run left is met by another.  Behind those of the cases
 * stands that of the first look at the target. */
size_t runner_world_seat(const struct runner_world *world, size_t index, size_t run);

/* The generator of a seat: independent of every other's. */
struct rng_seeded runner_world_rng(const struct runner_world *world, size_t seat);

/* The target's time, a stamp. */
int64_t runner_world_now(const struct runner_world *world);

/* An exchange ended like this: counts those in a row that nobody answered. */
void runner_world_note(struct runner_world *world, enum exchange_outcome outcome);

/* Whether nobody has answered for so long that going on makes no sense. */
bool runner_world_is_gone(const struct runner_world *world);

/* NULL when the target has what ${need} names, else text of the run's arena that says what is
 * missing ("" when out of memory). */
MUST_USE const char *runner_world_lacks(const struct runner_world *world, const char *need);

/* A limit that the target tells; 0: it tells none of that name. */
uint64_t runner_world_limit(const struct runner_world *world, const char *name);

/* Whether it is the one account that was given which cannot do what ${need} names: other
 * credentials could. */
bool runner_world_is_beyond(const struct runner_world *world, const char *need);

/* Overwrites every secret of the target that stands in ${text} with '*'. */
void runner_world_scrub(const struct runner_world *world, char *text, size_t len);

#endif
