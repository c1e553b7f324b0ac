/* The command as people run it, on a few cases of its own. */
#include "tests/support/support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1024 * 1024, COMMAND = 1024, PATH = 512 };

/* A folder with those cases, which is removed at the end of the test. */
struct bench {
    char folder[PATH];
};

static const char cases[] =
    "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", \"cases\": ["
    "{\"id\": \"items/missing\", \"title\": \"t\", \"requires\": [\"1.5/item/get-404\"], "
    "\"no_twin\": \"A test.\", \"steps\": ["
    "{\"send\": \"GET /storage/{coll}/a\", \"expect\": {\"status\": 404}}]},"
    "{\"id\": \"items/anything\", \"title\": \"t\", \"requires\": [\"1.5/item/get-200\"], "
    "\"no_twin\": \"A test.\", \"steps\": ["
    "{\"send\": \"GET /storage/{coll}/a\", \"expect\": {\"status\": {\"$between\": [100, 599]}}}]}"
    "]}";

static void path_of(const struct bench *bench, const char *name, char ret_path[PATH])
{
    assert_true(snprintf(ret_path, PATH, "%s/%s", bench->folder, name) < PATH);
}

static void write_file(const struct bench *bench, const char *name, const char *text)
{
    char path[PATH];
    path_of(bench, name, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static void begin(struct bench *bench)
{
    char path[PATH];
    *bench = (struct bench){ .folder = "/tmp/syncspec-prove-XXXXXX" };
    assert_non_null(mkdtemp(bench->folder));
    path_of(bench, "cases", path);
    assert_int_equal(mkdir(path, S_IRWXU), 0);
    path_of(bench, "cases/requirements", path);
    assert_int_equal(symlink(SYNCSPEC_ROOT "/cases/requirements", path), 0);
    write_file(bench, "cases/items.json", cases);
}

static void end(const struct bench *bench)
{
    static const char *const files[] = { "cases/requirements", "cases/items.json", "cache",
                                         "reasons", "matrix" };
    char path[PATH];
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        path_of(bench, files[i], path);
        assert_true(unlink(path) == 0 || errno == ENOENT);
    }
    path_of(bench, "cases", path);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(bench->folder), 0);
}

/* Runs it in the folder; ${text} is NULL, or what it has to print. */
static void assert_proves(const struct bench *bench, const char *options, int code,
                          const char *text)
{
    char line[COMMAND];
    uint8_t part[4096];
    size_t got;
    struct buf said = buf_bounded(ROOM);
    assert_true(snprintf(line, sizeof(line),
                         "exec 2>&1; cd %s && " SYNCSPEC_BINARY
                         " prove --cases cases --cache cache %s",
                         bench->folder, options) < COMMAND);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    while ((got = fread(part, 1, sizeof(part), pipe)) > 0)
        assert_true(buf_add(&said, slice_of(part, got)));
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    bool tells = text == NULL || slice_search(buf_slice(&said), slice_text(text)) < said.len;
    if (WEXITSTATUS(status) != code || !tells)
        fail_msg("%s: exit code %d, \"%.*s\"", options, WEXITSTATUS(status),
                 SLICE_FMT(buf_slice(&said)));
    buf_free(&said);
}

static void a_fault_that_is_killed_is_0_and_one_that_survives_is_1(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench);
    assert_proves(&bench, "--fault item-get-404-is-200", 0, "1 faults: 1 killed, 0 survive\n");
    assert_proves(&bench, "--fault item-get-404-is-200 -v", 0, "killed      item-get-404-is-200\n");
    assert_proves(&bench, "--fault method-head-is-500", 1,
                  "survives    method-head-is-500\n          HEAD is answered with 500\n          "
                  "breaks 1.5/item/head\n1 faults: 0 killed, 1 survive\n");
    assert_proves(&bench, "--fault allowed-no-quota", 0, "1 conformant profiles: 0 flagged\n");
    end(&bench);
}

static void a_reason_excuses_a_survivor(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench);
    write_file(&bench, "reasons", "{\"survivors\": {\"method-head-is-500\": \"for a test\"}}");
    assert_proves(&bench, "--fault method-head-is-500 --reasons reasons", 0,
                  "          reason: for a test\n");
    write_file(&bench, "reasons", "{\"survivors\": ");
    assert_proves(&bench, "--fault method-head-is-500 --reasons reasons", 2, "reasons:1:14: ");
    end(&bench);
}

static void all_faults_show_cases_that_none_of_them_kills(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench);
    assert_proves(&bench, "", 1, "no fault    items/anything\n");
    assert_proves(&bench, "", 1, "2 cases: 1 can fail, 1 cannot, 0 of them with a reason\n");
    end(&bench);
}

static void a_cache_that_is_garbage_changes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "garbage\n", "syncspec-prove-1\n",
                                         "syncspec-prove-1 0\ncase\nfault\n" };
    struct bench bench;
    begin(&bench);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        write_file(&bench, "cache", texts[i]);
        assert_proves(&bench, "--fault item-get-404-is-200", 0, "1 faults: 1 killed");
    }
    end(&bench);
}

static void what_is_asked_for_wrongly_is_2(void **state)
{
    (void)state;
    static const struct {
        const char *options, *text;
    } rows[] = {
        { "--fault no-such-fault", "no fault has that name" },
        { "--fault", "--fault: wants a value" },
        { "--wrong", "--wrong: there is no such option" },
        { "--jobs 0", "--jobs: expected a number from 1 to 64" },
        { "--jobs many", "--jobs: expected a number from 1 to 64" },
        { "--seed x", "--seed: expected a number" },
        { "--report xml", "--report: expected text, json or html" },
        { "--report json:", "--report: expected a file behind the colon" },
        { "--cases nowhere", "nowhere" },
        { "--reasons nowhere", "nowhere" },
    };
    struct bench bench;
    begin(&bench);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_proves(&bench, rows[i].options, 2, rows[i].text);
    end(&bench);
}

static void reports_go_to_files_and_what_cannot_be_written_is_3(void **state)
{
    (void)state;
    struct bench bench;
    char path[PATH];
    begin(&bench);
    assert_proves(&bench, "--fault item-get-404-is-200 --report json:matrix", 0, "1 killed");
    path_of(&bench, "matrix", path);
    assert_int_equal(access(path, R_OK), 0);
    assert_proves(&bench, "--fault item-get-404-is-200 --report json", 0,
                  "\"standing\": \"killed\"");
    assert_proves(&bench, "--fault item-get-404-is-200 --report html", 0, "<!doctype html>");
    assert_proves(&bench, "--fault item-get-404-is-200 --report html:no/such/folder", 3,
                  "no/such/folder cannot be written");
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_that_is_killed_is_0_and_one_that_survives_is_1),
        cmocka_unit_test(a_reason_excuses_a_survivor),
        cmocka_unit_test(all_faults_show_cases_that_none_of_them_kills),
        cmocka_unit_test(a_cache_that_is_garbage_changes_nothing),
        cmocka_unit_test(what_is_asked_for_wrongly_is_2),
        cmocka_unit_test(reports_go_to_files_and_what_cannot_be_written_is_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
