/* Promises of the store: what was put is what one gets. */
#include "tests/store_bench.h"

static void a_user_never_seen_is_empty(struct bench *bench)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    assert_int_equal(store_modified(txn), 0);
    assert_int_equal(store_stamp(txn), T0);
    assert_int_equal(store_bytes(txn), 0);
    struct record_bso bso;
    struct store_query query = query_all();
    struct store_sink sink = { 0 };
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

static void relate(struct record_update *update, enum record_relation which, const char *id)
{
    update->relation_is[which] = id == NULL ? RECORD_NULL : RECORD_VALUE;
    update->relations[which] = slice_text(id);
}

static void expect_relations(struct bench *bench, const char *parent, const char *predecessor)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.relations[RECORD_PARENT], parent);
    assert_slice(bso.relations[RECORD_PREDECESSOR], predecessor);
    assert_slice(bso.payload, "payload");
    store_rollback(txn);
}

static void relations_are_fields_like_others(struct bench *bench)
{
    struct record_update update = update_of("a", "payload");
    write_as(bench, ALICE, "c", &update);
    expect_relations(bench, "", "");
    update.payload_is = RECORD_ABSENT;
    relate(&update, RECORD_PARENT, "papa");
    write_as(bench, ALICE, "c", &update);
    expect_relations(bench, "papa", "");
    struct record_update other = update_of("a", NULL);
    write_as(bench, ALICE, "c", &other);
    expect_relations(bench, "papa", "");
    relate(&other, RECORD_PREDECESSOR, "\xc3\xa4 before");
    write_as(bench, ALICE, "c", &other);
    expect_relations(bench, "papa", "\xc3\xa4 before");
    relate(&other, RECORD_PARENT, NULL);
    other.relation_is[RECORD_PREDECESSOR] = RECORD_ABSENT;
    write_as(bench, ALICE, "c", &other);
    expect_relations(bench, "", "\xc3\xa4 before");
    assert_int_equal(sums(bench, ALICE).bytes, sizeof("payload") - 1);
}

static void a_record_made_anew_has_no_relations(struct bench *bench)
{
    struct record_update update = update_of("a", "payload");
    relate(&update, RECORD_PARENT, "papa");
    relate(&update, RECORD_PREDECESSOR, "pre");
    write_as(bench, ALICE, "c", &update);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("a")), STORE_OK);
    put(txn, "c", "a", "payload");
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_relations(bench, "", "");
    update.ttl_is = RECORD_VALUE;
    update.ttl = 1;
    write_as(bench, ALICE, "c", &update);
    expect_relations(bench, "papa", "pre");
    bench->now += 1000;
    write_text(bench, "c", "a", "payload");
    expect_relations(bench, "", "");
}

static void relations_pass_through_a_batch(struct bench *bench)
{
    struct record_update update = update_of("a", "payload"), later = update_of("a", NULL);
    relate(&update, RECORD_PARENT, "papa");
    relate(&update, RECORD_PREDECESSOR, "pre");
    relate(&later, RECORD_PREDECESSOR, NULL);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_open(txn, SLICE("c"), 1, T0 + 100), STORE_OK);
    assert_int_equal(store_batch_append(txn, SLICE("c"), 1, &update), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_append(txn, SLICE("c"), 1, &later), STORE_OK);
    assert_int_equal(store_batch_commit(txn, SLICE("c"), 1), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_relations(bench, "papa", "");
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

static void make_many(struct bench *bench, const char *collection, uint64_t batch, bool mortal)
{
    enum { MANY = 350 };
    struct store_txn *txn = begin(bench, STORE_WRITE);
    struct slice name = slice_text(collection);
    assert_int_equal(store_batch_open(txn, name, batch, bench->now + 50), STORE_OK);
    for (int i = 0; i < MANY; i++) {
        char id[] = { (char)('a' + i / 26), (char)('a' + i % 26), 0 };
        struct record_update update = update_of(id, "12");
        update.ttl_is = mortal ? RECORD_VALUE : RECORD_ABSENT;
        update.ttl = 1;
        assert_int_equal(store_put(txn, name, &update), STORE_OK);
        assert_int_equal(store_batch_append(txn, name, batch, &update), STORE_OK);
    }
    assert_int_equal(store_commit(txn), STORE_OK);
}

/* However a backend goes about it when they are many. */
static void all_that_is_to_go_goes(struct bench *bench)
{
    make_many(bench, "c", 1, false);
    make_many(bench, "d", 2, false);
    expect_collections(bench, ALICE, "c=100000/350/700 d=100001/350/700 ");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove_collection(txn, SLICE("c")), STORE_OK);
    assert_int_equal(store_bytes(txn), 700);
    uint64_t pending;
    assert_int_equal(store_batch_bytes(txn, &pending), STORE_OK);
    assert_int_equal(pending, 700);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_collections(bench, ALICE, "d=100001/350/700 ");
    make_many(bench, "e", 3, true);
    expect_collections(bench, ALICE, "d=100001/350/700 e=100003/350/700 ");
    bench->now += 200;
    write_text(bench, "f", "a", "x");
    expect_collections(bench, ALICE, "d=100001/350/700 e=100003/0/0 f=100200/1/1 ");
    make_many(bench, "g", 4, false);
    txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    assert_int_equal(store_bytes(txn), 0);
    assert_int_equal(store_batch_bytes(txn, &pending), STORE_OK);
    assert_int_equal(pending, 0);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_collections(bench, ALICE, "");
    write_text(bench, "c", "a", "x");
    expect_collections(bench, ALICE, "c=100203/1/1 ");
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

const struct promise promises_data[] = {
    PROMISE(a_user_never_seen_is_empty),
    PROMISE(a_record_is_as_it_was_put),
    PROMISE(any_bytes_of_a_payload_are_kept),
    PROMISE(absent_keeps_null_resets_a_value_replaces),
    PROMISE(a_new_record_has_defaults),
    PROMISE(relations_are_fields_like_others),
    PROMISE(a_record_made_anew_has_no_relations),
    PROMISE(relations_pass_through_a_batch),
    PROMISE(users_are_independent),
    PROMISE(a_removed_collection_takes_its_records_along),
    PROMISE(all_that_is_to_go_goes),
    PROMISE(names_and_ids_compare_byte_for_byte),
    { NULL, NULL },
};
