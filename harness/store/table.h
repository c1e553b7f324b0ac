/* What the memory backend keeps: users, their collections, their records, and the trees that order
 * them.  Linking and unlinking keep counts and sums exact and cannot fail. */
#ifndef SYNCSPEC_STORE_TABLE_H
#define SYNCSPEC_STORE_TABLE_H

#include "store/store.h"
#include "store/tree.h"

enum { STORE_ORDERS = 4 }; /* one tree per enum store_order */

/* All users.  Zero-initialised but for random_state. */
struct store_table {
    struct store_tree users;
    uint64_t used;         /* bytes that linked records and collections take */
    uint64_t ceiling;      /* of used */
    uint64_t random_state; /* of the trees' weights */
};

struct store_user {
    struct store_node node; /* keyed by uid */
    struct store_table *table;
    struct store_tree collections;      /* keyed by name */
    struct store_tree expiring;         /* records that expire, keyed by when */
    struct store_tree batches;          /* open ones, keyed by id */
    struct store_tree batches_expiring; /* the same, keyed by when */
    size_t batch_count;
    uint64_t batch_bytes; /* payload bytes of what was added to them */
    int64_t modified;
    uint64_t bytes;
    bool busy; /* a transaction is open */
};

struct store_place { /* a collection */
    struct store_node node;
    struct store_user *user;
    struct store_tree orders[STORE_ORDERS];
    int64_t modified;
    uint64_t count, bytes;
    size_t name_len;
    uint8_t name[];
};

struct store_record {
    struct store_node nodes[STORE_ORDERS];
    struct store_node expiring;
    struct store_place *place;
    struct record_bso bso; /* its payload lies in ${payload}, its other text in ${text} */
    uint8_t *payload;      /* its own block; NULL when empty */
    uint8_t text[];
};

/* A random weight for a node of one of the table's trees. */
uint64_t store_table_weight(struct store_table *table);

/* NULL when there is none. */
struct store_user *store_table_user(const struct store_table *table, uint64_t uid);

/* A new, linked user.  NULL when out of memory. */
MUST_USE struct store_user *store_user_new(struct store_table *table, uint64_t uid);

/* Unlinks and frees the user with everything; store_user_free(NULL) does nothing. */
void store_user_free(struct store_user *user);

/* Frees the records whose time is over at ${now}. */
void store_user_purge(struct store_user *user, int64_t now);

struct slice store_place_name(const struct store_place *place);
struct store_place *store_place_find(const struct store_user *user, struct slice name);

/* A new collection, not linked.  NULL when out of memory. */
MUST_USE struct store_place *store_place_new(struct store_user *user, struct slice name);

/* Puts the collection, with the records that it holds, into its user's sight, or takes it out. */
void store_place_link(struct store_place *place);
void store_place_unlink(struct store_place *place);

/* Frees an unlinked collection and its records. */
void store_place_free(struct store_place *place);

/* The bytes that count against the table's ceiling. */
uint64_t store_place_size(const struct store_place *place);
uint64_t store_record_size(const struct store_record *record);

struct store_record *store_record_find(const struct store_place *place, struct slice id);

/* A new record with copies of an id and of the relations to other records, the rest defaults, no
 * payload, not linked.  NULL when out of memory. */
MUST_USE struct store_record *store_record_new(struct store_place *place, struct slice id,
                                               const struct slice relations[RECORD_RELATIONS]);

void store_record_link(struct store_record *record);
void store_record_unlink(struct store_record *record);

/* Frees an unlinked record; not its payload when ${heir}, which may be NULL, has the same one. */
void store_record_free(struct store_record *record, const struct store_record *heir);

#endif
