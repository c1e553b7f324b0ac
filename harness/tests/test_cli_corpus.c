#include "cli/corpus_files.h"
#include "cli/corpus_steps.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_ROOM = 256, FILE_ROOM = 1024 };

/* Writes one input in the format and reads the one file back; false when none was written. */
static bool write_one(const char *format, struct slice input, const char *name, struct buf *out)
{
    char folder[] = "/tmp/syncspec-corpus-XXXXXX", path[PATH_ROOM];
    uint8_t bytes[FILE_ROOM];
    struct cli_corpus_files files = { "corpus", cli_corpus_format_find(format), 0 };
    assert_non_null(mkdtemp(folder));
    assert_true(cli_corpus_make_folder(&files, folder)); /* it is there: fine */
    assert_true(cli_corpus_write(&files, folder, input));
    assert_true(cli_corpus_write(&files, folder, input)); /* once more: it is there */
    assert_true(snprintf(path, sizeof(path), "%s/%s", folder, name) < PATH_ROOM);
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        assert_true(buf_add(out, slice_of(bytes, fread(bytes, 1, sizeof(bytes), file))));
        assert_int_equal(fclose(file), 0);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(files.count, file != NULL);
    assert_int_equal(rmdir(folder), 0);
    return file != NULL;
}

static void each_format_writes_an_input_once_under_its_digest(void **state)
{
    (void)state;
    static const struct {
        const char *format, *name, *text;
    } rows[] = {
        { "raw", "ba7816bf8f01cfea", "abc" },
        { "afl", "ba7816bf8f01cfea", "abc" },
        { "rust", "ba7816bf8f01cfea414140de5dae2223b00361a3", "abc" },
        { "go", "ba7816bf8f01cfea", "go test fuzz v1\n[]byte(\"abc\")\n" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = buf_bounded(FILE_ROOM);
        assert_true(write_one(rows[i].format, SLICE("abc"), rows[i].name, &out));
        assert_slice(buf_slice(&out), rows[i].text);
        buf_free(&out);
    }
    assert_null(cli_corpus_format_find("rost"));
}

static void go_escapes_what_its_text_cannot_hold(void **state)
{
    (void)state;
    struct buf out = buf_bounded(FILE_ROOM);
    assert_true(cli_corpus_format_find("go")->write(SLICE("\"\\\r\n\x7f\xe9"), &out));
    assert_slice(buf_slice(&out), "go test fuzz v1\n[]byte(\"\\\"\\\\\\x0d\\x0a\\x7f\\xe9\")\n");
    buf_free(&out);
}

static void a_folder_is_made_with_those_above_it(void **state)
{
    (void)state;
    char folder[] = "/tmp/syncspec-corpus-XXXXXX", path[PATH_ROOM];
    const struct cli_corpus_files files = { "corpus", cli_corpus_format_find("raw"), 0 };
    assert_non_null(mkdtemp(folder));
    assert_true(snprintf(path, sizeof(path), "%s/a/b", folder) < PATH_ROOM);
    assert_true(cli_corpus_make_folder(&files, path));
    assert_int_equal(rmdir(path), 0);
    path[strlen(path) - 2] = '\0';
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void nothing_is_written_of_what_is_empty_or_too_long(void **state)
{
    (void)state;
    static const uint8_t large[10 * 1024 + 1];
    struct buf out = buf_bounded(FILE_ROOM);
    assert_false(write_one("raw", SLICE(""), "e3b0c44298fc1c14", &out));
    assert_false(write_one("afl", slice_of(large, sizeof(large)), "x", &out));
    buf_free(&out);
}

static void a_request_is_a_step_below_the_endpoint_of_a_numbered_user(void **state)
{
    (void)state;
    struct http_field field = { SLICE("accept"), SLICE("*/*") };
    struct http_request request = { .method_text = SLICE("PUT"),
                                    .target = SLICE("/1.5/77/storage/a/b?batch=xyz&commit=true"),
                                    .fields = { &field, 1 },
                                    .body = SLICE("{}") };
    struct cli_corpus_steps steps = cli_corpus_steps_of();
    cli_corpus_steps_add(&steps, &request, CLI_SESSION_START);
    request.target = SLICE("/1.1/ann/info/quota");
    request.body = SLICE("");
    request.fields.count = 0;
    request.method_text = SLICE("GET");
    cli_corpus_steps_add(&steps, &request, CLI_SESSION_START + 258);
    static const char wanted[] =
        "\0"                                                        /* configuration */
        "\x0b\x01\x03*/*"                                           /* Accept */
        "\x0a\x03\x20\0\x02\0/storage/a/b?batch=\x01&commit=true{}" /* PUT */
        "\x09\x02\x01\0"                                            /* 2.58 seconds */
        "\x9a\0\x0b\0\0\0/info/quota";                              /* GET, user 1, 1.1 */
    assert_int_equal(steps.requests, 2);
    assert_true(slice_eq(buf_slice(&steps.out), slice_of(wanted, sizeof(wanted) - 1)));
    cli_corpus_steps_clear(&steps);
    assert_int_equal(steps.out.len, 1);
    cli_corpus_steps_free(&steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_writes_an_input_once_under_its_digest),
        cmocka_unit_test(go_escapes_what_its_text_cannot_hold),
        cmocka_unit_test(a_folder_is_made_with_those_above_it),
        cmocka_unit_test(nothing_is_written_of_what_is_empty_or_too_long),
        cmocka_unit_test(a_request_is_a_step_below_the_endpoint_of_a_numbered_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
