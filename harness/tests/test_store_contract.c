/* The promises of store/store.h, held against every backend. */
#include "tests/support/support.h"

#include "base/alloc.h"
#include "store/store.h"

#include <stdio.h>

enum { T0 = 100000, ALICE = 1, BOB = 2 };

/* A backend under test: how an empty store is opened, and, for one that keeps data beyond its
 * process, how the same data are opened again (NULL: it does not). */
struct backend {
    const char *name;
    struct store *(*open)(void);
    struct store *(*reopen)(void);
};

static struct store *open_memory(void)
{
    const char *error = NULL;
    return store_open("memory", &error);
}

static const struct backend backends[] = {
    { "memory", open_memory, NULL },
};

struct bench {
    const struct backend *backend;
    struct store *store;
    int64_t now;
};

static struct store_txn *begin_as(struct bench *bench, uint64_t uid, enum store_access access)
{
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(bench->store, uid, access, bench->now, &txn), STORE_OK);
    assert_non_null(txn);
    return txn;
}

static struct store_txn *begin(struct bench *bench, enum store_access access)
{
    return begin_as(bench, ALICE, access);
}

static struct record_update update_of(const char *id, const char *payload)
{
    return (struct record_update){ .id = slice_text(id),
                                   .has_id = true,
                                   .payload_is = payload == NULL ? RECORD_ABSENT : RECORD_VALUE,
                                   .payload = slice_text(payload) };
}

static void put(struct store_txn *txn, const char *collection, const char *id, const char *payload)
{
    struct record_update update = update_of(id, payload);
    assert_int_equal(store_put(txn, slice_text(collection), &update), STORE_OK);
}

/* One write transaction with one record; its stamp. */
static int64_t write_as(struct bench *bench, uint64_t uid, const char *collection,
                        const struct record_update *update)
{
    struct store_txn *txn = begin_as(bench, uid, STORE_WRITE);
    assert_int_equal(store_put(txn, slice_text(collection), update), STORE_OK);
    int64_t stamp = store_stamp(txn);
    assert_int_equal(store_commit(txn), STORE_OK);
    return stamp;
}

static int64_t write_text(struct bench *bench, const char *collection, const char *id,
                          const char *payload)
{
    struct record_update update = update_of(id, payload);
    return write_as(bench, ALICE, collection, &update);
}

static bool note_id(void *context, const struct record_bso *bso)
{
    struct buf *out = context;
    if (out->len > 0)
        buf_add_byte(out, ' ');
    return buf_add(out, bso->id);
}

static struct store_query query_all(void)
{
    return (struct store_query){
        .newer = INT64_MIN, .older = INT64_MAX, .order = STORE_BY_ID, .limit = SIZE_MAX
    };
}

/* The ids that the query gives, with blanks between; " +" at the end when there are more. */
static void expect_list_as(struct bench *bench, uint64_t uid, const char *collection,
                           const struct store_query *query, const char *ids)
{
    struct buf out = buf_bounded(64 * 1024);
    struct store_sink sink = { .visit = note_id, .context = &out };
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    enum store_err err = store_list(txn, slice_text(collection), query, &sink);
    store_rollback(txn);
    assert_int_equal(err, STORE_OK);
    if (sink.more)
        buf_add_text(&out, " +");
    assert_false(out.failed);
    assert_slice(buf_slice(&out), ids);
    buf_free(&out);
}

static void expect_list(struct bench *bench, const char *collection,
                        const struct store_query *query, const char *ids)
{
    expect_list_as(bench, ALICE, collection, query, ids);
}

static void expect_all(struct bench *bench, const char *collection, const char *ids)
{
    struct store_query query = query_all();
    expect_list(bench, collection, &query, ids);
}

/* NULL: there is no such record. */
static void expect_payload(struct bench *bench, const char *collection, const char *id,
                           const char *payload)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    enum store_err err = store_get(txn, slice_text(collection), slice_text(id), &bso);
    assert_int_equal(err, payload == NULL ? STORE_ABSENT : STORE_OK);
    if (payload != NULL) {
        assert_slice(bso.id, id);
        assert_slice(bso.payload, payload);
    }
    store_rollback(txn);
}

struct user_sums {
    int64_t modified;
    uint64_t bytes;
};

static struct user_sums sums(struct bench *bench, uint64_t uid)
{
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    struct user_sums sums = { store_modified(txn), store_bytes(txn) };
    store_rollback(txn);
    return sums;
}

static void expect_collection(struct bench *bench, const char *name, int64_t modified,
                              uint64_t count, uint64_t bytes)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct store_collection collection;
    assert_int_equal(store_collection(txn, slice_text(name), &collection), STORE_OK);
    assert_slice(collection.name, name);
    assert_int_equal(collection.modified, modified);
    assert_int_equal(collection.count, count);
    assert_int_equal(collection.bytes, bytes);
    store_rollback(txn);
}

