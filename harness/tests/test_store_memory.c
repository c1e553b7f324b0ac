/* What the memory backend promises beyond the contract: its bound, and its memory. */
#include "store/memory.h"

#include "base/alloc.h"
#include "tests/support/support.h"

static struct record_update update_of(const char *id, struct slice payload)
{
    return (struct record_update){
        .id = slice_text(id), .has_id = true, .payload_is = RECORD_VALUE, .payload = payload
    };
}

static enum store_err write_one(struct store *store, uint64_t uid, const char *id,
                                struct slice payload)
{
    struct store_txn *txn;
    TRY(store_begin(store, uid, STORE_WRITE, 1000, &txn));
    struct record_update update = update_of(id, payload);
    enum store_err err = store_put(txn, SLICE("c"), &update);
    if (err == STORE_OK)
        return store_commit(txn);
    store_rollback(txn);
    return err;
}

static void drop(struct store *store, uint64_t uid)
{
    struct store_txn *txn;
    assert_int_equal(store_begin(store, uid, STORE_WRITE, 1000, &txn), STORE_OK);
    assert_int_equal(store_remove_all(txn), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void what_it_keeps_is_bounded(void **state)
{
    (void)state;
    enum { CEILING = 100000, BIG = 60000, TOO_BIG = 90000 };
    static uint8_t bytes[TOO_BIG];
    struct store *store = store_memory_new(CEILING);
    assert_non_null(store);
    assert_int_equal(write_one(store, 1, "a", slice_of(bytes, BIG)), STORE_OK);
    assert_int_equal(write_one(store, 2, "a", slice_of(bytes, BIG)), STORE_FULL);
    /* What takes the place of something counts by the difference. */
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(write_one(store, 1, "a", slice_of(bytes, BIG + i * 100)), STORE_OK);
    drop(store, 1);
    assert_int_equal(write_one(store, 2, "a", slice_of(bytes, TOO_BIG)), STORE_OK);
    drop(store, 2);
    uint64_t users = 0;
    while (write_one(store, 10 + users, "a", SLICE("")) == STORE_OK)
        users++;
    assert_in_range(users, 10, CEILING / 100); /* empty records are not free */
    struct store_txn *txn;
    assert_int_equal(store_begin(store, 10 + users, STORE_READ, 1000, &txn), STORE_OK);
    assert_int_equal(store_modified(txn), 0);
    store_rollback(txn);
    store_free(store);
}

static void empty_collections_are_bounded_too(void **state)
{
    (void)state;
    struct store *store = store_memory_new(10000);
    assert_non_null(store);
    struct store_txn *txn;
    assert_int_equal(store_begin(store, 1, STORE_WRITE, 1000, &txn), STORE_OK);
    enum store_err err = STORE_OK;
    size_t count = 0;
    for (char name[] = "!!"; err == STORE_OK && count < 1000; count++) {
        name[0] = (char)('A' + count % 26);
        name[1] = (char)('A' + count / 26);
        err = store_touch(txn, slice_text(name));
    }
    assert_int_equal(err, STORE_FULL);
    store_rollback(txn);
    store_free(store);
}

static void users_who_stored_nothing_take_no_memory(void **state)
{
    (void)state;
    struct store *store = store_memory_new(1000000);
    assert_non_null(store);
    int64_t live = alloc_live();
    for (uint64_t uid = 0; uid < 100; uid++) {
        struct store_txn *txn;
        assert_int_equal(store_begin(store, uid, STORE_READ, 1000, &txn), STORE_OK);
        store_rollback(txn);
        assert_int_equal(store_begin(store, uid, STORE_WRITE, 1000, &txn), STORE_OK);
        struct record_update update = update_of("a", SLICE("x"));
        assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
        store_rollback(txn);
        assert_int_equal(alloc_live(), live);
    }
    store_free(store);
}

static void a_record_updated_often_does_not_grow(void **state)
{
    (void)state;
    struct store *store = store_memory_new(1000000);
    assert_non_null(store);
    assert_int_equal(write_one(store, 1, "a", SLICE("x")), STORE_OK);
    int64_t live = alloc_live();
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(write_one(store, 1, "a", SLICE("y")), STORE_OK);
    assert_int_equal(alloc_live(), live);
    store_free(store);
}

static void the_registry_knows_it_by_name(void **state)
{
    (void)state;
    const char *error = NULL;
    struct store *store = store_open("memory", &error);
    assert_non_null(store);
    assert_string_equal(store->ops->name, "memory");
    store_free(store);
    static const char *const wrong[] = { "", "mem", "memory:x", "Memory", ":memory" };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        error = NULL;
        assert_null(store_open(wrong[i], &error));
        assert_non_null(error);
    }
    store_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_keeps_is_bounded),
        cmocka_unit_test(empty_collections_are_bounded_too),
        cmocka_unit_test(users_who_stored_nothing_take_no_memory),
        cmocka_unit_test(a_record_updated_often_does_not_grow),
        cmocka_unit_test(the_registry_knows_it_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
