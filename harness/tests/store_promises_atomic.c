/* Promises of the store: all of a transaction, or nothing. */
#include "base/alloc.h"
#include "tests/store_bench.h"

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
        enum store_err err = store_get(txn, SLICE("c"), SLICE("a"), &bso);
        if (err == STORE_NOMEM)
            assert_true(alloc_has_failed()); /* here: nothing may follow but the rollback */
        else
            assert_int_equal(err, stored ? STORE_OK : STORE_ABSENT);
        if (err != STORE_NOMEM)
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

const struct promise promises_atomic[] = {
    PROMISE(rollback_leaves_nothing),
    PROMISE(a_user_that_only_rolled_back_never_wrote),
    PROMISE(a_transaction_sees_its_own_writes),
    PROMISE(nobody_sees_an_open_transaction),
    PROMISE(a_read_transaction_writes_nothing),
    PROMISE(counts_and_sums_are_exact),
    PROMISE(a_failing_allocation_leaves_nothing),
    PROMISE(committed_data_outlive_the_process),
    { NULL, NULL },
};
