#include "store/sqlite_sql.h"

#define COLUMNS                                                                                    \
    "key, id, modified, expires, sortindex, size, parent, predecessor, iif(?1, payload, NULL)"
#define RELATED    " LEFT JOIN relations ON record = key"
#define LIVES(now) " AND (expires IS NULL OR expires > " now ")"

/* The index is named, so that no statistics make SQLite sort what it could walk; the bounds on
 * modified must not lure it either, where they are not the order.  What comes behind a record is
 * two walks, each of which begins in the index where its rows do: an OR would walk to its row from
 * the first of those with the same number, which may be the whole collection. */
#define LIST(index, modified, after, order)                                                        \
    "SELECT " COLUMNS " FROM records INDEXED BY " index RELATED                                    \
    " WHERE collection = ?2 AND " modified " > ?4 AND " modified " < ?5" LIVES("?3") after         \
        " ORDER BY " order

/* Of what does not exist any more, but has not been purged yet, nothing is counted. */
#define COLLECTIONS(which)                                                                         \
    "SELECT c.name, c.modified, c.count - ifnull(e.count, 0), c.bytes - ifnull(e.bytes, 0)"        \
    " FROM collections AS c LEFT JOIN"                                                             \
    " (SELECT collection, count(*) AS count, sum(size) AS bytes"                                   \
    "  FROM records WHERE uid = ?1 AND expires <= ?2 GROUP BY collection) AS e"                    \
    " ON e.collection = c.key WHERE c.uid = ?1" which

/* While a statement changes rows, SQLite keeps the pages in memory as they were: so it changes few,
 * of which each may have megabytes (ci/gates/quota). */
#define DELETE_SOME(table, key, which)                                                             \
    "DELETE FROM " table " WHERE rowid IN (SELECT " key " FROM " which " LIMIT 8)"
#define DELETE_UPDATES(which)                                                                      \
    DELETE_SOME("batch_updates", "u.seq",                                                          \
                "batches AS b CROSS JOIN batch_updates AS u ON u.batch = b.key WHERE " which)

#define UPDATES "id, payload_is, sortindex_is, ttl_is, payload, sortindex, ttl, parent, predecessor"

