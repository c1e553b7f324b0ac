/* Where records live: the calls of ops.h, as functions that read store_get(txn, ...). */
#ifndef SYNCSPEC_STORE_STORE_H
#define SYNCSPEC_STORE_STORE_H

#include "store/ops.h"

#define STORE_TXN_OPS(txn) ((txn)->store->ops)

static inline enum store_err store_begin(struct store *store, uint64_t uid,
                                         enum store_access access, int64_t now,
                                         struct store_txn **ret_txn)
{
    return store->ops->begin(store, uid, access, now, ret_txn);
}

static inline enum store_err store_commit(struct store_txn *txn)
{
    return STORE_TXN_OPS(txn)->commit(txn);
}

static inline void store_rollback(struct store_txn *txn)
{
    STORE_TXN_OPS(txn)->rollback(txn);
}

static inline int64_t store_modified(const struct store_txn *txn)
{
    return STORE_TXN_OPS(txn)->modified(txn);
}

static inline int64_t store_stamp(const struct store_txn *txn)
{
    return STORE_TXN_OPS(txn)->stamp(txn);
}

static inline uint64_t store_bytes(const struct store_txn *txn)
{
    return STORE_TXN_OPS(txn)->bytes(txn);
}

static inline enum store_err store_collections(struct store_txn *txn, store_visit_collection *visit,
                                               void *context)
{
    return STORE_TXN_OPS(txn)->collections(txn, visit, context);
}

static inline enum store_err store_collection(struct store_txn *txn, struct slice name,
                                              struct store_collection *ret_collection)
{
    return STORE_TXN_OPS(txn)->collection(txn, name, ret_collection);
}

static inline enum store_err store_get(struct store_txn *txn, struct slice collection,
                                       struct slice id, struct record_bso *ret_bso)
{
    return STORE_TXN_OPS(txn)->get(txn, collection, id, ret_bso);
}

static inline enum store_err store_list(struct store_txn *txn, struct slice collection,
                                        const struct store_query *query, struct store_sink *sink)
{
    return STORE_TXN_OPS(txn)->list(txn, collection, query, sink);
}

static inline enum store_err store_touch(struct store_txn *txn, struct slice collection)
{
    return STORE_TXN_OPS(txn)->touch(txn, collection);
}

static inline enum store_err store_put(struct store_txn *txn, struct slice collection,
                                       const struct record_update *update)
{
    return STORE_TXN_OPS(txn)->put(txn, collection, update);
}

static inline enum store_err store_remove(struct store_txn *txn, struct slice collection,
                                          struct slice id)
{
    return STORE_TXN_OPS(txn)->remove(txn, collection, id);
}

static inline enum store_err store_remove_collection(struct store_txn *txn, struct slice collection)
{
    return STORE_TXN_OPS(txn)->remove_collection(txn, collection);
}

static inline enum store_err store_remove_all(struct store_txn *txn)
{
    return STORE_TXN_OPS(txn)->remove_all(txn);
}

static inline enum store_err store_batch_open(struct store_txn *txn, struct slice collection,
                                              uint64_t id, int64_t expires)
{
    return STORE_TXN_OPS(txn)->batch_open(txn, collection, id, expires);
}

static inline enum store_err store_batch_append(struct store_txn *txn, struct slice collection,
                                                uint64_t id, const struct record_update *update)
{
    return STORE_TXN_OPS(txn)->batch_append(txn, collection, id, update);
}

static inline enum store_err store_batch_info(struct store_txn *txn, struct slice collection,
                                              uint64_t id, struct store_batch *ret_batch)
{
    return STORE_TXN_OPS(txn)->batch_info(txn, collection, id, ret_batch);
}

static inline enum store_err store_batch_bytes(struct store_txn *txn, uint64_t *ret_bytes)
{
    return STORE_TXN_OPS(txn)->batch_bytes(txn, ret_bytes);
}

static inline enum store_err store_batch_commit(struct store_txn *txn, struct slice collection,
                                                uint64_t id)
{
    return STORE_TXN_OPS(txn)->batch_commit(txn, collection, id);
}

static inline enum store_err store_batch_drop(struct store_txn *txn, struct slice collection,
                                              uint64_t id)
{
    return STORE_TXN_OPS(txn)->batch_drop(txn, collection, id);
}

/* These do nothing and succeed where the backend keeps nothing beyond the process, and for a NULL
 * ${store}. */

static inline enum store_err store_keep(struct store *store, const struct store_kept *row)
{
    return store == NULL || store->ops->keep == NULL ? STORE_OK : store->ops->keep(store, row);
}

static inline enum store_err store_forget(struct store *store, struct slice kind, struct slice key)
{
    return store == NULL || store->ops->forget == NULL ? STORE_OK
                                                       : store->ops->forget(store, kind, key);
}

static inline enum store_err store_kept(struct store *store, struct slice kind,
                                        store_visit_kept *visit, void *context)
{
    return store == NULL || store->ops->kept == NULL
               ? STORE_OK
               : store->ops->kept(store, kind, visit, context);
}

/* store_free(NULL) does nothing. */
void store_free(struct store *store);

/* Opens "memory" or "sqlite:FILE".  NULL and static or thread-local text in ${ret_error} when
 * it cannot. */
MUST_USE struct store *store_open(const char *spec, const char **ret_error);

#endif
