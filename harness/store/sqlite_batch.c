/* Open batches in SQLite. */
#include "store/sqlite_ops.h"

struct batch {
    int64_t key, expires, records, bytes;
};

static enum store_err find(struct store_sqlite_txn *txn, struct slice collection, uint64_t id,
                           struct batch *ret_batch)
{
    int64_t found[4] = { 0 };
    enum store_err err = store_sqlite_numbers(
        txn, STORE_SQL_BATCH,
        STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_INT((int64_t)id),
                         STORE_SQL_OF_TEXT(collection), STORE_SQL_OF_INT(txn->now)),
        found, 4);
    *ret_batch = (struct batch){ found[0], found[1], found[2], found[3] };
    return err;
}

static enum store_err find_to_write(struct store_sqlite_txn *txn, struct slice collection,
                                    uint64_t id, struct batch *ret_batch)
{
    TRY(store_sqlite_writable(txn));
    return find(txn, collection, id, ret_batch);
}

/* Bytes, then how many. */
static enum store_err sum(struct store_sqlite_txn *txn, int64_t ret[2])
{
    return store_sqlite_numbers(
        txn, STORE_SQL_BATCH_SUMS,
        STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_INT(txn->now)), ret, 2);
}

enum store_err store_sqlite_batch_open(struct store_txn *base, struct slice collection, uint64_t id,
                                       int64_t expires)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    TRY(store_sqlite_writable(txn));
    struct store_sql_value uid = STORE_SQL_OF_INT(txn->uid), name = STORE_SQL_OF_INT((int64_t)id);
    int64_t sums[2], taken;
    enum store_err err =
        store_sqlite_numbers(txn, STORE_SQL_BATCH_TAKEN, STORE_SQL_VALUES(uid, name), &taken, 1);
    if (err != STORE_ABSENT)
        return err == STORE_OK ? store_sqlite_fail(txn, STORE_BUSY) : err;
    TRY(sum(txn, sums));
    if (sums[1] >= STORE_BATCHES)
        return store_sqlite_fail(txn, STORE_FULL);
    /* Without a row in users nobody would purge it, should the user not come back. */
    if (txn->modified == 0 && !txn->wrote)
        TRY(store_sqlite_run(txn, STORE_SQL_USER_SET, STORE_SQL_VALUES(uid, STORE_SQL_OF_INT(0))));
    if (expires <= txn->now)
        return STORE_OK; /* it is gone already */
    return store_sqlite_run(
        txn, STORE_SQL_BATCH_ADD,
        STORE_SQL_VALUES(uid, name, STORE_SQL_OF_TEXT(collection), STORE_SQL_OF_INT(expires)));
}

enum store_err store_sqlite_batch_append(struct store_txn *base, struct slice collection,
                                         uint64_t id, const struct record_update *update)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    struct batch batch;
    TRY(find_to_write(txn, collection, id, &batch));
    struct slice payload = update->payload_is == RECORD_VALUE ? update->payload : SLICE("");
    struct store_sql_value key = STORE_SQL_OF_INT(batch.key);
    TRY(store_sqlite_run(
        txn, STORE_SQL_BATCH_APPEND,
        STORE_SQL_VALUES(key, STORE_SQL_OF_TEXT(update->id), STORE_SQL_OF_INT(update->payload_is),
                         STORE_SQL_OF_INT(update->sortindex_is), STORE_SQL_OF_INT(update->ttl_is),
                         STORE_SQL_OF_BLOB(payload), STORE_SQL_OF_INT(update->sortindex),
                         STORE_SQL_OF_INT(update->ttl),
                         store_sqlite_relation(update, RECORD_PARENT),
                         store_sqlite_relation(update, RECORD_PREDECESSOR))));
    return store_sqlite_run(txn, STORE_SQL_BATCH_GROW,
                            STORE_SQL_VALUES(key, STORE_SQL_OF_INT((int64_t)payload.len)));
}

