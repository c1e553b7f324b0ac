/* The command in the folder of its example files. */
#include "tests/support/command.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>

enum { COMMAND = 1024 };

#define OPENED                                                                                     \
    "{\"id\":\"GJN0ojnlXXhU\",\"cleartext\":{\"foo\":\"supersecret\",\"bar\":\"anothersecret\"}}"  \
    "\n{\"id\":\"utf8utf8utf8\",\"cleartext\":{\"title\":\"hé ☃ 😀\"}}\n"
#define META                                                                                       \
    "{\"id\":\"global\",\"cleartext\":{\"syncID\":\"7vO3Zcdu6V4I\",\"storageVersion\":5,"          \
    "\"engines\":{\"clients\":{\"version\":1,\"syncID\":\"Re1DKzUQE2jt\"}},"                       \
    "\"declined\":[\"passwords\"]}}\n"
#define KB "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

/* Every line that the help page shows as an example, as it stands there. */
static void the_examples_of_the_help_work(void **state)
{
    (void)state;
    static const char *const outputs[] = { "{\"id\":\"keys\",\"keys_of\":[\"default\"]}\n", OPENED,
                                           META };
    struct command_outcome help = command_run("syncspec help decrypt");
    struct slice rest = buf_slice(&help.text);
    struct slice line;
    size_t examples = 0;
    assert_int_equal(help.code, 0);
    rest = slice_from(rest, slice_search(rest, SLICE("examples:\n")));
    for (bool more = true; more;) {
        char command[COMMAND];
        more = slice_cut(rest, '\n', &line, &rest);
        if (!slice_starts(line, SLICE("  syncspec decrypt ")))
            continue;
        assert_true(examples < COUNT_OF(outputs));
        (void)snprintf(command, sizeof(command), "%.*s", SLICE_FMT(line));
        command_expect(command, 0, outputs[examples++]);
    }
    assert_int_equal(examples, COUNT_OF(outputs));
    buf_free(&help.text);
}

static void each_record_tells_the_step_that_refused_it(void **state)
{
    (void)state;
    static const char command[] = "syncspec decrypt --kb @kb.txt --keys keys.json mixed.newlines";
    static const char *const parts[] = {
        OPENED,
        "{\"id\":\"last-byte-of-padding-is-17\",\"refused\":\"padding\",",
        "{\"id\":\"padding-of-01-02\",\"refused\":\"padding\",",
        "{\"id\":\"hmac-over-raw-bytes\",\"refused\":\"hmac\",",
        "{\"id\":\"hmac-in-base64\",\"refused\":\"hmac\",",
        "{\"id\":\"hmac-in-capitals\",\"refused\":\"hmac\",",
        "{\"id\":\"hmac-with-one-wrong-bit\",\"refused\":\"hmac\",",
        "{\"id\":\"another-iv-damages-the-first-block\",\"refused\":\"cleartext\",",
        "{\"id\":\"pad16pad16pa\",\"refused\":\"id\",",
        "syncspec decrypt: 8 of 10 records were not opened\n",
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        command_expect_part(command, 1, parts[i]);
}

static void keys_come_from_where_processes_cannot_see_them(void **state)
{
    (void)state;
    command_expect("SYNCSPEC_KB=" KB " syncspec decrypt --keys keys.json bookmarks.json", 0,
                   OPENED);
    command_expect("SYNCSPEC_KB=@kb.txt syncspec decrypt --keys keys.json bookmarks.json", 0,
                   OPENED);
    command_expect("syncspec decrypt --keys keys.json --kb " KB " - < bookmarks.json", 0, OPENED);
}

/* Made with the bundle of the sync key and the hashed address, by OpenSSL's command. */
static void keys_of_old_clients_are_taken(void **state)
{
    (void)state;
    static const char opened[] = "{\"id\":\"keys\",\"keys_of\":[\"default\"]}\n";
    command_expect("syncspec decrypt --sync-key y-4nkps-6yxav-i75xn-uv9ds-r472i "
                   "--username johndoe@example.com keys-of-old-client.json",
                   0, opened);
    command_expect("echo y4nkps6yxavi75xnuv9dsr472i | syncspec decrypt --sync-key @/dev/stdin "
                   "--username v64aw4knp6ittxnarcpmoi7smokoazsr keys-of-old-client.json",
                   0, opened);
    command_expect("syncspec decrypt --sync-key y4nkps6yxavi75xnuv9dsr472i --username "
                   "v64aw4knp6ittxnarcpmoi7smokoazsr --keys keys-of-old-client.json bookmarks.json",
                   0, OPENED);
}

/* The default pair of the vectors is text that would be easy to see. */
static void keys_are_never_printed(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "syncspec decrypt --kb @kb.txt keys.json",
        "syncspec decrypt --kb @kb.txt --collection crypto --keys keys.json keys.json",
        "syncspec decrypt --kb " KB "x keys.json",
        "syncspec decrypt --kb @keys.json keys.json",
    };
    static const char *const secrets[] = { "these-are", "dGhlc2Ut", "yet-another", "eWV0LWFu",
                                           "000102",    "18428b2c", "WYaedvMS" };
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        struct command_outcome outcome = command_run(commands[i]);
        struct slice text = buf_slice(&outcome.text);
        for (size_t k = 0; k < COUNT_OF(secrets); k++)
            assert_true(slice_search(text, slice_text(secrets[k])) == text.len);
        buf_free(&outcome.text);
    }
}

