/* Randomness as everything below the command line sees it: given, so that a run can be repeated. */
#ifndef SYNCSPEC_BASE_RNG_H
#define SYNCSPEC_BASE_RNG_H

#include "base/buf.h"

struct rng {
    void (*fill)(struct rng *rng, uint8_t *bytes, size_t len);
};

static inline void rng_fill(struct rng *rng, void *bytes, size_t len)
{
    rng->fill(rng, bytes, len);
}

/* The system's generator (getrandom): for anything that an attacker must not guess. */
struct rng *rng_system(void);

/* A repeatable sequence (splitmix64): for orders, generated data and tests, never for secrets on a
 * network. */
struct rng_seeded {
    struct rng base;
    uint64_t state;
};

struct rng_seeded rng_seeded_with(uint64_t seed);

uint64_t rng_u64(struct rng *rng);

/* Uniform below `bound`, which is at least 1. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

#endif