static void expect_no_collection(struct bench *bench, const char *name)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct store_collection collection;
    assert_int_equal(store_collection(txn, slice_text(name), &collection), STORE_ABSENT);
    store_rollback(txn);
}

static bool note_name(void *context, const struct store_collection *collection)
{
    struct buf *out = context;
    buf_add(out, collection->name);
    buf_add_format(out, "=%d/%d/%d ", (int)collection->modified, (int)collection->count,
                   (int)collection->bytes);
    return !out->failed;
}

static void expect_collections(struct bench *bench, uint64_t uid, const char *text)
{
    struct buf out = buf_bounded(4096);
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    assert_int_equal(store_collections(txn, note_name, &out), STORE_OK);
    store_rollback(txn);
    assert_slice(buf_slice(&out), text);
    buf_free(&out);
}

static void a_user_never_seen_is_empty(struct bench *bench)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    assert_int_equal(store_modified(txn), 0);
    assert_int_equal(store_stamp(txn), T0);
    assert_int_equal(store_bytes(txn), 0);
    struct record_bso bso;
    struct store_query query = query_all();
    struct store_sink sink = { .visit = note_id };
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_ABSENT);
    assert_int_equal(store_list(txn, SLICE("c"), &query, &sink), STORE_ABSENT);
    store_rollback(txn);
    expect_no_collection(bench, "c");
    expect_collections(bench, ALICE, "");
}

static void a_record_is_as_it_was_put(struct bench *bench)
{
    struct record_update update = update_of("a", "payload");
    update.sortindex_is = RECORD_VALUE;
    update.sortindex = -7;
    int64_t stamp = write_as(bench, ALICE, "c", &update);
    assert_int_equal(stamp, T0);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.id, "a");
    assert_slice(bso.payload, "payload");
    assert_int_equal(bso.modified, T0);
    assert_int_equal(bso.expires, INT64_MAX);
    assert_true(bso.has_sortindex);
    assert_int_equal(bso.sortindex, -7);
    store_rollback(txn);
}

static void any_bytes_of_a_payload_are_kept(struct bench *bench)
{
    enum { BIG = 300 * 1024 };
    struct buf payload = buf_bounded(BIG);
    for (size_t i = 0; i < BIG; i++)
        buf_add_byte(&payload, (uint8_t)(i * 7));
    struct record_update update = update_of("a", "");
    update.payload = buf_slice(&payload);
    write_as(bench, ALICE, "c", &update);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_true(slice_eq(bso.payload, buf_slice(&payload)));
    assert_int_equal(store_bytes(txn), BIG);
    store_rollback(txn);
    buf_free(&payload);
}

static void absent_keeps_null_resets_a_value_replaces(struct bench *bench)
{
    struct record_update full = update_of("a", "one");
    full.sortindex_is = full.ttl_is = RECORD_VALUE;
    full.sortindex = 5;
    full.ttl = 1000;
    write_as(bench, ALICE, "c", &full);

    struct record_update none = update_of("a", NULL);
    write_as(bench, ALICE, "c", &none);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.payload, "one");
    assert_true(bso.has_sortindex);
    assert_int_equal(bso.sortindex, 5);
    assert_int_equal(bso.expires, T0 + 1000 * STAMP_SECOND);
    assert_int_equal(bso.modified, T0 + 1);
    store_rollback(txn);

    struct record_update nulls = update_of("a", NULL);
    nulls.payload_is = nulls.sortindex_is = nulls.ttl_is = RECORD_NULL;
    write_as(bench, ALICE, "c", &nulls);
    txn = begin(bench, STORE_READ);
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.payload, "");
    assert_false(bso.has_sortindex);
    assert_int_equal(bso.expires, INT64_MAX);
    assert_int_equal(store_bytes(txn), 0);
    store_rollback(txn);
}

static void a_new_record_has_defaults(struct bench *bench)
{
    struct record_update nulls = update_of("b", NULL);
    nulls.payload_is = nulls.sortindex_is = nulls.ttl_is = RECORD_NULL;
    write_text(bench, "c", "a", NULL);
    write_as(bench, ALICE, "c", &nulls);
    struct store_txn *txn = begin(bench, STORE_READ);
    for (int i = 0; i < 2; i++) {
        struct record_bso bso;
        assert_int_equal(store_get(txn, SLICE("c"), i == 0 ? SLICE("a") : SLICE("b"), &bso),
                         STORE_OK);
        assert_slice(bso.payload, "");
        assert_false(bso.has_sortindex);
        assert_int_equal(bso.expires, INT64_MAX);
    }
    store_rollback(txn);
}

