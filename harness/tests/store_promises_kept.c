/* Promises of the store: what services beside the storage keep. */
#include "tests/store_bench.h"

static bool note(void *context, const struct store_kept *row)
{
    struct buf *out = context;
    buf_add(out, row->key);
    buf_add_byte(out, '=');
    buf_add(out, row->value);
    return buf_add_byte(out, ' ');
}

static void expect_kept(struct bench *bench, const char *kind, const char *rows)
{
    struct buf out = buf_bounded(4096);
    assert_int_equal(store_kept(bench->store, slice_text(kind), note, &out), STORE_OK);
    assert_slice(buf_slice(&out), rows);
    buf_free(&out);
}

static void keep(struct bench *bench, const char *kind, const char *key, const char *value)
{
    const struct store_kept row = { slice_text(kind), slice_text(key), slice_text(value) };
    assert_int_equal(store_keep(bench->store, &row), STORE_OK);
}

/* Or all of this does nothing. */
static bool keeps(const struct bench *bench)
{
    return bench->backend->reopen != NULL;
}

static void what_is_kept_is_found_by_kind(struct bench *bench)
{
    keep(bench, "k", "b", "one");
    keep(bench, "k", "a", "");
    keep(bench, "other", "a", "two \xc3\xa4");
    expect_kept(bench, "k", keeps(bench) ? "a= b=one " : "");
    keep(bench, "k", "b", "three");
    assert_int_equal(store_forget(bench->store, SLICE("k"), SLICE("a")), STORE_OK);
    assert_int_equal(store_forget(bench->store, SLICE("k"), SLICE("never")), STORE_OK);
    expect_kept(bench, "k", keeps(bench) ? "b=three " : "");
    expect_kept(bench, "other", keeps(bench) ? "a=two \xc3\xa4 " : "");
    expect_kept(bench, "none", "");
}

static void what_is_kept_outlives_the_process_and_the_records(struct bench *bench)
{
    if (!keeps(bench))
        return;
    keep(bench, "k", "a", "one");
    write_text(bench, "c", "a", "x");
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    store_free(bench->store);
    bench->store = bench->backend->reopen();
    assert_non_null(bench->store);
    expect_kept(bench, "k", "a=one ");
}

static void nothing_is_kept_while_a_transaction_is_open(struct bench *bench)
{
    if (!keeps(bench))
        return;
    const struct store_kept row = { SLICE("k"), SLICE("a"), SLICE("one") };
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_keep(bench->store, &row), STORE_BUSY);
    assert_int_equal(store_forget(bench->store, row.kind, row.key), STORE_BUSY);
    assert_int_equal(store_kept(bench->store, row.kind, note, NULL), STORE_BUSY);
    store_rollback(txn);
    expect_kept(bench, "k", "");
}

const struct promise promises_kept[] = {
    PROMISE(what_is_kept_is_found_by_kind),
    PROMISE(what_is_kept_outlives_the_process_and_the_records),
    PROMISE(nothing_is_kept_while_a_transaction_is_open),
    { NULL, NULL },
};
