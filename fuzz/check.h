/* What the properties share. */
#ifndef SYNCSPEC_FUZZ_CHECK_H
#define SYNCSPEC_FUZZ_CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The property does not hold: stops, so that the engine keeps the input. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A buf whose room stays from input to input: none is treated in another way because one before it
 * was longer. */
#define FUZZ_BUF(name, room)                                                                       \
    static uint8_t name##_room[room];                                                              \
    static struct buf name = { .ptr = name##_room, .cap = (room), .ceiling = (room) }

/* What the cheap part of a property saw of an input, as a number: more of it is mixed in with
 * fuzz_note, and fuzz_goes_deep says whether the costly part is to see the input, too. */
static inline void fuzz_note(uint64_t *outcome, uint64_t seen)
{
    uint64_t mixed = *outcome ^ seen;
    (void)__builtin_mul_overflow(mixed, UINT64_C(0x9e3779b97f4a7c15), &mixed);
    *outcome = mixed ^ mixed >> 32;
}

/* Always without an engine, and with AFL++, which makes sure of an input by running it again and
 * wants the same edges each time.  Else on the first input of an outcome, and on one in 64 of those
 * that come after it: the cheap part then sees many more inputs, and none of a new kind is left
 * out. */
static inline int fuzz_goes_deep(uint64_t outcome)
{
#if defined(FUZZ_REPLAY) || defined(__AFL_COMPILER)
    (void)outcome;
    return 1;
#else
    enum { OUTCOMES = 65536, ONE_IN = 64 };
    static uint64_t known[OUTCOMES];
    static uint32_t later;
    uint64_t *place = &known[outcome % OUTCOMES];
    if (*place == outcome + 1)
        return ++later % ONE_IN == 0;
    *place = outcome + 1;
    return 1;
#endif
}

/* Whether the property may ask libraries into which the sanitizer does not see: MemorySanitizer
 * takes what they write for unwritten. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define FUZZ_FOREIGN 0
#endif
#endif
#ifndef FUZZ_FOREIGN
#define FUZZ_FOREIGN 1
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
