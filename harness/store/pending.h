/* An open batch as the memory backend keeps it: updates in the order in which they came. */
#ifndef SYNCSPEC_STORE_PENDING_H
#define SYNCSPEC_STORE_PENDING_H

#include "store/table.h"

struct store_item {
    struct store_item *before, *next;
    struct record_update update; /* its text lies in ${bytes} */
    uint8_t bytes[];
};

struct store_pending {
    struct store_node node;     /* keyed by id */
    struct store_node expiring; /* keyed by when */
    struct store_user *user;
    struct store_batch batch;
    struct store_item *first, *last;
    size_t name_len;
    uint8_t name[]; /* of the collection */
};

/* NULL when the user has no open batch of that id; of that id and collection. */
struct store_pending *store_pending_of(const struct store_user *user, uint64_t id);
struct store_pending *store_pending_find(const struct store_user *user, struct slice name,
                                         uint64_t id);

/* Any open batch of the collection; NULL when there is none. */
struct store_pending *store_pending_any(const struct store_user *user, struct slice name);

/* A new, empty batch, not linked.  NULL when out of memory. */
MUST_USE struct store_pending *store_pending_new(struct store_user *user, struct slice name,
                                                 uint64_t id, int64_t expires);

/* Puts the batch, with what was added to it, into its user's sight, or takes it out. */
void store_pending_link(struct store_pending *pending);
void store_pending_unlink(struct store_pending *pending);

/* Frees an unlinked batch. */
void store_pending_free(struct store_pending *pending);

/* A copy of the update, not added yet.  NULL when out of memory.  Freed by alloc_release. */
MUST_USE struct store_item *store_item_new(const struct record_update *update);

/* Adds to a linked batch, at its end; takes away what was added last, and frees it. */
void store_pending_push(struct store_pending *pending, struct store_item *item);
void store_pending_pop(struct store_pending *pending);

/* The bytes that count against the table's ceiling. */
uint64_t store_pending_size(const struct store_pending *pending);
uint64_t store_item_size(const struct store_item *item);

/* Frees the batches whose time is over at ${now}. */
void store_pending_purge(struct store_user *user, int64_t now);

#endif
