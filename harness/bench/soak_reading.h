/* A list of records as it was read, in one page or several. */
#ifndef SYNCSPEC_BENCH_SOAK_READING_H
#define SYNCSPEC_BENCH_SOAK_READING_H

#include "bench/soak_model.h"

enum soak_order { SOAK_ANY_ORDER, SOAK_NEWEST, SOAK_OLDEST };

struct soak_reading {
    unsigned shelf;
    bool ids_only;
    enum soak_order order;
    int64_t last; /* modified of the last record, for the order */
    uint64_t here;
    struct soak_slot slots[SOAK_SLOTS]; /* of those that are `here`; zero for lists of ids */
};

struct soak_reading soak_reading_of(unsigned shelf);

/* Adds a page, a JSON list.  Every record has to be one that a write of ours made, whole, and not
 * there already.  NULL, or static text that says what is wrong.  ${scratch} is overwritten. */
const char *soak_reading_add(struct soak_reading *reading, struct slice body, struct buf *scratch);

/* The same for one record alone. */
const char *soak_reading_add_one(struct soak_reading *reading, struct slice body,
                                 struct buf *scratch);

/* A list of ids as the set of their slots; false when one is not ours or is there twice. */
bool soak_reading_ids(unsigned shelf, struct slice list, uint64_t *ret_slots);

#endif
