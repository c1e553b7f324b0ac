#include "base/slice.h"

#include "tests/support/support.h"

static const struct slice none = { 0 };

static void slices_without_bytes_are_equal_and_safe(void **state)
{
    (void)state;
    struct slice left;
    struct slice right;
    assert_true(slice_eq(none, SLICE("")));
    assert_true(slice_eq(none, slice_text(NULL)));
    assert_true(slice_eq_nocase(none, SLICE("")));
    assert_int_equal(slice_cmp(none, SLICE("")), 0);
    assert_true(slice_starts(none, none));
    assert_true(slice_ends(none, none));
    assert_int_equal(slice_find(none, 'a'), 0);
    assert_int_equal(slice_search(none, SLICE("a")), 0);
    assert_int_equal(slice_from(none, 5).len, 0);
    assert_int_equal(slice_head(none, 5).len, 0);
    assert_int_equal(slice_trim(none).len, 0);
    assert_false(slice_cut(none, 'a', &left, &right));
    assert_int_equal(left.len + right.len, 0);
}

static void parts_stop_at_the_ends(void **state)
{
    (void)state;
    const struct slice abc = SLICE("abc");
    assert_slice(slice_from(abc, 0), "abc");
    assert_slice(slice_from(abc, 2), "c");
    assert_slice(slice_from(abc, 3), "");
    assert_slice(slice_from(abc, SIZE_MAX), "");
    assert_ptr_equal(slice_from(abc, SIZE_MAX).ptr, abc.ptr + 3);
    assert_slice(slice_head(abc, 0), "");
    assert_slice(slice_head(abc, 2), "ab");
    assert_slice(slice_head(abc, SIZE_MAX), "abc");
    assert_slice(slice_trim(SLICE(" \t a b\t ")), "a b");
    assert_slice(slice_trim(SLICE(" \t ")), "");
    assert_slice(slice_trim(SLICE("\r\n")), "\r\n");
}

static void comparison_is_by_bytes(void **state)
{
    (void)state;
    assert_true(slice_cmp(SLICE("a"), SLICE("b")) < 0);
    assert_true(slice_cmp(SLICE("a"), SLICE("a\x01")) < 0);
    assert_true(slice_cmp(SLICE("\xFF"), SLICE("a")) > 0);
    assert_true(slice_cmp(SLICE("ab"), SLICE("a")) > 0);
    assert_true(slice_eq_nocase(SLICE("Content-TYPE"), SLICE("content-type")));
    assert_false(slice_eq_nocase(SLICE("@"), SLICE("`"))); /* 0x20 apart, but no letters */
    assert_false(slice_eq_nocase(SLICE("["), SLICE("{")));
    assert_false(slice_eq_nocase(SLICE("a"), SLICE("ab")));
    assert_true(slice_starts(SLICE("abc"), SLICE("ab")));
    assert_false(slice_starts(SLICE("ab"), SLICE("abc")));
    assert_true(slice_ends(SLICE("abc"), SLICE("bc")));
    assert_false(slice_ends(SLICE("bc"), SLICE("abc")));
}

static void search_finds_the_first(void **state)
{
    (void)state;
    const struct slice text = SLICE("ab\0abc");
    assert_int_equal(slice_find(text, 'b'), 1);
    assert_int_equal(slice_find(text, 0), 2);
    assert_int_equal(slice_find(text, 'x'), text.len);
    assert_int_equal(slice_search(text, SLICE("abc")), 3);
    assert_int_equal(slice_search(text, SLICE("abd")), text.len);
    assert_int_equal(slice_search(text, SLICE("")), 0);
}

static void cut_may_write_over_its_input(void **state)
{
    (void)state;
    struct slice rest = SLICE("a,b,,c");
    struct slice part;
    static const char *const wanted[] = { "a", "b", "", "c" };
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_int_equal(slice_cut(rest, ',', &part, &rest), i < 3);
        assert_slice(part, wanted[i]);
    }
    assert_slice(rest, "");
    rest = SLICE("a,b");
    assert_true(slice_cut(rest, ',', &rest, &part));
    assert_slice(rest, "a");
    assert_slice(part, "b");
}

static void numbers_are_digits_up_to_64_bits(void **state)
{
    (void)state;
    uint64_t value = 5;
    static const char *const bad[] = {
        "", "-1", "+1", " 1", "1 ", "0x1", "1.", "18446744073709551616", "99999999999999999999"
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(slice_to_u64(slice_text(bad[i]), &value));
    assert_int_equal(value, 5);
    assert_true(slice_to_u64(SLICE("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_true(slice_to_u64(SLICE("000"), &value));
    assert_int_equal(value, 0);
}

static void copies_stand_one_behind_the_other(void **state)
{
    (void)state;
    uint8_t room[6] = "......";
    uint8_t *at = room;
    struct slice first = slice_put(&at, SLICE("ab"));
    struct slice nothing = slice_put(&at, (struct slice){ 0 });
    struct slice second = slice_put(&at, SLICE("cde"));
    assert_slice(first, "ab");
    assert_slice(nothing, "");
    assert_slice(second, "cde");
    assert_ptr_equal(at, room + 5);
    assert_int_equal(room[5], '.');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_without_bytes_are_equal_and_safe),
        cmocka_unit_test(parts_stop_at_the_ends),
        cmocka_unit_test(comparison_is_by_bytes),
        cmocka_unit_test(search_finds_the_first),
        cmocka_unit_test(cut_may_write_over_its_input),
        cmocka_unit_test(copies_stand_one_behind_the_other),
        cmocka_unit_test(numbers_are_digits_up_to_64_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
