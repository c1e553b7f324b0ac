/* The functions of struct store_ops for SQLite, but for free. */
#ifndef SYNCSPEC_STORE_SQLITE_OPS_H
#define SYNCSPEC_STORE_SQLITE_OPS_H

#include "store/sqlite_db.h"

enum store_err store_sqlite_begin(struct store *store, uint64_t uid, enum store_access access,
                                  int64_t now, struct store_txn **ret_txn);
enum store_err store_sqlite_commit(struct store_txn *base);
void store_sqlite_rollback(struct store_txn *base);
int64_t store_sqlite_modified(const struct store_txn *base);
int64_t store_sqlite_stamp(const struct store_txn *base);
uint64_t store_sqlite_bytes(const struct store_txn *base);

enum store_err store_sqlite_collections(struct store_txn *base, store_visit_collection *visit,
                                        void *context);
enum store_err store_sqlite_collection(struct store_txn *base, struct slice name,
                                       struct store_collection *ret_collection);
enum store_err store_sqlite_get(struct store_txn *base, struct slice collection, struct slice id,
                                struct record_bso *ret_bso);
enum store_err store_sqlite_list(struct store_txn *base, struct slice collection,
                                 const struct store_query *query, struct store_sink *sink);

enum store_err store_sqlite_touch(struct store_txn *base, struct slice collection);
enum store_err store_sqlite_put(struct store_txn *base, struct slice collection,
                                const struct record_update *update);
enum store_err store_sqlite_remove(struct store_txn *base, struct slice collection,
                                   struct slice id);
enum store_err store_sqlite_remove_collection(struct store_txn *base, struct slice collection);
enum store_err store_sqlite_remove_all(struct store_txn *base);

enum store_err store_sqlite_batch_open(struct store_txn *base, struct slice collection, uint64_t id,
                                       int64_t expires);
enum store_err store_sqlite_batch_append(struct store_txn *base, struct slice collection,
                                         uint64_t id, const struct record_update *update);
enum store_err store_sqlite_batch_info(struct store_txn *base, struct slice collection, uint64_t id,
                                       struct store_batch *ret_batch);
enum store_err store_sqlite_batch_bytes(struct store_txn *base, uint64_t *ret_bytes);
enum store_err store_sqlite_batch_commit(struct store_txn *base, struct slice collection,
                                         uint64_t id);
enum store_err store_sqlite_batch_drop(struct store_txn *base, struct slice collection,
                                       uint64_t id);

enum store_err store_sqlite_keep(struct store *base, const struct store_kept *row);
enum store_err store_sqlite_forget(struct store *base, struct slice kind, struct slice key);
enum store_err store_sqlite_kept(struct store *base, struct slice kind, store_visit_kept *visit,
                                 void *context);

/* The collection's key in the file.  STORE_ABSENT when there is no such collection. */
MUST_USE enum store_err store_sqlite_find_collection(struct store_sqlite_txn *txn,
                                                     struct slice name, int64_t *ret_key);

/* What an update says of another record, as a parameter: NULL when it says nothing. */
struct store_sql_value store_sqlite_relation(const struct record_update *update,
                                             enum record_relation which);

/* The record in the row on which the statement stands: its slices end with the row. */
struct record_bso store_sqlite_read_record(sqlite3_stmt *row);

#endif
