/* syncspec report, on the results of reports/golden. */
#include "tests/support/command.h"
#include "tests/support/support.h"

#include <stdlib.h>

/* The exit code is that of the run. */
static void every_format_is_written_as_the_run_wrote_it(void **state)
{
    static const char *const lines[] = {
        "syncspec report run.json --report text | diff - run.txt",
        "syncspec report run.json | diff - run.txt",
        "syncspec report run.json --no-color -v | diff - run-verbose.txt",
        "syncspec report run.json -q | diff - run-quiet.txt",
        "syncspec report run.json --report json | diff - run.json",
        "syncspec report run.json --report junit | diff - run.xml",
        "syncspec report run.json --report tap | diff - run.tap",
        "syncspec report run.json --report html | diff - run.html",
        "syncspec report run.json --report sarif | diff - run.sarif",
        "syncspec report run.json --report github | diff - run.md",
        "syncspec report broken.json --report junit | diff - broken.xml",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        command_expect(lines[i], 0, "");
    command_expect("syncspec report run.json -q > /dev/null", 1, "");
    command_expect("syncspec report broken.json -q > /dev/null", 3, "");
}

static void reports_go_to_files_at_once(void **state)
{
    (void)state;
    command_expect(
        "f=$(mktemp -d); syncspec report run.json --report tap:$f/a --report junit:$f/b; "
        "echo $?; diff $f/a run.tap && diff $f/b run.xml; rm -r $f",
        0, "1\n");
    command_expect_part("syncspec report run.json --report tap:/nowhere/a", 3, "/nowhere/a");
    command_expect_part("syncspec report run.json --report json > /dev/full", 3, "");
}

static void wrong_use_and_wrong_files_are_told_apart(void **state)
{
    static const struct {
        const char *line, *part;
    } rows[] = {
        { "syncspec report", "which result file?" },
        { "syncspec report run.json broken.json", "expected one result file" },
        { "syncspec report run.json --nope", "expected one result file" },
        { "syncspec report run.json --report", "--report wants a format" },
        { "syncspec report run.json --report xml", "no such format" },
        { "syncspec report none.json", "none.json" },
        { "syncspec report run.txt", "run.txt:1:" },
        { "f=$(mktemp); sed 's/\"exit_code\": 1/\"exit_code\": 0/' run.json > $f; "
          "syncspec report $f; c=$?; rm $f; exit $c",
          "the exit code would be 1" },
        { "o=; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do o=\"$o --report tap\"; done; "
          "syncspec report run.json $o",
          "there may be 16" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        command_expect_part(rows[i].line, 2, rows[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_is_written_as_the_run_wrote_it),
        cmocka_unit_test(reports_go_to_files_at_once),
        cmocka_unit_test(wrong_use_and_wrong_files_are_told_apart),
    };
    if (!command_prepare(SYNCSPEC_BINARY, SYNCSPEC_ROOT "/reports/golden"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
