#include "reports/clean.h"
#include "tests/support/support.h"

static void assert_clean(const char *text, enum report_clean how, const char *wanted)
{
    struct buf out = buf_bounded(4096);
    assert_true(report_add_clean(text, how, &out));
    assert_slice(buf_slice(&out), wanted);
    buf_free(&out);
}

static void what_steers_a_terminal_is_written_out(void **state)
{
    (void)state;
    assert_clean("a\x1b[31mred", REPORT_LINE, "a\\x1b[31mred");
    assert_clean("\x07\x7f\r", REPORT_LINE, "\\x07\\u007f\\r");
    assert_clean("\xc2\x9b", REPORT_LINES, "\\u009b");     /* CSI as one character */
    assert_clean("\xe2\x80\xae", REPORT_LINES, "\\u202e"); /* right-to-left override */
    assert_clean("\xef\xbf\xbf", REPORT_LINES, "\\uffff"); /* XML cannot hold it */
    assert_clean("h\xc3\xa9 \xe2\x98\x83 \xf0\x9f\x98\x80", REPORT_LINE,
                 "h\xc3\xa9 \xe2\x98\x83 \xf0\x9f\x98\x80");
}

static void only_the_one_line_form_writes_line_ends_out(void **state)
{
    (void)state;
    assert_clean("a\nb\tc", REPORT_LINE, "a\\nb\\tc");
    assert_clean("a\nb\tc", REPORT_LINES, "a\nb\tc");
    assert_clean("a\nb\x01", REPORT_UTF8, "a\nb\x01");
}

static void bytes_that_are_not_utf8_are_written_out_in_every_form(void **state)
{
    (void)state;
    for (int how = REPORT_UTF8; how <= REPORT_LINE; how++) {
        assert_clean("\xff"
                     "a\xc3",
                     (enum report_clean)how, "\\xffa\\xc3");
        assert_clean("\xed\xa0\x80", (enum report_clean)how, "\\xed\\xa0\\x80");
        assert_clean("", (enum report_clean)how, "");
    }
}

static void every_line_but_the_first_is_indented(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "a", "a\n" }, { "a\nb", "a\n  b\n" },       { "a\nb\n", "a\n  b\n" },
        { "", "\n" },   { "a\n\nb", "a\n  \n  b\n" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = buf_bounded(4096);
        assert_true(report_add_indented(rows[i].text, 2, &out));
        assert_slice(buf_slice(&out), rows[i].wanted);
        buf_free(&out);
    }
}

static void a_text_that_does_not_fit_is_a_failure(void **state)
{
    (void)state;
    struct buf out = buf_bounded(4);
    assert_false(report_add_clean("12345", REPORT_LINE, &out));
    buf_clear(&out);
    assert_false(report_add_indented("12345", 2, &out));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_steers_a_terminal_is_written_out),
        cmocka_unit_test(only_the_one_line_form_writes_line_ends_out),
        cmocka_unit_test(bytes_that_are_not_utf8_are_written_out_in_every_form),
        cmocka_unit_test(every_line_but_the_first_is_indented),
        cmocka_unit_test(a_text_that_does_not_fit_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
