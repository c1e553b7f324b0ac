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