static void users_are_independent(struct bench *bench)
{
    struct record_update update = update_of("a", "bobs");
    write_text(bench, "c", "a", "alices");
    bench->now += 500;
    write_as(bench, BOB, "c", &update);
    expect_payload(bench, "c", "a", "alices");
    assert_int_equal(sums(bench, ALICE).modified, T0);
    assert_int_equal(sums(bench, ALICE).bytes, 6);
    struct store_txn *txn = begin_as(bench, BOB, STORE_WRITE);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_payload(bench, "c", "a", "alices");
    expect_collections(bench, BOB, "");
    txn = begin_as(bench, UINT64_MAX, STORE_WRITE);
    put(txn, "c", "a", "greatest uid");
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(sums(bench, UINT64_MAX).bytes, 12);
    assert_int_equal(sums(bench, 0).bytes, 0);
}

static void all_of_a_transaction_has_one_stamp(struct bench *bench)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    put(txn, "c", "a", "1");
    put(txn, "c", "b", "2");
    put(txn, "d", "a", "3");
    assert_int_equal(store_touch(txn, SLICE("e")), STORE_OK);
    assert_int_equal(store_stamp(txn), T0);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_collections(bench, ALICE, "c=100000/2/2 d=100000/1/1 e=100000/0/0 ");
    assert_int_equal(sums(bench, ALICE).modified, T0);
}

static void stamps_rise_within_one_hundredth(struct bench *bench)
{
    for (int i = 0; i < 5; i++)
        assert_int_equal(write_text(bench, "c", "a", "x"), T0 + i);
    assert_int_equal(sums(bench, ALICE).modified, T0 + 4);
}

static void stamps_rise_when_the_clock_steps_back(struct bench *bench)
{
    int64_t first = write_text(bench, "c", "a", "x");
    bench->now -= 5000;
    assert_int_equal(write_text(bench, "d", "a", "x"), first + 1);
    struct store_txn *txn = begin(bench, STORE_READ);
    assert_int_equal(store_stamp(txn), first + 1);
    store_rollback(txn);
    bench->now += 10000;
    assert_int_equal(write_text(bench, "c", "a", "x"), bench->now);
}

static void stamps_rise_after_remove_all(struct bench *bench)
{
    int64_t first = write_text(bench, "c", "a", "x");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    int64_t second = store_stamp(txn);
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(second, first + 1);
    assert_int_equal(sums(bench, ALICE).modified, second);
    assert_int_equal(sums(bench, ALICE).bytes, 0);
    expect_collections(bench, ALICE, "");
    expect_payload(bench, "c", "a", NULL);
    assert_int_equal(write_text(bench, "c", "b", "y"), second + 1);
    expect_all(bench, "c", "b");
}

static void remove_all_of_an_empty_user_is_a_write(struct bench *bench)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(sums(bench, ALICE).modified, T0);
}

static void a_transaction_that_changes_nothing_leaves_the_stamps(struct bench *bench)
{
    write_text(bench, "c", "a", "x");
    bench->now += 500;
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("missing")), STORE_ABSENT);
    assert_int_equal(store_remove(txn, SLICE("missing"), SLICE("a")), STORE_ABSENT);
    assert_int_equal(store_remove_collection(txn, SLICE("missing")), STORE_ABSENT);
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(sums(bench, ALICE).modified, T0);
    expect_collections(bench, ALICE, "c=100000/1/1 ");
}

static void a_write_moves_only_its_own_collection(struct bench *bench)
{
    write_text(bench, "c", "a", "x");
    write_text(bench, "d", "a", "xy");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("a")), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_collections(bench, ALICE, "c=100002/0/0 d=100001/1/2 ");
}

static void a_removed_collection_takes_its_records_along(struct bench *bench)
{
    write_text(bench, "c", "a", "x");
    write_text(bench, "d", "a", "xy");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove_collection(txn, SLICE("c")), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_collections(bench, ALICE, "d=100001/1/2 ");
    assert_int_equal(sums(bench, ALICE).modified, T0 + 2);
    assert_int_equal(sums(bench, ALICE).bytes, 2);
    write_text(bench, "c", "b", "new");
    expect_all(bench, "c", "b");
}

static void names_and_ids_compare_byte_for_byte(struct bench *bench)
{
    write_text(bench, "Col", "Id", "1");
    write_text(bench, "col", "id", "2");
    write_text(bench, "col", "ID", "3");
    write_text(bench, "col", "i/d,%", "4");
    expect_all(bench, "Col", "Id");
    expect_all(bench, "col", "ID i/d,% id");
}

