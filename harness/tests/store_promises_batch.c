/* Promises of the store: open batches. */
#include "tests/store_bench.h"

enum { ONE = 11, TWO = 22, LATER = T0 + 100 * STAMP_SECOND };

static void open_batch(struct bench *bench, const char *collection, uint64_t id)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_open(txn, slice_text(collection), id, LATER), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void append(struct bench *bench, uint64_t id, const struct record_update *update)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_append(txn, SLICE("c"), id, update), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void append_text(struct bench *bench, uint64_t id, const char *record, const char *payload)
{
    struct record_update update = update_of(record, payload);
    append(bench, id, &update);
}

static int64_t commit_batch(struct bench *bench, uint64_t id)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_commit(txn, SLICE("c"), id), STORE_OK);
    int64_t stamp = store_stamp(txn);
    assert_int_equal(store_commit(txn), STORE_OK);
    return stamp;
}

static void expect_batch(struct bench *bench, uint64_t id, uint64_t records, uint64_t bytes)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct store_batch batch;
    assert_int_equal(store_batch_info(txn, SLICE("c"), id, &batch), STORE_OK);
    assert_int_equal(batch.expires, LATER);
    assert_int_equal(batch.records, records);
    assert_int_equal(batch.bytes, bytes);
    store_rollback(txn);
}

/* All that names the batch finds none, and changes nothing. */
static void expect_no_batch(struct bench *bench, uint64_t uid, const char *collection, uint64_t id)
{
    struct user_sums before = sums(bench, uid);
    struct slice name = slice_text(collection);
    struct store_txn *txn = begin_as(bench, uid, STORE_WRITE);
    struct store_batch batch;
    struct record_update update = update_of("a", "x");
    assert_int_equal(store_batch_info(txn, name, id, &batch), STORE_ABSENT);
    assert_int_equal(store_batch_append(txn, name, id, &update), STORE_ABSENT);
    assert_int_equal(store_batch_commit(txn, name, id), STORE_ABSENT);
    assert_int_equal(store_batch_drop(txn, name, id), STORE_ABSENT);
    assert_int_equal(store_commit(txn), STORE_OK);
    struct user_sums after = sums(bench, uid);
    assert_int_equal(after.modified, before.modified);
    assert_int_equal(after.bytes, before.bytes);
}

static void expect_pending(struct bench *bench, uint64_t uid, uint64_t bytes)
{
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    uint64_t seen = UINT64_MAX;
    assert_int_equal(store_batch_bytes(txn, &seen), STORE_OK);
    assert_int_equal(seen, bytes);
    store_rollback(txn);
}

static void an_open_batch_is_invisible(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    append_text(bench, ONE, "a", "pending");
    expect_collections(bench, ALICE, "");
    expect_no_collection(bench, "c");
    expect_payload(bench, "c", "a", NULL);
    assert_int_equal(sums(bench, ALICE).modified, 0);
    assert_int_equal(sums(bench, ALICE).bytes, 0);
    write_text(bench, "c", "b", "there");
    append_text(bench, ONE, "b", "pending too");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_drop(txn, SLICE("c"), ONE), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_collections(bench, ALICE, "c=100000/1/5 ");
    expect_all(bench, "c", "b");
    expect_payload(bench, "c", "b", "there");
    assert_int_equal(sums(bench, ALICE).modified, T0);
    expect_no_batch(bench, ALICE, "c", ONE);
}

static void a_committed_batch_is_one_write(struct bench *bench)
{
    write_text(bench, "c", "old", "stays");
    write_text(bench, "d", "other", "stays");
    open_batch(bench, "c", ONE);
    append_text(bench, ONE, "a", "1");
    append_text(bench, ONE, "b", "22");
    expect_batch(bench, ONE, 2, 3);
    bench->now += 500;
    assert_int_equal(commit_batch(bench, ONE), T0 + 500);
    expect_collections(bench, ALICE, "c=100500/3/8 d=100001/1/5 ");
    assert_int_equal(sums(bench, ALICE).modified, T0 + 500);
    struct store_query query = query_all();
    query.newer = T0 + 499;
    expect_list(bench, "c", &query, "a b");
    expect_payload(bench, "c", "b", "22");
    expect_no_batch(bench, ALICE, "c", ONE);
    expect_pending(bench, ALICE, 0);
}

static void an_empty_batch_touches_its_collection(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    bench->now += 5;
    assert_int_equal(commit_batch(bench, ONE), T0 + 5);
    expect_collections(bench, ALICE, "c=100005/0/0 ");
}

