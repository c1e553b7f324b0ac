#include "store/pending.h"

#include "base/alloc.h"

static struct store_key number_key(uint64_t id)
{
    return (struct store_key){ .number = (int64_t)id };
}

static struct slice name_of(const struct store_pending *pending)
{
    return slice_of(pending->name, pending->name_len);
}

struct store_pending *store_pending_of(const struct store_user *user, uint64_t id)
{
    struct store_node *node = store_tree_find(&user->batches, number_key(id));
    return node == NULL ? NULL : CONTAINER_OF(node, struct store_pending, node);
}

struct store_pending *store_pending_find(const struct store_user *user, struct slice name,
                                         uint64_t id)
{
    struct store_pending *pending = store_pending_of(user, id);
    return pending != NULL && slice_eq(name_of(pending), name) ? pending : NULL;
}

struct search {
    struct slice name;
    struct store_pending *found;
};

static bool compare_name(void *context, struct store_node *node)
{
    struct search *search = context;
    struct store_pending *pending = CONTAINER_OF(node, struct store_pending, node);
    if (!slice_eq(name_of(pending), search->name))
        return true;
    search->found = pending;
    return false;
}

struct store_pending *store_pending_any(const struct store_user *user, struct slice name)
{
    struct search search = { .name = name };
    store_tree_walk(&user->batches, NULL, compare_name, &search);
    return search.found;
}

struct store_pending *store_pending_new(struct store_user *user, struct slice name, uint64_t id,
                                        int64_t expires)
{
    struct store_pending *pending = alloc_zeroed(1, sizeof(*pending) + name.len);
    if (pending == NULL)
        return NULL;
    pending->user = user;
    pending->node.key = number_key(id);
    pending->batch.expires = expires;
    pending->name_len = name.len;
    memcpy(pending->name, name.ptr, name.len);
    return pending;
}

static size_t text_size(const struct record_update *update)
{
    size_t size = update->id.len + update->payload.len;
    for (size_t i = 0; i < RECORD_RELATIONS; i++)
        size += update->relations[i].len;
    return size;
}

uint64_t store_item_size(const struct store_item *item)
{
    return sizeof(*item) + text_size(&item->update);
}

uint64_t store_pending_size(const struct store_pending *pending)
{
    uint64_t size = sizeof(*pending) + pending->name_len;
    for (const struct store_item *item = pending->first; item != NULL; item = item->next)
        size += store_item_size(item);
    return size;
}

void store_pending_link(struct store_pending *pending)
{
    struct store_user *user = pending->user;
    store_tree_insert(&user->batches, &pending->node, pending->node.key,
                      store_table_weight(user->table));
    store_tree_insert(&user->batches_expiring, &pending->expiring,
                      (struct store_key){ .number = pending->batch.expires },
                      store_table_weight(user->table));
    user->batch_count++;
    user->batch_bytes += pending->batch.bytes;
    user->table->used += store_pending_size(pending);
}

void store_pending_unlink(struct store_pending *pending)
{
    struct store_user *user = pending->user;
    store_tree_remove(&user->batches, &pending->node);
    store_tree_remove(&user->batches_expiring, &pending->expiring);
    user->batch_count--;
    user->batch_bytes -= pending->batch.bytes;
    user->table->used -= store_pending_size(pending);
}

void store_pending_free(struct store_pending *pending)
{
    while (pending->first != NULL) {
        struct store_item *item = pending->first;
        pending->first = item->next;
        alloc_release(item);
    }
    alloc_release(pending);
}

struct store_item *store_item_new(const struct record_update *update)
{
    struct record_update kept = *update;
    if (kept.payload_is != RECORD_VALUE)
        kept.payload = (struct slice){ 0 };
    struct store_item *item = alloc_zeroed(1, sizeof(*item) + text_size(&kept));
    if (item == NULL)
        return NULL;
    uint8_t *text = item->bytes;
    kept.id = slice_put(&text, kept.id);
    kept.payload = slice_put(&text, kept.payload);
    for (size_t i = 0; i < RECORD_RELATIONS; i++)
        kept.relations[i] = slice_put(&text, kept.relations[i]);
    item->update = kept;
    return item;
}

void store_pending_push(struct store_pending *pending, struct store_item *item)
{
    item->before = pending->last;
    item->next = NULL;
    if (pending->last != NULL)
        pending->last->next = item;
    else
        pending->first = item;
    pending->last = item;
    pending->batch.records++;
    pending->batch.bytes += item->update.payload.len;
    pending->user->batch_bytes += item->update.payload.len;
    pending->user->table->used += store_item_size(item);
}

void store_pending_pop(struct store_pending *pending)
{
    struct store_item *item = pending->last;
    pending->last = item->before;
    if (pending->last != NULL)
        pending->last->next = NULL;
    else
        pending->first = NULL;
    pending->batch.records--;
    pending->batch.bytes -= item->update.payload.len;
    pending->user->batch_bytes -= item->update.payload.len;
    pending->user->table->used -= store_item_size(item);
    alloc_release(item);
}

void store_pending_purge(struct store_user *user, int64_t now)
{
    struct store_node *node;
    while ((node = store_tree_first(&user->batches_expiring)) != NULL && node->key.number <= now) {
        struct store_pending *pending = CONTAINER_OF(node, struct store_pending, expiring);
        store_pending_unlink(pending);
        store_pending_free(pending);
    }
}
