/* Promises of the store: stamps that rise, records that expire. */
#include "tests/store_bench.h"

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

const struct promise promises_time[] = {
    PROMISE(all_of_a_transaction_has_one_stamp),
    PROMISE(stamps_rise_within_one_hundredth),
    PROMISE(stamps_rise_when_the_clock_steps_back),
    PROMISE(stamps_rise_after_remove_all),
    PROMISE(remove_all_of_an_empty_user_is_a_write),
    PROMISE(a_transaction_that_changes_nothing_leaves_the_stamps),
    PROMISE(a_write_moves_only_its_own_collection),
    PROMISE(an_expired_record_does_not_exist),
    PROMISE(a_write_to_an_expired_record_starts_from_defaults),
    PROMISE(a_ttl_of_zero_is_over_at_once),
    PROMISE(a_ttl_counts_from_its_own_write),
    PROMISE(the_longest_ttl_does_not_overflow),
    { NULL, NULL },
};