static void a_batch_can_live_within_one_transaction(struct bench *bench)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    struct record_update update = update_of("a", "x");
    uint64_t bytes = 0;
    assert_int_equal(store_batch_open(txn, SLICE("c"), ONE, LATER), STORE_OK);
    assert_int_equal(store_batch_append(txn, SLICE("c"), ONE, &update), STORE_OK);
    assert_int_equal(store_batch_bytes(txn, &bytes), STORE_OK);
    assert_int_equal(bytes, 1);
    assert_int_equal(store_batch_commit(txn, SLICE("c"), ONE), STORE_OK);
    assert_int_equal(store_batch_bytes(txn, &bytes), STORE_OK);
    assert_int_equal(bytes, 0);
    assert_int_equal(store_bytes(txn), 1);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_all(bench, "c", "a");
}

/* What an update leaves out is what the record has when the batch is committed. */
static void updates_are_relative_to_the_record_at_commit(struct bench *bench)
{
    write_text(bench, "c", "a", "at append");
    open_batch(bench, "c", ONE);
    struct record_update update = update_of("a", NULL);
    update.sortindex_is = RECORD_VALUE;
    update.sortindex = -7;
    append(bench, ONE, &update);
    write_text(bench, "c", "a", "at commit");
    commit_batch(bench, ONE);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.payload, "at commit");
    assert_true(bso.has_sortindex);
    assert_int_equal(bso.sortindex, -7);
    store_rollback(txn);
}

static void an_id_sent_twice_is_put_twice(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    struct record_update update = update_of("a", "first");
    update.sortindex_is = update.ttl_is = RECORD_VALUE;
    update.sortindex = 4;
    update.ttl = 100;
    append(bench, ONE, &update);
    append_text(bench, ONE, "b", "unconcerned");
    update = update_of("a", "second");
    update.ttl_is = RECORD_NULL;
    append(bench, ONE, &update);
    expect_batch(bench, ONE, 3, 22);
    /* What was over at once leaves nothing to the update behind it. */
    update = update_of("z", "gone");
    update.ttl_is = update.sortindex_is = RECORD_VALUE;
    update.ttl = 0;
    append(bench, ONE, &update);
    append_text(bench, ONE, "z", NULL);
    commit_batch(bench, ONE);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.payload, "second");
    assert_true(bso.has_sortindex);
    assert_int_equal(bso.sortindex, 4);
    assert_int_equal(bso.expires, INT64_MAX);
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("z"), &bso), STORE_OK);
    assert_slice(bso.payload, "");
    assert_false(bso.has_sortindex);
    assert_int_equal(bso.expires, INT64_MAX);
    store_rollback(txn);
    expect_collection(bench, "c", T0, 3, 17);
}

static void nulls_reset_and_any_bytes_are_kept(struct bench *bench)
{
    struct record_update update = update_of("a", "x");
    update.sortindex_is = update.ttl_is = RECORD_VALUE;
    update.ttl = 50;
    write_as(bench, ALICE, "c", &update);
    open_batch(bench, "c", ONE);
    update.payload_is = update.sortindex_is = update.ttl_is = RECORD_NULL;
    append(bench, ONE, &update);
    update = update_of("b", "");
    update.payload = SLICE("\0\xff\n\0");
    append(bench, ONE, &update);
    commit_batch(bench, ONE);
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_int_equal(bso.payload.len, 0);
    assert_false(bso.has_sortindex);
    assert_int_equal(bso.expires, INT64_MAX);
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("b"), &bso), STORE_OK);
    assert_true(slice_eq(bso.payload, SLICE("\0\xff\n\0")));
    store_rollback(txn);
}

static void a_ttl_in_a_batch_counts_from_its_commit(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    struct record_update mortal = update_of("m", "mortal");
    mortal.ttl_is = RECORD_VALUE;
    mortal.ttl = 10;
    append(bench, ONE, &mortal);
    bench->now += 50 * STAMP_SECOND;
    commit_batch(bench, ONE);
    bench->now += 10 * STAMP_SECOND - 1;
    expect_payload(bench, "c", "m", "mortal");
    bench->now++;
    expect_payload(bench, "c", "m", NULL);
}

