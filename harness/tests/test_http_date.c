#include "http/date.h"
#include "tests/support/support.h"

static void it_reads_as_rfc_9110_says(void **state)
{
    (void)state;
    static const struct {
        int64_t second;
        const char *text;
    } rows[] = {
        { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
        { 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
        { 1, "Thu, 01 Jan 1970 00:00:01 GMT" },
        { 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
        { -5, "Thu, 01 Jan 1970 00:00:01 GMT" },
        { INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT" },
    };
    struct http_date date = { 0 };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_slice(http_date_at(&date, rows[i].second), rows[i].text);
        assert_slice(http_date_at(&date, rows[i].second), rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_as_rfc_9110_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
