#include "record/scan.h"

#include "tests/support/support.h"

/* All tokens of a text as one letter each, "!" for what is not JSON. */
static const char *scan_all(const char *text, size_t *ret_offset)
{
    static const char letters[] = ".{}[]ksntfz!";
    static char log[256];
    struct support_edge edge = support_edge_of(slice_text(text));
    struct record_scan scan = record_scan_of(edge.bytes);
    size_t len = 0;
    enum record_token token;
    do {
        token = record_scan_next(&scan);
        log[len++] = letters[token];
    } while (token != RECORD_SCAN_END && token != RECORD_SCAN_BAD && len + 1 < sizeof(log));
    log[len] = '\0';
    *ret_offset = scan.at;
    assert_int_equal(record_scan_next(&scan), token); /* stays so */
    assert_int_equal(token == RECORD_SCAN_BAD, scan.rule != NULL);
    support_edge_free(&edge);
    return log;
}

static void tokens_come_in_order(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *tokens;
    } rows[] = {
        { "{}", "{}." },
        { " [ ] ", "[]." },
        { "{\"a\" : 1 , \"b\":[true,false,null,\"x\"]}\r\n\t ", "{knk[tfzs]}." },
        { "[[],{},[{}]]", "[[]{}[{}]]." },
        { "\"\"", "s." },
        { "-0", "n." },
        { "0.5e-7", "n." },
        { "10E+2", "n." },
        { "123456789012345678901234567890", "n." },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t offset;
        assert_string_equal(scan_all(rows[i].text, &offset), rows[i].tokens);
        assert_int_equal(offset, strlen(rows[i].text));
    }
}

static void what_is_not_json_is_told_with_its_offset(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *tokens;
        size_t offset;
    } rows[] = {
        { "", "!", 0 },
        { "  ", "!", 2 },
        { "{", "{!", 1 },
        { "[", "[!", 1 },
        { "[1", "[n!", 2 },
        { "[1,", "[n!", 3 },
        { "[1,]", "[n!", 3 },
        { "[,1]", "[!", 1 },
        { "[1 2]", "[n!", 3 },
        { "[1}", "[n!", 2 },
        { "{\"a\":1]", "{kn!", 6 },
        { "{\"a\":1,}", "{kn!", 7 },
        { "{\"a\"}", "{!", 4 },
        { "{\"a\":}", "{k!", 5 },
        { "{a:1}", "{!", 1 },
        { "{1:1}", "{!", 1 },
        { "{,}", "{!", 1 },
        { "1 1", "n!", 2 },
        { "{} {}", "{}!", 3 },
        { "]", "!", 0 },
        { "01", "n!", 1 },
        { "-", "!", 1 },
        { "-a", "!", 1 },
        { "+1", "!", 0 },
        { ".5", "!", 0 },
        { "1.", "!", 2 },
        { "1.e1", "!", 2 },
        { "1e", "!", 2 },
        { "1e+", "!", 3 },
        { "tru", "!", 0 },
        { "True", "!", 0 },
        { "truex", "t!", 4 },
        { "NaN", "!", 0 },
        { "Infinity", "!", 0 },
        { "'a'", "!", 0 },
        { "// x\n1", "!", 0 },
        { "\xEF\xBB\xBF{}", "!", 0 },
        { "\"", "!", 1 },
        { "\"abc", "!", 4 },
        { "\"\\", "!", 1 },
        { "\"\\\"", "!", 3 },
        { "\"a\\x\"", "!", 2 },
        { "\"\\u12\"", "!", 1 },
        { "\"\\u12g4\"", "!", 1 },
        { "\"\\u12`4\"", "!", 1 },
        { "\"\\u12@4\"", "!", 1 },
        { "\"\\\x80\"", "!", 1 },
        { "\"\\U0041\"", "!", 1 },
        { "\"a\nb\"", "!", 2 },
        { "\"a\tb\"", "!", 2 },
        { "\"12345678\x1f\"", "!", 9 },
        { "\"\xC3\"", "!", 1 },
        { "\"a\xC0\x80\"", "!", 2 },
        { "\"\xED\xA0\x80\"", "!", 1 },
        { "\"\xF4\x90\x80\x80\"", "!", 1 },
        { "\"\xC3\xA9\xFF\"", "!", 3 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t offset;
        const char *tokens = scan_all(rows[i].text, &offset);
        if (strcmp(tokens, rows[i].tokens) != 0 || offset != rows[i].offset)
            fail_msg("%s: %s at %zu", rows[i].text, tokens, offset);
    }
}

