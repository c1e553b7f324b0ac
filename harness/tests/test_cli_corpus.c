/* syncspec corpus export as people run it, with two cases of its own. */
#include "base/mac.h"
#include "tests/go_corpus.h"
#include "tests/support/command.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 512, FILE_ROOM = 8 * 1024 * 1024 };

#define EXPORT "syncspec corpus export --cases cases "
#define RECORD "{\"payload\":\"\\\"export\\\" é\\n\"}"
/* sha1sum of the record; sha256sum of the file that Go has of it. */
#define RECORD_SHA1 "ea18dd511d2c1924e98a4e5bbf7f33759383dd93"
#define RECORD_GO   "19acb7696b5f1cc6"

static const char requirements[] =
    "{\"title\":\"t\",\"document\":\"d\",\"requirements\":[{\"id\":\"1.5/a/b\",\"level\":\"must\","
    "\"statement\":\"s\",\"source\":\"s\"}]}";
static const char token_cases[] =
    "{\"title\":\"t\",\"document\":\"d\",\"api\":\"token\",\"cases\":["
    "{\"id\":\"t/one\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"GET ^/1.0/sync/1.5\",\"expect\":{\"status\":200}}]}]}";
static const char cases[] =
    "{\"title\":\"t\",\"document\":\"d\",\"api\":\"1.5\",\"cases\":["
    "{\"id\":\"a/one\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"PUT /storage/exported/a\",\"json\":" RECORD ",\"expect\":{\"status\":200}},"
    "{\"send\":\"PUT /storage/exported/a\",\"json\":" RECORD ",\"expect\":{\"status\":200}}]},"
    "{\"id\":\"a/two\",\"title\":\"t\",\"requires\":[\"1.5/a/b\"],\"steps\":["
    "{\"send\":\"GET /storage/exported/a\",\"expect\":{\"status\":404}}]}]}";

static struct buf read_file(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    uint8_t part[4096];
    struct buf bytes = buf_bounded(FILE_ROOM);
    assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < PATH_ROOM);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s: it is not there", path);
    for (size_t got; (got = fread(part, 1, sizeof(part), file)) > 0;)
        assert_true(buf_add(&bytes, slice_of(part, got)));
    assert_int_equal(fclose(file), 0);
    return bytes;
}

/* Gives each file to ${check}; how many there are. */
static size_t each_file(const char *folder, void (*check)(const char *name, struct slice bytes))
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        struct buf bytes = read_file(folder, entry->d_name);
        check(entry->d_name, buf_slice(&bytes));
        buf_free(&bytes);
        count++;
    }
    closedir(entries);
    return count;
}

