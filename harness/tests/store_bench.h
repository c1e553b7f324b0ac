/* What the contract test of the stores is made of: a backend, a bench with one open store, and the
 * tables of promises (store_promises_*.c). */
#ifndef SYNCSPEC_TESTS_STORE_BENCH_H
#define SYNCSPEC_TESTS_STORE_BENCH_H

#include "store/store.h"
#include "tests/support/support.h"

enum { T0 = 100000, ALICE = 1, BOB = 2 };

/* A backend under test: how an empty store is opened, and, for one that keeps data beyond its
 * process, how the data of the store opened last are opened again (NULL: it does not). */
struct backend {
    const char *name;
    struct store *(*open)(void);
    struct store *(*reopen)(void);
};

struct bench {
    const struct backend *backend;
    struct store *store;
    int64_t now;
};

/* Each table ends with a row of NULLs. */
struct promise {
    const char *name;
    void (*check)(struct bench *bench); /* finds an empty store, at T0 */
};

#define PROMISE(name)                                                                              \
    {                                                                                              \
#name, name                                                                                \
    }

extern const struct promise promises_data[], promises_time[], promises_list[], promises_atomic[],
    promises_batch[], promises_kept[];

/* Begin a transaction of the user (ALICE), which must succeed. */
struct store_txn *begin_as(struct bench *bench, uint64_t uid, enum store_access access);
struct store_txn *begin(struct bench *bench, enum store_access access);

/* ${payload} NULL: absent. */
struct record_update update_of(const char *id, const char *payload);
void put(struct store_txn *txn, const char *collection, const char *id, const char *payload);

/* One write transaction with one record; its stamp. */
int64_t write_as(struct bench *bench, uint64_t uid, const char *collection,
                 const struct record_update *update);
int64_t write_text(struct bench *bench, const char *collection, const char *id,
                   const char *payload);

/* All records, by id. */
struct store_query query_all(void);

/* The ids that the query gives, with blanks between; " +" at the end when there are more. */
void expect_list_as(struct bench *bench, uint64_t uid, const char *collection,
                    const struct store_query *query, const char *ids);
void expect_list(struct bench *bench, const char *collection, const struct store_query *query,
                 const char *ids);
void expect_all(struct bench *bench, const char *collection, const char *ids);

/* ${payload} NULL: there is no such record. */
void expect_payload(struct bench *bench, const char *collection, const char *id,
                    const char *payload);

struct user_sums {
    int64_t modified;
    uint64_t bytes;
};
struct user_sums sums(struct bench *bench, uint64_t uid);

void expect_collection(struct bench *bench, const char *name, int64_t modified, uint64_t count,
                       uint64_t bytes);
void expect_no_collection(struct bench *bench, const char *name);

/* "name=modified/count/bytes " for each, in order. */
void expect_collections(struct bench *bench, uint64_t uid, const char *text);

#endif