static void a_nul_byte_is_never_json(void **state)
{
    (void)state;
    static const struct slice texts[] = { SLICE_INIT("\0"), SLICE_INIT("1\0"), SLICE_INIT("[\0]"),
                                          SLICE_INIT("\"\0\""), SLICE_INIT("[1,\0") };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct record_scan scan = record_scan_of(texts[i]);
        assert_false(record_scan_drain(&scan));
    }
}

static void no_start_of_an_object_is_json(void **state)
{
    (void)state;
    const struct slice whole =
        SLICE("{\"a\":[1.5e3,\"\\u00e9\\ud83d\\ude00 \xE2\x82\xAC\",{\"b\":null}],\"c\":true}");
    for (size_t len = 0; len <= whole.len; len++) {
        struct support_edge edge = support_edge_of(slice_head(whole, len));
        struct record_scan scan = record_scan_of(edge.bytes);
        assert_int_equal(record_scan_drain(&scan), len == whole.len);
        assert_true(scan.at <= len);
        support_edge_free(&edge);
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    for (size_t depth = LIMIT_JSON_DEPTH; depth <= LIMIT_JSON_DEPTH + 1; depth++) {
        struct buf text = buf_bounded(4096);
        for (size_t i = 0; i < depth; i++)
            buf_add_text(&text, i % 2 == 0 ? "[" : "{\"k\":");
        buf_add_byte(&text, '1');
        for (size_t i = depth; i-- > 0;)
            buf_add_byte(&text, i % 2 == 0 ? ']' : '}');
        struct record_scan scan = record_scan_of(buf_slice(&text));
        assert_int_equal(record_scan_drain(&scan), depth == LIMIT_JSON_DEPTH);
        buf_free(&text);
    }
}

static void every_special_byte_is_seen_at_every_place(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 24; place++) {
            uint8_t text[26];
            memset(text, 'a', sizeof(text));
            text[0] = text[25] = '"';
            text[place + 1] = (uint8_t)byte;
            struct support_edge edge = support_edge_of(slice_of(text, sizeof(text)));
            struct record_scan scan = record_scan_of(edge.bytes);
            bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
            enum record_token token = record_scan_next(&scan);
            assert_int_equal(token == RECORD_SCAN_STRING, plain || byte == '"');
            if (byte == '"')
                assert_int_equal(scan.raw.len, place);
            support_edge_free(&edge);
        }
    }
}

