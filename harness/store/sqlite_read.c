/* Reading in SQLite: rows go to whoever asked as they come, none is kept. */
#include "base/alloc.h"
#include "store/order.h"
#include "store/sqlite_ops.h"

#include <stdlib.h>

/* Of the records that one transaction lends out. */
static const size_t lent_max = (size_t)256 << 20;

struct record_bso store_sqlite_read_record(sqlite3_stmt *row)
{
    bool mortal = sqlite3_column_type(row, STORE_SQLITE_EXPIRES) != SQLITE_NULL;
    bool ranked = sqlite3_column_type(row, STORE_SQLITE_SORTINDEX) != SQLITE_NULL;
    return (struct record_bso){
        .id = store_sql_bytes(row, STORE_SQLITE_ID),
        .payload = store_sql_bytes(row, STORE_SQLITE_PAYLOAD),
        .modified = sqlite3_column_int64(row, STORE_SQLITE_MODIFIED),
        .expires = mortal ? sqlite3_column_int64(row, STORE_SQLITE_EXPIRES) : INT64_MAX,
        .sortindex = sqlite3_column_int(row, STORE_SQLITE_SORTINDEX),
        .has_sortindex = ranked,
        .relations = { [RECORD_PARENT] = store_sql_bytes(row, STORE_SQLITE_PARENT),
                       [RECORD_PREDECESSOR] = store_sql_bytes(row, STORE_SQLITE_PREDECESSOR) },
    };
}

static struct store_collection read_collection(sqlite3_stmt *row)
{
    return (struct store_collection){
        .name = store_sql_bytes(row, 0),
        .modified = sqlite3_column_int64(row, 1),
        .count = (uint64_t)sqlite3_column_int64(row, 2),
        .bytes = (uint64_t)sqlite3_column_int64(row, 3),
    };
}

enum store_err store_sqlite_collections(struct store_txn *base, store_visit_collection *visit,
                                        void *context)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    sqlite3_stmt *row = store_sqlite_row(txn, STORE_SQL_COLLECTIONS);
    enum store_err err = store_sqlite_query(
        txn, STORE_SQL_COLLECTIONS,
        STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_INT(txn->now)));
    while (err == STORE_OK) {
        struct store_collection collection = read_collection(row);
        if (!visit(context, &collection))
            break;
        err = store_sqlite_fail(txn, store_sql_step(row));
    }
    store_sqlite_end(txn, STORE_SQL_COLLECTIONS);
    return err == STORE_ABSENT ? STORE_OK : err;
}

enum store_err store_sqlite_collection(struct store_txn *base, struct slice name,
                                       struct store_collection *ret_collection)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    enum store_err err =
        store_sqlite_query(txn, STORE_SQL_COLLECTION,
                           STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_INT(txn->now),
                                            STORE_SQL_OF_TEXT(name)));
    if (err == STORE_OK) {
        *ret_collection = read_collection(store_sqlite_row(txn, STORE_SQL_COLLECTION));
        ret_collection->name = name;
    }
    store_sqlite_end(txn, STORE_SQL_COLLECTION);
    return err;
}

enum store_err store_sqlite_find_collection(struct store_sqlite_txn *txn, struct slice name,
                                            int64_t *ret_key)
{
    return store_sqlite_numbers(
        txn, STORE_SQL_COLLECTION_KEY,
        STORE_SQL_VALUES(STORE_SQL_OF_INT(txn->uid), STORE_SQL_OF_TEXT(name)), ret_key, 1);
}

/* A copy that lives as long as the transaction. */
static enum store_err lend(struct store_sqlite_txn *txn, struct slice *bytes)
{
    if (txn->arena == NULL)
        txn->arena = arena_new(lent_max);
    if (txn->arena == NULL)
        return STORE_NOMEM;
    struct slice copy = arena_copy(txn->arena, *bytes);
    if (copy.len != bytes->len)
        return STORE_NOMEM;
    *bytes = copy;
    return STORE_OK;
}

static enum store_err lend_record(struct store_sqlite_txn *txn, struct record_bso *bso)
{
    TRY(lend(txn, &bso->id));
    for (size_t i = 0; i < RECORD_RELATIONS; i++)
        TRY(lend(txn, &bso->relations[i]));
    return lend(txn, &bso->payload);
}

enum store_err store_sqlite_get(struct store_txn *base, struct slice collection, struct slice id,
                                struct record_bso *ret_bso)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    int64_t key;
    TRY(store_sqlite_find_collection(txn, collection, &key));
    enum store_err err =
        store_sqlite_query(txn, STORE_SQL_RECORD,
                           STORE_SQL_VALUES(STORE_SQL_OF_INT(true), STORE_SQL_OF_INT(key),
                                            STORE_SQL_OF_TEXT(id), STORE_SQL_OF_INT(txn->now)));
    struct record_bso bso;
    if (err == STORE_OK) {
        bso = store_sqlite_read_record(store_sqlite_row(txn, STORE_SQL_RECORD));
        err = store_sqlite_fail(txn, lend_record(txn, &bso));
    }
    store_sqlite_end(txn, STORE_SQL_RECORD);
    if (err == STORE_OK)
        *ret_bso = bso;
    return err;
}

/* False: no further row is wanted. */
static bool offer(const struct store_query *query, struct store_sink *sink, sqlite3_stmt *row,
                  size_t given)
{
    if (given == query->limit) {
        sink->more = true;
        return false;
    }
    struct record_bso bso = store_sqlite_read_record(row);
    return sink->visit(sink->context, &bso);
}

