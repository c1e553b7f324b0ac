#include "base/stamp.h"

#include "tests/support/support.h"

static void decimals_are_read_to_the_hundredth(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        int64_t stamp;
    } rows[] = {
        { "0", 0 },
        { "0.00", 0 },
        { "1700000000", INT64_C(170000000000) },
        { "1700000000.1", INT64_C(170000000010) },
        { "1700000000.12", INT64_C(170000000012) },
        { "1700000000.01", INT64_C(170000000001) },
        { "1700000000.129999", INT64_C(170000000012) },
        { "007.5", 750 },
        { "92233720368547758.07", INT64_MAX },
        { "92233720368547758.0799999999999999999999999", INT64_MAX },
        { "92233720368547757.99", INT64_MAX - 8 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge edge = support_edge_of(slice_text(rows[i].text));
        int64_t stamp;
        assert_true(stamp_parse(edge.bytes, &stamp));
        assert_true(stamp == rows[i].stamp);
        support_edge_free(&edge);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ".",
        ".5",
        "5.",
        "-1",
        "-0",
        "+1",
        "1e3",
        "1.5x",
        "1 ",
        " 1",
        "1,5",
        "1.2.3",
        "1.-2",
        "0x1",
        "inf",
        "nan",
        "92233720368547758.08",
        "92233720368547759",
        "18446744073709551616",
    };
    int64_t stamp = 5;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (stamp_parse(slice_text(bad[i]), &stamp))
            fail_msg("%s", bad[i]);
    }
    assert_int_equal(stamp, 5);
}

static void stamps_are_written_with_two_decimals(void **state)
{
    (void)state;
    static const struct row {
        int64_t stamp;
        const char *text;
    } rows[] = {
        { 0, "0.00" },
        { 1, "0.01" },
        { 10, "0.10" },
        { 100, "1.00" },
        { INT64_C(170000000012), "1700000000.12" },
        { -1, "-0.01" },
        { INT64_MAX, "92233720368547758.07" },
        { INT64_MIN, "-92233720368547758.08" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = buf_bounded(STAMP_TEXT_MAX);
        char text[STAMP_TEXT_MAX];
        assert_true(stamp_write(rows[i].stamp, &out));
        assert_slice(buf_slice(&out), rows[i].text);
        stamp_text(rows[i].stamp, text);
        assert_string_equal(text, rows[i].text);
        buf_free(&out);
    }
}

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    for (int64_t stamp = 1; stamp > 0 && stamp < INT64_MAX / 7; stamp = stamp * 7 + 3) {
        char text[STAMP_TEXT_MAX];
        int64_t again;
        stamp_text(stamp, text);
        assert_true(stamp_parse(slice_text(text), &again));
        assert_true(again == stamp);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_read_to_the_hundredth),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(stamps_are_written_with_two_decimals),
        cmocka_unit_test(what_is_written_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
