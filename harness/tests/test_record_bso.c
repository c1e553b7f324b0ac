#include "record/bso.h"

#include "base/alloc.h"
#include "base/stamp.h"
#include "tests/support/support.h"

enum { PAYLOAD = 16 };

static const struct record_bounds bounds = { .payload_bytes = PAYLOAD };

struct decoded {
    struct support_edge edge;
    struct buf scratch;
    struct record_update update;
    struct record_fault fault;
    enum record_err err;
};

static struct decoded decode(struct slice json)
{
    struct decoded decoded = { .edge = support_edge_of(json), .scratch = buf_bounded(4096) };
    assert_true(buf_reserve(&decoded.scratch, json.len));
    decoded.err = record_decode(decoded.edge.bytes, &bounds, &decoded.scratch, &decoded.update,
                                &decoded.fault);
    assert_int_equal(decoded.err == RECORD_OK, decoded.fault.rule == NULL);
    return decoded;
}

static void release(struct decoded *decoded)
{
    support_edge_free(&decoded->edge);
    buf_free(&decoded->scratch);
}

static void a_whole_record_is_read(void **state)
{
    (void)state;
    struct decoded d = decode(SLICE("{\"payload\":\"{\\\"a\\\":1}\",\"id\":\"GJN0ojnlXXhU\","
                                    "\"modified\":1795382476.32,\"sortindex\":-140,\"ttl\":60,"
                                    "\"collection\":\"tabs\"}"));
    assert_int_equal(d.err, RECORD_OK);
    assert_true(d.update.has_id);
    assert_slice(d.update.id, "GJN0ojnlXXhU");
    assert_int_equal(d.update.payload_is, RECORD_VALUE);
    assert_slice(d.update.payload, "{\"a\":1}");
    assert_int_equal(d.update.sortindex_is, RECORD_VALUE);
    assert_int_equal(d.update.sortindex, -140);
    assert_int_equal(d.update.ttl_is, RECORD_VALUE);
    assert_int_equal(d.update.ttl, 60);
    release(&d);
}

static void absent_and_null_are_two_things(void **state)
{
    (void)state;
    struct decoded d = decode(SLICE("{}"));
    assert_int_equal(d.err, RECORD_OK);
    assert_false(d.update.has_id);
    assert_int_equal(d.update.payload_is, RECORD_ABSENT);
    assert_int_equal(d.update.sortindex_is, RECORD_ABSENT);
    assert_int_equal(d.update.ttl_is, RECORD_ABSENT);
    release(&d);
    d = decode(SLICE("{\"payload\":null,\"sortindex\":null,\"ttl\":null,\"modified\":null,"
                     "\"collection\":null}"));
    assert_int_equal(d.err, RECORD_OK);
    assert_int_equal(d.update.payload_is, RECORD_NULL);
    assert_int_equal(d.update.sortindex_is, RECORD_NULL);
    assert_int_equal(d.update.ttl_is, RECORD_NULL);
    release(&d);
}

static void values_at_their_bounds_are_accepted(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"sortindex\":999999999}",
        "{\"sortindex\":-999999999}",
        "{\"sortindex\":0}",
        "{\"sortindex\":-0}",
        "{\"ttl\":0}",
        "{\"ttl\":999999999}",
        "{\"id\":\" \"}",
        "{\"id\":\"~!/%\\\"{}\\\\\"}",
        "{\"id\":\"0123456789012345678901234567890123456789012345678901234567890123\"}",
        "{\"payload\":\"\"}",
        "{\"payload\":\"0123456789abcdef\"}",
        "{\"payload\":\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"}",
        "{\"p\\u0061yload\":\"x\"}",
        "{\"modified\":\"1.2\"}",
        "{\"modified\":1e300}",
        " \r\n\t{ } ",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct decoded d = decode(slice_text(texts[i]));
        if (d.err != RECORD_OK)
            fail_msg("%s: %s", texts[i], d.fault.rule);
        release(&d);
    }
}

