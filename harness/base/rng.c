#include "base/rng.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static void fill_from_system(struct rng *rng, uint8_t *bytes, size_t len)
{
    (void)rng;
    while (len > 0) {
        ssize_t got = getrandom(bytes, len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            abort(); /* a kernel without the call: nothing that we could sign would be safe */
        bytes += got;
        len -= (size_t)got;
    }
}

struct rng *rng_system(void)
{
    static struct rng generator = { fill_from_system };
    return &generator;
}

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static void fill_from_seed(struct rng *rng, uint8_t *bytes, size_t len)
{
    struct rng_seeded *seeded = CONTAINER_OF(rng, struct rng_seeded, base);
    while (len > 0) {
        uint64_t word = splitmix(&seeded->state);
        size_t part = len < sizeof(word) ? len : sizeof(word);
        memcpy(bytes, &word, part);
        bytes += part;
        len -= part;
    }
}

struct rng_seeded rng_seeded_with(uint64_t seed)
{
    return (struct rng_seeded){ .base = { fill_from_seed }, .state = seed };
}

uint64_t rng_u64(struct rng *rng)
{
    uint64_t word = 0;
    rng_fill(rng, &word, sizeof(word));
    return word;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    uint64_t unfair = UINT64_MAX - UINT64_MAX % bound;
    uint64_t word = rng_u64(rng);
    while (word >= unfair)
        word = rng_u64(rng);
    return word % bound;
}
