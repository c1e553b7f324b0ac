/* The SQLite backend's connection and the one transaction that it can have. */
#ifndef SYNCSPEC_STORE_SQLITE_DB_H
#define SYNCSPEC_STORE_SQLITE_DB_H

#include "base/arena.h"
#include "store/sqlite_sql.h"

struct store_sqlite_txn {
    struct store_txn base;
    bool open;
    enum store_access access;
    int64_t uid; /* the bits of the uint64 */
    int64_t now, modified, stamp;
    uint64_t bytes;
    bool wrote;            /* something that counts: the user gets the stamp */
    enum store_err failed; /* the first error: nothing can be committed behind it */
    struct arena *arena;   /* what was lent out; NULL: nothing */
};

struct store_sqlite {
    struct store base;
    sqlite3 *db;
    sqlite3_stmt *statements[STORE_SQL_COUNT];
    struct store_sqlite_txn txn;
    int64_t purged; /* the user whose expired rows were purged last, beside those of the writers */
};

static inline struct store_sqlite_txn *store_sqlite_txn_of(const struct store_txn *base)
{
    return CONTAINER_OF(base, struct store_sqlite_txn, base);
}

static inline struct store_sqlite *store_sqlite_of(const struct store_sqlite_txn *txn)
{
    return CONTAINER_OF(txn->base.store, struct store_sqlite, base);
}

/* Starts a statement of the transaction and steps to its first row.  STORE_ABSENT: there is none.
 * After any result the caller ends the statement with store_sqlite_end. */
MUST_USE enum store_err store_sqlite_query(struct store_sqlite_txn *txn, enum store_sql which,
                                           struct store_sql_values values);

/* The statement, for its columns. */
sqlite3_stmt *store_sqlite_row(const struct store_sqlite_txn *txn, enum store_sql which);

void store_sqlite_end(struct store_sqlite_txn *txn, enum store_sql which);

/* Runs a statement whose rows do not matter, and ends it. */
MUST_USE enum store_err store_sqlite_run(struct store_sqlite_txn *txn, enum store_sql which,
                                         struct store_sql_values values);

/* Runs a statement that changes a bounded number of rows until it changes none. */
MUST_USE enum store_err store_sqlite_repeat(struct store_sqlite_txn *txn, enum store_sql which,
                                            struct store_sql_values values);

/* One row's integers: ${ret} has room for ${count}.  STORE_ABSENT: no row. */
MUST_USE enum store_err store_sqlite_numbers(struct store_sqlite_txn *txn, enum store_sql which,
                                             struct store_sql_values values, int64_t *ret,
                                             int count);

/* Remembers an error, so that the transaction cannot be committed; returns it. */
enum store_err store_sqlite_fail(struct store_sqlite_txn *txn, enum store_err err);

/* STORE_BROKEN in a read transaction; otherwise what an earlier call failed with, or STORE_OK. */
MUST_USE enum store_err store_sqlite_writable(struct store_sqlite_txn *txn);

#endif
