/* A store that hands every call on, but for those that a fault answers. */
#include "fault/txn.h"

#include "base/alloc.h"
#include "fault/layer.h"

#include <stdarg.h>
#include <stdio.h>

static bool write_key(const struct fault_txn *txn, char *ret_key, const char *format, va_list args)
{
    int head = snprintf(ret_key, FAULT_MEMORY_KEY, "%llu ", (unsigned long long)txn->uid);
    int tail = vsnprintf(ret_key + head, FAULT_MEMORY_KEY - (size_t)head, format, args);
    return tail >= 0 && head + tail < FAULT_MEMORY_KEY;
}

struct fault_cell *fault_txn_cell(struct fault_txn *txn, const char *format, ...)
{
    char key[FAULT_MEMORY_KEY];
    va_list args;
    va_start(args, format);
    bool fits = write_key(txn, key, format, args);
    va_end(args);
    return fits ? fault_memory_cell(txn->memory, slice_text(key)) : NULL;
}

int64_t fault_txn_count(struct fault_txn *txn, const char *format, ...)
{
    char key[FAULT_MEMORY_KEY];
    va_list args;
    va_start(args, format);
    bool fits = write_key(txn, key, format, args);
    va_end(args);
    struct fault_cell *cell = fits ? fault_memory_cell(txn->memory, slice_text(key)) : NULL;
    return cell == NULL ? 0 : ++cell->number;
}

enum { TEXTS_MAX = 256 * 1024 * 1024 };

uint8_t *fault_txn_room(struct fault_txn *txn, size_t len)
{
    if (txn->arena == NULL)
        txn->arena = arena_new(TEXTS_MAX);
    return txn->arena == NULL ? NULL : arena_alloc(txn->arena, 1, len);
}

struct slice fault_txn_copy(struct fault_txn *txn, struct slice bytes)
{
    uint8_t *room = fault_txn_room(txn, bytes.len);
    if (room == NULL || bytes.len == 0)
        return (struct slice){ 0 };
    memcpy(room, bytes.ptr, bytes.len);
    return slice_of(room, bytes.len);
}

static void release(struct fault_txn *txn)
{
    arena_free(txn->arena);
    alloc_release(txn);
}

static struct store_txn *inner(struct store_txn *txn)
{
    return fault_txn_of(txn)->inner;
}

static enum store_err begin(struct store *base, uint64_t uid, enum store_access access, int64_t now,
                            struct store_txn **ret_txn)
{
    struct fault_store *store = CONTAINER_OF(base, struct fault_store, base);
    struct fault_txn *txn = alloc_new(struct fault_txn);
    if (txn == NULL)
        return STORE_NOMEM;
    *txn = (struct fault_txn){
        .base.store = base,
        .fault = store->layer->fault,
        .memory = &store->layer->memory,
        .uid = uid,
        .access = access,
        .now = now,
        .started = store->layer->outside->started,
        .on = store->layer->concerned,
        .put = store->layer->outside->method == FAULT_PUT,
    };
    int64_t (*sees)(const struct fault *fault, int64_t now) = txn->on ? txn->fault->sees : NULL;
    uint64_t owner = txn->on && txn->fault->whose != NULL ? txn->fault->whose(txn) : uid;
    enum store_err err = store_begin(store->inner, owner, access,
                                     sees == NULL ? now : sees(txn->fault, now), &txn->inner);
    if (err == STORE_OK)
        *ret_txn = &txn->base;
    else
        release(txn);
    return err;
}

/* The two that end a transaction call the fault's hook, if it has one, for the one below. */
static enum store_err commit(struct store_txn *txn)
{
    struct fault_txn *ended = fault_txn_of(txn);
    enum store_err (*hook)(struct store_txn * txn) = ended->fault->store.commit;
    enum store_err err = hook == NULL ? store_commit(ended->inner) : hook(txn);
    release(ended);
    return err;
}

static void rollback(struct store_txn *txn)
{
    store_rollback(inner(txn));
    release(fault_txn_of(txn));
}

static const struct fault_txn *const_txn(const struct store_txn *txn)
{
    return (const struct fault_txn *)(const void *)txn;
}

static int64_t modified(const struct store_txn *txn)
{
    return store_modified(const_txn(txn)->inner);
}

static int64_t stamp(const struct store_txn *txn)
{
    return store_stamp(const_txn(txn)->inner);
}

static uint64_t bytes(const struct store_txn *txn)
{
    return store_bytes(const_txn(txn)->inner);
}

static bool tell(struct fault_txn *txn, struct store_collection *told)
{
    return !txn->on || txn->fault->tell == NULL || txn->fault->tell(txn, told);
}

static bool show(struct fault_txn *txn, struct slice name, struct record_bso *shown)
{
    return !txn->on || txn->fault->show == NULL || txn->fault->show(txn, name, shown);
}

static struct record_update bent(struct fault_txn *txn, const struct record_update *update)
{
    struct record_update bent = *update;
    if (txn->on && txn->fault->bend != NULL)
        txn->fault->bend(txn, &bent);
    return bent;
}

/* What is visited below goes through the hook on its way up. */
struct telling {
    struct fault_txn *txn;
    store_visit_collection *visit;
    void *context;
};

static bool tell_one(void *context, const struct store_collection *seen)
{
    const struct telling *telling = context;
    struct store_collection told = *seen;
    return !tell(telling->txn, &told) || telling->visit(telling->context, &told);
}