struct candidate {
    struct store_key place;
    int64_t key;
};

static int compare_candidates(const void *a, const void *b)
{
    return store_key_compare(&((const struct candidate *)a)->place,
                             &((const struct candidate *)b)->place);
}

/* The place of a named record, when it is one that the query wants; STORE_ABSENT otherwise. */
static enum store_err look_up(struct store_sqlite_txn *txn, int64_t collection,
                              const struct store_query *query, struct slice id,
                              struct candidate *ret)
{
    sqlite3_stmt *row = store_sqlite_row(txn, STORE_SQL_RECORD);
    enum store_err err =
        store_sqlite_query(txn, STORE_SQL_RECORD,
                           STORE_SQL_VALUES(STORE_SQL_OF_INT(false), STORE_SQL_OF_INT(collection),
                                            STORE_SQL_OF_TEXT(id), STORE_SQL_OF_INT(txn->now)));
    if (err == STORE_OK) {
        struct record_bso bso = store_sqlite_read_record(row);
        ret->place = store_order_key(query->order, store_order_number(query->order, &bso), id);
        ret->key = sqlite3_column_int64(row, STORE_SQLITE_KEY);
        struct store_key after = store_order_key(query->order, query->after_key, query->after_id);
        if (bso.modified <= query->newer || bso.modified >= query->older ||
            (query->has_after && store_key_compare(&ret->place, &after) <= 0))
            err = STORE_ABSENT;
    }
    store_sqlite_end(txn, STORE_SQL_RECORD);
    return err;
}

static enum store_err offer_candidates(struct store_sqlite_txn *txn,
                                       const struct store_query *query, struct store_sink *sink,
                                       const struct candidate *found, size_t count)
{
    size_t given = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && found[i].key == found[i - 1].key)
            continue;
        enum store_err err = store_sqlite_query(txn, STORE_SQL_RECORD_BY_KEY,
                                                STORE_SQL_VALUES(STORE_SQL_OF_INT(!query->bare),
                                                                 STORE_SQL_OF_INT(found[i].key),
                                                                 STORE_SQL_OF_INT(txn->now)));
        bool wanted = err == STORE_OK &&
                      offer(query, sink, store_sqlite_row(txn, STORE_SQL_RECORD_BY_KEY), given++);
        store_sqlite_end(txn, STORE_SQL_RECORD_BY_KEY);
        if (!wanted)
            return err;
    }
    return STORE_OK;
}

/* A query that names its ids looks these up instead of walking the collection. */
static enum store_err list_named(struct store_sqlite_txn *txn, int64_t collection,
                                 const struct store_query *query, struct store_sink *sink)
{
    struct candidate *found = alloc_zeroed(query->id_count, sizeof(*found));
    if (found == NULL)
        return store_sqlite_fail(txn, STORE_NOMEM);
    enum store_err err = STORE_OK;
    size_t count = 0;
    for (size_t i = 0; i < query->id_count && (err == STORE_OK || err == STORE_ABSENT); i++) {
        err = look_up(txn, collection, query, query->ids[i], &found[count]);
        if (err == STORE_OK)
            count++;
    }
    if (err == STORE_OK || err == STORE_ABSENT) {
        qsort(found, count, sizeof(*found), compare_candidates);
        err = offer_candidates(txn, query, sink, found, count);
    }
    alloc_release(found);
    return err;
}

static enum store_err list_all(struct store_sqlite_txn *txn, int64_t collection,
                               const struct store_query *query, struct store_sink *sink)
{
    int which = query->has_after ? STORE_SQL_LIST_AFTER : STORE_SQL_LIST;
    enum store_sql list = (enum store_sql)(which + (int)query->order);
    int64_t newer = query->newer, older = query->older;
    /* The index is entered where the last page ended. */
    if (query->has_after && query->order == STORE_NEWEST && query->after_key < older)
        older = query->after_key + 1;
    if (query->has_after && query->order == STORE_OLDEST && query->after_key > newer)
        newer = query->after_key - 1;
    const struct store_sql_value values[] = {
        STORE_SQL_OF_INT(!query->bare),
        STORE_SQL_OF_INT(collection),
        STORE_SQL_OF_INT(txn->now),
        STORE_SQL_OF_INT(newer),
        STORE_SQL_OF_INT(older),
        STORE_SQL_OF_INT(query->after_key),
        STORE_SQL_OF_TEXT(query->after_id),
    };
    struct store_sql_values bound = { values, query->has_after ? 7 : 5 };
    sqlite3_stmt *row = store_sqlite_row(txn, list);
    enum store_err err = store_sqlite_query(txn, list, bound);
    for (size_t given = 0; err == STORE_OK && offer(query, sink, row, given); given++)
        err = store_sqlite_fail(txn, store_sql_step(row));
    store_sqlite_end(txn, list);
    return err == STORE_ABSENT ? STORE_OK : err;
}

enum store_err store_sqlite_list(struct store_txn *base, struct slice collection,
                                 const struct store_query *query, struct store_sink *sink)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    int64_t key;
    TRY(store_sqlite_find_collection(txn, collection, &key));
    sink->more = false;
    return query->ids != NULL ? list_named(txn, key, query, sink) : list_all(txn, key, query, sink);
}
