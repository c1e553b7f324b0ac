/* All users, devices and connections of a soak, and the loop that keeps the connections busy. */
#ifndef SYNCSPEC_BENCH_SOAK_CROWD_H
#define SYNCSPEC_BENCH_SOAK_CROWD_H

#include "bench/soak_link.h"

enum { SOAK_DEVICES = 2, SOAK_LINKS_MAX = 4096, SOAK_USERS_MAX = 4096 };

struct soak_crowd {
    struct soak_place place;
    struct soak_tally tally;
    struct soak_user *users;
    size_t user_count;
    struct soak_device *devices; /* SOAK_DEVICES of each user */
    size_t device_count;
    size_t next; /* the device whose turn it is */
    struct soak_link *links;
    size_t link_count;
    int poll;
};

/* Users and devices; connections follow.  False when out of memory. */
MUST_USE bool soak_crowd_init(struct soak_crowd *crowd, size_t users, size_t links, uint64_t seed);

/* A server listens there: makes tokens, and opens all connections.  False when that fails. */
MUST_USE bool soak_crowd_meet(struct soak_crowd *crowd, const struct soak_place *place,
                              struct slice secret);

/* Gives every free connection something to do, and takes the answers that come within ${wait_ms}.
 * ${last}: only what was begun, and audits. */
void soak_crowd_turn(struct soak_crowd *crowd, bool last, int wait_ms);

/* All users are to be read back. */
void soak_crowd_want_audits(struct soak_crowd *crowd);

/* How many of them still are, or do something. */
size_t soak_crowd_busy(const struct soak_crowd *crowd);

/* The server is gone: so are all connections, and what was under way is of unknown fate. */
void soak_crowd_lose(struct soak_crowd *crowd);

void soak_crowd_free(struct soak_crowd *crowd);

#endif