static void check_name(const char *name, struct slice bytes)
{
    uint8_t digest[MAC_SHA1_SIZE];
    char wanted[2 * MAC_SHA1_SIZE + 1];
    assert_true(mac_sha1(bytes, digest));
    for (size_t i = 0; i < sizeof(digest); i++)
        (void)snprintf(wanted + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(name, wanted);
}

/* Its input stands in raw/, under the input's own name. */
static void check_go(const char *name, struct slice bytes)
{
    uint8_t digest[MAC_SHA1_SIZE];
    char other[2 * MAC_SHA1_SIZE + 1];
    struct buf input = buf_bounded(FILE_ROOM);
    if (!go_corpus_read(bytes, &input))
        fail_msg("%s is not of Go's corpus", name);
    assert_true(mac_sha1(buf_slice(&input), digest));
    for (size_t i = 0; i < sizeof(digest); i++)
        (void)snprintf(other + 2 * i, 3, "%02x", digest[i]);
    struct buf raw = read_file("raw", other);
    assert_true(slice_eq(buf_slice(&raw), buf_slice(&input)));
    buf_free(&raw);
    buf_free(&input);
}

static void check_size(const char *name, struct slice bytes)
{
    (void)name;
    assert_in_range(bytes.len, 1, 10 * 1024);
}

static void run(const char *what, const char *format)
{
    char line[PATH_ROOM];
    (void)snprintf(line, sizeof(line), "rm -rf %s && " EXPORT "--what %s --format %s %s", format,
                   what, format, format);
    command_expect_part(line, 0, " inputs in ");
}

static void all_formats_have_the_same_inputs(void **state)
{
    (void)state;
    static const char *const whats[] = { "requests", "hawk" };
    static const char *const formats[] = { "raw", "rust", "afl", "go" };
    for (size_t i = 0; i < COUNT_OF(whats); i++) {
        for (size_t k = 0; k < COUNT_OF(formats); k++)
            run(whats[i], formats[k]);
        size_t count = each_file("raw", check_name);
        assert_true(count > 0);
        assert_int_equal(each_file("go", check_go), count);
        assert_true(each_file("afl", check_size) > 0);
        command_expect("diff -r raw rust", 0, "");
        command_expect("diff -r raw afl | grep -v '^Only in raw: '", 1, "");
        command_expect(
            "find raw -type f -size +10240c | wc -l >long; diff -rq raw afl | wc -l | diff - long",
            0, "");
    }
}

static void a_body_of_a_case_is_written_as_it_went_over_the_wire(void **state)
{
    (void)state;
    run("records", "raw");
    run("records", "go");
    command_expect("cat raw/" RECORD_SHA1, 0, RECORD);
    command_expect(
        "cat go/" RECORD_GO, 0,
        "go test fuzz v1\n"
        "[]byte(\"{\\\"payload\\\":\\\"\\\\\\\"export\\\\\\\" \\xc3\\xa9\\\\n\\\"}\")\n");
    command_expect("grep -l 'PUT /1.5/.*exported' raw/* | wc -l", 0, "0\n");
    run("requests", "raw");
    command_expect("grep -l 'PUT /1.5/.*exported' raw/* | wc -l", 0,
                   "1\n"); /* the others are alike */
    command_expect(EXPORT "--what requests --every every >/dev/null; "
                          "grep -l 'PUT /1.5/.*exported' every/* | wc -l",
                   0, "2\n");
    run("sessions", "raw");
    command_expect("grep -c 'PUT /1.5/' $(grep -l 'PUT /1.5/.*exported' raw/*)", 0, "2\n");
}

static void what_is_there_stays_and_is_not_written_again(void **state)
{
    (void)state;
    command_expect_part(EXPORT "--what hawk twice", 0, "new; left out: ");
    command_expect("cp -r twice before && echo mine >twice/mine", 0, "");
    command_expect_part(EXPORT "--what hawk twice", 0, " inputs in twice, 0 of them new; ");
    command_expect("diff -r before twice", 1, "Only in twice: mine\n");
}

static void named_seeds_and_tokens_are_among_them_and_the_same_each_time(void **state)
{
    (void)state;
    run("hawk", "raw");
    command_expect("cp -r raw once && grep -l 'ts=\"1x\"' raw/* | wc -l", 0, "1\n");
    command_expect("grep -lE '^Bearer eyJ[^.]*[.]eyJ[^.]*[.]A+$' raw/* | wc -l", 0, "1\n");
    run("hawk", "raw");
    command_expect("diff -r raw once", 0, "");
    run("sessions", "raw");
    command_expect("grep -l 'GET /never HTTP' raw/* | wc -l", 0, "1\n");
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        int code;
        const char *part;
    } rows[] = {
        { "", 2, "expected: corpus export" },
        { "import --what hawk x", 2, "expected: corpus export" },
        { "export x", 2, "--what requests|records|hawk|sessions is wanted" },
        { "export --what", 2, "--what needs a value" },
        { "export --what answers x", 2, "records, hawk or sessions, not answers" },
        { "export --what hawk", 2, "a folder is wanted" },
        { "export --what hawk x y", 2, "\"y\" is one argument too many" },
        { "export --what hawk --format java x", 2, "--format is raw, go, rust or afl, not java" },
        { "export --what hawk --jobs x", 2, "--jobs is no option" },
        { "export --what hawk cases/a.json", 2, "cases/a.json: a file, not a folder" },
        { "export --what hawk /dev/null/x", 2, "/dev/null/x: Not a directory" },
        { "export --what hawk --cases nowhere x", 2, "nowhere is no folder of cases" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char line[PATH_ROOM];
        (void)snprintf(line, sizeof(line), "syncspec corpus %s", rows[i].arguments);
        command_expect_part(line, rows[i].code, rows[i].part);
    }
    command_expect_part("(trap '' XFSZ; ulimit -f 0; " EXPORT "--what hawk full)", 3,
                        ": File too large\n");
    command_expect("ls full", 0, "");
}

int main(void)
{
    char folder[] = "/tmp/syncspec-export-XXXXXX";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_formats_have_the_same_inputs),
        cmocka_unit_test(a_body_of_a_case_is_written_as_it_went_over_the_wire),
        cmocka_unit_test(what_is_there_stays_and_is_not_written_again),
        cmocka_unit_test(named_seeds_and_tokens_are_among_them_and_the_same_each_time),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    if (mkdtemp(folder) == NULL || !command_prepare(SYNCSPEC_BINARY, folder) ||
        mkdir("cases", 0700) != 0 || mkdir("cases/requirements", 0700) != 0)
        return 1;
    command_file("cases/requirements/a.json", requirements);
    command_file("cases/a.json", cases);
    command_file("cases/t.json", token_cases);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    command_expect("rm -rf -- \"$PWD\"", 0, "");
    return failed;
}