/* Rolled back: nothing of it stays, whatever the operations were. */
static void change_everything(struct store_txn *txn)
{
    struct record_update update = update_of("a", NULL);
    update.sortindex_is = update.ttl_is = RECORD_VALUE;
    update.sortindex = 3;
    update.ttl = 50;
    put(txn, "c", "a", "changed");
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    update.ttl = 0;
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    put(txn, "c", "new", "new");
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("b")), STORE_OK);
    put(txn, "c", "b", "again");
    put(txn, "fresh", "a", "x");
    assert_int_equal(store_remove_collection(txn, SLICE("d")), STORE_OK);
    put(txn, "d", "z", "reborn");
    assert_int_equal(store_remove_collection(txn, SLICE("fresh")), STORE_OK);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    put(txn, "c", "last", "last");
}

static void make_some(struct bench *bench)
{
    struct record_update mortal = update_of("m", "mortal");
    mortal.ttl_is = RECORD_VALUE;
    mortal.ttl = 100;
    write_text(bench, "c", "a", "1");
    write_text(bench, "c", "b", "22");
    write_as(bench, ALICE, "d", &mortal);
}

static void rollback_leaves_nothing(struct bench *bench)
{
    make_some(bench);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    change_everything(txn);
    store_rollback(txn);
    expect_collections(bench, ALICE, "c=100001/2/3 d=100002/1/6 ");
    assert_int_equal(sums(bench, ALICE).modified, T0 + 2);
    assert_int_equal(sums(bench, ALICE).bytes, 9);
    expect_all(bench, "c", "a b");
    expect_payload(bench, "c", "a", "1");
    expect_payload(bench, "c", "b", "22");
    expect_payload(bench, "d", "m", "mortal");
    struct store_query query = query_all();
    query.order = STORE_NEWEST;
    expect_list(bench, "c", &query, "b a");
    bench->now += 100 * STAMP_SECOND;
    expect_all(bench, "d", "");
}

static void a_user_that_only_rolled_back_never_wrote(struct bench *bench)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    put(txn, "c", "a", "x");
    store_rollback(txn);
    assert_int_equal(sums(bench, ALICE).modified, 0);
    expect_collections(bench, ALICE, "");
}

static void a_transaction_sees_its_own_writes(struct bench *bench)
{
    write_text(bench, "c", "a", "old");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    put(txn, "c", "a", "newer");
    put(txn, "c", "b", "x");
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.payload, "newer");
    assert_int_equal(store_bytes(txn), 6);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("a")), STORE_OK);
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_ABSENT);
    assert_int_equal(store_bytes(txn), 1);
    assert_int_equal(store_commit(txn), STORE_OK);
}

/* Another transaction of the user either waits its turn or sees the state before. */
static void nobody_sees_an_open_transaction(struct bench *bench)
{
    write_text(bench, "c", "a", "old");
    struct store_txn *writer = begin(bench, STORE_WRITE);
    put(writer, "c", "a", "new");
    struct store_txn *reader = NULL;
    enum store_err err = store_begin(bench->store, ALICE, STORE_READ, bench->now, &reader);
    if (err == STORE_OK) {
        struct record_bso bso;
        assert_int_equal(store_get(reader, SLICE("c"), SLICE("a"), &bso), STORE_OK);
        assert_slice(bso.payload, "old");
        store_rollback(reader);
    } else {
        assert_int_equal(err, STORE_BUSY);
    }
    struct store_txn *second = NULL;
    assert_int_equal(store_begin(bench->store, ALICE, STORE_WRITE, bench->now, &second),
                     STORE_BUSY);
    assert_int_equal(store_commit(writer), STORE_OK);
    expect_payload(bench, "c", "a", "new");
}

static void an_expired_record_does_not_exist(struct bench *bench)
{
    struct record_update mortal = update_of("m", "mortal");
    mortal.ttl_is = RECORD_VALUE;
    mortal.ttl = 10;
    write_text(bench, "c", "a", "12");
    write_as(bench, ALICE, "c", &mortal);
    bench->now = T0 + 10 * STAMP_SECOND - 1;
    expect_payload(bench, "c", "m", "mortal");
    expect_collection(bench, "c", T0 + 1, 2, 8);

    bench->now++;
    expect_payload(bench, "c", "m", NULL);
    expect_all(bench, "c", "a");
    struct slice wanted[] = { SLICE("m"), SLICE("a") };
    struct store_query query = query_all();
    query.ids = wanted;
    query.id_count = COUNT_OF(wanted);
    expect_list(bench, "c", &query, "a");
    expect_collection(bench, "c", T0 + 1, 1, 2);
    assert_int_equal(sums(bench, ALICE).bytes, 2);
    assert_int_equal(sums(bench, ALICE).modified, T0 + 1);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("m")), STORE_ABSENT);
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(sums(bench, ALICE).modified, T0 + 1);
}

