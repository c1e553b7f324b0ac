/* Transactions in SQLite: one per request, and what is purged with it. */
#include "store/sqlite_ops.h"

static enum store_err purge_batches(struct store_sqlite_txn *txn, int64_t uid)
{
    struct store_sql_value user = STORE_SQL_OF_INT(uid), now = STORE_SQL_OF_INT(txn->now);
    TRY(store_sqlite_repeat(txn, STORE_SQL_UPDATES_EXPIRE, STORE_SQL_VALUES(user, now)));
    return store_sqlite_run(txn, STORE_SQL_BATCHES_EXPIRE, STORE_SQL_VALUES(user, now));
}

/* Users who never come back have rows that expire, too: each writer takes care of one of them. */
static enum store_err purge_another(struct store_sqlite_txn *txn)
{
    struct store_sqlite *store = store_sqlite_of(txn);
    enum store_err err =
        store_sqlite_numbers(txn, STORE_SQL_USER_NEXT,
                             STORE_SQL_VALUES(STORE_SQL_OF_INT(store->purged)), &store->purged, 1);
    if (err != STORE_OK) {
        store->purged = INT64_MIN; /* from the first user again */
        return err == STORE_ABSENT ? STORE_OK : err;
    }
    /* As many records as one POST can write: enough for what expires to go sooner or later, too
     * little to be felt. */
    enum { STATEMENTS = 13 };
    int changed = 1;
    for (int i = 0; i < STATEMENTS && changed > 0; i++) {
        TRY(store_sqlite_run(
            txn, STORE_SQL_RECORDS_EXPIRE,
            STORE_SQL_VALUES(STORE_SQL_OF_INT(store->purged), STORE_SQL_OF_INT(txn->now))));
        changed = sqlite3_changes(store->db);
    }
    return purge_batches(txn, store->purged);
}

static enum store_err look_at_user(struct store_sqlite_txn *txn)
{
    struct store_sql_value uid = STORE_SQL_OF_INT(txn->uid), now = STORE_SQL_OF_INT(txn->now);
    if (txn->access == STORE_WRITE) {
        TRY(store_sqlite_repeat(txn, STORE_SQL_RECORDS_EXPIRE, STORE_SQL_VALUES(uid, now)));
        TRY(purge_batches(txn, txn->uid));
        TRY(purge_another(txn));
    }
    enum store_err err =
        store_sqlite_numbers(txn, STORE_SQL_USER, STORE_SQL_VALUES(uid), &txn->modified, 1);
    if (err != STORE_OK && err != STORE_ABSENT)
        return err;
    int64_t least = txn->access == STORE_WRITE ? txn->modified + 1 : txn->modified;
    txn->stamp = txn->now > least ? txn->now : least;
    int64_t bytes = 0;
    TRY(store_sqlite_numbers(txn, STORE_SQL_BYTES, STORE_SQL_VALUES(uid, now), &bytes, 1));
    txn->bytes = (uint64_t)bytes;
    return STORE_OK;
}

static void end(struct store_sqlite_txn *txn)
{
    arena_freep(&txn->arena);
    txn->open = false;
}

enum store_err store_sqlite_begin(struct store *base, uint64_t uid, enum store_access access,
                                  int64_t now, struct store_txn **ret_txn)
{
    struct store_sqlite *store = CONTAINER_OF(base, struct store_sqlite, base);
    struct store_sqlite_txn *txn = &store->txn;
    if (txn->open)
        return STORE_BUSY;
    *txn = (struct store_sqlite_txn){
        .base.store = base, .open = true, .access = access, .uid = (int64_t)uid, .now = now
    };
    enum store_sql how = access == STORE_WRITE ? STORE_SQL_BEGIN_WRITE : STORE_SQL_BEGIN_READ;
    enum store_err err = store_sqlite_run(txn, how, (struct store_sql_values){ 0 });
    if (err == STORE_OK)
        err = look_at_user(txn);
    if (err != STORE_OK) {
        store_sqlite_rollback(&txn->base);
        return err;
    }
    *ret_txn = &txn->base;
    return STORE_OK;
}

void store_sqlite_rollback(struct store_txn *base)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    /* After some errors (a full disk) SQLite has rolled back by itself. */
    if (sqlite3_get_autocommit(store_sqlite_of(txn)->db) == 0) {
        (void)sqlite3_step(store_sqlite_row(txn, STORE_SQL_ROLLBACK));
        store_sqlite_end(txn, STORE_SQL_ROLLBACK);
    }
    end(txn);
}

enum store_err store_sqlite_commit(struct store_txn *base)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    enum store_err err = txn->failed;
    if (err == STORE_OK && txn->wrote)
        err = store_sqlite_run(
            txn, STORE_SQL_USER_SET,
            STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_INT(txn->stamp)));
    if (err == STORE_OK)
        err = store_sqlite_run(txn, STORE_SQL_COMMIT, (struct store_sql_values){ 0 });
    if (err != STORE_OK)
        store_sqlite_rollback(base);
    else
        end(txn);
    return err;
}

int64_t store_sqlite_modified(const struct store_txn *base)
{
    return store_sqlite_txn_of(base)->modified;
}

int64_t store_sqlite_stamp(const struct store_txn *base)
{
    return store_sqlite_txn_of(base)->stamp;
}

uint64_t store_sqlite_bytes(const struct store_txn *base)
{
    return store_sqlite_txn_of(base)->bytes;
}
