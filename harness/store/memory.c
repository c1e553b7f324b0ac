#include "store/memory.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "store/memory_txn.h"
#include "store/order.h"
#include "store/pick.h"

struct memory_store {
    struct store base;
    struct store_table table;
};

static struct store_table *table_of(struct store *base)
{
    return &CONTAINER_OF(base, struct memory_store, base)->table;
}

static enum store_err memory_begin(struct store *store, uint64_t uid, enum store_access access,
                                   int64_t now, struct store_txn **ret_txn)
{
    struct store_table *table = table_of(store);
    struct store_user *user = store_table_user(table, uid);
    if (user != NULL && user->busy)
        return STORE_BUSY;
    struct store_memory_txn *txn = alloc_new(struct store_memory_txn);
    if (txn == NULL)
        return STORE_NOMEM;
    if (user == NULL && access == STORE_WRITE) {
        user = store_user_new(table, uid);
        if (user == NULL) {
            alloc_release(txn);
            return STORE_NOMEM;
        }
    }
    *txn = (struct store_memory_txn){
        .base.store = store, .user = user, .access = access, .now = now
    };
    txn->stamp = now;
    if (user != NULL) {
        user->busy = true;
        store_user_purge(user, now);
        store_pending_purge(user, now);
        int64_t least = access == STORE_WRITE ? user->modified + 1 : user->modified;
        txn->stamp = now > least ? now : least;
    }
    *ret_txn = &txn->base;
    return STORE_OK;
}

static void end(struct store_memory_txn *txn)
{
    if (txn->user != NULL) {
        txn->user->busy = false;
        if (txn->user->modified == 0 && txn->user->batch_count == 0)
            store_user_free(txn->user);
    }
    alloc_release(txn->changes);
    alloc_release(txn);
}

static enum store_err memory_commit(struct store_txn *base)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    store_memory_finish(txn);
    if (txn->wrote)
        txn->user->modified = txn->stamp;
    end(txn);
    return STORE_OK;
}

static void memory_rollback(struct store_txn *base)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    store_memory_undo(txn);
    end(txn);
}

static void note(struct store_memory_txn *txn, struct store_change change)
{
    txn->wrote = true;
    store_memory_note(txn, change);
}

static void set_stamp(struct store_memory_txn *txn, struct store_place *place)
{
    if (place->modified != txn->stamp)
        note(txn, (struct store_change){
                      .place = place, .place_stamp = true, .modified = place->modified });
    place->modified = txn->stamp;
}

/* The collection, made when there was none, with the transaction's stamp. */
static enum store_err open_place(struct store_memory_txn *txn, struct slice name,
                                 struct store_place **ret_place)
{
    TRY(store_memory_reserve(txn));
    struct store_place *place = store_place_find(txn->user, name);
    if (place == NULL) {
        place = store_place_new(txn->user, name);
        if (place == NULL)
            return STORE_NOMEM;
        struct store_table *table = txn->user->table;
        if (table->ceiling - table->used < store_place_size(place)) {
            store_place_free(place);
            return STORE_FULL;
        }
        store_place_link(place);
        note(txn, (struct store_change){ .place = place, .place_made = true });
    }
    set_stamp(txn, place);
    *ret_place = place;
    return STORE_OK;
}

static enum store_err memory_touch(struct store_txn *base, struct slice collection)
{
    struct store_place *place;
    return open_place(store_memory_txn_of(base), collection, &place);
}

static enum store_err set_payload(struct store_record *record, const struct store_record *before,
                                  const struct record_update *update)
{
    if (update->payload_is == RECORD_ABSENT && before != NULL) {
        record->payload = before->payload;
        record->bso.payload = before->bso.payload;
    } else if (update->payload_is == RECORD_VALUE && update->payload.len > 0) {
        record->payload = alloc_resize(NULL, update->payload.len);
        if (record->payload == NULL)
            return STORE_NOMEM;
        memcpy(record->payload, update->payload.ptr, update->payload.len);
        record->bso.payload = slice_of(record->payload, update->payload.len);
    }
    return STORE_OK;
}

