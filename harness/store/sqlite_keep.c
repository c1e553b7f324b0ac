/* What services beside the storage keep in SQLite: each row is a transaction of its own. */
#include "store/sqlite_ops.h"

static struct store_sqlite *store_of(struct store *base)
{
    return CONTAINER_OF(base, struct store_sqlite, base);
}

/* Runs a statement that gives no rows. */
static enum store_err change(struct store *base, enum store_sql which,
                             struct store_sql_values values)
{
    struct store_sqlite *store = store_of(base);
    if (store->txn.open)
        return STORE_BUSY;
    sqlite3_stmt *statement = store->statements[which];
    enum store_err err = store_sql_start(statement, values);
    if (err == STORE_OK)
        err = store_sql_step(statement);
    store_sql_end(statement);
    return err == STORE_ABSENT ? STORE_OK : err;
}

enum store_err store_sqlite_keep(struct store *base, const struct store_kept *row)
{
    return change(base, STORE_SQL_KEEP,
                  STORE_SQL_VALUES(STORE_SQL_OF_TEXT(row->kind), STORE_SQL_OF_TEXT(row->key),
                                   STORE_SQL_OF_TEXT(row->value)));
}

enum store_err store_sqlite_forget(struct store *base, struct slice kind, struct slice key)
{
    return change(base, STORE_SQL_FORGET,
                  STORE_SQL_VALUES(STORE_SQL_OF_TEXT(kind), STORE_SQL_OF_TEXT(key)));
}

enum store_err store_sqlite_kept(struct store *base, struct slice kind, store_visit_kept *visit,
                                 void *context)
{
    struct store_sqlite *store = store_of(base);
    if (store->txn.open)
        return STORE_BUSY;
    sqlite3_stmt *statement = store->statements[STORE_SQL_KEPT];
    enum store_err err = store_sql_start(statement, STORE_SQL_VALUES(STORE_SQL_OF_TEXT(kind)));
    while (err == STORE_OK && (err = store_sql_step(statement)) == STORE_OK) {
        const struct store_kept row = { kind, store_sql_bytes(statement, 0),
                                        store_sql_bytes(statement, 1) };
        if (!visit(context, &row))
            break;
    }
    store_sql_end(statement);
    return err == STORE_ABSENT ? STORE_OK : err;
}