static void a_write_to_an_expired_record_starts_from_defaults(struct bench *bench)
{
    struct record_update mortal = update_of("m", "secret");
    mortal.ttl_is = mortal.sortindex_is = RECORD_VALUE;
    mortal.ttl = 10;
    mortal.sortindex = 4;
    write_as(bench, ALICE, "c", &mortal);
    bench->now += 10 * STAMP_SECOND;
    write_text(bench, "c", "m", NULL);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("m"), &bso), STORE_OK);
    assert_slice(bso.payload, "");
    assert_false(bso.has_sortindex);
    assert_int_equal(bso.expires, INT64_MAX);
    store_rollback(txn);
}

static void a_ttl_of_zero_is_over_at_once(struct bench *bench)
{
    struct record_update mortal = update_of("a", "x");
    mortal.ttl_is = RECORD_VALUE;
    write_text(bench, "c", "a", "before");
    write_as(bench, ALICE, "c", &mortal);
    expect_collection(bench, "c", T0 + 1, 0, 0);
    mortal.id = SLICE("b");
    write_as(bench, ALICE, "d", &mortal);
    expect_collection(bench, "d", T0 + 2, 0, 0);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    struct record_bso bso;
    assert_int_equal(store_put(txn, SLICE("d"), &mortal), STORE_OK);
    assert_int_equal(store_get(txn, SLICE("d"), SLICE("b"), &bso), STORE_ABSENT);
    assert_int_equal(store_bytes(txn), 0);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_payload(bench, "d", "b", NULL);
}

static void a_ttl_counts_from_its_own_write(struct bench *bench)
{
    struct record_update mortal = update_of("a", "x");
    mortal.ttl_is = RECORD_VALUE;
    mortal.ttl = 10;
    write_as(bench, ALICE, "c", &mortal);
    bench->now += 9 * STAMP_SECOND;
    write_as(bench, ALICE, "c", &mortal);
    bench->now += 9 * STAMP_SECOND;
    expect_payload(bench, "c", "a", "x");
    mortal.ttl_is = RECORD_NULL;
    write_as(bench, ALICE, "c", &mortal);
    bench->now += 1000 * STAMP_SECOND;
    expect_payload(bench, "c", "a", "x");
}

static void the_longest_ttl_does_not_overflow(struct bench *bench)
{
    struct record_update mortal = update_of("a", "x");
    mortal.ttl_is = RECORD_VALUE;
    mortal.ttl = LIMIT_TTL;
    write_as(bench, ALICE, "c", &mortal);
    bench->now = INT64_MAX - 1000;
    write_as(bench, BOB, "c", &mortal);
    struct store_query query = query_all();
    expect_list_as(bench, BOB, "c", &query, "a");
    expect_all(bench, "c", "");
}

static void put_indexed(struct bench *bench, const char *id, bool has, int32_t sortindex)
{
    struct record_update update = update_of(id, "x");
    update.sortindex_is = has ? RECORD_VALUE : RECORD_ABSENT;
    update.sortindex = sortindex;
    write_as(bench, ALICE, "c", &update);
}

/* b and c share a stamp; a and d share an index; n has none. */
static void make_five(struct bench *bench)
{
    put_indexed(bench, "n", false, 0);
    put_indexed(bench, "d", true, -5);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    struct record_update update = update_of("c", "x");
    update.sortindex_is = RECORD_VALUE;
    update.sortindex = LIMIT_SORTINDEX;
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    update.id = SLICE("b");
    update.sortindex = 0;
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    put_indexed(bench, "a", true, -5);
}

static const struct {
    enum store_order order;
    const char *ids;
} orders[] = {
    { STORE_BY_ID, "a b c d n" },
    { STORE_OLDEST, "n d b c a" },
    { STORE_NEWEST, "a b c d n" },
    { STORE_BY_INDEX, "c b a d n" },
};

static void orders_are_total(struct bench *bench)
{
    make_five(bench);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        expect_list(bench, "c", &query, orders[i].ids);
    }
}

static void time_bounds_are_open(struct bench *bench)
{
    make_five(bench); /* n T0, d T0+1, b and c T0+2, a T0+3 */
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.newer = T0 + 1;
        query.older = T0 + 3;
        expect_list(bench, "c", &query, orders[i].order == STORE_BY_INDEX ? "c b" : "b c");
        query.older = INT64_MAX;
        query.newer = T0 + 2;
        expect_list(bench, "c", &query, "a");
        query.newer = INT64_MIN;
        query.older = T0 + 1;
        expect_list(bench, "c", &query, "n");
        query.older = 0;
        expect_list(bench, "c", &query, "");
        query.newer = INT64_MAX;
        expect_list(bench, "c", &query, "");
    }
}

