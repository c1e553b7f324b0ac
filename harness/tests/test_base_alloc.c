#include "base/alloc.h"

#include "tests/support/support.h"

static void blocks_are_counted(void **state)
{
    (void)state;
    int64_t before = alloc_live();
    uint8_t *zeroed = alloc_zeroed(10, 10);
    void *empty = alloc_zeroed(0, 8);
    uint8_t *grown = alloc_resize(NULL, 10);
    assert_non_null(empty);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(zeroed[i], 0);
    assert_int_equal(alloc_live(), before + 3);
    memset(grown, 7, 10);
    grown = alloc_resize(grown, 1000);
    assert_int_equal(grown[9], 7);
    assert_int_equal(alloc_live(), before + 3);
    alloc_release(zeroed);
    alloc_release(empty);
    alloc_release(grown);
    alloc_release(NULL);
    assert_int_equal(alloc_live(), before);
}

static void sizes_past_memory_are_refused(void **state)
{
    (void)state;
    int64_t before = alloc_live();
    volatile size_t half = SIZE_MAX / 2 + 1;
    assert_null(alloc_zeroed(half, 2));
    assert_int_equal(alloc_live(), before);
}

static void the_armed_allocation_fails_once(void **state)
{
    (void)state;
    for (uint64_t nth = 0; nth < 4; nth++) {
        alloc_fail_at(nth);
        for (uint64_t i = 0; i < 4; i++) {
            assert_int_equal(alloc_has_failed(), i > nth);
            void *block = i % 2 == 0 ? alloc_zeroed(1, 1) : alloc_resize(NULL, 1);
            assert_int_equal(block == NULL, i == nth);
            alloc_release(block);
        }
    }
    alloc_fail_at(UINT64_MAX);
    assert_false(alloc_has_failed());
}

static void a_block_that_cannot_grow_stays(void **state)
{
    (void)state;
    uint8_t *block = alloc_zeroed(1, 4);
    int64_t live = alloc_live();
    block[0] = 5;
    alloc_fail_at(0);
    assert_null(alloc_resize(block, 100));
    assert_int_equal(block[0], 5);
    assert_int_equal(alloc_live(), live);
    alloc_release(block);
    alloc_fail_at(UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_counted),
        cmocka_unit_test(sizes_past_memory_are_refused),
        cmocka_unit_test(the_armed_allocation_fails_once),
        cmocka_unit_test(a_block_that_cannot_grow_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
