#include "tests/test_http_split.h"

enum { WIRE_CEILING = 20 * 1024 * 1024 };

static void fill(struct buf *wire, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_add_byte(wire, (uint8_t)byte);
}

/* Each makes a request in which one thing has the size. */
typedef void make(struct buf *wire, size_t size);

static void method_of(struct buf *wire, size_t size)
{
    fill(wire, 'M', size);
    buf_add_text(wire, " / HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void target_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, "GET /");
    fill(wire, 'a', size - 1);
    buf_add_text(wire, " HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void url_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, "GET http://h/");
    fill(wire, 'a', size - strlen("http://h/"));
    buf_add_text(wire, " HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void name_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, "GET / HTTP/1.1\r\nHost: h\r\n");
    fill(wire, 'n', size);
    buf_add_text(wire, ": v\r\n\r\n");
}

static void value_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, "GET / HTTP/1.1\r\nHost: h\r\nA: ");
    fill(wire, 'v', size);
    buf_add_text(wire, "\r\n\r\n");
}

static void fields_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (size_t i = 1; i < size; i++)
        buf_add_text(wire, "A: b\r\n");
    buf_add_text(wire, "\r\n");
}

static void head_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, "GET / HTTP/1.1\r\nHost: h\r\n");
    while (wire->len + 5000 < size) {
        buf_add_text(wire, "A: ");
        fill(wire, 'v', 4000);
        buf_add_text(wire, "\r\n");
    }
    buf_add_text(wire, "A: ");
    fill(wire, 'v', size - wire->len - strlen("\r\n\r\n"));
    buf_add_text(wire, "\r\n\r\n");
}

static const char chunked[] = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

static void chunk_line_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, chunked);
    buf_add_text(wire, "1;");
    fill(wire, 'e', size - 2);
    buf_add_text(wire, "\r\nx\r\n0\r\n\r\n");
}

static void chunk_size_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, chunked);
    fill(wire, '0', size);
    buf_add_text(wire, "\r\n\r\n");
}

static void trailers_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, chunked);
    buf_add_text(wire, "0\r\n");
    for (size_t i = 0; i < size; i++)
        buf_add_text(wire, "A: b\r\n");
    buf_add_text(wire, "\r\n");
}

static void trailer_name_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, chunked);
    buf_add_text(wire, "0\r\n");
    fill(wire, 'n', size);
    buf_add_text(wire, ": v\r\n\r\n");
}

static void trailer_value_of(struct buf *wire, size_t size)
{
    buf_add_text(wire, chunked);
    buf_add_text(wire, "0\r\nA: ");
    fill(wire, 'v', size);
    buf_add_text(wire, "\r\n\r\n");
}

static const struct {
    const char *what;
    make *make;
    size_t bound;
    size_t offset; /* of the fault, when the size is one more; SIZE_MAX: not asserted */
    int status;
} rows[] = {
    { "method", method_of, LIMIT_METHOD, LIMIT_METHOD, 501 },
    { "target", target_of, LIMIT_TARGET, 4 + LIMIT_TARGET, 414 },
    { "url", url_of, LIMIT_TARGET, 4 + LIMIT_TARGET, 414 },
    { "name", name_of, LIMIT_FIELD_NAME, 25 + LIMIT_FIELD_NAME, 431 },
    { "value", value_of, LIMIT_FIELD_VALUE, 28 + LIMIT_FIELD_VALUE, 431 },
    { "fields", fields_of, LIMIT_FIELD_COUNT, 25 + (LIMIT_FIELD_COUNT - 1) * 6, 431 },
    { "head", head_of, LIMIT_HEAD, LIMIT_HEAD, 431 },
    { "chunk line", chunk_line_of, LIMIT_CHUNK_LINE, 55 + LIMIT_CHUNK_LINE, 400 },
    { "chunk size", chunk_size_of, LIMIT_CHUNK_LINE, 55 + LIMIT_CHUNK_LINE, 400 },
    { "trailers", trailers_of, LIMIT_TRAILER_COUNT, 58 + LIMIT_TRAILER_COUNT * 6, 431 },
    { "trailer name", trailer_name_of, LIMIT_FIELD_NAME, 58 + LIMIT_FIELD_NAME, 431 },
    { "trailer value", trailer_value_of, LIMIT_FIELD_VALUE, 61 + LIMIT_FIELD_VALUE, 431 },
};

