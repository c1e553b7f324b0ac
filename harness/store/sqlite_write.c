/* Writing in SQLite.  A write transaction has purged its user when it began, so each row that it
 * meets is of a record that exists. */
#include "store/order.h"
#include "store/sqlite_ops.h"

/* The collection's key; made when there was none, with the transaction's stamp. */
static enum store_err open_collection(struct store_sqlite_txn *txn, struct slice name,
                                      int64_t *ret_key)
{
    TRY(store_sqlite_writable(txn));
    txn->wrote = true;
    return store_sqlite_numbers(txn, STORE_SQL_COLLECTION_TOUCH,
                                STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid),
                                                 STORE_SQL_OF_TEXT(name),
                                                 STORE_SQL_OF_INT(txn->stamp)),
                                ret_key, 1);
}

enum store_err store_sqlite_touch(struct store_txn *base, struct slice collection)
{
    int64_t key;
    return open_collection(store_sqlite_txn_of(base), collection, &key);
}

/* What is known of a record before it is written. */
struct row {
    bool exists;
    int64_t key, size;
    struct store_sql_value expires, sortindex;
};

static struct store_sql_value column(sqlite3_stmt *row, int at)
{
    if (sqlite3_column_type(row, at) == SQLITE_NULL)
        return (struct store_sql_value){ .kind = STORE_SQL_NULL };
    return STORE_SQL_OF_INT(sqlite3_column_int64(row, at));
}

static enum store_err find(struct store_sqlite_txn *txn, int64_t collection, struct slice id,
                           struct row *ret_row)
{
    *ret_row = (struct row){ 0 };
    sqlite3_stmt *row = store_sqlite_row(txn, STORE_SQL_RECORD);
    enum store_err err =
        store_sqlite_query(txn, STORE_SQL_RECORD,
                           STORE_SQL_VALUES(STORE_SQL_OF_INT(false), STORE_SQL_OF_INT(collection),
                                            STORE_SQL_OF_TEXT(id), STORE_SQL_OF_INT(txn->now)));
    if (err == STORE_OK)
        *ret_row = (struct row){
            .exists = true,
            .key = sqlite3_column_int64(row, STORE_SQLITE_KEY),
            .size = sqlite3_column_int64(row, STORE_SQLITE_SIZE),
            .expires = column(row, STORE_SQLITE_EXPIRES),
            .sortindex = column(row, STORE_SQLITE_SORTINDEX),
        };
    store_sqlite_end(txn, STORE_SQL_RECORD);
    return err == STORE_ABSENT ? STORE_OK : err;
}

static enum store_err drop_row(struct store_sqlite_txn *txn, const struct row *row)
{
    TRY(store_sqlite_run(txn, STORE_SQL_RECORD_DROP, STORE_SQL_VALUES(STORE_SQL_OF_INT(row->key))));
    txn->bytes -= (uint64_t)row->size;
    return STORE_OK;
}

/* What the fields are after the update; ${row} has them as they were, or the defaults. */
static void merge(struct row *row, const struct record_update *update, int64_t now)
{
    if (update->sortindex_is == RECORD_VALUE)
        row->sortindex = STORE_SQL_OF_INT(update->sortindex);
    else if (update->sortindex_is == RECORD_NULL)
        row->sortindex.kind = STORE_SQL_NULL;
    int64_t expires = store_expiry(now, update->ttl);
    if (update->ttl_is == RECORD_VALUE && expires != INT64_MAX)
        row->expires = STORE_SQL_OF_INT(expires);
    else if (update->ttl_is != RECORD_ABSENT)
        row->expires.kind = STORE_SQL_NULL;
}

static enum store_err write_row(struct store_sqlite_txn *txn, int64_t collection,
                                const struct record_update *update, const struct row *row)
{
    struct store_sql_value stamp = STORE_SQL_OF_INT(txn->stamp), key = STORE_SQL_OF_INT(row->key);
    struct slice payload = update->payload_is == RECORD_VALUE ? update->payload : SLICE("");
    if (row->exists && update->payload_is == RECORD_ABSENT)
        return store_sqlite_run(txn, STORE_SQL_RECORD_SET_REST,
                                STORE_SQL_VALUES(key, stamp, row->expires, row->sortindex));
    enum store_err err =
        row->exists ? store_sqlite_run(txn, STORE_SQL_RECORD_SET,
                                       STORE_SQL_VALUES(key, stamp, row->expires, row->sortindex,
                                                        STORE_SQL_OF_BLOB(payload)))
                    : store_sqlite_run(
                          txn, STORE_SQL_RECORD_ADD,
                          STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_INT(collection),
                                           STORE_SQL_OF_TEXT(update->id), stamp, row->expires,
                                           row->sortindex, STORE_SQL_OF_BLOB(payload)));
    if (err == STORE_OK)
        txn->bytes = txn->bytes - (uint64_t)row->size + payload.len;
    return err;
}

