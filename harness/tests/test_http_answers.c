#include "tests/test_http_split.h"

/* Each answer closes at the end of the wire. */
static const struct {
    struct slice wire;
    const char *log;
} kept[] = {
    { SLICE_INIT("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"),
      "HEAD 200 OK 1.1 length 1:2 chunked 0 alive 1\nContent-Length=2\n"
      "END 200 OK 1.1 length 1:2 chunked 0 alive 1\nContent-Length=2\n{}\n" },
    { SLICE_INIT("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
      "HEAD 200  1.1 length 0:0 chunked 1 alive 1\nTransfer-Encoding=chunked\n"
      "END 200  1.1 length 0:0 chunked 1 alive 1\nTransfer-Encoding=chunked\n{}\n" },
    { SLICE_INIT("HTTP/1.1 599 \tG\xfc\r\n\r\nuntil close"),
      "HEAD 599 \tG\xfc 1.1 length 0:0 chunked 0 alive 0\n"
      "END 599 \tG\xfc 1.1 length 0:0 chunked 0 alive 0\nuntil close\n" },
    { SLICE_INIT("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"),
      "HEAD 200 OK 1.0 length 0:0 chunked 0 alive 0\nConnection=keep-alive\n"
      "END 200 OK 1.0 length 0:0 chunked 0 alive 0\nConnection=keep-alive\n\n" },
    { SLICE_INIT("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n"
                 "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"),
      "HEAD 100 Continue 1.1 length 0:0 chunked 0 alive 1\n"
      "END 100 Continue 1.1 length 0:0 chunked 0 alive 1\n\n"
      "HEAD 103 Hints 1.1 length 0:0 chunked 0 alive 1\nA=b\n"
      "END 103 Hints 1.1 length 0:0 chunked 0 alive 1\nA=b\n\n"
      "HEAD 204 No Content 1.1 length 0:0 chunked 0 alive 0\nConnection=close\n"
      "END 204 No Content 1.1 length 0:0 chunked 0 alive 0\nConnection=close\n\n" },
    { SLICE_INIT("HTTP/1.1 304 Not Modified\r\nContent-Length: 99999999\r\n\r\n"
                 "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n"),
      "HEAD 304 Not Modified 1.1 length 1:99999999 chunked 0 alive 1\nContent-Length=99999999\n"
      "END 304 Not Modified 1.1 length 1:99999999 chunked 0 alive 1\nContent-Length=99999999\n\n"
      "HEAD 204 No 1.1 length 0:0 chunked 1 alive 1\nTransfer-Encoding=chunked\n"
      "END 204 No 1.1 length 0:0 chunked 1 alive 1\nTransfer-Encoding=chunked\n\n" },
};

static void what_keeps_the_rules_is_read_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        struct events events = read_at_every_split(kept[i].wire, HTTP_ANSWERS, NULL);
        assert_slice(buf_slice(&events.log), kept[i].log);
        events_end(&events);
    }
}

/* The '^' stands before the byte that breaks the rule and is taken out. */
static const struct {
    struct slice wire;
    const char *rule;
} broken[] = {
    { SLICE_INIT("^\r\nHTTP/1.1 200 OK\r\n\r\n"),
      "a version is HTTP/ and two digits with a point" },
    { SLICE_INIT("HTTP/^3.0 200 OK\r\n\r\n"), "the version is HTTP/1.0 or HTTP/1.1" },
    { SLICE_INIT("HTTP/1.1 200^\r\n\r\n"),
      "a status is three digits from 100 to 599 between two spaces" },
    { SLICE_INIT("HTTP/1.1 20^ OK\r\n\r\n"),
      "a status is three digits from 100 to 599 between two spaces" },
    { SLICE_INIT("HTTP/1.1 200^0 OK\r\n\r\n"),
      "a status is three digits from 100 to 599 between two spaces" },
    { SLICE_INIT("HTTP/1.1 ^099 OK\r\n\r\n"),
      "a status is three digits from 100 to 599 between two spaces" },
    { SLICE_INIT("HTTP/1.1 ^600 OK\r\n\r\n"),
      "a status is three digits from 100 to 599 between two spaces" },
    { SLICE_INIT("HTTP/1.1 ^ 200 OK\r\n\r\n"),
      "a status is three digits from 100 to 599 between two spaces" },
    { SLICE_INIT("HTTP/1.1 200 OK^\n\n"), "a line ends with CRLF, not with a bare LF" },
    { SLICE_INIT("HTTP/1.1 200 O^\0K\r\n\r\n"), "a reason holds no control bytes" },
    { SLICE_INIT("HTTP/1.1 200 OK\r\nA^ : b\r\n\r\n"), "no blank stands before the colon" },
    { SLICE_INIT("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n^Content-Length: 1\r\n\r\nx"),
      "Content-Length stands once" },
    { SLICE_INIT("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n^\r\n"),
      "HTTP/1.0 has no Transfer-Encoding" },
    { SLICE_INIT("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{^"),
      "the input ends before the message does" },
    { SLICE_INIT("HTTP/1.1 200 OK\r\nContent-Length: ^16777217\r\n\r\n"),
      "the body is longer than its bound" },
};