static void set_rest(struct store_record *record, const struct record_bso *before,
                     const struct record_update *update, int64_t now)
{
    struct record_bso *bso = &record->bso;
    if (update->sortindex_is == RECORD_VALUE) {
        bso->has_sortindex = true;
        bso->sortindex = update->sortindex;
    } else if (update->sortindex_is == RECORD_ABSENT && before != NULL) {
        bso->has_sortindex = before->has_sortindex;
        bso->sortindex = before->sortindex;
    }
    if (update->ttl_is == RECORD_VALUE)
        bso->expires = store_expiry(now, update->ttl);
    else if (update->ttl_is == RECORD_ABSENT && before != NULL)
        bso->expires = before->expires;
}

/* Puts ${after} in the place of ${before}; either may be NULL. */
static enum store_err replace(struct store_memory_txn *txn, struct store_place *place,
                              struct store_record *before, struct store_record *after)
{
    struct store_table *table = txn->user->table;
    uint64_t freed = before == NULL ? 0 : store_record_size(before);
    if (after != NULL && table->ceiling - (table->used - freed) < store_record_size(after))
        return STORE_FULL;
    if (before != NULL)
        store_record_unlink(before);
    if (after != NULL)
        store_record_link(after);
    note(txn, (struct store_change){ .place = place, .before = before, .after = after });
    return STORE_OK;
}

/* The record as it will be, but for its payload. */
static struct store_record *renew(struct store_memory_txn *txn, struct store_place *place,
                                  const struct record_bso *before,
                                  const struct record_update *update)
{
    struct slice relations[RECORD_RELATIONS];
    for (size_t i = 0; i < RECORD_RELATIONS; i++)
        relations[i] = store_relation(before, update, (enum record_relation)i);
    struct store_record *after = store_record_new(place, update->id, relations);
    if (after == NULL)
        return NULL;
    after->bso.modified = txn->stamp;
    set_rest(after, before, update, txn->now);
    return after;
}

static enum store_err memory_put(struct store_txn *base, struct slice collection,
                                 const struct record_update *update)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    struct store_place *place;
    TRY(open_place(txn, collection, &place));
    struct store_record *before = store_record_find(place, update->id);
    struct store_record *after = renew(txn, place, before == NULL ? NULL : &before->bso, update);
    if (after == NULL)
        return STORE_NOMEM;
    enum store_err err = set_payload(after, before, update);
    /* A time to live of 0 is over at once: what it leaves is that the old record is gone. */
    bool lives = err == STORE_OK && after->bso.expires > txn->now;
    if (err == STORE_OK && (lives || before != NULL))
        err = replace(txn, place, before, lives ? after : NULL);
    if (err != STORE_OK || !lives)
        store_record_free(after, before);
    return err;
}

static enum store_err memory_remove(struct store_txn *base, struct slice collection,
                                    struct slice id)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    struct store_place *place = store_place_find(txn->user, collection);
    struct store_record *record = place == NULL ? NULL : store_record_find(place, id);
    if (record == NULL)
        return STORE_ABSENT;
    set_stamp(txn, place);
    return replace(txn, place, record, NULL);
}

static enum store_err remove_place(struct store_memory_txn *txn, struct store_place *place)
{
    TRY(store_memory_reserve(txn));
    store_place_unlink(place);
    note(txn, (struct store_change){ .place = place, .place_gone = true });
    return STORE_OK;
}

static enum store_err memory_remove_collection(struct store_txn *base, struct slice collection)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    TRY(store_memory_drop_batches(txn, &collection));
    struct store_place *place = store_place_find(txn->user, collection);
    return place == NULL ? STORE_ABSENT : remove_place(txn, place);
}

static enum store_err memory_remove_all(struct store_txn *base)
{
    struct store_memory_txn *txn = store_memory_txn_of(base);
    TRY(store_memory_reserve(txn));
    txn->wrote = true;
    TRY(store_memory_drop_batches(txn, NULL));
    struct store_node *node;
    while ((node = store_tree_first(&txn->user->collections)) != NULL)
        TRY(remove_place(txn, CONTAINER_OF(node, struct store_place, node)));
    return STORE_OK;
}

