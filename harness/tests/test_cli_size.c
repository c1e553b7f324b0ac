#include "cli/size.h"
#include "tests/support/support.h"

static void sizes_have_units_of_1024(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {
        { "0", 0 },
        { "1024", 1024 },
        { "64K", 65536 },
        { "64k", 65536 },
        { "64M", 67108864 },
        { "3G", UINT64_C(3221225472) },
        { "17179869183G", UINT64_C(18446744072635809792) },
        { "18446744073709551615", UINT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t bytes = 1;
        assert_true(cli_size_read(rows[i].text, &bytes));
        assert_int_equal(bytes, rows[i].bytes);
    }
}

static void anything_else_is_refused_and_writes_nothing(void **state)
{
    static const char *const texts[] = {
        "",
        "K",
        "G",
        "1 K",
        "-1",
        "+1",
        "1KB",
        "1T",
        "0x10",
        "1.5G",
        "1KK",
        "18446744073709551616",
        "17179869184G",
        "M1",
        " 1",
        "1\n",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        uint64_t bytes = 77;
        assert_false(cli_size_read(texts[i], &bytes));
        assert_int_equal(bytes, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_have_units_of_1024),
        cmocka_unit_test(anything_else_is_refused_and_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