static void named_records_in_every_order(struct bench *bench)
{
    make_five(bench);
    struct slice wanted[] = { SLICE("n"), SLICE("c"), SLICE("zz"), SLICE("n"), SLICE("a") };
    static const char *const expected[] = { "a c n", "n c a", "a c n", "c a n" };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.ids = wanted;
        query.id_count = COUNT_OF(wanted);
        expect_list(bench, "c", &query, expected[i]);
        query.newer = T0;
        query.limit = 1;
        expect_list(bench, "c", &query, expected[i][0] == 'c' || i == 1 ? "c +" : "a +");
        query.limit = 2;
        expect_list(bench, "c", &query, i == 1 || i == 3 ? "c a" : "a c");
    }
}

static void no_ids_named_is_no_record(struct bench *bench)
{
    make_five(bench);
    struct slice none = SLICE("");
    struct store_query query = query_all();
    query.ids = &none;
    query.id_count = 0;
    expect_list(bench, "c", &query, "");
}

static void more_is_said_only_when_more_follows(struct bench *bench)
{
    make_five(bench);
    struct store_query query = query_all();
    query.limit = 4;
    expect_list(bench, "c", &query, "a b c d +");
    query.limit = 5;
    expect_list(bench, "c", &query, "a b c d n");
    query.limit = 2;
    query.newer = T0 + 1;
    query.order = STORE_NEWEST;
    expect_list(bench, "c", &query, "a b +");
    query.limit = 3;
    expect_list(bench, "c", &query, "a b c");
}

static void page_on(struct store_query *query, const struct record_bso *last, struct slice id)
{
    query->has_after = true;
    query->after_key = last->modified;
    if (query->order == STORE_BY_INDEX)
        query->after_key = last->has_sortindex ? last->sortindex : INT64_MIN;
    query->after_id = id;
}

struct page {
    struct buf all;
    struct record_bso last;
    uint8_t id[LIMIT_BSO_ID];
};

static bool take_page(void *context, const struct record_bso *bso)
{
    struct page *page = context;
    page->last = *bso;
    memcpy(page->id, bso->id.ptr, bso->id.len);
    page->last.id = slice_of(page->id, bso->id.len);
    buf_add(&page->all, bso->id);
    return buf_add_byte(&page->all, ' ');
}

/* Reads all pages; between two of them ${between} writes. */
static void expect_pages(struct bench *bench, struct store_query query,
                         void (*between)(struct bench *bench, unsigned round), const char *ids)
{
    struct page page = { .all = buf_bounded(64 * 1024) };
    struct store_sink sink = { .visit = take_page, .context = &page };
    for (unsigned round = 0; round < 1000; round++) {
        struct store_txn *txn = begin(bench, STORE_READ);
        assert_int_equal(store_list(txn, SLICE("c"), &query, &sink), STORE_OK);
        store_rollback(txn);
        if (!sink.more)
            break;
        page_on(&query, &page.last, page.last.id);
        if (between != NULL)
            between(bench, round);
    }
    assert_false(sink.more);
    if (page.all.len > 0)
        buf_truncate(&page.all, page.all.len - 1);
    assert_slice(buf_slice(&page.all), ids);
    buf_free(&page.all);
}

static void pages_have_neither_gap_nor_repetition(struct bench *bench)
{
    make_five(bench);
    struct slice wanted[] = { SLICE("a"), SLICE("b"), SLICE("c"), SLICE("d"), SLICE("n") };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        for (size_t limit = 1; limit <= 6; limit++) {
            struct store_query query = query_all();
            query.order = orders[i].order;
            query.limit = limit;
            expect_pages(bench, query, NULL, orders[i].ids);
            query.ids = wanted;
            query.id_count = COUNT_OF(wanted);
            expect_pages(bench, query, NULL, orders[i].ids);
        }
    }
}

static void remove_what_was_delivered(struct bench *bench, unsigned round)
{
    static const char *const delivered[] = { "n", "d", "b", "c" };
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove(txn, SLICE("c"), slice_text(delivered[round])), STORE_OK);
    put(txn, "other", "x", "x");
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void pages_stay_right_while_others_remove(struct bench *bench)
{
    make_five(bench);
    struct store_query query = query_all();
    query.order = STORE_OLDEST;
    query.limit = 1;
    expect_pages(bench, query, remove_what_was_delivered, "n d b c a");
}

static void add_in_front(struct bench *bench, unsigned round)
{
    char id[] = "0x";
    id[1] = (char)('a' + round);
    if (round < 4)
        put_indexed(bench, id, true, LIMIT_SORTINDEX);
}

static void pages_stay_right_while_others_add(struct bench *bench)
{
    make_five(bench);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        if (orders[i].order == STORE_OLDEST)
            continue; /* what is new stands behind, and is rightly delivered */
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.older = bench->now + 4;
        query.limit = 1;
        expect_pages(bench, query, add_in_front, orders[i].ids);
    }
}

static bool stop_at_second(void *context, const struct record_bso *bso)
{
    (void)bso;
    return ++*(int *)context < 2;
}

