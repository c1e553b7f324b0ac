#include "cli/disk.h"

#include "base/alloc.h"
#include "store/memory.h"
#include "tests/support/support.h"

enum { CEILING = 1024 * 1024 };

static struct store *open_disk(void)
{
    return cli_disk_new(store_memory_new(CEILING));
}

static void keep(struct store *disk, const char *kind, const char *key, const char *value)
{
    const struct store_kept row = { slice_text(kind), slice_text(key), slice_text(value) };
    assert_int_equal(store_keep(disk, &row), STORE_OK);
}

struct noted {
    struct buf text;
    size_t most;
};

static bool note(void *context, const struct store_kept *row)
{
    struct noted *noted = context;
    (void)buf_add_format(&noted->text, "%.*s/%.*s=%.*s ", SLICE_FMT(row->kind), SLICE_FMT(row->key),
                         SLICE_FMT(row->value));
    return --noted->most > 0;
}

static void assert_kept(struct store *disk, const char *kind, size_t most, const char *text)
{
    struct noted noted = { .text = buf_bounded(1024), .most = most };
    assert_int_equal(store_kept(disk, slice_text(kind), note, &noted), STORE_OK);
    assert_slice(buf_slice(&noted.text), text);
    buf_free(&noted.text);
}

static void rows_are_found_by_kind_in_the_order_of_their_keys(void **state)
{
    (void)state;
    struct store *disk = open_disk();
    keep(disk, "k", "b", "2");
    keep(disk, "l", "a", "other");
    keep(disk, "k", "ab", "");
    keep(disk, "k", "", "none");
    keep(disk, "j", "z", "other");
    assert_kept(disk, "k", SIZE_MAX, "k/=none k/ab= k/b=2 ");
    assert_kept(disk, "k", 1, "k/=none ");
    assert_kept(disk, "kk", SIZE_MAX, "");
    keep(disk, "k", "b", "3");
    assert_int_equal(store_forget(disk, SLICE("k"), SLICE("")), STORE_OK);
    assert_int_equal(store_forget(disk, SLICE("k"), SLICE("never")), STORE_OK);
    assert_kept(disk, "k", SIZE_MAX, "k/ab= k/b=3 ");
    assert_kept(disk, "l", SIZE_MAX, "l/a=other ");
    store_free(disk);
}

static void records_are_those_of_the_store_below(void **state)
{
    (void)state;
    struct store *disk = open_disk();
    struct store_txn *txn;
    struct record_bso bso;
    const struct record_update update = {
        .id = SLICE("a"), .has_id = true, .payload_is = RECORD_VALUE, .payload = SLICE("x")
    };
    assert_int_equal(store_begin(disk, 7, STORE_WRITE, 100, &txn), STORE_OK);
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    assert_int_equal(store_begin(disk, 7, STORE_READ, 200, &txn), STORE_OK);
    assert_int_equal(store_get(txn, SLICE("c"), SLICE("a"), &bso), STORE_OK);
    assert_slice(bso.payload, "x");
    store_rollback(txn);
    store_free(disk);
}

static void what_is_too_long_is_not_kept(void **state)
{
    (void)state;
    struct store *disk = open_disk();
    struct buf value = buf_bounded(CEILING);
    for (size_t i = 0; i < CEILING / 2; i++)
        assert_true(buf_add_byte(&value, 'x'));
    keep(disk, "k", "a", "before");
    const struct store_kept row = { SLICE("k"), SLICE("a"), buf_slice(&value) };
    assert_int_equal(store_keep(disk, &row), STORE_NOMEM);
    assert_kept(disk, "k", SIZE_MAX, "k/a=before ");
    buf_free(&value);
    store_free(disk);
}

static void keep_some(void *context)
{
    (void)context;
    struct store *disk = open_disk();
    if (disk == NULL)
        return;
    for (size_t i = 0; i < 20; i++) {
        const uint8_t letter = (uint8_t)('a' + i);
        const struct store_kept row = { SLICE("k"), slice_of(&letter, 1), SLICE("v") };
        enum store_err err = store_keep(disk, &row);
        assert_true(err == STORE_OK || err == STORE_NOMEM);
    }
    store_free(disk);
}

static void memory_that_runs_out_is_borne(void **state)
{
    (void)state;
    support_sweep_allocations(keep_some, NULL);
    assert_null(cli_disk_new(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found_by_kind_in_the_order_of_their_keys),
        cmocka_unit_test(records_are_those_of_the_store_below),
        cmocka_unit_test(what_is_too_long_is_not_kept),
        cmocka_unit_test(memory_that_runs_out_is_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
