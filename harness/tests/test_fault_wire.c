/* What faults of the wire hear instead of the bytes that came. */
#include "fault/stack.h"

#include "tests/support/support.h"

#define HEAD    "PUT /a HTTP/1.1\r\nHost: h\r\n"
#define BROKEN  "GET /fault/broken HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"

/* Where heard is NULL, the bytes are understood as they are. */
static const struct {
    const char *fault, *came;
    size_t first; /* 0: one segment */
    const char *heard;
} rows[] = {
    { "wire-first-length-counts", HEAD "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 0,
      HEAD "Content-Length: 1\r\n\r\nab" },
    { "wire-first-length-counts", HEAD "Content-Length: 2\r\n\r\nab", 0, NULL },
    { "wire-length-is-a-guess", HEAD "Content-Length: -1\r\n\r\nab", 0,
      HEAD "Content-Length: 2\r\n\r\nab" },
    { "wire-length-is-a-guess", HEAD "Content-Length: 2\r\n\r\nab", 0, NULL },
    { "wire-broken-chunk-is-the-body", HEAD CHUNKED "zz\r\nab\r\n0\r\n\r\n", 0,
      HEAD "Content-Length: 2\r\n\r\nab" },
    { "wire-broken-chunk-is-the-body", HEAD CHUNKED "2\r\nab\r\n0\r\n\r\n", 0, NULL },
    { "wire-broken-chunk-is-the-body", HEAD CHUNKED, 0, NULL },
    { "wire-any-coding-is-chunked", HEAD "Transfer-Encoding: x\r\n\r\n0\r\n\r\n", 0,
      HEAD CHUNKED "0\r\n\r\n" },
    { "wire-any-coding-is-chunked", HEAD CHUNKED "0\r\n\r\n", 0, NULL },
    { "wire-length-and-chunks-is-500", HEAD "Content-Length: 1\r\n" CHUNKED "0\r\n\r\n", 0,
      BROKEN },
    { "wire-length-and-chunks-is-500", HEAD CHUNKED "0\r\n\r\n", 0, NULL },
    { "wire-first-segment-only", HEAD "\r\n", 3, "PUT" },
    { "wire-first-segment-only", HEAD "\r\n", 0, NULL },
    { "wire-next-request-is-body", HEAD "Content-Length: 1\r\n\r\naGET", 0,
      HEAD "Content-Length: 4\r\n\r\naGET" },
    { "wire-next-request-is-body", HEAD "Content-Length: 1\r\n\r\na", 0, NULL },
    { "wire-any-version", "GET /a HTTP/7.3\r\n\r\n", 0, "GET /a HTTP/1.1\r\n\r\n" },
    { "wire-any-version", "GET /a HTTP/1.0\r\n\r\n", 0, NULL },
    { "wire-any-version", "GET /a\r\n\r\n", 0, NULL },
    { "wire-blank-before-colon-is-500", HEAD "X : 1\r\n\r\n", 0, BROKEN },
    { "wire-blank-before-colon-is-500", HEAD "X: 1\r\n\r\n", 0, NULL },
    { "wire-no-host-is-500", "GET /a HTTP/1.1\r\n\r\n", 0, BROKEN },
    { "wire-no-host-is-500", HEAD "Host: h\r\n\r\n", 0, BROKEN },
    { "wire-no-host-is-500", HEAD "\r\n", 0, NULL },
    { "wire-odd-byte-is-500", HEAD "X: \x01\r\n\r\n", 0, BROKEN },
    { "wire-odd-byte-is-500", "GET /a HTTP/1.1\n\n", 0, BROKEN },
    { "wire-odd-byte-is-500", HEAD "X: \t\r\n\r\n", 0, NULL },
    { "wire-url-is-500", "GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n", 0, BROKEN },
    { "wire-url-is-500", HEAD "\r\n", 0, NULL },
    { "wire-first-length-counts", "not a request at all", 0, NULL },
    { "ttl-in-minutes", HEAD "\r\n", 0, NULL },
};

static void each_fault_hears_what_it_is_about_and_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fault_set set = { 0 };
        struct buf out = buf_bounded(1024);
        assert_null(fault_set_add(&set, slice_text(rows[i].fault)));
        struct fault_stack *stack = fault_stack_new(&set);
        assert_non_null(stack);
        struct fault_wire wire = { .raw = slice_text(rows[i].came), .first = rows[i].first };
        if (wire.first == 0)
            wire.first = wire.raw.len;
        bool heard = fault_stack_hear(stack, &wire, &out);
        if (heard != (rows[i].heard != NULL))
            fail_msg("row %zu: %s", i, rows[i].fault);
        if (heard)
            assert_slice(buf_slice(&out), rows[i].heard);
        fault_stack_free(stack);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_hears_what_it_is_about_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