static void a_visitor_can_stop(struct bench *bench)
{
    make_five(bench);
    int seen = 0;
    struct store_query query = query_all();
    struct store_sink sink = { .visit = stop_at_second, .context = &seen };
    struct store_txn *txn = begin(bench, STORE_READ);
    assert_int_equal(store_list(txn, SLICE("c"), &query, &sink), STORE_OK);
    store_rollback(txn);
    assert_int_equal(seen, 2);
    assert_false(sink.more);
}

static void a_read_transaction_writes_nothing(struct bench *bench)
{
    write_text(bench, "c", "a", "x");
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_update update = update_of("b", "x");
    assert_int_not_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    store_rollback(txn);
    expect_collections(bench, ALICE, "c=100000/1/1 ");
}

/* Counts and sums against a plain model, over many random operations. */
enum { MODEL_IDS = 12, MODEL_STEPS = 3000 };

struct model {
    size_t len[2][MODEL_IDS]; /* SIZE_MAX: none */
    int64_t expires[2][MODEL_IDS];
};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

static void model_step(struct bench *bench, struct model *model, uint64_t *state)
{
    size_t at = next_random(state) % 2, which = next_random(state) % MODEL_IDS;
    size_t len = next_random(state) % 50;
    char id[] = { (char)('a' + which), 0 };
    struct slice name = at == 0 ? SLICE("c") : SLICE("d");
    struct record_update update = update_of(id, "");
    static const uint8_t bytes[50];
    update.payload = slice_of(bytes, len);
    update.ttl_is = next_random(state) % 3 == 0 ? RECORD_VALUE : RECORD_NULL;
    update.ttl = (int64_t)(next_random(state) % 20);
    bool keep = next_random(state) % 4 != 0, removes = next_random(state) % 4 == 0;
    struct store_txn *txn = begin(bench, STORE_WRITE);
    if (removes)
        (void)store_remove(txn, name, update.id);
    else
        assert_int_equal(store_put(txn, name, &update), STORE_OK);
    if (!keep) {
        store_rollback(txn);
        return;
    }
    assert_int_equal(store_commit(txn), STORE_OK);
    model->len[at][which] = removes ? SIZE_MAX : len;
    model->expires[at][which] = update.ttl_is == RECORD_VALUE && !removes
                                    ? bench->now + update.ttl * STAMP_SECOND
                                    : INT64_MAX;
}

static void counts_and_sums_are_exact(struct bench *bench)
{
    struct model model;
    memset(&model, 0xff, sizeof(model));
    uint64_t state = 7;
    write_text(bench, "c", "seed", "");
    write_text(bench, "d", "seed", "");
    for (int step = 0; step < MODEL_STEPS; step++) {
        bench->now += (int64_t)(next_random(&state) % 200);
        model_step(bench, &model, &state);
        uint64_t total = 0;
        struct store_txn *txn = begin(bench, STORE_READ);
        for (size_t at = 0; at < 2; at++) {
            uint64_t count = 1, bytes = 0;
            for (size_t i = 0; i < MODEL_IDS; i++) {
                if (model.len[at][i] == SIZE_MAX || model.expires[at][i] <= bench->now)
                    continue;
                count++;
                bytes += model.len[at][i];
            }
            struct store_collection seen;
            assert_int_equal(store_collection(txn, at == 0 ? SLICE("c") : SLICE("d"), &seen),
                             STORE_OK);
            assert_int_equal(seen.count, count);
            assert_int_equal(seen.bytes, bytes);
            total += bytes;
        }
        assert_int_equal(store_bytes(txn), total);
        store_rollback(txn);
    }
}

/* Opens, fills and changes a store with some allocation failing: each transaction is there or is
 * not. */
static void change_under_failure(void *context)
{
    const struct backend *backend = context;
    struct bench bench = { .backend = backend, .now = T0 };
    bench.store = backend->open();
    struct store_txn *txn = NULL;
    if (bench.store == NULL)
        return;
    bool stored = false;
    if (store_begin(bench.store, ALICE, STORE_WRITE, T0, &txn) == STORE_OK) {
        struct record_update update = update_of("a", "12345");
        enum store_err err = store_put(txn, SLICE("c"), &update);
        update.id = SLICE("b");
        if (err == STORE_OK)
            err = store_put(txn, SLICE("d"), &update);
        for (char id[] = "0"; id[0] < 'Z' && err == STORE_OK; id[0]++) {
            update.id = slice_text(id);
            err = store_put(txn, SLICE("d"), &update);
        }
        if (err == STORE_OK)
            err = store_remove_collection(txn, SLICE("d"));
        assert_true(err == STORE_OK || err == STORE_NOMEM);
        if (err == STORE_OK)
            stored = store_commit(txn) == STORE_OK;
        else
            store_rollback(txn);
    }
    if (store_begin(bench.store, ALICE, STORE_READ, T0, &txn) == STORE_OK) {
        assert_int_equal(store_bytes(txn), stored ? 5 : 0);
        assert_int_equal(store_modified(txn), stored ? T0 : 0);
        struct record_bso bso;
        assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso),
                         stored ? STORE_OK : STORE_ABSENT);
        assert_int_equal(store_get(txn, SLICE("d"), SLICE("b"), &bso), STORE_ABSENT);
        store_rollback(txn);
    }
    store_free(bench.store);
}