static void a_batch_belongs_to_one_user_and_one_collection(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    append_text(bench, ONE, "a", "pending");
    expect_no_batch(bench, BOB, "c", ONE);
    expect_no_batch(bench, ALICE, "d", ONE);
    expect_no_batch(bench, ALICE, "C", ONE);
    expect_no_batch(bench, ALICE, "c", TWO);
    expect_pending(bench, ALICE, 7);
    expect_pending(bench, BOB, 0);
    struct store_txn *txn = begin_as(bench, BOB, STORE_WRITE);
    assert_int_equal(store_batch_open(txn, SLICE("c"), ONE, LATER), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_pending(bench, BOB, 0);
    expect_batch(bench, ONE, 1, 7);
}

static void batches_of_one_collection_are_independent(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    open_batch(bench, "c", TWO);
    open_batch(bench, "c", UINT64_MAX);
    append_text(bench, TWO, "a", "two");
    append_text(bench, ONE, "a", "1");
    append_text(bench, TWO, "b", "two");
    append_text(bench, UINT64_MAX, "m", "most");
    expect_pending(bench, ALICE, 11);
    commit_batch(bench, ONE);
    expect_batch(bench, TWO, 2, 6);
    expect_all(bench, "c", "a");
    commit_batch(bench, TWO);
    expect_all(bench, "c", "a b");
    expect_payload(bench, "c", "a", "two");
    commit_batch(bench, UINT64_MAX);
    expect_all(bench, "c", "a b m");
}

static void an_expired_batch_does_not_exist(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    append_text(bench, ONE, "a", "pending");
    bench->now = LATER - 1;
    expect_batch(bench, ONE, 1, 7);
    bench->now = LATER;
    expect_pending(bench, ALICE, 0);
    expect_no_batch(bench, ALICE, "c", ONE);
    expect_collections(bench, ALICE, "");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_open(txn, SLICE("c"), ONE, LATER + 1), STORE_OK);
    assert_int_equal(store_batch_open(txn, SLICE("c"), TWO, LATER), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_no_batch(bench, ALICE, "c", TWO);
    commit_batch(bench, ONE);
    expect_all(bench, "c", "");
}

static void removing_takes_open_batches_along(struct bench *bench)
{
    write_text(bench, "c", "a", "x");
    open_batch(bench, "c", ONE);
    open_batch(bench, "c", TWO);
    open_batch(bench, "d", 33);
    open_batch(bench, "never written", 44);
    append_text(bench, ONE, "a", "pending");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    struct store_batch batch;
    assert_int_equal(store_remove_collection(txn, SLICE("c")), STORE_OK);
    assert_int_equal(store_remove_collection(txn, SLICE("never written")), STORE_ABSENT);
    assert_int_equal(store_batch_info(txn, SLICE("d"), 33, &batch), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_no_batch(bench, ALICE, "c", ONE);
    expect_no_batch(bench, ALICE, "c", TWO);
    expect_no_batch(bench, ALICE, "never written", 44);
    expect_pending(bench, ALICE, 0);
    txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_batch_info(txn, SLICE("d"), 33, &batch), STORE_OK);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    expect_no_batch(bench, ALICE, "d", 33);
}

static enum store_err open_in_new(struct bench *bench, uint64_t id)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    enum store_err err = store_batch_open(txn, SLICE("d"), id, LATER);
    if (err == STORE_OK)
        return store_commit(txn);
    store_rollback(txn);
    return err;
}

