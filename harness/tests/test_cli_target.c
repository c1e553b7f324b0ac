/* syncspec run --target: what a description says, and what the command line says instead. */
#include "tests/support/command.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char requirements[] =
    "{\"title\":\"t\",\"document\":\"d\",\"requirements\":[{\"id\":\"1.5/a/b\",\"level\":\"must\","
    "\"statement\":\"s\",\"source\":\"s\"}]}";
static const char cases[] =
    "{\"title\":\"t\",\"document\":\"d\",\"api\":\"1.5\",\"cases\":["
    "{\"id\":\"a/plain\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"GET /info/collections\",\"expect\":{\"status\":200}}]},"
    "{\"id\":\"a/batch\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"needs\":[\"batches\"],"
    "\"steps\":[{\"send\":\"GET /info/collections\",\"expect\":{\"status\":200}}]}]}";

/* Runs with a description of these members, in a folder below. */
static void expect(const char *members, const char *options, int code, const char *part)
{
    char text[1024], line[1024];
    (void)snprintf(text, sizeof(text),
                   "{\"format\": \"syncspec-target-1\", \"name\": \"ours\",\n%s}", members);
    (void)snprintf(line, sizeof(line),
                   "SYNCSPEC_CASES=$PWD/cases syncspec run --target below/target.json %s", options);
    command_file("below/target.json", text);
    command_expect_part(line, code, part);
}

static void the_built_in_core_may_be_described(void **state)
{
    (void)state;
    expect("\"apis\": [\"1.5\"]", "", 0, "2 cases: 2 passed");
    expect("\"apis\": [\"1.5\"], \"capabilities\": [\"batches\"]", "", 0, "2 cases: 2 passed");
    expect("\"apis\": [\"1.5\"], \"capabilities\": [\"batches\"]", "--no-batches", 1,
           "1 passed, 1 failed, 0 warned, 0 skipped, 1 blocked");
    expect("\"apis\": [\"1.5\"]", "--no-batches", 0, "1 passed, 0 failed, 0 warned, 1 skipped");
    expect("\"apis\": [\"1.5\"], \"limits\": {\"max_post_records\": 100}", "", 0, "2 passed");
    expect("\"apis\": [\"1.5\"], \"limits\": {\"max_post_records\": 5}", "", 1,
           "target/max_post_records");
}

static void urls_and_credentials_come_from_it_unless_the_command_says_them(void **state)
{
    (void)state;
    static const char there[] = "\"url\": \"http://127.0.0.1:1\", \"apis\": [\"1.5\"], "
                                "\"auth\": {\"environment\": \"OURS_AUTH\"}";
    static const char file[] = "\"url\": \"http://127.0.0.1:1\", \"apis\": [\"1.5\"], "
                               "\"auth\": {\"file\": \"secret.txt\"}";
    expect(there, "", 2, "OURS_AUTH is not set");
    expect(there, "--auth secret:abc", 3, "http://127.0.0.1:1 ");
    expect(there, "http://127.0.0.1:2 --auth secret:abc", 3, "http://127.0.0.1:2 ");
    assert_int_equal(setenv("OURS_AUTH", "secret:abc", 1), 0);
    expect(there, "", 3, "http://127.0.0.1:1 ");
    assert_int_equal(setenv("OURS_AUTH", "nothing", 1), 0);
    expect(there, "", 2, "expected secret:FILE");
    assert_int_equal(unsetenv("OURS_AUTH"), 0);
    /* A path is as seen from the description. */
    expect(file, "", 2, "cannot be opened");
    command_file("below/secret.txt", "a secret of tests\n");
    expect(file, "", 3, "http://127.0.0.1:1 ");
    assert_int_equal(unlink("below/secret.txt"), 0);
}

static void what_is_no_description_is_told_with_its_place(void **state)
{
    (void)state;
    expect("\"apis\": [\"1.5\"]", "--api 1.1", 2, "the server does not have API 1.1");
    expect("\"apis\": [\"2.0\"]", "", 2, "below/target.json:2:");
    expect("\"apis\": [\"1.5\"], \"limit\": {}", "", 2, "below/target.json:2:");
    expect("\"apis\": [", "", 2, "below/target.json:2:");
    command_expect_part("syncspec run --target below/none.json", 2, "below/none.json");
    command_expect_part("syncspec run --target", 2, "--target");
}

static void remove_all(void)
{
    static const char *const files[] = { "below/target.json", "cases/requirements/a.json",
                                         "cases/a.json" };
    static const char *const folders[] = { "below", "cases/requirements", "cases" };
    for (size_t i = 0; i < COUNT_OF(files); i++)
        (void)unlink(files[i]);
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        (void)rmdir(folders[i]);
}

int main(void)
{
    char folder[] = "/tmp/syncspec-target-XXXXXX";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_core_may_be_described),
        cmocka_unit_test(urls_and_credentials_come_from_it_unless_the_command_says_them),
        cmocka_unit_test(what_is_no_description_is_told_with_its_place),
    };
    if (mkdtemp(folder) == NULL || !command_prepare(SYNCSPEC_BINARY, folder) ||
        mkdir("below", 0700) != 0 || mkdir("cases", 0700) != 0 ||
        mkdir("cases/requirements", 0700) != 0)
        return 1;
    command_file("cases/requirements/a.json", requirements);
    command_file("cases/a.json", cases);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove_all();
    (void)rmdir(folder);
    return failed;
}