static void wrong_keys_and_wrong_use_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *command;
        int code;
        const char *part;
    } rows[] = {
        { "syncspec decrypt --sync-key y-4nkps-6yxav-i75xn-uv9ds-r472i --username a@b.c keys.json",
          1, "\"refused\":\"hmac\"" },
        { "syncspec decrypt --sync-key y-4nkps --username u keys.json", 2, "26 letters" },
        { "syncspec decrypt --sync-key y4nkps6yxavi75xnuv9dsr472i keys.json", 2, "--username" },
        { "syncspec decrypt keys.json", 2, "--kb" },
        { "syncspec decrypt --kb 00 --sync-key x --username u keys.json", 2, "--kb" },
        { "syncspec decrypt --kb 00 keys.json", 2, "64 hex digits" },
        { "syncspec decrypt --kb @none.txt keys.json", 2, "none.txt" },
        { "syncspec decrypt --kb @kb.txt --collection tabs bookmarks.json", 2, "--keys" },
        { "syncspec decrypt --kb @kb.txt --keys bookmarks.json bookmarks.json", 2,
          "bookmarks.json: " },
        { "syncspec decrypt --kb @kb.txt --keys global.json bookmarks.json", 2, "global.json: " },
        { "syncspec decrypt --kb @kb.txt --keys keys.json none.json", 2, "none.json" },
        { "syncspec decrypt --kb @kb.txt kb.txt", 2, "kb.txt: byte " },
        { "syncspec decrypt --kb @kb.txt keys.json more", 2, "one argument too many" },
        { "syncspec decrypt --nope", 2, "--nope is no option" },
        { "syncspec decrypt --kb", 2, "--kb needs a value" },
        { "syncspec decrypt --collection meta < /dev/null", 4, "no record" },
        { "echo '[]' | syncspec decrypt --collection meta", 4, "no record" },
        { "echo '[\"a\"]' | syncspec decrypt --collection meta", 2, "-: byte 1: " },
        { "syncspec decrypt --collection meta keys.json", 1, "\"refused\":\"meta\"" },
        { "syncspec decrypt --kb @kb.txt global.json", 1, "\"refused\":\"shape\"" },
        { "echo '{\"id\":\"a\",\"payload\":5}' | syncspec decrypt --kb @kb.txt", 1,
          "\"refused\":\"record\"" },
        { "echo '{\"id\":\"a\"}' | syncspec decrypt --kb @kb.txt", 1, "\"refused\":\"shape\"" },
        { "syncspec decrypt --collection meta global.json > /dev/full", 3, "cannot be printed" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        command_expect_part(rows[i].command, rows[i].code, rows[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_help_work),
        cmocka_unit_test(each_record_tells_the_step_that_refused_it),
        cmocka_unit_test(keys_come_from_where_processes_cannot_see_them),
        cmocka_unit_test(keys_of_old_clients_are_taken),
        cmocka_unit_test(keys_are_never_printed),
        cmocka_unit_test(wrong_keys_and_wrong_use_are_told_apart),
    };
    if (!command_prepare(SYNCSPEC_BINARY, SYNCSPEC_ROOT "/fixtures/vectors/decrypt") ||
        unsetenv("SYNCSPEC_KB") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
