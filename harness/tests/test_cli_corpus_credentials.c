#include "cli/corpus_credentials.h"
#include "tests/support/support.h"

enum { ROOM = 256 };

static void base64_of_either_alphabet_is_counted(void **state)
{
    (void)state;
    assert_int_equal(cli_corpus_base64(SLICE("")), 0);
    assert_int_equal(cli_corpus_base64(SLICE("azAZ09+/-_==\"")), 12);
    static const char others[] = "\0 !\"#.,:;<>?@[]^`{|}~\x7f\xe1\r\n";
    for (size_t i = 0; i < sizeof(others) - 1; i++)
        assert_int_equal(cli_corpus_base64(slice_of(others + i, 1)), 0);
}

static void nothing_but_the_signature_of_a_token_is_blanked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *blank;
    } rows[] = {
        { "Bearer eyJh.eyJz.x-_9", "Bearer eyJh.eyJz.AAAA" },
        { "{\"a\":\"eyJh.eyJz.xyz\",\"b\":\"eyJh.b.y\"}",
          "{\"a\":\"eyJh.eyJz.AAA\",\"b\":\"eyJh.b.A\"}" },
        { "eyJh.eyJz.xyz.more", "eyJh.eyJz.AAA.more" },
        { "eyJh.eyJz.", "eyJh.eyJz." },
        { "eyJh..xyz", "eyJh..AAA" },
        { "eyJh.eyJz", "eyJh.eyJz" },
        { "Hawk id=\"eyJ1aWQ\", mac=\"a.b.c\"", "Hawk id=\"eyJ1aWQ\", mac=\"a.b.c\"" },
        { "Bearer abc.def.ghi", "Bearer abc.def.ghi" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf text = buf_bounded(ROOM);
        assert_true(buf_add_text(&text, rows[i].text));
        cli_corpus_blank_signatures(&text);
        assert_slice(buf_slice(&text), rows[i].blank);
        buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_of_either_alphabet_is_counted),
        cmocka_unit_test(nothing_but_the_signature_of_a_token_is_blanked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
