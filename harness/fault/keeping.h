/* The rows that services keep beyond the process (store/ops.h), as a fault's hooks get them. */
#ifndef SYNCSPEC_FAULT_KEEPING_H
#define SYNCSPEC_FAULT_KEEPING_H

#include "fault/fault.h"
#include "fault/memory.h"

struct fault_keeping {
    const struct fault *fault;
    struct fault_memory *memory;
    struct store_kept row; /* may be changed; of one that is to go the value is empty */
    struct buf value;      /* room for another value */
};

/* The word of the value at that place, the first is 0; words have a blank between them, and may be
 * empty.  Empty past the last. */
struct slice fault_keeping_word(const struct fault_keeping *keeping, size_t place);

/* Puts ${word} in its place.  Once for a row. */
void fault_keeping_set_word(struct fault_keeping *keeping, size_t place, struct slice word);

#endif
