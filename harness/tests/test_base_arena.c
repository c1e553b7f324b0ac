#include "base/arena.h"

#include "tests/support/support.h"

#include <stdalign.h>

static void the_ceiling_bounds_the_sum(void **state)
{
    (void)state;
    const size_t unit = alignof(max_align_t);
    struct arena *arena = arena_new(4 * unit);
    for (size_t i = 0; i < 4; i++)
        assert_non_null(arena_alloc(arena, 1, i == 0 ? 0 : unit));
    assert_null(arena_alloc(arena, 1, 1));
    assert_null(arena_alloc(arena, 1, 0));
    arena_free(arena);
    arena = arena_new(4 * unit);
    assert_null(arena_alloc(arena, 1, 4 * unit + 1));
    assert_non_null(arena_alloc(arena, 4, unit));
    arena_free(arena);
}

static void sizes_past_memory_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new(SIZE_MAX);
    assert_null(arena_alloc(arena, SIZE_MAX, 2));
    assert_null(arena_alloc(arena, 1, SIZE_MAX));
    assert_null(arena_alloc(arena, 1, SIZE_MAX - alignof(max_align_t)));
    assert_non_null(arena_alloc(arena, 1, 1));
    arena_free(arena);
}

static void blocks_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_new(SIZE_MAX / 2);
    uint8_t *blocks[100];
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        size_t len = i * 97 + 1; /* past the size of one block in sum */
        blocks[i] = arena_alloc(arena, 1, len);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        for (size_t at = 0; at < len; at++)
            assert_int_equal(blocks[i][at], 0);
        memset(blocks[i], (int)i, len);
    }
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        assert_int_equal(blocks[i][0], i);
        assert_int_equal(blocks[i][i * 97], i);
    }
    assert_non_null(arena_alloc(arena, 1, (size_t)1024 * 1024));
    arena_free(arena);
}

static void texts_are_copies(void **state)
{
    (void)state;
    struct arena *arena = arena_new(4096);
    assert_string_equal(arena_text(arena, (struct slice){ 0 }), "");
    assert_string_equal(arena_text(arena, slice_head(SLICE("abc"), 2)), "ab");
    assert_memory_equal(arena_text(arena, SLICE("a\0b")), "a\0b", 4);
    assert_slice(arena_copy(arena, SLICE("xyz")), "xyz");
    assert_null(arena_copy(arena, SLICE("")).ptr);
    assert_string_equal(arena_format(arena, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(arena_format(arena, "%s", ""), "");
    arena_free(arena);
    arena_free(NULL);
}

static void fill(void *context)
{
    (void)context;
    AUTO(arena_freep) struct arena *arena = arena_new(SIZE_MAX / 2);
    for (size_t i = 0; arena != NULL && i < 5; i++)
        (void)!arena_text(arena, SLICE("abc")), (void)!arena_alloc(arena, 1, (size_t)100 * 1024);
}

static void an_arena_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(fill, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ceiling_bounds_the_sum),
        cmocka_unit_test(sizes_past_memory_are_refused),
        cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
        cmocka_unit_test(texts_are_copies),
        cmocka_unit_test(an_arena_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
