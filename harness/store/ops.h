/* What a backend is: this vtable, struct store as its first member, and a row of the registry in
 * registry.c; harness/tests/test_store_contract.c holds every backend to the promises below. */
#ifndef SYNCSPEC_STORE_OPS_H
#define SYNCSPEC_STORE_OPS_H

#include "base/stamp.h"
#include "record/bso.h"

/* The promises
 * - A transaction belongs to one user and sees that user's data alone.
 * - A write transaction is atomic: store_commit makes all of it visible and durable (as the backend
 * defines durable), store_rollback or a failed call nothing of it.  After any error but
 * STORE_ABSENT only store_rollback may follow.
 * - All that one write transaction touches gets one stamp, store_stamp(): max(now, the user's last
 * stamp + 1).  So stamps strictly rise per user, also across restarts, when the clock steps back,
 * and after store_remove_all.
 * - A transaction that changes nothing (it called no writing function) leaves every stamp as it
 * was.
 * - A record whose `expires` <= now does not exist: it is in no answer, no count and no sum, and a
 * write to it starts from defaults.  Expiry changes no stamp.
 * - Usage is exact: the sum of the payload bytes of the records that exist.
 * - An open batch is invisible but to the batch functions: it counts in no collection, sum or
 * stamp, and opening it, adding to it and dropping it change none and create no collection.  It
 * belongs to one user and one collection, and is gone once it is committed or dropped, once
 * `expires` <= now, and with store_remove_collection and store_remove_all.  Backends that keep data
 * beyond the process keep open batches too. */

struct store {
    const struct store_ops *ops;
};

enum store_err {
    STORE_OK = 0,
    STORE_ABSENT, /* no such collection or record */
    STORE_FULL, /* the backend's own bound was reached, or the disk is full: 507 or 503 on the wire
                 */
    STORE_BUSY, /* conflict or lock: try again: 503 */
    STORE_BROKEN, /* the backend cannot go on: 503 */
    STORE_NOMEM,
};

enum store_access { STORE_READ, STORE_WRITE };

struct store_txn; /* owned by the backend; made by begin, ended by commit or rollback */

struct store_collection {
    struct slice name;
    int64_t modified; /* stamp; never below that of its records */
    uint64_t count;   /* records that exist */
    uint64_t bytes;   /* their payload bytes */
};

enum store_order { STORE_BY_ID, STORE_NEWEST, STORE_OLDEST, STORE_BY_INDEX };

/* Which records of a collection.  Orders are total: ties, and all of STORE_BY_ID, are in byte order
 * of the id, ascending. STORE_BY_INDEX is sortindex descending, records without one last. */
struct store_query {
    const struct slice *ids; /* only these; NULL: all.  Repeated ids count once */
    size_t id_count;
    int64_t newer; /* only modified > newer; INT64_MIN: no bound */
    int64_t older; /* only modified < older; INT64_MAX: no bound */
    enum store_order order;
    size_t limit; /* SIZE_MAX: none */
    bool bare;    /* payloads are not wanted: rows come without, and nothing is read of them */
    /* Only what comes behind this place in the order (keyset paging: stable while others write). */
    bool has_after;
    int64_t after_key; /* modified, or sortindex (INT64_MIN: none) under STORE_BY_INDEX; unused for
                          STORE_BY_ID */
    struct slice after_id;
};

/* Called for each row; false stops.  Slices are valid during the call. */
typedef bool store_visit_record(void *context, const struct record_bso *bso);
typedef bool store_visit_collection(void *context, const struct store_collection *collection);

/* Where the rows of a query go. */
struct store_sink {
    store_visit_record *visit;
    void *context;
    bool more; /* set by store_list: records behind the limit exist */
};

/* An open batch (SyncStorage API 1.5, "Batch uploads"). */
struct store_batch {
    int64_t expires;  /* stamp */
    uint64_t records; /* updates added; an id that was sent twice counts twice */
    uint64_t bytes;   /* of their payloads */
};

enum { STORE_BATCHES = 1000 }; /* that one user may have open */

/* A row that a service beside the storage keeps, UTF-8 throughout: accounts and the like. */
struct store_kept {
    struct slice kind, key, value;
};

typedef bool store_visit_kept(void *context, const struct store_kept *row);

struct store_ops {
    const char *name;

