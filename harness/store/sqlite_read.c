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

/* A walk over records, each of which is offered. */
struct walk {
    struct store_sqlite_txn *txn;
    const struct store_query *query;
    struct store_sink *sink;
    int64_t collection, newer, older;
    size_t given;
    bool over; /* no further row is wanted */
};

static enum store_err walk_list(struct walk *walk, enum store_sql list, size_t bound_count)
{
    const struct store_query *query = walk->query;
    const struct store_sql_value values[] = {
        STORE_SQL_OF_INT(!query->bare),     STORE_SQL_OF_INT(walk->collection),
        STORE_SQL_OF_INT(walk->txn->now),   STORE_SQL_OF_INT(walk->newer),
        STORE_SQL_OF_INT(walk->older),      STORE_SQL_OF_INT(query->after_key),
        STORE_SQL_OF_TEXT(query->after_id),
    };
    sqlite3_stmt *row = store_sqlite_row(walk->txn, list);
    enum store_err err =
        store_sqlite_query(walk->txn, list, (struct store_sql_values){ values, bound_count });
    while (err == STORE_OK && !walk->over) {
        walk->over = !offer(query, walk->sink, row, walk->given++);
        if (!walk->over)
            err = store_sqlite_fail(walk->txn, store_sql_step(row));
    }
    store_sqlite_end(walk->txn, list);
    return err == STORE_ABSENT ? STORE_OK : err;
}

/* How many parameters these statements have. */
enum { BOUND_LIST = 5, BOUND_BELOW = 6, BOUND_AFTER = 7 };

/* First what has the number of the last page's last record, then the rest. */
static enum store_err walk_after(struct walk *walk)
{
    const struct store_query *query = walk->query;
    TRY(walk_list(walk, (enum store_sql)(STORE_SQL_LIST_AFTER + (int)query->order), BOUND_AFTER));
    if (walk->over || query->order == STORE_BY_ID)
        return STORE_OK;
    if (query->order == STORE_BY_INDEX)
        return walk_list(walk, STORE_SQL_LIST_BELOW, BOUND_BELOW);
    if (query->order == STORE_NEWEST && query->after_key < walk->older)
        walk->older = query->after_key;
    if (query->order == STORE_OLDEST && query->after_key > walk->newer)
        walk->newer = query->after_key;
    return walk_list(walk, (enum store_sql)(STORE_SQL_LIST + (int)query->order), BOUND_LIST);
}

static enum store_err list_all(struct store_sqlite_txn *txn, int64_t collection,
                               const struct store_query *query, struct store_sink *sink)
{
    struct walk walk = {
        .txn = txn,
        .query = query,
        .sink = sink,
        .collection = collection,
        .newer = query->newer,
        .older = query->older,
    };
    enum store_sql list = (enum store_sql)(STORE_SQL_LIST + (int)query->order);
    return query->has_after ? walk_after(&walk) : walk_list(&walk, list, BOUND_LIST);
}

/* The next row of STORE_SQL_LIST_TIMES, with its place in the query's order. */
static enum store_err take_time(struct store_sqlite_txn *txn, enum store_order order,
                                struct candidate *ret)
{
    sqlite3_stmt *row = store_sqlite_row(txn, STORE_SQL_LIST_TIMES);
    struct slice id = store_sql_bytes(row, 1);
    TRY(store_sqlite_fail(txn, lend(txn, &id)));
    int64_t number = order == STORE_BY_ID ? 0 : sqlite3_column_int64(row, 2);
    *ret = (struct candidate){ .place = store_order_key(order, number, id),
                               .key = sqlite3_column_int64(row, 0) };
    return STORE_OK;
}

/* What the time range holds, up to one more than STORE_ORDER_FEW. */
static enum store_err find_times(struct store_sqlite_txn *txn, int64_t collection,
                                 const struct store_query *query, struct candidate *found,
                                 size_t *ret_count)
{
    const struct store_sql_values values = STORE_SQL_VALUES(
        STORE_SQL_OF_INT(collection), STORE_SQL_OF_INT(txn->now), STORE_SQL_OF_INT(query->newer),
        STORE_SQL_OF_INT(query->older), STORE_SQL_OF_INT(STORE_ORDER_FEW + 1));
    sqlite3_stmt *row = store_sqlite_row(txn, STORE_SQL_LIST_TIMES);
    enum store_err err = store_sqlite_query(txn, STORE_SQL_LIST_TIMES, values);
    size_t count = 0;
    while (err == STORE_OK) {
        err = take_time(txn, query->order, &found[count++]);
        if (err == STORE_OK)
            err = store_sqlite_fail(txn, store_sql_step(row));
    }
    store_sqlite_end(txn, STORE_SQL_LIST_TIMES);
    *ret_count = count;
    return err == STORE_ABSENT ? STORE_OK : err;
}

/* Takes out what does not come behind the last page. */
static size_t drop_delivered(const struct store_query *query, struct candidate *found, size_t count)
{
    struct store_key after = store_order_key(query->order, query->after_key, query->after_id);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!query->has_after || store_key_compare(&found[i].place, &after) > 0)
            found[kept++] = found[i];
    }
    return kept;
}

/* Finds by time what the query wants in another order.  STORE_ABSENT, and nothing was offered: it
 * is not so little that sorting it is best. */
static enum store_err list_by_time(struct store_sqlite_txn *txn, int64_t collection,
                                   const struct store_query *query, struct store_sink *sink)
{
    struct candidate *found = alloc_zeroed(STORE_ORDER_FEW + 1, sizeof(*found));
    if (found == NULL)
        return store_sqlite_fail(txn, STORE_NOMEM);
    size_t count = 0;
    enum store_err err = find_times(txn, collection, query, found, &count);
    if (err == STORE_OK && count > STORE_ORDER_FEW)
        err = STORE_ABSENT;
    if (err == STORE_OK) {
        count = drop_delivered(query, found, count);
        qsort(found, count, sizeof(*found), compare_candidates);
        err = offer_candidates(txn, query, sink, found, count);
    }
    alloc_release(found);
    return err;
}

enum store_err store_sqlite_list(struct store_txn *base, struct slice collection,
                                 const struct store_query *query, struct store_sink *sink)
{
    struct store_sqlite_txn *txn = store_sqlite_txn_of(base);
    int64_t key;
    TRY(store_sqlite_find_collection(txn, collection, &key));
    sink->more = false;
    if (query->ids != NULL)
        return list_named(txn, key, query, sink);
    enum store_err err = STORE_ABSENT;
    if (store_order_strays(query))
        err = list_by_time(txn, key, query, sink);
    return err == STORE_ABSENT ? list_all(txn, key, query, sink) : err;
}