static void a_failing_allocation_leaves_nothing(struct bench *bench)
{
    /* The store of the bench is not the one that is swept. */
    support_sweep_allocations(change_under_failure, (void *)(uintptr_t)bench->backend);
}

static void committed_data_outlive_the_process(struct bench *bench)
{
    if (bench->backend->reopen == NULL)
        return; /* it does not claim to */
    make_some(bench);
    store_free(bench->store);
    bench->store = bench->backend->reopen();
    assert_non_null(bench->store);
    expect_collections(bench, ALICE, "c=100001/2/3 d=100002/1/6 ");
    bench->now -= 1000;
    assert_int_equal(write_text(bench, "c", "z", "x"), T0 + 3);
}

#define PROMISE(name)                                                                              \
    {                                                                                              \
#name, name                                                                                \
    }

static const struct promise {
    const char *name;
    void (*check)(struct bench *bench);
} promises[] = {
    PROMISE(a_user_never_seen_is_empty),
    PROMISE(a_record_is_as_it_was_put),
    PROMISE(any_bytes_of_a_payload_are_kept),
    PROMISE(absent_keeps_null_resets_a_value_replaces),
    PROMISE(a_new_record_has_defaults),
    PROMISE(users_are_independent),
    PROMISE(all_of_a_transaction_has_one_stamp),
    PROMISE(stamps_rise_within_one_hundredth),
    PROMISE(stamps_rise_when_the_clock_steps_back),
    PROMISE(stamps_rise_after_remove_all),
    PROMISE(remove_all_of_an_empty_user_is_a_write),
    PROMISE(a_transaction_that_changes_nothing_leaves_the_stamps),
    PROMISE(a_write_moves_only_its_own_collection),
    PROMISE(a_removed_collection_takes_its_records_along),
    PROMISE(names_and_ids_compare_byte_for_byte),
    PROMISE(rollback_leaves_nothing),
    PROMISE(a_user_that_only_rolled_back_never_wrote),
    PROMISE(a_transaction_sees_its_own_writes),
    PROMISE(nobody_sees_an_open_transaction),
    PROMISE(an_expired_record_does_not_exist),
    PROMISE(a_write_to_an_expired_record_starts_from_defaults),
    PROMISE(a_ttl_of_zero_is_over_at_once),
    PROMISE(a_ttl_counts_from_its_own_write),
    PROMISE(the_longest_ttl_does_not_overflow),
    PROMISE(orders_are_total),
    PROMISE(time_bounds_are_open),
    PROMISE(named_records_in_every_order),
    PROMISE(no_ids_named_is_no_record),
    PROMISE(more_is_said_only_when_more_follows),
    PROMISE(pages_have_neither_gap_nor_repetition),
    PROMISE(pages_stay_right_while_others_remove),
    PROMISE(pages_stay_right_while_others_add),
    PROMISE(a_visitor_can_stop),
    PROMISE(a_read_transaction_writes_nothing),
    PROMISE(counts_and_sums_are_exact),
    PROMISE(a_failing_allocation_leaves_nothing),
    PROMISE(committed_data_outlive_the_process),
};

struct pair {
    const struct backend *backend;
    const struct promise *promise;
    char name[128];
};

static void keep_promise(void **state)
{
    const struct pair *pair = *state;
    int64_t live = alloc_live();
    struct bench bench = { .backend = pair->backend, .now = T0 };
    bench.store = pair->backend->open();
    assert_non_null(bench.store);
    pair->promise->check(&bench);
    store_free(bench.store);
    assert_int_equal(alloc_live(), live);
}

int main(void)
{
    static struct pair pairs[COUNT_OF(backends) * COUNT_OF(promises)];
    static struct CMUnitTest tests[COUNT_OF(pairs)];
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        struct pair *pair = &pairs[i];
        pair->backend = &backends[i / COUNT_OF(promises)];
        pair->promise = &promises[i % COUNT_OF(promises)];
        (void)snprintf(pair->name, sizeof(pair->name), "%s/%s", pair->backend->name,
                       pair->promise->name);
        tests[i] = (struct CMUnitTest){ .name = pair->name,
                                        .test_func = keep_promise,
                                        .initial_state = pair };
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
