#include "base/buf.h"

#include "tests/support/support.h"

static void appends_stop_at_the_ceiling_and_keep_what_there_was(void **state)
{
    (void)state;
    for (size_t ceiling = 0; ceiling < 200; ceiling++) {
        struct buf buf = buf_bounded(ceiling);
        size_t added = 0;
        while (buf_add_byte(&buf, (uint8_t)added))
            added++;
        assert_int_equal(added, ceiling);
        assert_int_equal(buf.len, ceiling);
        assert_true(buf.failed);
        assert_true(buf.cap <= ceiling);
        for (size_t i = 0; i < ceiling; i++)
            assert_int_equal(buf.ptr[i], (uint8_t)i);
        buf_free(&buf);
        assert_int_equal(buf.ceiling, ceiling);
        assert_false(buf.failed);
    }
}

static void a_failed_buf_refuses_until_it_is_cleared(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(4);
    assert_true(buf_add_text(&buf, "abc"));
    assert_false(buf_add_text(&buf, "de"));
    assert_false(buf_add_text(&buf, "d"));
    assert_false(buf_add(&buf, (struct slice){ 0 }));
    assert_false(buf_reserve(&buf, 0));
    assert_slice(buf_slice(&buf), "abc");
    buf_clear(&buf);
    assert_true(buf_add_text(&buf, "wxyz"));
    assert_slice(buf_slice(&buf), "wxyz");
    buf_free(&buf);
}

static void sizes_past_memory_are_refused(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(SIZE_MAX);
    assert_true(buf_add_byte(&buf, 'a'));
    assert_false(buf_reserve(&buf, SIZE_MAX));
    buf_free(&buf);
}

static void reserved_room_does_not_move(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(1000);
    assert_true(buf_add_text(&buf, "ab"));
    assert_true(buf_reserve(&buf, 998));
    const uint8_t *before = buf.ptr;
    while (buf.len < 1000)
        assert_true(buf_add_byte(&buf, 'x'));
    assert_ptr_equal(buf.ptr, before);
    buf_free(&buf);
}

static void numbers_are_written_at_their_bounds(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(200);
    assert_true(buf_add_u64(&buf, 0));
    assert_true(buf_add_byte(&buf, ' '));
    assert_true(buf_add_u64(&buf, UINT64_MAX));
    assert_true(buf_add_byte(&buf, ' '));
    assert_true(buf_add_i64(&buf, INT64_MIN));
    assert_true(buf_add_byte(&buf, ' '));
    assert_true(buf_add_i64(&buf, INT64_MAX));
    assert_true(buf_add_byte(&buf, ' '));
    assert_true(buf_add_i64(&buf, -1));
    assert_slice(buf_slice(&buf),
                 "0 18446744073709551615 -9223372036854775808 9223372036854775807 -1");
    buf_free(&buf);
}

static void format_adds_no_terminator(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(7);
    assert_true(buf_add_format(&buf, "%s=%d", "a", 5));
    assert_true(buf_add_format(&buf, "%s", "bcd"));
    assert_slice(buf_slice(&buf), "a=5bcd");
    assert_false(buf_add_format(&buf, "%s", "e"));
    buf_free(&buf);
}

static void parts_are_cut_off_either_end(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(100);
    buf_add_text(&buf, "abcdef");
    buf_truncate(&buf, 10);
    assert_slice(buf_slice(&buf), "abcdef");
    buf_truncate(&buf, 5);
    buf_consume(&buf, 0);
    buf_consume(&buf, 2);
    assert_slice(buf_slice(&buf), "cde");
    buf_consume(&buf, 3);
    assert_int_equal(buf.len, 0);
    buf_add_text(&buf, "x");
    buf_consume(&buf, SIZE_MAX);
    assert_int_equal(buf.len, 0);
    buf_free(&buf);
}

static void text_has_a_terminator_where_there_is_room(void **state)
{
    (void)state;
    struct buf buf = buf_bounded(3);
    assert_string_equal(buf_text(&buf), "");
    buf_add_text(&buf, "ab");
    assert_string_equal(buf_text(&buf), "ab");
    assert_int_equal(buf.len, 2);
    buf_add_text(&buf, "c");
    assert_null(buf_text(&buf));
    buf_free(&buf);
}

static void grow(void *context)
{
    (void)context;
    struct buf buf = buf_bounded(4096);
    for (int i = 0; i < 500 && buf_add_text(&buf, "12345"); i++)
        continue;
    assert_int_equal(buf.len % 5, 0);
    buf_free(&buf);
}

static void growing_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(grow, NULL);
}

/* Past half of the ceiling too: growing by what is asked for would move all bytes each time. */
static void many_small_appends_move_the_bytes_seldom(void **state)
{
    (void)state;
    enum { CEILING = 1000000 };
    struct buf buf = buf_bounded(CEILING);
    size_t moves = 0;
    while (buf.len < CEILING) {
        size_t before = buf.cap;
        assert_true(buf_add_byte(&buf, 'x'));
        moves += buf.cap != before;
    }
    assert_true(moves < 32);
    buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_stop_at_the_ceiling_and_keep_what_there_was),
        cmocka_unit_test(many_small_appends_move_the_bytes_seldom),
        cmocka_unit_test(a_failed_buf_refuses_until_it_is_cleared),
        cmocka_unit_test(sizes_past_memory_are_refused),
        cmocka_unit_test(reserved_room_does_not_move),
        cmocka_unit_test(numbers_are_written_at_their_bounds),
        cmocka_unit_test(format_adds_no_terminator),
        cmocka_unit_test(parts_are_cut_off_either_end),
        cmocka_unit_test(text_has_a_terminator_where_there_is_room),
        cmocka_unit_test(growing_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
