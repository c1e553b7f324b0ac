#include "store/sqlite_db.h"

enum store_err store_sqlite_fail(struct store_sqlite_txn *txn, enum store_err err)
{
    if (txn->failed == STORE_OK && err != STORE_ABSENT)
        txn->failed = err;
    return err;
}

sqlite3_stmt *store_sqlite_row(const struct store_sqlite_txn *txn, enum store_sql which)
{
    return store_sqlite_of(txn)->statements[which];
}

enum store_err store_sqlite_query(struct store_sqlite_txn *txn, enum store_sql which,
                                  struct store_sql_values values)
{
    sqlite3_stmt *statement = store_sqlite_row(txn, which);
    enum store_err err = store_sql_start(statement, values);
    if (err == STORE_OK)
        err = store_sql_step(statement);
    return store_sqlite_fail(txn, err);
}

void store_sqlite_end(struct store_sqlite_txn *txn, enum store_sql which)
{
    store_sql_end(store_sqlite_row(txn, which));
}

enum store_err store_sqlite_run(struct store_sqlite_txn *txn, enum store_sql which,
                                struct store_sql_values values)
{
    enum store_err err = store_sqlite_query(txn, which, values);
    store_sqlite_end(txn, which);
    return err == STORE_ABSENT ? STORE_OK : err;
}

enum store_err store_sqlite_repeat(struct store_sqlite_txn *txn, enum store_sql which,
                                   struct store_sql_values values)
{
    do
        TRY(store_sqlite_run(txn, which, values));
    while (sqlite3_changes(store_sqlite_of(txn)->db) > 0);
    return STORE_OK;
}

enum store_err store_sqlite_numbers(struct store_sqlite_txn *txn, enum store_sql which,
                                    struct store_sql_values values, int64_t *ret, int count)
{
    enum store_err err = store_sqlite_query(txn, which, values);
    for (int i = 0; i < count && err == STORE_OK; i++)
        ret[i] = sqlite3_column_int64(store_sqlite_row(txn, which), i);
    store_sqlite_end(txn, which);
    return err;
}

enum store_err store_sqlite_writable(struct store_sqlite_txn *txn)
{
    return txn->access == STORE_WRITE ? txn->failed : STORE_BROKEN;
}