    /* Begins; ${now} is a stamp.  A user that was never seen is an empty user. */
    enum store_err (*begin)(struct store *store, uint64_t uid, enum store_access access,
                            int64_t now, struct store_txn **ret_txn);
    enum store_err (*commit)(struct store_txn *txn); /* ends the transaction, whatever it returns */
    void (*rollback)(struct store_txn *txn);

    /* The user's last stamp when the transaction began; 0 for a user that never wrote. */
    int64_t (*modified)(const struct store_txn *txn);
    /* The stamp of this write transaction; for a read transaction max(now, modified). */
    int64_t (*stamp)(const struct store_txn *txn);
    /* Payload bytes of all collections, this transaction's changes included. */
    uint64_t (*bytes)(const struct store_txn *txn);

    /* In byte order of the names. */
    enum store_err (*collections)(struct store_txn *txn, store_visit_collection *visit,
                                  void *context);
    /* ${ret_collection}->name borrows from ${name}. */
    enum store_err (*collection)(struct store_txn *txn, struct slice name,
                                 struct store_collection *ret_collection);
    /* Borrowed until the transaction ends or the record is written. */
    enum store_err (*get)(struct store_txn *txn, struct slice collection, struct slice id,
                          struct record_bso *ret_bso);
    /* STORE_ABSENT when the collection does not exist. */
    enum store_err (*list)(struct store_txn *txn, struct slice collection,
                           const struct store_query *query, struct store_sink *sink);

    /* Writing.  All of them give the collection (where there is one) and the user the transaction's
     * stamp. */

    /* Creates the collection when it does not exist. */
    enum store_err (*touch)(struct store_txn *txn, struct slice collection);
    /* Applies the update (absent keeps, null resets, a value replaces; ttl counts from the
     * transaction's now); creates collection and record as needed.  The record's modified becomes
     * the stamp.  The update is valid and has an id. */
    enum store_err (*put)(struct store_txn *txn, struct slice collection,
                          const struct record_update *update);
    /* STORE_ABSENT, and nothing changed, when there is no such record.  The collection stays. */
    enum store_err (*remove)(struct store_txn *txn, struct slice collection, struct slice id);
    /* STORE_ABSENT when there is no such collection; what changed then is that batches are gone
     * that were opened for it. */
    enum store_err (*remove_collection)(struct store_txn *txn, struct slice collection);
    /* All collections. */
    enum store_err (*remove_all)(struct store_txn *txn);

    /* Batches.  Those that take an ${id} give STORE_ABSENT, and nothing changed, when the user has
     * no such open batch for that collection. */

    /* ${id} is the caller's: random, so that nobody guesses it.  STORE_BUSY: the user has an open
     * batch of that id; STORE_FULL: or STORE_BATCHES of them. */
    enum store_err (*batch_open)(struct store_txn *txn, struct slice collection, uint64_t id,
                                 int64_t expires);
    /* Keeps a copy of the update, which is valid and has an id. */
    enum store_err (*batch_append)(struct store_txn *txn, struct slice collection, uint64_t id,
                                   const struct record_update *update);
    enum store_err (*batch_info)(struct store_txn *txn, struct slice collection, uint64_t id,
                                 struct store_batch *ret_batch);
    /* Payload bytes of all open batches of the user, this transaction's included. */
    enum store_err (*batch_bytes)(struct store_txn *txn, uint64_t *ret_bytes);
    /* Puts the updates in the order in which they came, as store_put does (a ttl counts from this
     * transaction's now), after touching the collection; the batch is gone. */
    enum store_err (*batch_commit)(struct store_txn *txn, struct slice collection, uint64_t id);
    enum store_err (*batch_drop)(struct store_txn *txn, struct slice collection, uint64_t id);

    /* Rows of services.  All NULL: the backend keeps nothing beyond the process.  STORE_BUSY while
     * a transaction is open; after an error nothing has changed. */

    /* Adds the row, or replaces the value of the one with that key; as durable as a commit. */
    enum store_err (*keep)(struct store *store, const struct store_kept *row);
    /* The row of that kind and key is no more, whether there was one or not. */
    enum store_err (*forget)(struct store *store, struct slice kind, struct slice key);
    /* All of a kind, in byte order of their keys. */
    enum store_err (*kept)(struct store *store, struct slice kind, store_visit_kept *visit,
                           void *context);

    void (*free)(struct store *store);
};

/* The first member of a backend's transaction. */
struct store_txn {
    struct store *store;
};

#endif
