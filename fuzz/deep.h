/* Properties in two parts: a cheap one that sees all inputs, and a costly one that sees those which
 * were something new to the first. */
#ifndef SYNCSPEC_FUZZ_DEEP_H
#define SYNCSPEC_FUZZ_DEEP_H

#include "fuzz/check.h"

/* What the cheap part saw of an input, as a number: mixes in more of it. */
static inline void fuzz_note(uint64_t *outcome, uint64_t seen)
{
    uint64_t mixed = *outcome ^ seen;
    (void)__builtin_mul_overflow(mixed, UINT64_C(0x9e3779b97f4a7c15), &mixed);
    *outcome = mixed ^ mixed >> 32;
}

/* Whether the costly part is to see the input, too, of which the cheap part saw ${outcome}.  Always
 * without an engine, and with one whose counters of edges are not clang's.  Else on the first input
 * of an outcome, and on one in 64 of those that come after it: the cheap part then sees many more
 * inputs, and none of a new kind is left out. */
int fuzz_goes_deep(uint64_t outcome);

/* The end of a costly part that does what the cheap one did, in more ways; 0, for
 * LLVMFuzzerTestOneInput to return.  The edges that it reached do not count: the engine would keep
 * inputs for the checks that were made of them by chance.  A part that leads elsewhere returns by
 * itself, so that they guide the engine. */
int fuzz_surface(void);

#endif
