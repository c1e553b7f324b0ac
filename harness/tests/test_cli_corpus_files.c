#include "cli/corpus_files.h"
#include "tests/go_corpus.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 256, FILE_ROOM = 1024 };

/* A folder that is empty. */
struct folder {
    char path[sizeof("/tmp/syncspec-corpus-XXXXXX")];
};

static struct folder make(void)
{
    struct folder folder = { "/tmp/syncspec-corpus-XXXXXX" };
    assert_non_null(mkdtemp(folder.path));
    return folder;
}

static struct cli_corpus_files files_of(const char *format)
{
    return (struct cli_corpus_files){ .command = "corpus",
                                      .format = cli_corpus_format_find(format) };
}

/* Takes the file away and gives what was in it; false when there was none. */
static bool take(const struct folder *folder, const char *name, struct buf *out)
{
    char path[PATH_ROOM];
    uint8_t bytes[FILE_ROOM];
    assert_true(snprintf(path, sizeof(path), "%s/%s", folder->path, name) < PATH_ROOM);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    assert_true(buf_add(out, slice_of(bytes, fread(bytes, 1, sizeof(bytes), file))));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(unlink(path), 0);
    return true;
}

/* The names are those of sha1sum and sha256sum, and of the engines. */
static void each_format_writes_an_input_once_under_the_digest_of_its_file(void **state)
{
    (void)state;
    static const struct {
        const char *format, *name, *text;
    } rows[] = {
        { "raw", "a9993e364706816aba3e25717850c26c9cd0d89d", "abc" },
        { "afl", "a9993e364706816aba3e25717850c26c9cd0d89d", "abc" },
        { "rust", "a9993e364706816aba3e25717850c26c9cd0d89d", "abc" },
        { "go", "8108818597222af9", "go test fuzz v1\n[]byte(\"abc\")\n" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct folder folder = make();
        struct cli_corpus_files files = files_of(rows[i].format);
        struct buf out = buf_bounded(FILE_ROOM);
        assert_true(cli_corpus_write(&files, folder.path, SLICE("abc")));
        assert_true(cli_corpus_write(&files, folder.path, SLICE("abc")));
        assert_int_equal(files.written, 1);
        assert_int_equal(files.there, 1);
        assert_true(take(&folder, rows[i].name, &out));
        assert_slice(buf_slice(&out), rows[i].text);
        assert_int_equal(rmdir(folder.path), 0); /* nothing else */
        buf_free(&out);
    }
    assert_null(cli_corpus_format_find("rost"));
}

static void every_byte_comes_back_from_each_format(void **state)
{
    (void)state;
    static const char *const formats[] = { "raw", "rust", "afl" };
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)i;
    struct slice all = slice_of(bytes, sizeof(bytes));
    struct buf out = buf_bounded((size_t)2 * FILE_ROOM), back = buf_bounded(FILE_ROOM);
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct folder folder = make();
        struct cli_corpus_files files = files_of(formats[i]);
        buf_clear(&out);
        assert_true(cli_corpus_write(&files, folder.path, all));
        assert_true(take(&folder, "4916d6bdb7f78e6803698cab32d1586ea457dfc8", &out));
        assert_true(slice_eq(buf_slice(&out), all));
        assert_int_equal(rmdir(folder.path), 0);
    }
    buf_clear(&out);
    assert_true(cli_corpus_format_find("go")->write(all, &out));
    assert_true(go_corpus_read(buf_slice(&out), &back));
    assert_true(slice_eq(buf_slice(&back), all));
    buf_free(&out);
    buf_free(&back);
}

static void go_escapes_what_its_text_cannot_hold(void **state)
{
    (void)state;
    struct buf out = buf_bounded(FILE_ROOM);
    assert_true(cli_corpus_format_find("go")->write(SLICE("\"\\\r\n\t\x1b\x7f\xe9'%`"), &out));
    assert_slice(buf_slice(&out),
                 "go test fuzz v1\n[]byte(\"\\\"\\\\\\r\\n\\t\\x1b\\x7f\\xe9'%`\")\n");
    buf_free(&out);
}

