/* Open batches in memory. */
#include "base/alloc.h"
#include "store/memory_txn.h"

static struct store_pending *find(const struct store_memory_txn *txn, struct slice collection,
                                  uint64_t id)
{
    return txn->user == NULL ? NULL : store_pending_find(txn->user, collection, id);
}

static bool fits(const struct store_memory_txn *txn, uint64_t size)
{
    const struct store_table *table = txn->user->table;
    return table->ceiling - table->used >= size;
}

enum store_err store_memory_batch_open(struct store_txn *base, struct slice collection, uint64_t id,
                                       int64_t expires)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    if (store_pending_of(txn->user, id) != NULL)
        return STORE_BUSY;
    if (txn->user->batch_count >= STORE_BATCHES)
        return STORE_FULL;
    if (expires <= txn->now)
        return STORE_OK; /* it is gone already */
    struct store_pending *pending = store_pending_new(txn->user, collection, id, expires);
    if (pending == NULL)
        return STORE_NOMEM;
    if (!fits(txn, store_pending_size(pending))) {
        store_pending_free(pending);
        return STORE_FULL;
    }
    store_pending_link(pending);
    store_memory_note(txn, (struct store_change){ .pending = pending, .pending_made = true });
    return STORE_OK;
}

enum store_err store_memory_batch_append(struct store_txn *base, struct slice collection,
                                         uint64_t id, const struct record_update *update)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    struct store_pending *pending = find(txn, collection, id);
    if (pending == NULL)
        return STORE_ABSENT;
    struct store_item *item = store_item_new(update);
    if (item == NULL)
        return STORE_NOMEM;
    if (!fits(txn, store_item_size(item))) {
        alloc_release(item);
        return STORE_FULL;
    }
    store_pending_push(pending, item);
    store_memory_note(txn, (struct store_change){ .pending = pending, .pending_added = true });
    return STORE_OK;
}

enum store_err store_memory_batch_info(struct store_txn *base, struct slice collection, uint64_t id,
                                       struct store_batch *ret_batch)
{
    const struct store_pending *pending = find(store_memory_txn_of(base), collection, id);
    if (pending == NULL)
        return STORE_ABSENT;
    *ret_batch = pending->batch;
    return STORE_OK;
}

enum store_err store_memory_batch_bytes(struct store_txn *base, uint64_t *ret_bytes)
{
    const struct store_user *user = store_memory_txn_of(base)->user;
    *ret_bytes = user == NULL ? 0 : user->batch_bytes;
    return STORE_OK;
}

static enum store_err take_out(struct store_memory_txn *txn, struct store_pending *pending)
{
    TRY(store_memory_reserve(txn));
    store_pending_unlink(pending);
    store_memory_note(txn, (struct store_change){ .pending = pending, .pending_gone = true });
    return STORE_OK;
}

enum store_err store_memory_batch_commit(struct store_txn *base, struct slice collection,
                                         uint64_t id)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    struct store_pending *pending = find(txn, collection, id);
    if (pending == NULL)
        return STORE_ABSENT;
    /* Out of sight, it no longer counts against the ceiling under which its records have to fit;
     * the memory stays until the transaction ends. */
    TRY(take_out(txn, pending));
    TRY(store_touch(base, collection));
    for (const struct store_item *item = pending->first; item != NULL; item = item->next)
        TRY(store_put(base, collection, &item->update));
    return STORE_OK;
}

enum store_err store_memory_batch_drop(struct store_txn *base, struct slice collection, uint64_t id)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    struct store_pending *pending = find(txn, collection, id);
    return pending == NULL ? STORE_ABSENT : take_out(txn, pending);
}

enum store_err store_memory_drop_batches(struct store_memory_txn *txn, const struct slice *name)
{
    for (;;) {
        struct store_node *node = store_tree_first(&txn->user->batches);
        struct store_pending *pending =
            node == NULL ? NULL : CONTAINER_OF(node, struct store_pending, node);
        if (name != NULL)
            pending = store_pending_any(txn->user, *name);
        if (pending == NULL)
            return STORE_OK;
        TRY(take_out(txn, pending));
    }
}