struct store_sql_value store_sqlite_relation(const struct record_update *update,
                                             enum record_relation which)
{
    if (update->relation_is[which] == RECORD_ABSENT)
        return (struct store_sql_value){ .kind = STORE_SQL_NULL };
    return STORE_SQL_OF_TEXT(update->relations[which]);
}

/* Of the row just written. */
static enum store_err write_relations(struct store_sqlite_txn *txn,
                                      const struct record_update *update, const struct row *row)
{
    struct store_sql_value parent = store_sqlite_relation(update, RECORD_PARENT);
    struct store_sql_value predecessor = store_sqlite_relation(update, RECORD_PREDECESSOR);
    if (parent.kind == STORE_SQL_NULL && predecessor.kind == STORE_SQL_NULL)
        return STORE_OK;
    int64_t key = row->exists ? row->key : sqlite3_last_insert_rowid(store_sqlite_of(txn)->db);
    return store_sqlite_run(txn, STORE_SQL_RELATIONS_SET,
                            STORE_SQL_VALUES(STORE_SQL_OF_INT(key), parent, predecessor));
}

enum store_err store_sqlite_put(struct store_txn *base, struct slice collection,
                                const struct record_update *update)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    int64_t key;
    TRY(open_collection(txn, collection, &key));
    struct row row;
    TRY(find(txn, key, update->id, &row));
    merge(&row, update, txn->now);
    /* A time to live of 0 is over at once: what it leaves is that the old record is gone. */
    if (row.expires.kind == STORE_SQL_INT && row.expires.number <= txn->now)
        return row.exists ? drop_row(txn, &row) : STORE_OK;
    TRY(write_row(txn, key, update, &row));
    return write_relations(txn, update, &row);
}

enum store_err store_sqlite_remove(struct store_txn *base, struct slice collection, struct slice id)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    TRY(store_sqlite_writable(txn));
    int64_t key;
    TRY(store_sqlite_find_collection(txn, collection, &key));
    struct row row;
    TRY(find(txn, key, id, &row));
    if (!row.exists)
        return STORE_ABSENT;
    TRY(drop_row(txn, &row));
    return open_collection(txn, collection, &key);
}

enum store_err store_sqlite_remove_collection(struct store_txn *base, struct slice collection)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    TRY(store_sqlite_writable(txn));
    struct store_sql_value uid = STORE_SQL_OF_INT(txn->uid), name = STORE_SQL_OF_TEXT(collection);
    TRY(store_sqlite_repeat(txn, STORE_SQL_UPDATES_DROP_OF, STORE_SQL_VALUES(uid, name)));
    TRY(store_sqlite_run(txn, STORE_SQL_BATCHES_DROP, STORE_SQL_VALUES(uid, name)));
    int64_t found[2]; /* key, bytes */
    TRY(store_sqlite_numbers(txn, STORE_SQL_COLLECTION_KEY, STORE_SQL_VALUES(uid, name), found, 2));
    struct store_sql_value key = STORE_SQL_OF_INT(found[0]);
    txn->wrote = true;
    TRY(store_sqlite_repeat(txn, STORE_SQL_RECORDS_DROP, STORE_SQL_VALUES(key)));
    TRY(store_sqlite_run(txn, STORE_SQL_COLLECTION_DROP, STORE_SQL_VALUES(key)));
    txn->bytes -= (uint64_t)found[1];
    return STORE_OK;
}

enum store_err store_sqlite_remove_all(struct store_txn *base)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    TRY(store_sqlite_writable(txn));
    static const enum store_sql drops[] = {
        STORE_SQL_UPDATES_DROP_ALL,
        STORE_SQL_BATCHES_DROP_ALL,
        STORE_SQL_RECORDS_DROP_ALL,
        STORE_SQL_COLLECTIONS_DROP,
    };
    txn->wrote = true;
    for (size_t i = 0; i < COUNT_OF(drops); i++)
        TRY(store_sqlite_repeat(txn, drops[i], STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid))));
    txn->bytes = 0;
    return STORE_OK;
}
