#include "record/list.h"

#include "tests/support/support.h"

static const struct record_bounds bounds = { .payload_bytes = 16 };

/* What a body gives: for each record its id, with '?' behind it when it is invalid; then one letter
 * for how it ended: '.' end, 'S' shape, 'M' malformed. */
static const char *read_all(struct slice body, enum record_format format, size_t *ret_offset)
{
    static char log[256];
    struct support_edge edge = support_edge_of(body);
    struct buf text = buf_bounded(sizeof(log) - 1);
    struct buf scratch = buf_bounded(4096);
    struct record_list list = record_list_of(edge.bytes, format);
    struct record_update update;
    struct record_fault fault = { .offset = SIZE_MAX };
    enum record_err err;
    assert_true(buf_reserve(&scratch, body.len));
    while ((err = record_list_next(&list, &bounds, &scratch, &update, &fault)) == RECORD_OK ||
           err == RECORD_INVALID) {
        buf_add(&text, update.id);
        buf_add_text(&text, err == RECORD_INVALID ? "?" : "");
    }
    if (text.len == slice_search(buf_slice(&text), SLICE("?")) && err == RECORD_END)
        assert_true(fault.offset == SIZE_MAX); /* untouched without an error */
    *ret_offset = err == RECORD_END ? 0 : fault.offset;
    assert_int_equal(record_list_next(&list, &bounds, &scratch, &update, &fault), err);
    buf_add_byte(&text, (uint8_t) " . SM"[err]);
    assert_false(text.failed);
    memcpy(log, text.ptr, text.len);
    log[text.len] = '\0';
    buf_free(&text);
    buf_free(&scratch);
    support_edge_free(&edge);
    return log;
}

struct row {
    const char *body, *log;
    size_t offset;
};

static void check_rows(const struct row *rows, size_t count, enum record_format format)
{
    for (size_t i = 0; i < count; i++) {
        size_t offset;
        const char *log = read_all(slice_text(rows[i].body), format, &offset);
        if (strcmp(log, rows[i].log) != 0 || offset != rows[i].offset)
            fail_msg("%s: %s at %zu", rows[i].body, log, offset);
    }
}

static void json_lists_are_read_record_by_record(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "[]", ".", 0 },
        { " [ ] \n", ".", 0 },
        { "[{\"id\":\"a\"}]", "a.", 0 },
        { "[{\"id\":\"a\"} , {\"id\":\"\\u0062\"}]", "ab.", 0 },
        { "[{\"id\":\"a\",\"ttl\":-1},{\"id\":\"b\"},{\"x\":[{}],\"id\":\"c\"}]", "a?bc?.", 0 },
        { "[{\"id\":\"\"}]", "?.", 0 },
        { "{}", "S", 0 },
        { "null", "S", 0 },
        { " 5", "S", 1 },
        { "[1]", "S", 1 },
        { "[{\"id\":\"a\"},[]]", "aS", 12 },
        { "[{\"id\":\"a\"},{}]", "aS", 12 },
        { "[{\"id\":5}]", "S", 1 },
        { "[{\"ttl\":1},{\"id\":\"b\"}]", "S", 1 },
        { "", "M", 0 },
        { "[", "M", 1 },
        { "{", "M", 1 },
        { "[1,", "M", 3 },
        { "[{},x]", "M", 4 },
        { "[{\"id\":\"a\"}", "aM", 11 },
        { "[{\"id\":\"a\"},]", "aM", 12 },
        { "[{\"id\":\"a\"}{\"id\":\"b\"}]", "aM", 11 },
        { "[{\"id\":\"a\"}]]", "aM", 12 },
        { "[{\"id\":\"a\"}] [", "aM", 13 },
        { "[{\"id\":\"a\",}]", "M", 11 },
        { "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "M", 32 },
    };
    check_rows(rows, COUNT_OF(rows), RECORD_JSON);
}

static void lines_are_read_record_by_record(void **state)
{
    (void)state;
    static const struct row rows[] = {
        { "", ".", 0 },
        { "{\"id\":\"a\"}\n", "a.", 0 },
        { "{\"id\":\"a\"}", "a.", 0 },
        { "{\"id\":\"a\"}\n{\"id\":\"b\"}", "ab.", 0 },
        { "{\"id\":\"a\"}\r\n {\"id\":\"b\"} \r\n", "ab.", 0 },
        { "{\"id\":\"a\",\"ttl\":\"\"}\n{\"id\":\"b\"}\n", "a?b.", 0 },
        { "\n", "M", 0 },
        { "\r\n", "M", 1 },
        { "{\"id\":\"a\"}\n\n{\"id\":\"b\"}\n", "aM", 11 },
        { "{\"id\":\"a\"}\n\n", "aM", 11 },
        { "{\"id\":\n\"a\"}\n", "M", 6 },
        { "{\"id\":\"a\"} {\"id\":\"b\"}\n", "M", 11 },
        { "{\"id\":\"a\"},\n", "M", 10 },
        { "[]\n", "S", 0 },
        { "{\"id\":\"a\"}\n5\n{\"id\":\"b\"}\n", "aS", 11 },
        { "{}\n{\"id\":\"b\"}\n", "S", 0 },
        { "5\n{\"id\":\"b\"\n", "M", 11 },
        { "5\n\n", "M", 2 },
    };
    check_rows(rows, COUNT_OF(rows), RECORD_NEWLINES);
}

