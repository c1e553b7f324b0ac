#include "store/table.h"

#include "base/alloc.h"
#include "store/order.h"
#include "store/pending.h"

/* splitmix64. */
uint64_t store_table_weight(struct store_table *table)
{
    uint64_t z = table->random_state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static struct store_key user_key(uint64_t uid)
{
    return (struct store_key){ .number = (int64_t)uid };
}

struct store_user *store_table_user(const struct store_table *table, uint64_t uid)
{
    struct store_node *node = store_tree_find(&table->users, user_key(uid));
    return node == NULL ? NULL : CONTAINER_OF(node, struct store_user, node);
}

struct store_user *store_user_new(struct store_table *table, uint64_t uid)
{
    struct store_user *user = alloc_new(struct store_user);
    if (user == NULL)
        return NULL;
    user->table = table;
    store_tree_insert(&table->users, &user->node, user_key(uid), store_table_weight(table));
    return user;
}

void store_user_free(struct store_user *user)
{
    if (user == NULL)
        return;
    struct store_node *node;
    while ((node = store_tree_first(&user->collections)) != NULL) {
        struct store_place *place = CONTAINER_OF(node, struct store_place, node);
        store_place_unlink(place);
        store_place_free(place);
    }
    store_pending_purge(user, INT64_MAX);
    store_tree_remove(&user->table->users, &user->node);
    alloc_release(user);
}

void store_user_purge(struct store_user *user, int64_t now)
{
    struct store_node *node;
    while ((node = store_tree_first(&user->expiring)) != NULL && node->key.number <= now) {
        struct store_record *record = CONTAINER_OF(node, struct store_record, expiring);
        store_record_unlink(record);
        store_record_free(record, NULL);
    }
}

static struct store_key name_key(struct slice name)
{
    return (struct store_key){ .text = name };
}

struct slice store_place_name(const struct store_place *place)
{
    return slice_of(place->name, place->name_len);
}

struct store_place *store_place_find(const struct store_user *user, struct slice name)
{
    struct store_node *node = store_tree_find(&user->collections, name_key(name));
    return node == NULL ? NULL : CONTAINER_OF(node, struct store_place, node);
}

struct store_place *store_place_new(struct store_user *user, struct slice name)
{
    struct store_place *place = alloc_zeroed(1, sizeof(*place) + name.len);
    if (place == NULL)
        return NULL;
    place->user = user;
    place->name_len = name.len;
    memcpy(place->name, name.ptr, name.len);
    return place;
}

uint64_t store_place_size(const struct store_place *place)
{
    return sizeof(*place) + place->name_len;
}

/* The bytes of what stands in a record's own block. */
static size_t text_size(struct slice id, const struct slice relations[RECORD_RELATIONS])
{
    size_t size = id.len;
    for (size_t i = 0; i < RECORD_RELATIONS; i++)
        size += relations[i].len;
    return size;
}

uint64_t store_record_size(const struct store_record *record)
{
    return sizeof(*record) + text_size(record->bso.id, record->bso.relations) +
           record->bso.payload.len;
}

/* What the user and the table see of a record that its collection holds. */
static void count_in(struct store_record *record)
{
    struct store_user *user = record->place->user;
    user->bytes += record->bso.payload.len;
    user->table->used += store_record_size(record);
    if (record->bso.expires != INT64_MAX)
        store_tree_insert(&user->expiring, &record->expiring,
                          (struct store_key){ .number = record->bso.expires },
                          store_table_weight(user->table));
}

static void count_out(struct store_record *record)
{
    struct store_user *user = record->place->user;
    user->bytes -= record->bso.payload.len;
    user->table->used -= store_record_size(record);
    if (record->bso.expires != INT64_MAX)
        store_tree_remove(&user->expiring, &record->expiring);
}

static bool visit_in(void *context, struct store_node *node)
{
    (void)context;
    count_in(CONTAINER_OF(node, struct store_record, nodes[STORE_BY_ID]));
    return true;
}

static bool visit_out(void *context, struct store_node *node)
{
    (void)context;
    count_out(CONTAINER_OF(node, struct store_record, nodes[STORE_BY_ID]));
    return true;
}

void store_place_link(struct store_place *place)
{
    struct store_user *user = place->user;
    store_tree_insert(&user->collections, &place->node, name_key(store_place_name(place)),
                      store_table_weight(user->table));
    user->table->used += store_place_size(place);
    store_tree_walk(&place->orders[STORE_BY_ID], NULL, visit_in, NULL);
}

void store_place_unlink(struct store_place *place)
{
    struct store_user *user = place->user;
    store_tree_remove(&user->collections, &place->node);
    user->table->used -= store_place_size(place);
    store_tree_walk(&place->orders[STORE_BY_ID], NULL, visit_out, NULL);
}

void store_place_free(struct store_place *place)
{
    struct store_node *node;
    while ((node = place->orders[STORE_BY_ID].root) != NULL) {
        store_tree_remove(&place->orders[STORE_BY_ID], node);
        store_record_free(CONTAINER_OF(node, struct store_record, nodes[STORE_BY_ID]), NULL);
    }
    alloc_release(place);
}

struct store_record *store_record_find(const struct store_place *place, struct slice id)
{
    struct store_node *node =
        store_tree_find(&place->orders[STORE_BY_ID], store_order_key(STORE_BY_ID, 0, id));
    return node == NULL ? NULL : CONTAINER_OF(node, struct store_record, nodes[STORE_BY_ID]);
}

struct store_record *store_record_new(struct store_place *place, struct slice id,
                                      const struct slice relations[RECORD_RELATIONS])
{
    struct store_record *record = alloc_zeroed(1, sizeof(*record) + text_size(id, relations));
    if (record == NULL)
        return NULL;
    uint8_t *text = record->text;
    record->place = place;
    record->bso = (struct record_bso){ .id = slice_put(&text, id), .expires = INT64_MAX };
    for (size_t i = 0; i < RECORD_RELATIONS; i++)
        record->bso.relations[i] = slice_put(&text, relations[i]);
    return record;
}

void store_record_link(struct store_record *record)
{
    struct store_place *place = record->place;
    for (int order = 0; order < STORE_ORDERS; order++) {
        int64_t number = store_order_number((enum store_order)order, &record->bso);
        store_tree_insert(&place->orders[order], &record->nodes[order],
                          store_order_key((enum store_order)order, number, record->bso.id),
                          store_table_weight(place->user->table));
    }
    place->count++;
    place->bytes += record->bso.payload.len;
    count_in(record);
}

void store_record_unlink(struct store_record *record)
{
    struct store_place *place = record->place;
    for (int order = 0; order < STORE_ORDERS; order++)
        store_tree_remove(&place->orders[order], &record->nodes[order]);
    place->count--;
    place->bytes -= record->bso.payload.len;
    count_out(record);
}

void store_record_free(struct store_record *record, const struct store_record *heir)
{
    if (heir == NULL || heir->payload != record->payload)
        alloc_release(record->payload);
    alloc_release(record);
}