/* So that the test above sees what Go would not take. */
static void the_reader_of_go_refuses_what_go_refuses(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "go test fuzz v1\n",
        "go test fuzz v2\n[]byte(\"a\")\n",
        "go test fuzz v1\n[]byte(\"a\")",
        "go test fuzz v1\n[]byte(\"a\")\n[]byte(\"b\")\n",
        "go test fuzz v1\nstring(\"a\")\n",
        "go test fuzz v1\n[]byte(\"a\"b\")\n",
        "go test fuzz v1\n[]byte(\"a\\\")\n",
        "go test fuzz v1\n[]byte(\"a\nb\")\n",
        "go test fuzz v1\n[]byte(\"\\x0\")\n",
        "go test fuzz v1\n[]byte(\"\\'\")\n",
        "go test fuzz v1\n[]byte(\"\xe9\")\n",
    };
    struct buf back = buf_bounded(FILE_ROOM);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (go_corpus_read(slice_text(wrong[i]), &back))
            fail_msg("it reads %s", wrong[i]);
    }
    assert_true(go_corpus_read(SLICE("go test fuzz v1\n[]byte(\"a\\\"\\x0a\")\n"), &back));
    assert_slice(buf_slice(&back), "a\"\n");
    buf_free(&back);
}

static void a_folder_is_made_with_those_above_it(void **state)
{
    (void)state;
    char path[PATH_ROOM];
    struct folder folder = make();
    const struct cli_corpus_files files = files_of("raw");
    assert_true(snprintf(path, sizeof(path), "%s/a/b", folder.path) < PATH_ROOM);
    assert_true(cli_corpus_make_folder(&files, path));
    assert_true(cli_corpus_make_folder(&files, path)); /* it is there: fine */
    assert_int_equal(rmdir(path), 0);
    path[strlen(path) - 2] = '\0';
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder.path), 0);
}

static void a_file_is_no_folder(void **state)
{
    (void)state;
    const struct cli_corpus_files files = files_of("raw");
    assert_false(cli_corpus_make_folder(&files, "/dev/null"));
    assert_false(cli_corpus_make_folder(&files, "/dev/null/a"));
    assert_false(cli_corpus_make_folder(&files, ""));
}

static void what_an_export_cut_short_left_is_written_again(void **state)
{
    (void)state;
    static const char name[] = "a9993e364706816aba3e25717850c26c9cd0d89d";
    char path[PATH_ROOM];
    struct folder folder = make();
    struct cli_corpus_files files = files_of("raw");
    struct buf out = buf_bounded(FILE_ROOM);
    assert_true(snprintf(path, sizeof(path), "%s/%s", folder.path, name) < PATH_ROOM);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_true(cli_corpus_write(&files, folder.path, SLICE("abc")));
    assert_int_equal(files.written, 1);
    assert_int_equal(files.there, 0);
    assert_true(take(&folder, name, &out));
    assert_slice(buf_slice(&out), "abc");
    assert_int_equal(rmdir(folder.path), 0);
    buf_free(&out);
}

static void nothing_is_written_of_what_is_empty_or_too_long(void **state)
{
    (void)state;
    static const uint8_t large[64 * 1024 + 1];
    static const struct {
        const char *format;
        size_t most;
    } rows[] = { { "raw", 65536 }, { "rust", 65536 }, { "afl", 10240 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct folder folder = make();
        struct cli_corpus_files files = files_of(rows[i].format);
        assert_true(cli_corpus_write(&files, folder.path, SLICE("")));
        assert_true(cli_corpus_write(&files, folder.path, slice_of(large, rows[i].most + 1)));
        assert_int_equal(files.written + files.there, 0);
        assert_int_equal(files.longer, 1);
        assert_int_equal(rmdir(folder.path), 0);
    }
}

static void a_folder_that_goes_away_is_told(void **state)
{
    (void)state;
    struct folder folder = make();
    struct cli_corpus_files files = files_of("raw");
    assert_int_equal(rmdir(folder.path), 0);
    assert_false(cli_corpus_write(&files, folder.path, SLICE("abc")));
    assert_int_equal(files.written, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_writes_an_input_once_under_the_digest_of_its_file),
        cmocka_unit_test(every_byte_comes_back_from_each_format),
        cmocka_unit_test(go_escapes_what_its_text_cannot_hold),
        cmocka_unit_test(the_reader_of_go_refuses_what_go_refuses),
        cmocka_unit_test(a_folder_is_made_with_those_above_it),
        cmocka_unit_test(a_file_is_no_folder),
        cmocka_unit_test(what_an_export_cut_short_left_is_written_again),
        cmocka_unit_test(nothing_is_written_of_what_is_empty_or_too_long),
        cmocka_unit_test(a_folder_that_goes_away_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