static void strings_say_what_they_hold(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        bool escaped, unpaired;
        struct slice decoded;
    } rows[] = {
        { "\"plain\"", false, false, SLICE_INIT("plain") },
        { "\"\xC3\xA9\"", false, false, SLICE_INIT("\xC3\xA9") },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", true, false, SLICE_INIT("\"\\/\b\f\n\r\t") },
        { "\"a\\u0000b\"", true, false, SLICE_INIT("a\0b") },
        { "\"\\u00e9\\u20AC\"", true, false, SLICE_INIT("\xC3\xA9\xE2\x82\xAC") },
        { "\"\\uD83D\\ude00!\"", true, false, SLICE_INIT("\xF0\x9F\x98\x80!") },
        { "\"\\udbff\\udfff\"", true, false, SLICE_INIT("\xF4\x8F\xBF\xBF") },
        { "\"\\ud7ff\\ue000\"", true, false, SLICE_INIT("\xED\x9F\xBF\xEE\x80\x80") },
        { "\"x\\ud83d\"", true, true, { 0 } },
        { "\"x\\ud83d\\n\"", true, true, { 0 } },
        { "\"x\\ud83d\\ud83d\\ude00\"", true, true, { 0 } },
        { "\"x\\ude00\"", true, true, { 0 } },
        { "\"x\\udc00\\udc01\"", true, true, { 0 } },
        { "\"x\\ud83d\\u0041\"", true, true, { 0 } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge edge = support_edge_of(slice_text(rows[i].text));
        struct record_scan scan = record_scan_of(edge.bytes);
        struct buf out = buf_bounded(256);
        assert_int_equal(record_scan_next(&scan), RECORD_SCAN_STRING);
        assert_int_equal(scan.escaped, rows[i].escaped);
        assert_int_equal(scan.unpaired, rows[i].unpaired);
        assert_int_equal(record_scan_unescape(scan.raw, &out), !rows[i].unpaired);
        assert_true(slice_eq(buf_slice(&out), rows[i].decoded));
        assert_int_equal(record_scan_reads(scan.raw, rows[i].decoded), !rows[i].unpaired);
        assert_false(record_scan_reads(scan.raw, SLICE("plai")));
        assert_false(record_scan_reads(scan.raw, SLICE("plain2")));
        assert_int_equal(record_scan_next(&scan), RECORD_SCAN_END);
        assert_false(scan.unpaired);
        assert_false(scan.escaped);
        buf_free(&out);
        support_edge_free(&edge);
    }
}

static void a_closing_bracket_is_a_token_of_its_own(void **state)
{
    (void)state;
    struct record_scan scan = record_scan_of(SLICE("[1 ]"));
    assert_int_equal(record_scan_next(&scan), RECORD_SCAN_OPEN_LIST);
    assert_int_equal(record_scan_next(&scan), RECORD_SCAN_NUMBER);
    assert_int_equal(record_scan_next(&scan), RECORD_SCAN_CLOSE_LIST);
    assert_int_equal(scan.start, 3);
    assert_slice(scan.raw, "]");
}

static void unescape_fits_or_adds_nothing(void **state)
{
    (void)state;
    struct buf out = buf_bounded(4);
    assert_false(record_scan_unescape(SLICE("a\\nbcd"), &out));
    assert_int_equal(out.len, 0);
    buf_clear(&out);
    assert_true(record_scan_unescape(SLICE("a\\nb"), &out));
    assert_slice(buf_slice(&out), "a\nb");
    buf_free(&out);
}

