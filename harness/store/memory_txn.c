#include "store/memory_txn.h"

#include "base/alloc.h"

enum { CHANGES_AT_FIRST = 16, CHANGES_OF_ONE = 3 };

enum store_err store_memory_reserve(struct store_memory_txn *txn)
{
    if (txn->access != STORE_WRITE)
        return STORE_BROKEN;
    if (txn->room - txn->count >= CHANGES_OF_ONE)
        return STORE_OK;
    size_t room = txn->room == 0 ? CHANGES_AT_FIRST : 2 * txn->room;
    struct store_change *changes = alloc_resize(txn->changes, room * sizeof(*changes));
    if (changes == NULL)
        return STORE_NOMEM;
    txn->changes = changes;
    txn->room = room;
    return STORE_OK;
}

void store_memory_note(struct store_memory_txn *txn, struct store_change change)
{
    txn->changes[txn->count++] = change;
}

void store_memory_finish(struct store_memory_txn *txn)
{
    for (size_t i = 0; i < txn->count; i++) {
        struct store_change *change = &txn->changes[i];
        if (change->before != NULL)
            store_record_free(change->before, change->after);
        if (change->place_gone)
            store_place_free(change->place);
        if (change->pending_gone)
            store_pending_free(change->pending);
    }
}

static void undo_pending(struct store_change *change)
{
    if (change->pending_gone)
        store_pending_link(change->pending);
    if (change->pending_added)
        store_pending_pop(change->pending);
    if (change->pending_made) {
        store_pending_unlink(change->pending);
        store_pending_free(change->pending);
    }
}

static void undo(struct store_change *change)
{
    if (change->pending != NULL)
        undo_pending(change);
    if (change->place_gone)
        store_place_link(change->place);
    if (change->after != NULL) {
        store_record_unlink(change->after);
        store_record_free(change->after, change->before);
    }
    if (change->before != NULL)
        store_record_link(change->before);
    if (change->place_stamp)
        change->place->modified = change->modified;
    if (change->place_made) {
        store_place_unlink(change->place);
        store_place_free(change->place);
    }
}

void store_memory_undo(struct store_memory_txn *txn)
{
    for (size_t i = txn->count; i-- > 0;)
        undo(&txn->changes[i]);
}