enum store_err store_sqlite_batch_info(struct store_txn *base, struct slice collection, uint64_t id,
                                       struct store_batch *ret_batch)
{
    struct batch batch;
    TRY(find(store_sqlite_txn_of(base), collection, id, &batch));
    *ret_batch = (struct store_batch){ .expires = batch.expires,
                                       .records = (uint64_t)batch.records,
                                       .bytes = (uint64_t)batch.bytes };
    return STORE_OK;
}

enum store_err store_sqlite_batch_bytes(struct store_txn *base, uint64_t *ret_bytes)
{
    int64_t sums[2];
    TRY(sum(store_sqlite_txn_of(base), sums));
    *ret_bytes = (uint64_t)sums[0];
    return STORE_OK;
}

static enum store_err drop(struct store_sqlite_txn *txn, const struct batch *batch)
{
    struct store_sql_value key = STORE_SQL_OF_INT(batch->key);
    TRY(store_sqlite_repeat(txn, STORE_SQL_UPDATES_DROP, STORE_SQL_VALUES(key)));
    return store_sqlite_run(txn, STORE_SQL_BATCH_DROP, STORE_SQL_VALUES(key));
}

/* A presence as it stands in the file, which may be damaged. */
static enum record_presence presence(sqlite3_stmt *row, int column)
{
    int value = sqlite3_column_int(row, column);
    return value == RECORD_VALUE || value == RECORD_NULL ? (enum record_presence)value
                                                         : RECORD_ABSENT;
}

static enum record_presence relation_is(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? RECORD_ABSENT : RECORD_VALUE;
}

static struct record_update read_update(sqlite3_stmt *row)
{
    return (struct record_update){
        .id = store_sql_bytes(row, 1),
        .has_id = true,
        .payload_is = presence(row, 2),
        .sortindex_is = presence(row, 3),
        .ttl_is = presence(row, 4),
        .payload = store_sql_bytes(row, 5),
        .sortindex = sqlite3_column_int(row, 6),
        .ttl = sqlite3_column_int64(row, 7),
        .relation_is = { [RECORD_PARENT] = relation_is(row, 8),
                         [RECORD_PREDECESSOR] = relation_is(row, 9) },
        .relations = { [RECORD_PARENT] = store_sql_bytes(row, 8),
                       [RECORD_PREDECESSOR] = store_sql_bytes(row, 9) },
    };
}

/* Puts the update that follows ${seq}, which becomes its own. */
static enum store_err put_next(struct store_sqlite_txn *txn, struct slice collection, int64_t batch,
                               int64_t *seq)
{
    sqlite3_stmt *row = store_sqlite_row(txn, STORE_SQL_BATCH_UPDATE_NEXT);
    enum store_err err =
        store_sqlite_query(txn, STORE_SQL_BATCH_UPDATE_NEXT,
                           STORE_SQL_VALUES(STORE_SQL_OF_INT(batch), STORE_SQL_OF_INT(*seq)));
    if (err == STORE_OK) {
        struct record_update update = read_update(row);
        *seq = sqlite3_column_int64(row, 0);
        err = store_sqlite_put(&txn->base, collection, &update);
    }
    store_sqlite_end(txn, STORE_SQL_BATCH_UPDATE_NEXT);
    return err;
}

enum store_err store_sqlite_batch_commit(struct store_txn *base, struct slice collection,
                                         uint64_t id)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    struct batch batch;
    TRY(find_to_write(txn, collection, id, &batch));
    TRY(store_sqlite_touch(base, collection));
    int64_t seq = INT64_MIN;
    enum store_err err;
    do
        err = put_next(txn, collection, batch.key, &seq);
    while (err == STORE_OK);
    if (err != STORE_ABSENT)
        return err;
    return drop(txn, &batch);
}

enum store_err store_sqlite_batch_drop(struct store_txn *base, struct slice collection, uint64_t id)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    struct batch batch;
    TRY(find_to_write(txn, collection, id, &batch));
    return drop(txn, &batch);
}
