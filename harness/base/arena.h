/* Memory that is released all at once: for plans and results, whose parts live equally long. */
#ifndef SYNCSPEC_BASE_ARENA_H
#define SYNCSPEC_BASE_ARENA_H

#include "base/slice.h"

struct arena;

/* NULL when out of memory.  `ceiling` bounds the sum of all that is allocated from it, each rounded
 * up to the strictest alignment. */
MUST_USE struct arena *arena_new(size_t ceiling);

/* Zeroed, aligned for any type, valid until arena_free.  NULL past the ceiling or out of memory. */
MUST_USE void *arena_alloc(struct arena *arena, size_t count, size_t size);

#define arena_new_object(arena, type) ((type *)arena_alloc((arena), 1, sizeof(type)))

/* A NUL-terminated copy (the slice's own NUL bytes stay), or NULL. */
MUST_USE char *arena_text(struct arena *arena, struct slice text);

/* A copy of the bytes; {NULL, 0} when it fails and also for the empty slice. */
struct slice arena_copy(struct arena *arena, struct slice bytes);

/* Formatted text, or NULL. */
MUST_USE char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void arena_free(struct arena *arena);
void arena_freep(struct arena **arena);

#endif