static const struct broken_row {
    const char *text;
    enum record_err err;
    size_t offset;
    const char *rule; /* its start */
} broken_rows[] = {
    { "{\"sortindex\":1000000000}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":-1000000000}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":2.6}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":1.0}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":1e3}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":\"12\"}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":true}", RECORD_INVALID, 13, "sortindex" },
    { "{\"sortindex\":99999999999999999999999}", RECORD_INVALID, 13, "sortindex" },
    { "{\"ttl\":-1}", RECORD_INVALID, 7, "ttl" },
    { "{\"ttl\":-0}", RECORD_INVALID, 7, "ttl" },
    { "{\"ttl\":1000000000}", RECORD_INVALID, 7, "ttl" },
    { "{\"ttl\":4.2}", RECORD_INVALID, 7, "ttl" },
    { "{\"ttl\":1e2}", RECORD_INVALID, 7, "ttl" },
    { "{\"ttl\":\"10\"}", RECORD_INVALID, 7, "ttl" },
    { "{\"ttl\":[]}", RECORD_INVALID, 7, "ttl" },
    { "{\"payload\":5}", RECORD_INVALID, 11, "payload" },
    { "{\"payload\":{\"a\":1}}", RECORD_INVALID, 11, "payload" },
    { "{\"payload\":[\"x\"]}", RECORD_INVALID, 11, "payload" },
    { "{\"payload\":false}", RECORD_INVALID, 11, "payload" },
    { "{\"payload\":\"0123456789abcdefg\"}", RECORD_INVALID, 11, "payload is at most" },
    { "{\"payload\":\"\\ud800\"}", RECORD_INVALID, 11, "a string has no half" },
    { "{\"modified\":\"\\ud800\"}", RECORD_INVALID, 12, "a string has no half" },
    { "{\"collection\":\"\\udc00\"}", RECORD_INVALID, 14, "a string has no half" },
    { "{\"modified\":true}", RECORD_INVALID, 12, "modified" },
    { "{\"collection\":1}", RECORD_INVALID, 14, "collection" },
    { "{\"id\":null}", RECORD_INVALID, 6, "id is a string" },
    { "{\"id\":5}", RECORD_INVALID, 6, "id is a string" },
    { "{\"id\":\"\"}", RECORD_INVALID, 6, "id is 1 to 64" },
    { "{\"id\":\"a\\n\"}", RECORD_INVALID, 6, "id is 1 to 64" },
    { "{\"id\":\"\\u007f\"}", RECORD_INVALID, 6, "id is 1 to 64" },
    { "{\"id\":\"\xC3\xA9\"}", RECORD_INVALID, 6, "id is 1 to 64" },
    { "{\"x\":1}", RECORD_INVALID, 1, "a record has no keys" },
    { "{\"ID\":\"a\"}", RECORD_INVALID, 1, "a record has no keys" },
    { "{\"\\ud800\":1}", RECORD_INVALID, 1, "a record has no keys" },
    { "{\"ttl\":1,\"ttl\":1}", RECORD_INVALID, 9, "a key stands once" },
    { "{\"ttl\":1,\"\\u0074tl\":1}", RECORD_INVALID, 9, "a key stands once" },
    { "{\"modified\":1,\"modified\":1}", RECORD_INVALID, 14, "a key stands once" },
    { "{\"x\":1,\"ttl\":-1}", RECORD_INVALID, 1, "a record has no keys" },
    { "[]", RECORD_SHAPE, 0, "a record is a JSON object" },
    { " null ", RECORD_SHAPE, 1, "a record is a JSON object" },
    { "5", RECORD_SHAPE, 0, "a record is a JSON object" },
    { "\"x\" y", RECORD_MALFORMED, 4, "nothing follows" },
    { "", RECORD_MALFORMED, 0, "a value begins" },
    { "{\"ttl\":1} x", RECORD_MALFORMED, 10, "nothing follows" },
    { "{\"x\":1} x", RECORD_MALFORMED, 8, "nothing follows" },
    { "{\"ttl\":01}", RECORD_MALFORMED, 8, "a comma" },
    { "{\"payload\":\"\xFF\"}", RECORD_MALFORMED, 12, "the text is UTF-8" },
    { "{\"payload\":\"a\nb\"}", RECORD_MALFORMED, 13, "control characters" },
    { "{\"ttl\":-1,", RECORD_MALFORMED, 10, "a key is" },
};

static void broken_rules_are_told_with_their_offset(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken_rows); i++) {
        struct decoded d = decode(slice_text(broken_rows[i].text));
        bool told = d.fault.rule != NULL &&
                    slice_starts(slice_text(d.fault.rule), slice_text(broken_rows[i].rule));
        if (d.err != broken_rows[i].err || d.fault.offset != broken_rows[i].offset || !told)
            fail_msg("%s: %d at %zu: %s", broken_rows[i].text, d.err, d.fault.offset, d.fault.rule);
        assert_int_equal(d.fault.too_large, strncmp(broken_rows[i].rule, "payload is at", 13) == 0);
        release(&d);
    }
}

