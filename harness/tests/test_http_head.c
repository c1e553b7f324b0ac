#include "http/head.h"
#include "tests/support/support.h"

#include <stdio.h>

/* What of a head was looked at is not looked at again: bytes of it may change before the rest
 * comes, and nobody sees it. */
static void check_read_once(enum http_role role, const char *begun, char spoilt, const char *rest)
{
    struct http_head head = { .role = role, .bounds = http_bounds_default() };
    char text[128];
    (void)snprintf(text, sizeof(text), "%s", begun);
    assert_int_equal(http_head_scan(&head, slice_text(text)), HTTP_STEP_MORE);
    char *at = strrchr(text, spoilt);
    assert_non_null(at);
    *at = '\x01';
    (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", rest);
    assert_int_equal(http_head_scan(&head, slice_text(text)), HTTP_STEP_DONE);
}

static void a_target_in_pieces_is_read_once(void **state)
{
    (void)state;
    check_read_once(HTTP_REQUESTS, "GET /1.5/7?x=", '7', "y HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void a_value_in_pieces_is_read_once(void **state)
{
    (void)state;
    check_read_once(HTTP_REQUESTS, "GET / HTTP/1.1\r\nHost: h\r\nA: bcd", 'c', "e\r\n\r\n");
    check_read_once(HTTP_ANSWERS, "HTTP/1.1 204 No\r\nA:b", 'b', "\r\n\r\n");
    check_read_once(HTTP_ANSWERS, "HTTP/1.1 204 No\r\nA: \t ", '\t', " b\r\n\r\n");
}

static void what_was_looked_at_of_a_line_is_not_taken_for_the_next_one(void **state)
{
    (void)state;
    struct http_head head = { .role = HTTP_REQUESTS, .bounds = http_bounds_default() };
    struct slice text = SLICE("GET / HTTP/1.1\r\nHost: h\r\nA:   bcd\r\nB:   \x01");
    for (size_t len = 1; len < text.len; len++)
        assert_int_equal(http_head_scan(&head, slice_head(text, len)), HTTP_STEP_MORE);
    assert_int_equal(http_head_scan(&head, text), HTTP_STEP_FAULT);
    assert_int_equal(head.fault.offset, text.len - 1);
    assert_slice(head.fields[1].value, "bcd");
}

static void a_cleared_head_has_looked_at_nothing(void **state)
{
    (void)state;
    struct http_head head = { .role = HTTP_REQUESTS, .bounds = http_bounds_default() };
    assert_int_equal(http_head_scan(&head, SLICE("GET /aaaa")), HTTP_STEP_MORE);
    http_head_clear(&head);
    assert_int_equal(http_head_scan(&head, SLICE("GET /a\x01")), HTTP_STEP_FAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_in_pieces_is_read_once),
        cmocka_unit_test(a_value_in_pieces_is_read_once),
        cmocka_unit_test(what_was_looked_at_of_a_line_is_not_taken_for_the_next_one),
        cmocka_unit_test(a_cleared_head_has_looked_at_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