static enum store_err collections(struct store_txn *txn, store_visit_collection *visit,
                                  void *context)
{
    struct telling telling = { fault_txn_of(txn), visit, context };
    return store_collections(inner(txn), tell_one, &telling);
}

static enum store_err collection(struct store_txn *txn, struct slice name,
                                 struct store_collection *ret_collection)
{
    struct store_collection told;
    TRY(store_collection(inner(txn), name, &told));
    if (!tell(fault_txn_of(txn), &told))
        return STORE_ABSENT;
    *ret_collection = told;
    return STORE_OK;
}

static enum store_err get(struct store_txn *txn, struct slice name, struct slice id,
                          struct record_bso *ret_bso)
{
    struct record_bso shown;
    TRY(store_get(inner(txn), name, id, &shown));
    if (!show(fault_txn_of(txn), name, &shown))
        return STORE_ABSENT;
    *ret_bso = shown;
    return STORE_OK;
}

struct showing {
    struct fault_txn *txn;
    struct slice name;
    struct store_sink *sink;
};

static bool show_one(void *context, const struct record_bso *bso)
{
    const struct showing *showing = context;
    struct record_bso shown = *bso;
    return !show(showing->txn, showing->name, &shown) ||
           showing->sink->visit(showing->sink->context, &shown);
}

static enum store_err list(struct store_txn *txn, struct slice name,
                           const struct store_query *query, struct store_sink *sink)
{
    struct showing showing = { fault_txn_of(txn), name, sink };
    struct store_sink below = { .visit = show_one, .context = &showing };
    enum store_err err = store_list(inner(txn), name, query, &below);
    sink->more = below.more;
    return err;
}

static enum store_err touch(struct store_txn *txn, struct slice name)
{
    return store_touch(inner(txn), name);
}

static enum store_err put(struct store_txn *txn, struct slice name,
                          const struct record_update *update)
{
    const struct record_update changed = bent(fault_txn_of(txn), update);
    return store_put(inner(txn), name, &changed);
}

static enum store_err remove_one(struct store_txn *txn, struct slice name, struct slice id)
{
    return store_remove(inner(txn), name, id);
}

static enum store_err remove_collection(struct store_txn *txn, struct slice name)
{
    return store_remove_collection(inner(txn), name);
}

static enum store_err remove_all(struct store_txn *txn)
{
    return store_remove_all(inner(txn));
}

static enum store_err batch_open(struct store_txn *txn, struct slice name, uint64_t id,
                                 int64_t expires)
{
    return store_batch_open(inner(txn), name, id, expires);
}

static enum store_err batch_append(struct store_txn *txn, struct slice name, uint64_t id,
                                   const struct record_update *update)
{
    const struct record_update changed = bent(fault_txn_of(txn), update);
    return store_batch_append(inner(txn), name, id, &changed);
}

static enum store_err batch_info(struct store_txn *txn, struct slice name, uint64_t id,
                                 struct store_batch *ret_batch)
{
    return store_batch_info(inner(txn), name, id, ret_batch);
}

static enum store_err batch_bytes(struct store_txn *txn, uint64_t *ret_bytes)
{
    return store_batch_bytes(inner(txn), ret_bytes);
}

static enum store_err batch_commit(struct store_txn *txn, struct slice name, uint64_t id)
{
    return store_batch_commit(inner(txn), name, id);
}

static enum store_err batch_drop(struct store_txn *txn, struct slice name, uint64_t id)
{
    return store_batch_drop(inner(txn), name, id);
}

static void keep(struct store *store)
{
    (void)store; /* the layer's; what it stands before is freed by its owner */
}

#define OR(hook, otherwise) ((hook) == NULL ? (otherwise) : (hook))

struct store *fault_store_around(struct fault_layer *layer, struct store *below)
{
    const struct store_ops *hooks = &layer->fault->store;
    struct fault_store *store = &layer->store;
    *store = (struct fault_store){
        .base.ops = &store->ops,
        .inner = below,
        .ops = {
            .name = below->ops->name,
            .begin = begin,
            .commit = commit,
            .rollback = rollback,
            .modified = OR(hooks->modified, modified),
            .stamp = OR(hooks->stamp, stamp),
            .bytes = OR(hooks->bytes, bytes),
            .collections = OR(hooks->collections, collections),
            .collection = OR(hooks->collection, collection),
            .get = OR(hooks->get, get),
            .list = OR(hooks->list, list),
            .touch = OR(hooks->touch, touch),
            .put = OR(hooks->put, put),
            .remove = OR(hooks->remove, remove_one),
            .remove_collection = OR(hooks->remove_collection, remove_collection),
            .remove_all = OR(hooks->remove_all, remove_all),
            .batch_open = OR(hooks->batch_open, batch_open),
            .batch_append = OR(hooks->batch_append, batch_append),
            .batch_info = OR(hooks->batch_info, batch_info),
            .batch_bytes = OR(hooks->batch_bytes, batch_bytes),
            .batch_commit = OR(hooks->batch_commit, batch_commit),
            .batch_drop = OR(hooks->batch_drop, batch_drop),
            .free = keep,
        },
        .layer = layer,
    };
    fault_keeping_fill(&store->ops, below);
    return &store->base;
}