static void an_invalid_record_still_tells_its_id(void **state)
{
    (void)state;
    struct decoded d = decode(SLICE("{\"ttl\":\"x\",\"y\":[{}],\"id\":\"a\\u0062\"}"));
    assert_int_equal(d.err, RECORD_INVALID);
    assert_true(d.update.has_id);
    assert_slice(d.update.id, "ab");
    release(&d);
    d = decode(
        SLICE("{\"id\":\"65 characters, one too many 9012345678901234567890123456789012345\"}"));
    assert_int_equal(d.err, RECORD_INVALID);
    assert_true(d.update.has_id);
    assert_int_equal(d.update.id.len, 65);
    release(&d);
    d = decode(SLICE("{\"id\":\"first\",\"id\":\"second\"}"));
    assert_int_equal(d.err, RECORD_INVALID);
    assert_slice(d.update.id, "first");
    release(&d);
}

static void nul_is_an_ordinary_character(void **state)
{
    (void)state;
    struct decoded d = decode(SLICE("{\"payload\":\"a\\u0000b\"}"));
    assert_int_equal(d.err, RECORD_OK);
    assert_true(slice_eq(d.update.payload, SLICE("a\0b")));
    release(&d);
    struct buf out = buf_bounded(64);
    assert_true(record_encode_string(SLICE("a\0b"), &out));
    assert_slice(buf_slice(&out), "\"a\\u0000b\"");
    buf_free(&out);
}

static void no_start_of_a_record_is_one(void **state)
{
    (void)state;
    const struct slice whole =
        SLICE("{\"id\":\"a\\u0062\",\"payload\":\"x\\\"\xC3\xA9\",\"ttl\":12}");
    for (size_t len = 0; len <= whole.len; len++) {
        struct decoded d = decode(slice_head(whole, len));
        assert_int_equal(d.err, len == whole.len ? RECORD_OK : RECORD_MALFORMED);
        release(&d);
    }
}

static void decoding_allocates_nothing_and_moves_nothing(void **state)
{
    (void)state;
    const struct slice json = SLICE("{\"id\":\"\\u0061\",\"payload\":\"\\u0062\"}");
    struct buf scratch = buf_bounded(4096);
    struct record_update update;
    struct record_fault fault = { 0 };
    assert_int_equal(record_decode(json, &bounds, &scratch, &update, &fault), RECORD_NOMEM);
    assert_non_null(fault.rule);
    assert_int_equal(scratch.cap, 0);
    assert_true(buf_reserve(&scratch, json.len));
    const uint8_t *before = scratch.ptr;
    alloc_fail_at(0);
    assert_int_equal(record_decode(json, &bounds, &scratch, &update, &fault), RECORD_OK);
    assert_false(alloc_has_failed());
    alloc_fail_at(UINT64_MAX);
    assert_ptr_equal(scratch.ptr, before);
    assert_ptr_equal(update.id.ptr, before);
    buf_free(&scratch);
}

static void the_room_left_decides_about_an_escaped_text(void **state)
{
    (void)state;
    const struct slice json = SLICE("{\"id\":\"\\u0061\"}");
    enum { ROOM = 64, ESCAPED = 6 };
    for (size_t left = 0; left <= ESCAPED + 1; left++) {
        struct buf scratch = buf_bounded(ROOM);
        struct record_update update;
        struct record_fault fault;
        assert_true(buf_reserve(&scratch, ROOM));
        while (scratch.cap - scratch.len > left)
            buf_add_byte(&scratch, 'x');
        assert_int_equal(record_decode(json, &bounds, &scratch, &update, &fault),
                         left >= ESCAPED ? RECORD_OK : RECORD_NOMEM);
        buf_free(&scratch);
    }
}

static void ids_and_names_have_their_alphabets(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        const uint8_t byte = (uint8_t)c;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
        assert_int_equal(record_id_valid(slice_of(&byte, 1)), c >= 0x20 && c <= 0x7E);
        assert_int_equal(record_collection_valid(slice_of(&byte, 1)), letter);
    }
    uint8_t text[LIMIT_BSO_ID + 1];
    memset(text, 'a', sizeof(text));
    for (size_t len = 0; len <= sizeof(text); len++) {
        assert_int_equal(record_id_valid(slice_of(text, len)), len >= 1 && len <= 64);
        assert_int_equal(record_collection_valid(slice_of(text, len)), len >= 1 && len <= 32);
    }
}

