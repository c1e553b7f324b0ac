/* A store that keeps rows of services, and nothing else, in memory. */
#ifndef SYNCSPEC_FUZZ_ROWS_H
#define SYNCSPEC_FUZZ_ROWS_H

#include "store/store.h"

enum { ROWS_MAX = 256, ROWS_TEXT = 2048 };

struct rows {
    struct store base;
    size_t count;
    bool refuses; /* the next change, once */
    struct row {
        uint8_t text[ROWS_TEXT]; /* kind, key and value, one behind the other */
        size_t kind, key, value; /* their lengths */
    } at[ROWS_MAX];              /* in order of kind and key */
};

/* Empty; it stays where it is, as it is a store. */
void rows_open(struct rows *rows);

#endif