static int64_t memory_modified(const struct store_txn *base)
{
    const struct store_user *user = store_memory_txn_of(base)->user;
    return user == NULL ? 0 : user->modified;
}

static int64_t memory_stamp(const struct store_txn *base)
{
    return store_memory_txn_of(base)->stamp;
}

static uint64_t memory_bytes(const struct store_txn *base)
{
    const struct store_user *user = store_memory_txn_of(base)->user;
    return user == NULL ? 0 : user->bytes;
}

static struct store_place *find_place(const struct store_txn *base, struct slice name)
{
    const struct store_user *user = store_memory_txn_of(base)->user;
    return user == NULL ? NULL : store_place_find(user, name);
}

static struct store_collection describe(const struct store_place *place, struct slice name)
{
    return (struct store_collection){
        .name = name, .modified = place->modified, .count = place->count, .bytes = place->bytes
    };
}

struct collection_walk {
    store_visit_collection *visit;
    void *context;
};

static bool visit_place(void *context, struct store_node *node)
{
    const struct collection_walk *walk = context;
    const struct store_place *place = CONTAINER_OF(node, struct store_place, node);
    struct store_collection collection = describe(place, store_place_name(place));
    return walk->visit(walk->context, &collection);
}

static enum store_err memory_collections(struct store_txn *base, store_visit_collection *visit,
                                         void *context)
{
    struct collection_walk walk = { .visit = visit, .context = context };
    const struct store_user *user = store_memory_txn_of(base)->user;
    if (user != NULL)
        store_tree_walk(&user->collections, NULL, visit_place, &walk);
    return STORE_OK;
}

static enum store_err memory_collection(struct store_txn *base, struct slice name,
                                        struct store_collection *ret_collection)
{
    const struct store_place *place = find_place(base, name);
    if (place == NULL)
        return STORE_ABSENT;
    *ret_collection = describe(place, name);
    return STORE_OK;
}

static enum store_err memory_get(struct store_txn *base, struct slice collection, struct slice id,
                                 struct record_bso *ret_bso)
{
    const struct store_place *place = find_place(base, collection);
    const struct store_record *record = place == NULL ? NULL : store_record_find(place, id);
    if (record == NULL)
        return STORE_ABSENT;
    *ret_bso = record->bso;
    return STORE_OK;
}

static enum store_err memory_list(struct store_txn *base, struct slice collection,
                                  const struct store_query *query, struct store_sink *sink)
{
    const struct store_place *place = find_place(base, collection);
    return place == NULL ? STORE_ABSENT : store_pick(place, query, sink);
}

static void memory_free(struct store *base)
{
    struct memory_store *store = CONTAINER_OF(base, struct memory_store, base);
    struct store_node *node;
    while ((node = store->table.users.root) != NULL)
        store_user_free(CONTAINER_OF(node, struct store_user, node));
    alloc_release(store);
}

static const struct store_ops memory_ops = {
    .name = "memory",
    .begin = memory_begin,
    .commit = memory_commit,
    .rollback = memory_rollback,
    .modified = memory_modified,
    .stamp = memory_stamp,
    .bytes = memory_bytes,
    .collections = memory_collections,
    .collection = memory_collection,
    .get = memory_get,
    .list = memory_list,
    .touch = memory_touch,
    .put = memory_put,
    .remove = memory_remove,
    .remove_collection = memory_remove_collection,
    .remove_all = memory_remove_all,
    .batch_open = store_memory_batch_open,
    .batch_append = store_memory_batch_append,
    .batch_info = store_memory_batch_info,
    .batch_bytes = store_memory_batch_bytes,
    .batch_commit = store_memory_batch_commit,
    .batch_drop = store_memory_batch_drop,
    .free = memory_free,
};

struct store *store_memory_new(uint64_t ceiling)
{
    struct memory_store *store = alloc_new(struct memory_store);
    if (store == NULL)
        return NULL;
    store->base.ops = &memory_ops;
    store->table.ceiling = ceiling;
    /* The shape of the trees shows in nothing but speed, so a run stays repeatable. */
    store->table.random_state = rng_u64(rng_system());
    return &store->base;
}
