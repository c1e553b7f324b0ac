#include "base/utf8.h"

#include "tests/support/support.h"

static void every_scalar_is_written_and_valid(void **state)
{
    (void)state;
    uint8_t bytes[8];
    for (uint32_t scalar = 0; scalar <= 0x10FFFF; scalar++) {
        if (scalar >= 0xD800 && scalar <= 0xDFFF)
            continue;
        struct buf out = { .ptr = bytes, .cap = sizeof(bytes), .ceiling = sizeof(bytes) };
        size_t len = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
        assert_true(utf8_add(scalar, &out));
        assert_int_equal(out.len, len);
        assert_int_equal(utf8_valid_length(buf_slice(&out)), len);
        for (size_t cut = 1; cut < len; cut++)
            assert_int_equal(utf8_valid_length(slice_of(bytes, cut)), 0);
    }
}

static void every_invalid_sequence_is_found_at_every_place(void **state)
{
    (void)state;
    static const struct slice bad[] = {
        SLICE_INIT("\x80"),
        SLICE_INIT("\xBF"),
        SLICE_INIT("\xC0\x80"),
        SLICE_INIT("\xC1\xBF"),
        SLICE_INIT("\xC2"),
        SLICE_INIT("\xC2\x41"),
        SLICE_INIT("\xE0\x9F\xBF"),
        SLICE_INIT("\xE2\x82"),
        SLICE_INIT("\xE2\x82\x41"),
        SLICE_INIT("\xED\xA0\x80"),
        SLICE_INIT("\xED\xBF\xBF"),
        SLICE_INIT("\xF0\x8F\xBF\xBF"),
        SLICE_INIT("\xF4\x90\x80\x80"),
        SLICE_INIT("\xF5\x80\x80\x80"),
        SLICE_INIT("\xFF"),
        SLICE_INIT("\xF0\x9F\x98"),
        SLICE_INIT("\xF0\x9F\x98\xC0"),
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        for (size_t place = 0; place < 20; place++) {
            uint8_t text[32];
            memset(text, 'a', sizeof(text));
            memcpy(text + place, bad[i].ptr, bad[i].len);
            struct support_edge edge = support_edge_of(slice_of(text, place + bad[i].len));
            assert_int_equal(utf8_valid_length(edge.bytes), place);
            support_edge_free(&edge);
            assert_int_equal(utf8_valid_length(slice_of(text, sizeof(text))), place);
        }
    }
}

static void valid_text_is_valid_at_every_offset(void **state)
{
    (void)state;
    const struct slice text = SLICE("ascii \xC3\xA9 more \xE2\x82\xAC\xF0\x9F\x98\x80 0123456789");
    for (size_t from = 0; from < 6; from++) {
        struct support_edge edge = support_edge_of(slice_from(text, from));
        assert_int_equal(utf8_valid_length(edge.bytes), text.len - from);
        support_edge_free(&edge);
    }
    assert_int_equal(utf8_valid_length((struct slice){ 0 }), 0);
    assert_int_equal(utf8_valid_length(SLICE("a\0b")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scalar_is_written_and_valid),
        cmocka_unit_test(every_invalid_sequence_is_found_at_every_place),
        cmocka_unit_test(valid_text_is_valid_at_every_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