static void each_broken_rule_is_named_with_its_byte_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct buf wire = buf_bounded(LIMIT_HEAD);
        struct slice left, right;
        assert_true(slice_cut(broken[i].wire, '^', &left, &right));
        assert_true(buf_add(&wire, left) && buf_add(&wire, right));
        struct events events = read_at_every_split(buf_slice(&wire), HTTP_ANSWERS, NULL);
        assert_true(events.over);
        assert_string_equal(http_parser_fault(events.parser)->rule, broken[i].rule);
        assert_int_equal(http_parser_fault(events.parser)->offset, left.len);
        events_end(&events);
        buf_free(&wire);
    }
}

/* Reads the wire with http_parser_expect_no_body before its first head; the number of messages. */
static size_t read_without_body(struct slice wire, size_t step)
{
    struct events events;
    assert_true(events_begin(&events, HTTP_ANSWERS, NULL));
    http_parser_expect_no_body(events.parser);
    for (struct slice rest = wire; rest.len > 0; rest = slice_from(rest, step))
        events_feed(&events, slice_head(rest, step));
    events_close(&events);
    assert_false(events.over);
    size_t messages = events.messages;
    events_end(&events);
    return messages;
}

static void the_answer_to_head_has_no_body_but_the_one_behind_it_has(void **state)
{
    (void)state;
    struct slice wire = SLICE("HTTP/1.1 100 Continue\r\n\r\n"
                              "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"
                              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
    assert_int_equal(read_without_body(wire, wire.len), 3);
    assert_int_equal(read_without_body(wire, 1), 3);
    struct slice chunked = SLICE("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "HTTP/1.1 200 OK\r\n\r\nto close");
    assert_int_equal(read_without_body(chunked, chunked.len), 2);
}

static void a_body_to_the_close_is_bounded(void **state)
{
    (void)state;
    struct http_bounds bounds = http_bounds_default();
    bounds.body = 3;
    struct slice wire = SLICE("HTTP/1.1 200 OK\r\n\r\nabc!");
    struct slice fits = slice_head(wire, wire.len - 1);
    struct events events = read_at_every_split(fits, HTTP_ANSWERS, &bounds);
    assert_int_equal(events.messages, 1);
    events_end(&events);
    events = read_at_every_split(wire, HTTP_ANSWERS, &bounds);
    assert_int_equal(http_parser_fault(events.parser)->offset, fits.len);
    assert_int_equal(http_parser_fault(events.parser)->status, 413);
    events_end(&events);
}

static void a_reason_is_bounded(void **state)
{
    (void)state;
    struct buf wire = buf_bounded(LIMIT_HEAD);
    buf_add_format(&wire, "HTTP/1.1 200 %*s\r\nContent-Length: 0\r\n\r\n", LIMIT_REASON, "x");
    struct events events = read_at_every_split(buf_slice(&wire), HTTP_ANSWERS, NULL);
    assert_int_equal(events.messages, 1);
    events_end(&events);
    buf_clear(&wire);
    buf_add_format(&wire, "HTTP/1.1 200 %*s\r\nContent-Length: 0\r\n\r\n", LIMIT_REASON + 1, "x");
    events = read_at_every_split(buf_slice(&wire), HTTP_ANSWERS, NULL);
    assert_int_equal(http_parser_fault(events.parser)->offset,
                     strlen("HTTP/1.1 200 ") + LIMIT_REASON);
    events_end(&events);
    buf_free(&wire);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keeps_the_rules_is_read_at_every_split),
        cmocka_unit_test(each_broken_rule_is_named_with_its_byte_at_every_split),
        cmocka_unit_test(the_answer_to_head_has_no_body_but_the_one_behind_it_has),
        cmocka_unit_test(a_body_to_the_close_is_bounded),
        cmocka_unit_test(a_reason_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
