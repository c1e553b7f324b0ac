/* What former versions wrote is opened by this one, with all that it holds. */
#include "store/sqlite.h"
#include "tests/store_folder.h"
#include "tests/support/support.h"

#include <stdio.h>

enum { T0 = 1000, UID = 7, VERSION_AT = 63, PRESENT = 2 };

static void copy_fixture(const char *path)
{
    struct buf bytes = support_read_file(path);
    FILE *file = fopen(folder_of_group.file, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
    buf_free(&bytes);
}

static int version_of_file(void)
{
    FILE *file = fopen(folder_of_group.file, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, VERSION_AT, SEEK_SET), 0);
    int version = fgetc(file);
    assert_int_equal(fclose(file), 0);
    return version;
}

static struct store_txn *begin(struct store *store, enum store_access access)
{
    struct store_txn *txn;
    assert_int_equal(store_begin(store, UID, access, T0, &txn), STORE_OK);
    return txn;
}

static struct record_bso get(struct store_txn *txn, const char *id)
{
    struct record_bso bso;
    assert_int_equal(store_get(txn, SLICE("c"), slice_text(id), &bso), STORE_OK);
    return bso;
}

static void expect_version_1(struct store *store)
{
    struct store_txn *txn = begin(store, STORE_READ);
    struct record_bso bso = get(txn, "a");
    assert_slice(bso.payload, "kept");
    assert_int_equal(bso.sortindex, 5);
    assert_slice(bso.relations[RECORD_PARENT], "");
    bso = get(txn, "b");
    assert_slice(bso.payload, "mortal");
    assert_true(bso.expires != INT64_MAX);
    assert_int_equal(store_bytes(txn), 10);
    store_rollback(txn);
}

static void version_1_is_opened_with_all_it_has(void **state)
{
    (void)state;
    copy_fixture("fixtures/store/version-1.sqlite");
    assert_int_equal(version_of_file(), 1);
    for (int again = 0; again < 2; again++) {
        struct store *store = folder_open(&folder_of_group);
        expect_version_1(store);
        store_free(store);
        assert_int_equal(version_of_file(), PRESENT);
    }
}

/* Its records can be what they could not be before, and its open batch goes on. */
static void version_1_can_be_written(void **state)
{
    (void)state;
    const uint64_t batch = (uint64_t)INT64_C(-3874783994104912809);
    folder_next(&folder_of_group);
    copy_fixture("fixtures/store/version-1.sqlite");
    struct store *store = folder_open(&folder_of_group);
    struct store_txn *txn = begin(store, STORE_WRITE);
    assert_int_equal(store_batch_commit(txn, SLICE("c"), batch), STORE_OK);
    struct record_update update = { .id = SLICE("a"),
                                    .has_id = true,
                                    .relation_is = { RECORD_VALUE },
                                    .relations = { SLICE("d") } };
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    txn = begin(store, STORE_READ);
    struct record_bso bso = get(txn, "a");
    assert_slice(bso.payload, "kept");
    assert_int_equal(bso.sortindex, 6);
    assert_slice(bso.relations[RECORD_PARENT], "d");
    assert_slice(get(txn, "d").payload, "new");
    store_rollback(txn);
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_is_opened_with_all_it_has),
        cmocka_unit_test(version_1_can_be_written),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