static void pointers_find_raw_bytes(void **state)
{
    (void)state;
    static const char text[] = " {\"a\":[10,{\"b\":1700000000.10}],\"m~n\":\"x\\ty\",\"s/t\":null,"
                               "\"\":true,\"\\u0061b\":false,\"a\":0,\"m~\":7,\"~x\":8} ";
    static const struct row {
        const char *pointer;
        enum record_token token;
        const char *raw;
    } rows[] = {
        { "/a", RECORD_SCAN_OPEN_LIST, "[10,{\"b\":1700000000.10}]" },
        { "/a/0", RECORD_SCAN_NUMBER, "10" },
        { "/a/1/b", RECORD_SCAN_NUMBER, "1700000000.10" },
        { "/m~0n", RECORD_SCAN_STRING, "\"x\\ty\"" },
        { "/s~1t", RECORD_SCAN_NULL, "null" },
        { "/", RECORD_SCAN_TRUE, "true" },
        { "/ab", RECORD_SCAN_FALSE, "false" },
        { "/m~", RECORD_SCAN_NUMBER, "7" },
        { "/m~0", RECORD_SCAN_NUMBER, "7" },
        { "/~0x", RECORD_SCAN_NUMBER, "8" },
        { "/a/", RECORD_SCAN_END, NULL },
        { "/a/2", RECORD_SCAN_END, NULL },
        { "/a/01", RECORD_SCAN_END, NULL },
        { "/a/-", RECORD_SCAN_END, NULL },
        { "/a/1/c", RECORD_SCAN_END, NULL },
        { "/a/0/x", RECORD_SCAN_END, NULL },
        { "/x", RECORD_SCAN_END, NULL },
        { "a", RECORD_SCAN_END, NULL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice raw = { 0 };
        size_t offset = 0;
        struct support_edge pointer = support_edge_of(slice_text(rows[i].pointer));
        assert_int_equal(record_scan_pointer(slice_text(text), pointer.bytes, &raw, &offset),
                         rows[i].token);
        support_edge_free(&pointer);
        if (rows[i].raw == NULL)
            continue;
        assert_slice(raw, rows[i].raw);
        assert_ptr_equal(raw.ptr, text + offset);
    }
}

static void a_name_with_a_tilde_is_bounded(void **state)
{
    (void)state;
    enum { MOST = 1024 };
    for (size_t len = MOST; len <= MOST + 1; len++) {
        struct buf pointer = buf_bounded(MOST + 2);
        struct buf text = buf_bounded(2 * MOST);
        struct slice raw;
        size_t offset;
        buf_add_text(&pointer, "/~");
        while (pointer.len < len + 1)
            buf_add_byte(&pointer, 'n');
        buf_add_text(&text, "{\"");
        buf_add(&text, slice_from(buf_slice(&pointer), 1));
        text.ptr[2 + 1] = 'n';
        buf_add_text(&text, "\":1}");
        /* "~n" reads as "~". */
        memmove(text.ptr + 3, text.ptr + 4, text.len - 4);
        text.len--;
        assert_int_equal(record_scan_pointer(buf_slice(&text), buf_slice(&pointer), &raw, &offset),
                         len == MOST ? RECORD_SCAN_NUMBER : RECORD_SCAN_END);
        buf_free(&pointer);
        buf_free(&text);
    }
}

static void pointers_need_json_up_to_the_value(void **state)
{
    (void)state;
    struct slice raw;
    size_t offset;
    assert_int_equal(record_scan_pointer(SLICE("{\"a\":1,\"b\":[x]}"), SLICE("/a"), &raw, &offset),
                     RECORD_SCAN_NUMBER);
    assert_int_equal(record_scan_pointer(SLICE("{\"a\":1,\"b\":[x]}"), SLICE("/b"), &raw, &offset),
                     RECORD_SCAN_BAD);
    assert_int_equal(record_scan_pointer(SLICE("{\"a\":1,\"b\":[x]}"), SLICE("/c"), &raw, &offset),
                     RECORD_SCAN_BAD);
    assert_int_equal(record_scan_pointer(SLICE(""), SLICE(""), &raw, &offset), RECORD_SCAN_BAD);
    assert_int_equal(record_scan_pointer(SLICE(" 12 "), SLICE(""), &raw, &offset),
                     RECORD_SCAN_NUMBER);
    assert_slice(raw, "12");
    assert_int_equal(offset, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_come_in_order),
        cmocka_unit_test(what_is_not_json_is_told_with_its_offset),
        cmocka_unit_test(a_nul_byte_is_never_json),
        cmocka_unit_test(no_start_of_an_object_is_json),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(every_special_byte_is_seen_at_every_place),
        cmocka_unit_test(strings_say_what_they_hold),
        cmocka_unit_test(a_closing_bracket_is_a_token_of_its_own),
        cmocka_unit_test(unescape_fits_or_adds_nothing),
        cmocka_unit_test(pointers_find_raw_bytes),
        cmocka_unit_test(a_name_with_a_tilde_is_bounded),
        cmocka_unit_test(pointers_need_json_up_to_the_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