static void each_size_is_borne_at_its_bound_and_refused_one_past_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf wire = buf_bounded(WIRE_CEILING);
        rows[i].make(&wire, rows[i].bound);
        struct events events = read_at_every_split(buf_slice(&wire), HTTP_REQUESTS, NULL);
        if (events.messages != 1 || events.over)
            fail_msg("%s at its bound: %s", rows[i].what, http_parser_fault(events.parser)->rule);
        events_end(&events);
        buf_clear(&wire);
        rows[i].make(&wire, rows[i].bound + 1);
        events = read_at_every_split(buf_slice(&wire), HTTP_REQUESTS, NULL);
        const struct http_fault *fault = http_parser_fault(events.parser);
        if (!events.over || fault->offset != rows[i].offset || fault->status != rows[i].status)
            fail_msg("%s past its bound: %zu, %d", rows[i].what, fault->offset, fault->status);
        events_end(&events);
        buf_free(&wire);
    }
}

/* A peer that never ends its line is told so when the bound is passed, not when it ends it. */
static void a_line_without_end_is_refused_at_the_bound(void **state)
{
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        struct buf wire = buf_bounded(WIRE_CEILING);
        rows[i].make(&wire, rows[i].bound + 1);
        buf_truncate(&wire, rows[i].offset + 1);
        struct events events;
        assert_true(events_begin(&events, HTTP_REQUESTS, NULL));
        events_feed(&events, slice_head(buf_slice(&wire), rows[i].offset));
        assert_false(events.over);
        events_feed(&events, slice_from(buf_slice(&wire), rows[i].offset));
        assert_true(events.over);
        assert_int_equal(http_parser_fault(events.parser)->status, rows[i].status);
        events_end(&events);
        buf_free(&wire);
    }
}

static void the_callers_bounds_are_kept(void **state)
{
    (void)state;
    static const struct {
        struct http_bounds bounds;
        struct slice wire;
        size_t offset;
        int status; /* 0: read */
    } own[] = {
        { { 5, 60, 2, 3 }, SLICE_INIT("GET /1234 HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n"), 0, 0 },
        { { 5, 60, 2, 3 }, SLICE_INIT("GET /12345 HTTP/1.1\r\nHost: h\r\n\r\n"), 9, 414 },
        { { 5, 60, 2, 3 },
          SLICE_INIT("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n"),
          31,
          431 },
        { { 5, 60, 2, 3 },
          SLICE_INIT("P / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"),
          0,
          0 },
        { { 5, 60, 2, 3 },
          SLICE_INIT("P / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd"),
          39,
          413 },
        { { 9, 60, 2, 3 }, SLICE_INIT("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"), 0, 0 },
        { { 9, 60, 2, 3 }, SLICE_INIT("GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n"), 13, 414 },
        { { 5, 60, 2, 3 }, SLICE_INIT("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"), 9, 414 },
        { { 5, 29, 2, 3 }, SLICE_INIT("GET / HTTP/1.1\r\nHost: hij\r\n\r\n"), 0, 0 },
        { { 5, 29, 2, 3 }, SLICE_INIT("GET / HTTP/1.1\r\nHost: hijk\r\n\r\n"), 29, 431 },
        { { SIZE_MAX, SIZE_MAX, SIZE_MAX, UINT64_MAX },
          SLICE_INIT("GET / HTTP/1.0\r\n\r\n"),
          0,
          0 },
    };
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        struct events events = read_at_every_split(own[i].wire, HTTP_REQUESTS, &own[i].bounds);
        const struct http_fault *fault = http_parser_fault(events.parser);
        assert_int_equal(events.messages, own[i].status == 0);
        assert_int_equal(fault->offset, own[i].offset);
        assert_int_equal(fault->status, own[i].status);
        events_end(&events);
    }
}

static void trailers_together_are_bounded_as_a_head_is(void **state)
{
    (void)state;
    struct http_bounds bounds = http_bounds_default();
    bounds.head = sizeof(chunked) - 1;
    struct buf wire = buf_bounded(WIRE_CEILING);
    trailer_value_of(&wire, bounds.head - strlen("A: \r\n\r\n"));
    struct events events = read_at_every_split(buf_slice(&wire), HTTP_REQUESTS, &bounds);
    assert_int_equal(events.messages, 1);
    events_end(&events);
    buf_clear(&wire);
    trailer_value_of(&wire, bounds.head - strlen("A: \r\n\r\n") + 1);
    events = read_at_every_split(buf_slice(&wire), HTTP_REQUESTS, &bounds);
    assert_int_equal(events.messages, 0);
    assert_int_equal(http_parser_fault(events.parser)->status, 431);
    events_end(&events);
    buf_free(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_size_is_borne_at_its_bound_and_refused_one_past_it),
        cmocka_unit_test(a_line_without_end_is_refused_at_the_bound),
        cmocka_unit_test(the_callers_bounds_are_kept),
        cmocka_unit_test(trailers_together_are_bounded_as_a_head_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
