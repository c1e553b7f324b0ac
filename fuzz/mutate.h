/* Mutators that know what an input is made of.  One in four mutations is the engine's own, on the
 * bytes as they are: what no grammar says is where parsers break. */
#ifndef SYNCSPEC_FUZZ_MUTATE_H
#define SYNCSPEC_FUZZ_MUTATE_H

#include "base/buf.h"
#include "base/rng.h"

/* Writes a changed ${input} to ${out}; nothing when it finds nothing to change, and the bytes are
 * then mutated as they are.  Each mutate_<format>.c has one. */
void mutate_input(struct slice input, struct rng *rng, struct buf *out);

/* The engine's mutation of one part: appends a changed ${part}. */
void mutate_bytes(struct slice part, struct rng *rng, struct buf *out);

/* The parts of an input, in order: what most mutations deal with. */
enum { MUTATE_PARTS = 256 };

struct mutate_parts {
    struct slice at[MUTATE_PARTS];
    size_t count;
};

/* False when there are too many. */
bool mutate_parts_add(struct mutate_parts *parts, struct slice part);

/* Takes one away, doubles one, swaps two, or moves one; no effect on an empty list. */
void mutate_parts_shuffle(struct mutate_parts *parts, struct rng *rng);

/* Puts ${part} in front of the one at ${index}, or at the end. */
void mutate_parts_insert(struct mutate_parts *parts, size_t index, struct slice part);

void mutate_parts_write(const struct mutate_parts *parts, struct buf *out);

/* One of the texts of a table, as a slice. */
#define MUTATE_PICK(table, rng) slice_text((table)[rng_below((rng), COUNT_OF(table))])

#endif
