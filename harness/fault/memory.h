/* What a fault remembers between requests: texts and numbers under a key. */
#ifndef SYNCSPEC_FAULT_MEMORY_H
#define SYNCSPEC_FAULT_MEMORY_H

#include "base/buf.h"

enum {
    FAULT_MEMORY_CELLS = 1024,           /* the oldest goes when another is wanted */
    FAULT_MEMORY_TEXT = 4 * 1024 * 1024, /* bytes of one text */
    FAULT_MEMORY_KEY = 512,
};

struct fault_cell {
    struct buf key;
    struct buf text;
    int64_t number;
};

/* Zeroed: empty. */
struct fault_memory {
    struct fault_cell *cells;
    size_t count, room, oldest;
};

/* The cell of that key, NULL when there is none. */
struct fault_cell *fault_memory_find(struct fault_memory *memory, struct slice key);

/* The same; a new one is empty, with number 0.  NULL when out of memory or the key is too long. */
struct fault_cell *fault_memory_cell(struct fault_memory *memory, struct slice key);

/* Drops the cell. */
void fault_memory_drop(struct fault_memory *memory, struct slice key);

/* Empty again. */
void fault_memory_clear(struct fault_memory *memory);

#endif
