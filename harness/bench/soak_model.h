/* What must be on the server for one user: every acknowledged write, in the order of the stamps
 * that the server gave them. */
#ifndef SYNCSPEC_BENCH_SOAK_MODEL_H
#define SYNCSPEC_BENCH_SOAK_MODEL_H

#include "base/buf.h"
#include "base/limits.h"

enum {
    SOAK_SHELVES = 8, /* collections of a user */
    SOAK_SLOTS = 64,  /* ids of a collection: a set of them is a uint64_t */
    SOAK_ID = 40,     /* bytes of an id, with NUL */
    SOAK_UNSURE = 4,  /* writes of a user whose fate nobody told */
};

/* What the records of a collection look like, as Firefox has them. */
struct soak_shelf_row {
    const char *name;
    const char *id; /* printf format with one %02u for the slot, at offset 2 */
    bool has_sortindex;
    unsigned ttl; /* seconds; 0: none */
};

extern const struct soak_shelf_row soak_shelf_rows[SOAK_SHELVES];

enum soak_kind {
    SOAK_NOTHING,
    SOAK_PUT,    /* writes the slots of one shelf */
    SOAK_DROP,   /* removes records by id */
    SOAK_REMOVE, /* removes a collection */
    SOAK_WIPE,   /* removes all of them */
};

struct soak_write {
    enum soak_kind kind;
    unsigned shelf;
    uint64_t slots;
    uint64_t number;   /* unlike that of any other write of the user, and never 0 */
    int64_t condition; /* stamp of X-If-Unmodified-Since; -1: none */
    bool whole;        /* the condition is about the collection, not about its one slot */
};

struct soak_slot {
    uint64_t number; /* of the write that is there; 0: no record */
    int64_t stamp;   /* of the last change, removal included */
};

struct soak_shelf {
    struct soak_slot slots[SOAK_SLOTS];
    int64_t modified; /* its last change */
    int64_t removed;  /* when the collection was last deleted; it exists when modified is later */
};

struct soak_contents {
    struct soak_shelf shelves[SOAK_SHELVES];
};

/* Whether a write changes that slot. */
bool soak_write_hits(const struct soak_write *write, unsigned shelf, unsigned slot);

bool soak_shelf_exists(const struct soak_shelf *shelf);

/* How many records it has. */
unsigned soak_shelf_count(const struct soak_shelf *shelf);

/* The write happened at ${stamp}; what happened later stays. */
void soak_contents_apply(struct soak_contents *contents, const struct soak_write *write,
                         int64_t stamp);

/* Writes whose fate nobody told, and the stamp below which none of them can be. */
struct soak_doubt {
    struct soak_write writes[SOAK_UNSURE];
    size_t count;
    int64_t floor;
};

/* Whether some of the doubtful writes, in some order, each of them whole, make ${model} what was
 * ${seen}; ${model} then becomes that.  Otherwise ${why} says what is wrong with the model as it
 * is. */
bool soak_contents_explain(struct soak_contents *model, const struct soak_contents *seen,
                           const struct soak_doubt *doubt, struct buf *why);

/* The record's id. */
void soak_id(unsigned shelf, unsigned slot, char ret_id[SOAK_ID]);

/* Its slot; SOAK_SLOTS when the id is none of ours. */
unsigned soak_slot_of(unsigned shelf, struct slice id);

/* Appends the payload that write number ${number} gives to that record. */
bool soak_payload(unsigned shelf, unsigned slot, uint64_t number, struct buf *out);

/* The write's number in a payload, or 0. */
uint64_t soak_payload_number(struct slice payload);

/* The sortindex that comes with it. */
int32_t soak_sortindex(uint64_t number);

#endif