static void a_record_is_written_with_what_it_has(void **state)
{
    (void)state;
    struct buf out = buf_bounded(4096);
    struct record_bso bso = { .id = SLICE("a\"b"),
                              .payload = SLICE("{\"x\":\"\\\"}\n\x1f\x7f\xC3\xA9/"),
                              .modified = INT64_C(179538247605),
                              .expires = INT64_MAX };
    assert_true(record_encode(RECORD_BSO, &bso, &out));
    assert_slice(buf_slice(&out),
                 "{\"id\":\"a\\\"b\",\"modified\":1795382476.05,\"payload\":\"{\\\"x\\\":"
                 "\\\"\\\\\\\"}\\n\\u001f\x7f\xC3\xA9/\"}");
    buf_clear(&out);
    bso = (struct record_bso){ .id = SLICE("a"), .sortindex = 0, .has_sortindex = true };
    assert_true(record_encode(RECORD_BSO, &bso, &out));
    assert_slice(buf_slice(&out),
                 "{\"id\":\"a\",\"modified\":0.00,\"sortindex\":0,\"payload\":\"\"}");
    buf_clear(&out);
    bso.sortindex = -999999999;
    assert_true(record_encode(RECORD_BSO, &bso, &out));
    assert_slice(buf_slice(&out), "{\"id\":\"a\",\"modified\":0.00,\"sortindex\":-999999999,"
                                  "\"payload\":\"\"}");
    buf_free(&out);
}

static void every_byte_is_escaped_as_it_must_be(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 0x80; c++) {
        for (size_t place = 0; place < 20; place++) {
            uint8_t text[20];
            memset(text, 'a', sizeof(text));
            text[place] = (uint8_t)c;
            struct support_edge edge = support_edge_of(slice_of(text, sizeof(text)));
            struct buf out = buf_bounded(256);
            struct buf json = buf_bounded(512);
            struct buf scratch = buf_bounded(512);
            struct record_update update = { 0 };
            struct record_fault fault;
            const struct record_bounds wide = { .payload_bytes = 64 };
            assert_true(record_encode_string(edge.bytes, &out));
            bool plain = c >= 0x20 && c != '"' && c != '\\';
            assert_int_equal(out.len == sizeof(text) + 2, plain);
            buf_add_text(&json, "{\"payload\":");
            buf_add(&json, buf_slice(&out));
            buf_add_byte(&json, '}');
            assert_true(buf_reserve(&scratch, json.len));
            assert_int_equal(record_decode(buf_slice(&json), &wide, &scratch, &update, &fault),
                             RECORD_OK);
            assert_true(slice_eq(update.payload, edge.bytes));
            buf_free(&out);
            buf_free(&json);
            buf_free(&scratch);
            support_edge_free(&edge);
        }
    }
}

static void encoding_stops_at_the_ceiling(void **state)
{
    (void)state;
    const struct record_bso bso = { .id = SLICE("a"), .payload = SLICE("\n\n\n\n") };
    struct buf whole = buf_bounded(4096);
    assert_true(record_encode(RECORD_BSO, &bso, &whole));
    for (size_t ceiling = 0; ceiling <= whole.len; ceiling++) {
        struct buf out = buf_bounded(ceiling);
        assert_int_equal(record_encode(RECORD_BSO, &bso, &out), ceiling == whole.len);
        assert_int_equal(out.failed, ceiling < whole.len);
        buf_free(&out);
    }
    buf_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_record_is_read),
        cmocka_unit_test(absent_and_null_are_two_things),
        cmocka_unit_test(values_at_their_bounds_are_accepted),
        cmocka_unit_test(broken_rules_are_told_with_their_offset),
        cmocka_unit_test(an_invalid_record_still_tells_its_id),
        cmocka_unit_test(nul_is_an_ordinary_character),
        cmocka_unit_test(no_start_of_a_record_is_one),
        cmocka_unit_test(decoding_allocates_nothing_and_moves_nothing),
        cmocka_unit_test(the_room_left_decides_about_an_escaped_text),
        cmocka_unit_test(ids_and_names_have_their_alphabets),
        cmocka_unit_test(a_record_is_written_with_what_it_has),
        cmocka_unit_test(every_byte_is_escaped_as_it_must_be),
        cmocka_unit_test(encoding_stops_at_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
