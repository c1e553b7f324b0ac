/* syncspec compare, on the results of reports/golden. */
#include "tests/support/command.h"
#include "tests/support/support.h"

/* run.json with a line of the case put/creates changed by sed, as the second result. */
#define CHANGED(script, options)                                                                   \
    "f=$(mktemp); sed '" script "' run.json > $f; syncspec compare run.json $f" options            \
    " | grep -v \"^2: $f\"; rm $f"

static void the_same_is_no_difference(void **state)
{
    (void)state;
    command_expect_part("syncspec compare run.json run.json", 0, "0 cases differ\n");
    command_expect_part("syncspec compare run.json run.json run.json", 0,
                        "1: run.json\n2: run.json\n3: run.json\n1       2       3       case\n");
    command_expect_part("syncspec compare run.json run.json --all", 0,
                        "\npass    pass    put/creates\nfail    fail    put/stale-is-412\n");
    command_expect_part("syncspec compare run.json run.json --all", 0,
                        "\nknown   known   quota/known\n");
}

static void what_differs_is_shown_a_column_each(void **state)
{
    (void)state;
    command_expect_part("syncspec compare run.json broken.json", 1,
                        "\npass    -       put/creates\n");
    command_expect_part("syncspec compare run.json run.json broken.json", 1,
                        "\npass    pass    -       put/creates\n");
    command_expect_part("syncspec compare broken.json run.json", 1,
                        "\n-       pass    put/creates\n");
    command_expect_part("syncspec compare broken.json run.json", 1, " cases differ\n");
    command_expect_part("syncspec compare broken.json run.json", 1, "\n0       1       pass\n");
}

/* A terminal is not to be written to by whoever gives a file. */
static void an_id_is_printed_as_plain_text(void **state)
{
    (void)state;
    command_expect_part(CHANGED("s|\"id\": \"put/creates\"|\"id\": \"put/\\\\u001b[2J\"|", ""), 0,
                        "\n-       pass    put/?[2J\n");
    command_expect_part(CHANGED("s|\"id\": \"put/creates\"|\"id\": \"put/other\"|", ""), 0,
                        "2 cases differ\n");
}

static void wrong_use_and_wrong_files_are_refused(void **state)
{
    static const struct {
        const char *line, *part;
    } rows[] = {
        { "syncspec compare", "two result files or more" },
        { "syncspec compare run.json", "two result files or more" },
        { "syncspec compare run.json run.json --nope", "there is no option --nope" },
        { "syncspec compare run.json none.json", "none.json" },
        { "syncspec compare run.txt run.json", "run.txt:1:" },
        { "r=run.json; syncspec compare $r $r $r $r $r $r $r $r $r $r $r $r $r $r $r $r $r",
          "at most 16 results" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        command_expect_part(rows[i].line, 2, rows[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_is_no_difference),
        cmocka_unit_test(what_differs_is_shown_a_column_each),
        cmocka_unit_test(an_id_is_printed_as_plain_text),
        cmocka_unit_test(wrong_use_and_wrong_files_are_refused),
    };
    if (!command_prepare(SYNCSPEC_BINARY, SYNCSPEC_ROOT "/reports/golden"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
