/* A transaction of the memory backend: what it did, so that it can be undone or finished. */
#ifndef SYNCSPEC_STORE_MEMORY_TXN_H
#define SYNCSPEC_STORE_MEMORY_TXN_H

#include "store/pending.h"
#include "store/table.h"

struct store_change {
    struct store_place *place;
    struct store_record *before, *after;      /* of a record: NULL where it did not exist */
    bool place_made, place_gone, place_stamp; /* of the collection itself */
    int64_t modified;                         /* place_stamp: what it was */
    struct store_pending *pending;            /* of a batch: the flags say what happened to it */
    bool pending_made, pending_gone, pending_added;
};

struct store_memory_txn {
    struct store_txn base;
    struct store_user *user; /* NULL: nothing is known of the user, and nothing will be written */
    enum store_access access;
    int64_t now, stamp;
    bool wrote; /* something that counts: the user gets the stamp */
    struct store_change *changes;
    size_t count, room;
};

static inline struct store_memory_txn *store_memory_txn_of(const struct store_txn *base)
{
    return CONTAINER_OF(base, struct store_memory_txn, base);
}

/* Makes room for the notes of one operation, which needs at most three.  STORE_BROKEN in a read
 * transaction. */
MUST_USE enum store_err store_memory_reserve(struct store_memory_txn *txn);

/* Notes a change that has been made. */
void store_memory_note(struct store_memory_txn *txn, struct store_change change);

/* Frees what the changes replaced; or undoes them. */
void store_memory_finish(struct store_memory_txn *txn);
void store_memory_undo(struct store_memory_txn *txn);

/* Drops the open batches of the collection; of all, when ${name} is NULL. */
MUST_USE enum store_err store_memory_drop_batches(struct store_memory_txn *txn,
                                                  const struct slice *name);

/* The batch functions of struct store_ops. */
enum store_err store_memory_batch_open(struct store_txn *base, struct slice collection, uint64_t id,
                                       int64_t expires);
enum store_err store_memory_batch_append(struct store_txn *base, struct slice collection,
                                         uint64_t id, const struct record_update *update);
enum store_err store_memory_batch_info(struct store_txn *base, struct slice collection, uint64_t id,
                                       struct store_batch *ret_batch);
enum store_err store_memory_batch_bytes(struct store_txn *base, uint64_t *ret_bytes);
enum store_err store_memory_batch_commit(struct store_txn *base, struct slice collection,
                                         uint64_t id);
enum store_err store_memory_batch_drop(struct store_txn *base, struct slice collection,
                                       uint64_t id);

#endif