const char *const store_sql_texts[STORE_SQL_COUNT] = {
    [STORE_SQL_BEGIN_READ] = "BEGIN",
    [STORE_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [STORE_SQL_COMMIT] = "COMMIT",
    [STORE_SQL_ROLLBACK] = "ROLLBACK",
    [STORE_SQL_USER] = "SELECT modified FROM users WHERE uid = ?1",
    [STORE_SQL_USER_SET] = "INSERT INTO users (uid, modified) VALUES (?1, ?2)"
                           " ON CONFLICT (uid) DO UPDATE SET modified = excluded.modified",
    [STORE_SQL_USER_NEXT] = "SELECT uid FROM users WHERE uid > ?1 ORDER BY uid LIMIT 1",
    [STORE_SQL_BYTES] = "SELECT (SELECT ifnull(sum(bytes), 0) FROM collections WHERE uid = ?1)"
                        " - (SELECT ifnull(sum(size), 0) FROM records"
                        "    WHERE uid = ?1 AND expires <= ?2)",
    [STORE_SQL_COLLECTIONS] = COLLECTIONS(" ORDER BY c.name"),
    [STORE_SQL_COLLECTION] = COLLECTIONS(" AND c.name = ?3"),
    [STORE_SQL_COLLECTION_KEY] = "SELECT key, bytes FROM collections WHERE uid = ?1 AND name = ?2",
    [STORE_SQL_COLLECTION_TOUCH] =
        "INSERT INTO collections (uid, name, modified) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (uid, name) DO UPDATE SET modified = excluded.modified RETURNING key",
    [STORE_SQL_COLLECTION_DROP] = "DELETE FROM collections WHERE key = ?1",
    [STORE_SQL_RECORD] = "SELECT " COLUMNS " FROM records INDEXED BY records_by_id" RELATED
                         " WHERE collection = ?2 AND id = ?3" LIVES("?4"),
    [STORE_SQL_RECORD_BY_KEY] =
        "SELECT " COLUMNS " FROM records" RELATED " WHERE key = ?2" LIVES("?3"),
    [STORE_SQL_RECORD_ADD] =
        "INSERT INTO records (uid, collection, id, modified, expires, sortindex, payload, size)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, length(?7))",
    [STORE_SQL_RECORD_SET] = "UPDATE records SET modified = ?2, expires = ?3, sortindex = ?4,"
                             " payload = ?5, size = length(?5) WHERE key = ?1",
    [STORE_SQL_RECORD_SET_REST] =
        "UPDATE records SET modified = ?2, expires = ?3, sortindex = ?4 WHERE key = ?1",
    [STORE_SQL_RECORD_DROP] = "DELETE FROM records WHERE key = ?1",
    [STORE_SQL_RELATIONS_SET] =
        "INSERT INTO relations (record, parent, predecessor)"
        " VALUES (?1, ifnull(?2, ''), ifnull(?3, '')) ON CONFLICT (record) DO UPDATE"
        " SET parent = ifnull(?2, parent), predecessor = ifnull(?3, predecessor)",
    [STORE_SQL_COLLECTIONS_DROP] = "DELETE FROM collections WHERE uid = ?1",
    [STORE_SQL_RECORDS_DROP] =
        DELETE_SOME("records", "key", "records INDEXED BY records_oldest WHERE collection = ?1"),
    [STORE_SQL_RECORDS_DROP_ALL] =
        DELETE_SOME("records", "r.key",
                    "collections AS c CROSS JOIN records AS r INDEXED BY records_oldest"
                    " ON r.collection = c.key WHERE c.uid = ?1"),
    [STORE_SQL_RECORDS_EXPIRE] =
        DELETE_SOME("records", "key", "records WHERE uid = ?1 AND expires <= ?2"),
    [STORE_SQL_UPDATES_DROP] =
        DELETE_SOME("batch_updates", "seq", "batch_updates WHERE batch = ?1"),
    [STORE_SQL_UPDATES_DROP_OF] = DELETE_UPDATES("b.uid = ?1 AND b.collection = ?2"),
    [STORE_SQL_UPDATES_DROP_ALL] = DELETE_UPDATES("b.uid = ?1"),
    [STORE_SQL_UPDATES_EXPIRE] = DELETE_UPDATES("b.uid = ?1 AND b.expires <= ?2"),

    [STORE_SQL_LIST + STORE_BY_ID] = LIST("records_by_id", "+modified", "", "id"),
    [STORE_SQL_LIST + STORE_NEWEST] = LIST("records_newest", "modified", "", "modified DESC, id"),
    [STORE_SQL_LIST + STORE_OLDEST] = LIST("records_oldest", "modified", "", "modified, id"),
    [STORE_SQL_LIST + STORE_BY_INDEX] = LIST("records_by_index", "+modified", "", "rank DESC, id"),
    [STORE_SQL_LIST_AFTER + STORE_BY_ID] = LIST("records_by_id", "+modified", " AND id > ?7", "id"),
    [STORE_SQL_LIST_AFTER + STORE_NEWEST] =
        LIST("records_newest", "+modified", " AND modified = ?6 AND id > ?7", "id"),
    [STORE_SQL_LIST_AFTER + STORE_OLDEST] =
        LIST("records_oldest", "+modified", " AND modified = ?6 AND id > ?7", "id"),
    [STORE_SQL_LIST_AFTER + STORE_BY_INDEX] =
        LIST("records_by_index", "+modified", " AND rank = ?6 AND id > ?7", "id"),
    [STORE_SQL_LIST_BELOW] =
        LIST("records_by_index", "+modified", " AND rank < ?6", "rank DESC, id"),
    [STORE_SQL_LIST_TIMES] = "SELECT key, id, rank FROM records INDEXED BY records_oldest"
                             " WHERE collection = ?1 AND modified > ?3 AND modified < ?4" LIVES(
                                 "?2") " ORDER BY modified LIMIT ?5",

    [STORE_SQL_BATCH] = "SELECT key, expires, records, bytes FROM batches"
                        " WHERE uid = ?1 AND id = ?2 AND collection = ?3 AND expires > ?4",
    [STORE_SQL_BATCH_SUMS] =
        "SELECT ifnull(sum(bytes), 0), count(*) FROM batches WHERE uid = ?1 AND expires > ?2",
    [STORE_SQL_BATCH_TAKEN] = "SELECT key FROM batches WHERE uid = ?1 AND id = ?2",
    [STORE_SQL_BATCH_ADD] =
        "INSERT INTO batches (uid, id, collection, expires) VALUES (?1, ?2, ?3, ?4)",
    [STORE_SQL_BATCH_GROW] =
        "UPDATE batches SET records = records + 1, bytes = bytes + ?2 WHERE key = ?1",
    [STORE_SQL_BATCH_DROP] = "DELETE FROM batches WHERE key = ?1",
    [STORE_SQL_BATCHES_DROP] = "DELETE FROM batches WHERE uid = ?1 AND collection = ?2",
    [STORE_SQL_BATCHES_DROP_ALL] = "DELETE FROM batches WHERE uid = ?1",
    [STORE_SQL_BATCHES_EXPIRE] = "DELETE FROM batches WHERE uid = ?1 AND expires <= ?2",
    [STORE_SQL_BATCH_APPEND] = "INSERT INTO batch_updates (batch, " UPDATES ") "
                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [STORE_SQL_BATCH_UPDATE_NEXT] =
        "SELECT seq, " UPDATES " FROM batch_updates WHERE batch = ?1 AND seq > ?2"
        " ORDER BY seq LIMIT 1",

    [STORE_SQL_KEEP] = "INSERT INTO kept (kind, key, value) VALUES (?1, ?2, ?3)"
                       " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
    [STORE_SQL_FORGET] = "DELETE FROM kept WHERE kind = ?1 AND key = ?2",
    [STORE_SQL_KEPT] = "SELECT key, value FROM kept WHERE kind = ?1 ORDER BY key",
};

enum store_err store_sql_err(int code)
{
    static const struct {
        int code;
        enum store_err err;
    } rows[] = {
        { SQLITE_OK, STORE_OK },       { SQLITE_ROW, STORE_OK },    { SQLITE_DONE, STORE_ABSENT },
        { SQLITE_FULL, STORE_FULL },   { SQLITE_BUSY, STORE_BUSY }, { SQLITE_LOCKED, STORE_BUSY },
        { SQLITE_NOMEM, STORE_NOMEM },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if ((code & 0xff) == rows[i].code)
            return rows[i].err;
    }
    return STORE_BROKEN;
}

static int bind(sqlite3_stmt *statement, int at, const struct store_sql_value *value)
{
    /* An empty slice may have no address, which SQLite would take for NULL. */
    const void *bytes = value->bytes.len == 0 ? (const uint8_t *)"" : value->bytes.ptr;
    switch (value->kind) {
    case STORE_SQL_NULL:
        return sqlite3_bind_null(statement, at);
    case STORE_SQL_INT:
        return sqlite3_bind_int64(statement, at, value->number);
    case STORE_SQL_TEXT:
        return sqlite3_bind_text64(statement, at, bytes, value->bytes.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case STORE_SQL_BLOB:
        return sqlite3_bind_blob64(statement, at, bytes, value->bytes.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

enum store_err store_sql_start(sqlite3_stmt *statement, struct store_sql_values values)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < values.count && code == SQLITE_OK; i++)
        code = bind(statement, (int)i + 1, &values.at[i]);
    return store_sql_err(code);
}

enum store_err store_sql_step(sqlite3_stmt *statement)
{
    return store_sql_err(sqlite3_step(statement));
}

void store_sql_end(sqlite3_stmt *statement)
{
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
}

struct slice store_sql_bytes(sqlite3_stmt *statement, int column)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    return slice_of(bytes, (size_t)sqlite3_column_bytes(statement, column));
}
