#include "base/base64.h"

#include "tests/support/support.h"

static void the_rfc_vectors_hold(void **state)
{
    (void)state;
    static const struct row {
        struct slice bytes;
        const char *standard, *url;
    } rows[] = {
        { SLICE_INIT(""), "", "" },
        { SLICE_INIT("f"), "Zg==", "Zg==" },
        { SLICE_INIT("fo"), "Zm8=", "Zm8=" },
        { SLICE_INIT("foo"), "Zm9v", "Zm9v" },
        { SLICE_INIT("foob"), "Zm9vYg==", "Zm9vYg==" },
        { SLICE_INIT("fooba"), "Zm9vYmE=", "Zm9vYmE=" },
        { SLICE_INIT("foobar"), "Zm9vYmFy", "Zm9vYmFy" },
        { SLICE_INIT("\xfb\xff\xfe"), "+//+", "-__-" },
        { SLICE_INIT("\0\0"), "AAA=", "AAA=" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int alphabet = BASE64_STANDARD; alphabet <= BASE64_URL; alphabet++) {
            const char *text = alphabet == BASE64_URL ? rows[i].url : rows[i].standard;
            struct buf out = buf_bounded(16);
            assert_true(base64_encode(rows[i].bytes, (enum base64_alphabet)alphabet, &out));
            assert_slice(buf_slice(&out), text);
            buf_clear(&out);
            struct support_edge edge = support_edge_of(slice_text(text));
            assert_true(base64_decode(edge.bytes, (enum base64_alphabet)alphabet, &out));
            assert_true(slice_eq(buf_slice(&out), rows[i].bytes));
            support_edge_free(&edge);
            buf_free(&out);
        }
    }
}

static void other_texts_are_refused_and_add_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "Z",      "Zg",   "Zg=",   "Zg===",    "====",     "=g==",     "Z===",
        "Zg=v",   "Zh==", "Zm9=",  "Zg==Zg==", "Zm9v=",    "Zm9v ",    "Zm 9v===",
        "Zm9v\n", "Zm9-", "Zm9v-", "Zm9\xC3=", "Zm8=====", "Zm9vZm9*", "Z\0==",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct buf out = buf_bounded(64);
        buf_add_text(&out, "x");
        if (base64_decode(slice_text(bad[i]), BASE64_STANDARD, &out))
            fail_msg("%s", bad[i]);
        assert_slice(buf_slice(&out), "x");
        buf_free(&out);
    }
}

static void alphabets_are_told_apart(void **state)
{
    (void)state;
    struct buf out = buf_bounded(64);
    assert_false(base64_decode(SLICE("-__-"), BASE64_STANDARD, &out));
    assert_false(base64_decode(SLICE("+//+"), BASE64_URL, &out));
    buf_free(&out);
}

static void results_past_the_ceiling_are_refused(void **state)
{
    (void)state;
    struct buf out = buf_bounded(7);
    assert_false(base64_encode(SLICE("foob"), BASE64_STANDARD, &out));
    assert_int_equal(out.len, 0);
    buf_clear(&out);
    assert_false(base64_decode(SLICE("Zm9vYmFyZm9v"), BASE64_STANDARD, &out));
    assert_int_equal(out.len, 0);
    buf_free(&out);
}

static void every_byte_survives_at_every_length(void **state)
{
    (void)state;
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 37 + 11);
    for (size_t len = 0; len <= sizeof(bytes); len++) {
        struct buf text = buf_bounded(1024);
        struct buf again = buf_bounded(1024);
        assert_true(base64_encode(slice_of(bytes, len), BASE64_URL, &text));
        assert_true(base64_decode(buf_slice(&text), BASE64_URL, &again));
        assert_true(slice_eq(buf_slice(&again), slice_of(bytes, len)));
        buf_free(&text);
        buf_free(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfc_vectors_hold),
        cmocka_unit_test(other_texts_are_refused_and_add_nothing),
        cmocka_unit_test(alphabets_are_told_apart),
        cmocka_unit_test(results_past_the_ceiling_are_refused),
        cmocka_unit_test(every_byte_survives_at_every_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
