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

/* Whether the costly checks are to be done on this input: always without an engine; with one on one
 * input in sixteen, the same each time, so that the cheap ones see many more. */
static inline int fuzz_goes_deep(const uint8_t *data, size_t size)
{
#ifdef FUZZ_REPLAY
    (void)data;
    (void)size;
    return 1;
#else
    uint32_t sum = (uint32_t)size;
    for (size_t i = 0; i < size && i < 256; i++)
        sum = (sum << 5 | sum >> 27) ^ data[i];
    return (sum ^ sum >> 7 ^ sum >> 13) % 16 == 0;
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