static void an_id_is_taken_once_and_batches_are_bounded(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    assert_int_equal(open_in_new(bench, ONE), STORE_BUSY);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    for (uint64_t i = 1; i < STORE_BATCHES; i++)
        assert_int_equal(store_batch_open(txn, SLICE("d"), 1000 + i, LATER), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(open_in_new(bench, TWO), STORE_FULL);
    expect_batch(bench, ONE, 0, 0);
    commit_batch(bench, ONE);
    assert_int_equal(open_in_new(bench, TWO), STORE_OK);
}

static void expect_two_batches(struct bench *bench)
{
    expect_batch(bench, ONE, 2, 3);
    expect_batch(bench, TWO, 0, 0);
    expect_no_batch(bench, ALICE, "c", 33);
    expect_pending(bench, ALICE, 3);
    expect_collections(bench, ALICE, "c=100000/1/3 ");
    expect_payload(bench, "c", "a", "old");
}

enum { KINDS = 5 };

static void change_batches(struct store_txn *txn, int kind)
{
    struct record_update update = update_of("z", "rolled back");
    assert_int_equal(store_batch_open(txn, SLICE("c"), 33, LATER), STORE_OK);
    assert_int_equal(store_batch_append(txn, SLICE("c"), 33, &update), STORE_OK);
    assert_int_equal(store_batch_append(txn, SLICE("c"), ONE, &update), STORE_OK);
    assert_int_equal(store_batch_append(txn, SLICE("c"), TWO, &update), STORE_OK);
    enum store_err errs[KINDS] = { STORE_OK };
    if (kind == 1)
        errs[kind] = store_batch_commit(txn, SLICE("c"), ONE);
    else if (kind == 2)
        errs[kind] = store_batch_drop(txn, SLICE("c"), ONE);
    else if (kind == 3)
        errs[kind] = store_remove_collection(txn, SLICE("c"));
    else if (kind == 4)
        errs[kind] = store_remove_all(txn);
    assert_int_equal(errs[kind], STORE_OK);
}

static void rollback_restores_batches(struct bench *bench)
{
    write_text(bench, "c", "a", "old");
    open_batch(bench, "c", ONE);
    open_batch(bench, "c", TWO);
    append_text(bench, ONE, "a", "1");
    append_text(bench, ONE, "b", "22");
    for (int kind = 0; kind < KINDS; kind++) {
        struct store_txn *txn = begin(bench, STORE_WRITE);
        change_batches(txn, kind);
        store_rollback(txn);
        expect_two_batches(bench);
    }
    commit_batch(bench, ONE);
    expect_all(bench, "c", "a b");
    expect_payload(bench, "c", "a", "1");
}

static void a_read_transaction_changes_no_batch(struct bench *bench)
{
    open_batch(bench, "c", ONE);
    struct record_update update = update_of("a", "x");
    struct slice name = SLICE("c");
    for (int kind = 0; kind < 4; kind++) {
        struct store_txn *txn = begin(bench, STORE_READ);
        enum store_err err = kind == 0   ? store_batch_open(txn, name, TWO, LATER)
                             : kind == 1 ? store_batch_append(txn, name, ONE, &update)
                             : kind == 2 ? store_batch_commit(txn, name, ONE)
                                         : store_batch_drop(txn, name, ONE);
        assert_int_equal(err, STORE_BROKEN);
        store_rollback(txn);
    }
    expect_batch(bench, ONE, 0, 0);
    expect_no_batch(bench, ALICE, "c", TWO);
}

/* STORE_OK, or STORE_NOMEM with nothing done. */
static enum store_err fill_and_commit(struct store *store)
{
    struct store_txn *txn = NULL;
    TRY(store_begin(store, ALICE, STORE_WRITE, T0, &txn));
    struct record_update update = update_of("a", "12345");
    enum store_err err = store_batch_open(txn, SLICE("c"), ONE, LATER);
    for (char id[] = "0"; id[0] < 'Z' && err == STORE_OK; id[0]++) {
        update.id = slice_text(id);
        err = store_batch_append(txn, SLICE("c"), ONE, &update);
    }
    if (err == STORE_OK)
        err = store_batch_open(txn, SLICE("c"), TWO, LATER);
    if (err == STORE_OK)
        err = store_batch_commit(txn, SLICE("c"), ONE);
    if (err == STORE_OK)
        return store_commit(txn);
    assert_int_equal(err, STORE_NOMEM);
    store_rollback(txn);
    return err;
}

static void batch_under_failure(void *context)
{
    struct bench bench = { .backend = context, .now = T0 };
    bench.store = bench.backend->open();
    if (bench.store == NULL)
        return;
    uint64_t wanted = fill_and_commit(bench.store) == STORE_OK ? 5 * ('Z' - '0') : 0;
    struct store_txn *txn = NULL;
    if (store_begin(bench.store, ALICE, STORE_READ, T0, &txn) == STORE_OK) {
        struct store_batch batch;
        enum store_err err = store_batch_info(txn, SLICE("c"), TWO, &batch);
        assert_true(err == (wanted > 0 ? STORE_OK : STORE_ABSENT));
        assert_int_equal(store_bytes(txn), wanted);
        store_rollback(txn);
    }
    store_free(bench.store);
}

static void a_failing_allocation_leaves_no_half_batch(struct bench *bench)
{
    support_sweep_allocations(batch_under_failure, (void *)(uintptr_t)bench->backend);
}

static void open_batches_outlive_the_process(struct bench *bench)
{
    if (bench->backend->reopen == NULL)
        return; /* it does not claim to */
    open_batch(bench, "c", ONE);
    append_text(bench, ONE, "a", "1");
    append_text(bench, ONE, "b", "22");
    store_free(bench->store);
    bench->store = bench->backend->reopen();
    assert_non_null(bench->store);
    expect_batch(bench, ONE, 2, 3);
    append_text(bench, ONE, "a", "later");
    commit_batch(bench, ONE);
    expect_all(bench, "c", "a b");
    expect_payload(bench, "c", "a", "later");
}

const struct promise promises_batch[] = {
    PROMISE(an_open_batch_is_invisible),
    PROMISE(a_committed_batch_is_one_write),
    PROMISE(an_empty_batch_touches_its_collection),
    PROMISE(a_batch_can_live_within_one_transaction),
    PROMISE(updates_are_relative_to_the_record_at_commit),
    PROMISE(an_id_sent_twice_is_put_twice),
    PROMISE(nulls_reset_and_any_bytes_are_kept),
    PROMISE(a_ttl_in_a_batch_counts_from_its_commit),
    PROMISE(a_batch_belongs_to_one_user_and_one_collection),
    PROMISE(batches_of_one_collection_are_independent),
    PROMISE(an_expired_batch_does_not_exist),
    PROMISE(removing_takes_open_batches_along),
    PROMISE(an_id_is_taken_once_and_batches_are_bounded),
    PROMISE(rollback_restores_batches),
    PROMISE(a_read_transaction_changes_no_batch),
    PROMISE(a_failing_allocation_leaves_no_half_batch),
    PROMISE(open_batches_outlive_the_process),
    { NULL, NULL },
};