static void no_start_of_a_list_is_one(void **state)
{
    (void)state;
    const struct slice whole = SLICE("[{\"id\":\"a\",\"payload\":\"\\\"\"}, {\"id\":\"b\"}]");
    for (size_t len = 0; len <= whole.len; len++) {
        size_t offset;
        const char *log = read_all(slice_head(whole, len), RECORD_JSON, &offset);
        assert_int_equal(log[strlen(log) - 1], len == whole.len ? '.' : 'M');
        assert_true(offset <= len);
    }
}

static void a_list_without_room_says_so_again_and_again(void **state)
{
    (void)state;
    struct record_list list = record_list_of(SLICE("[{\"id\":\"\\u0061\"}]"), RECORD_JSON);
    struct buf scratch = buf_bounded(100);
    struct record_update update;
    struct record_fault fault;
    assert_int_equal(record_list_next(&list, &bounds, &scratch, &update, &fault), RECORD_NOMEM);
    assert_int_equal(record_list_next(&list, &bounds, &scratch, &update, &fault), RECORD_NOMEM);
    buf_free(&scratch);
}

static void lists_are_written_in_both_formats(void **state)
{
    (void)state;
    static const struct {
        enum record_format format;
        size_t count;
        const char *ids, *records;
    } rows[] = {
        { RECORD_JSON, 0, "[]", "[]" },
        { RECORD_JSON, 2, "[\"a\\n\",\"a\\n\"]",
          "[{\"id\":\"a\\n\",\"modified\":0.01,\"payload\":\"\"},"
          "{\"id\":\"a\\n\",\"modified\":0.01,\"payload\":\"\"}]" },
        { RECORD_NEWLINES, 0, "", "" },
        { RECORD_NEWLINES, 2, "\"a\\n\"\n\"a\\n\"\n",
          "{\"id\":\"a\\n\",\"modified\":0.01,\"payload\":\"\"}\n"
          "{\"id\":\"a\\n\",\"modified\":0.01,\"payload\":\"\"}\n" },
    };
    const struct record_bso bso = { .id = SLICE("a\n"), .modified = 1 };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf ids = buf_bounded(4096);
        struct buf records = buf_bounded(4096);
        struct record_writer id_writer = record_writer_of(&ids, rows[i].format);
        struct record_writer writer = record_writer_of(&records, rows[i].format);
        for (size_t n = 0; n < rows[i].count; n++) {
            assert_true(record_writer_id(&id_writer, bso.id));
            assert_true(record_writer_bso(&writer, &bso));
        }
        assert_true(record_writer_end(&id_writer));
        assert_true(record_writer_end(&writer));
        assert_slice(buf_slice(&ids), rows[i].ids);
        assert_slice(buf_slice(&records), rows[i].records);
        buf_free(&ids);
        buf_free(&records);
    }
}

static void a_list_past_the_ceiling_fails(void **state)
{
    (void)state;
    struct buf out = buf_bounded(10);
    struct record_writer writer = record_writer_of(&out, RECORD_JSON);
    assert_true(record_writer_id(&writer, SLICE("abc")));
    assert_false(record_writer_id(&writer, SLICE("defg")));
    assert_false(record_writer_end(&writer));
    buf_free(&out);
}

static void formats_have_their_media_types(void **state)
{
    (void)state;
    assert_string_equal(record_format_media_type(RECORD_JSON), "application/json");
    assert_string_equal(record_format_media_type(RECORD_NEWLINES), "application/newlines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_lists_are_read_record_by_record),
        cmocka_unit_test(lines_are_read_record_by_record),
        cmocka_unit_test(no_start_of_a_list_is_one),
        cmocka_unit_test(a_list_without_room_says_so_again_and_again),
        cmocka_unit_test(lists_are_written_in_both_formats),
        cmocka_unit_test(a_list_past_the_ceiling_fails),
        cmocka_unit_test(formats_have_their_media_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
