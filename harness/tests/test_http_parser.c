#include "tests/test_http_split.h"

#define HOST "Host: h\r\n"

/* Wires and what all events of them say, in the words of test_http_events.h; methods by number. */
static const struct {
    struct slice wire;
    const char *log;
} kept[] = {
    { SLICE_INIT("GET /1.5/7/info/collections?v=1 HTTP/1.1\r\n" HOST "accept:\tb \t\r\nA:\r\n\r\n"),
      "HEAD GET /1.5/7/info/collections?v=1 1.1 method 0 length 0:0 chunked 0 alive 1 expect 0\n"
      "Host=h\naccept=b\nA=\n"
      "END GET /1.5/7/info/collections?v=1 1.1 method 0 length 0:0 chunked 0 alive 1 expect 0\n"
      "Host=h\naccept=b\nA=\n\n" },
    { SLICE_INIT("\r\nPUT /{a}%20?<\"|`^\\> HTTP/1.1\r\nHOST: [::1]:80\r\nCONTENT-LENGTH: 003\r\n"
                 "expect: 100-Continue\r\n\r\nabc"),
      "HEAD PUT /{a}%20?<\"|`^\\> 1.1 method 3 length 1:3 chunked 0 alive 1 expect 1\n"
      "HOST=[::1]:80\nCONTENT-LENGTH=003\nexpect=100-Continue\n"
      "END PUT /{a}%20?<\"|`^\\> 1.1 method 3 length 1:3 chunked 0 alive 1 expect 1\n"
      "HOST=[::1]:80\nCONTENT-LENGTH=003\nexpect=100-Continue\nabc\n" },
    { SLICE_INIT("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n"
                 "05\r\nhello\r\nA \t;x=\"\xc3\xa9\"\r\n, chunked!\r\n00\r\nA: b\r\nB:\r\n\r\n"),
      "HEAD POST / 1.1 method 2 length 0:0 chunked 1 alive 1 expect 0\n"
      "Host=h\nTransfer-Encoding=Chunked\n"
      "END POST / 1.1 method 2 length 0:0 chunked 1 alive 1 expect 0\n"
      "Host=h\nTransfer-Encoding=Chunked\nhello, chunked!\n" },
    { SLICE_INIT("get // HTTP/1.0\r\n\r\n"),
      "HEAD get // 1.0 method 7 length 0:0 chunked 0 alive 0 expect 0\n"
      "END get // 1.0 method 7 length 0:0 chunked 0 alive 0 expect 0\n\n" },
    { SLICE_INIT("HEAD / HTTP/1.0\r\nConnection: a, Keep-Alive\r\nExpect: 100-continue\r\n"
                 "Content-Length: 1\r\n\r\nx"),
      "HEAD HEAD / 1.0 method 1 length 1:1 chunked 0 alive 1 expect 0\n"
      "Connection=a, Keep-Alive\nExpect=100-continue\nContent-Length=1\n"
      "END HEAD / 1.0 method 1 length 1:1 chunked 0 alive 1 expect 0\n"
      "Connection=a, Keep-Alive\nExpect=100-continue\nContent-Length=1\nx\n" },
    { SLICE_INIT("DELETE / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\nConnection: , cLose\r\n"
                 "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n"),
      "HEAD DELETE / 1.1 method 4 length 1:0 chunked 0 alive 0 expect 0\n"
      "Host=h\nConnection=keep-alive\nConnection=, cLose\nExpect=100-continue\nContent-Length=0\n"
      "END DELETE / 1.1 method 4 length 1:0 chunked 0 alive 0 expect 0\n"
      "Host=h\nConnection=keep-alive\nConnection=, cLose\nExpect=100-continue\n"
      "Content-Length=0\n\n" },
    { SLICE_INIT("GET / HTTP/1.1\r\nHost: h%41:\r\nHose: i\r\nContent-Langth: 1\r\n\r\n"),
      "HEAD GET / 1.1 method 0 length 0:0 chunked 0 alive 1 expect 0\n"
      "Host=h%41:\nHose=i\nContent-Langth=1\n"
      "END GET / 1.1 method 0 length 0:0 chunked 0 alive 1 expect 0\n"
      "Host=h%41:\nHose=i\nContent-Langth=1\n\n" },
    { SLICE_INIT("GET HTTP://u.example:8080/1.5/7?a=/b HTTP/1.1\r\nHost: other\r\n\r\n"),
      "HEAD GET http://u.example:8080/1.5/7?a=/b 1.1 method 0 length 0:0 chunked 0 alive 1 "
      "expect 0\nHost=other\n"
      "END GET http://u.example:8080/1.5/7?a=/b 1.1 method 0 length 0:0 chunked 0 alive 1 "
      "expect 0\nHost=other\n\n" },
    { SLICE_INIT("PUT hTTps://[::1] HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx"
                 "GET /a HTTP/1.1\r\n" HOST "\r\n"),
      "HEAD PUT https://[::1]/ 1.1 method 3 length 1:1 chunked 0 alive 1 expect 0\n"
      "Host=h\nContent-Length=1\n"
      "END PUT https://[::1]/ 1.1 method 3 length 1:1 chunked 0 alive 1 expect 0\n"
      "Host=h\nContent-Length=1\nx\n"
      "HEAD GET /a 1.1 method 0 length 0:0 chunked 0 alive 1 expect 0\nHost=h\n"
      "END GET /a 1.1 method 0 length 0:0 chunked 0 alive 1 expect 0\nHost=h\n\n" },
    { SLICE_INIT("PUT https://h HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
                 "Content-Length: 1\r\n\r\nx"),
      "HEAD PUT https://h/ 1.1 method 3 length 1:1 chunked 0 alive 1 expect 1\n"
      "Host=h\nExpect=100-continue\nContent-Length=1\n"
      "END PUT https://h/ 1.1 method 3 length 1:1 chunked 0 alive 1 expect 1\n"
      "Host=h\nExpect=100-continue\nContent-Length=1\nx\n" },
    { SLICE_INIT("GET http://h:/ HTTP/1.0\r\n\r\n"),
      "HEAD GET http://h:/ 1.0 method 0 length 0:0 chunked 0 alive 0 expect 0\n"
      "END GET http://h:/ 1.0 method 0 length 0:0 chunked 0 alive 0 expect 0\n\n" },
    { SLICE_INIT("\r\n"), "" },
    { SLICE_INIT(""), "" },
};

static void what_keeps_the_rules_is_read_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        struct events events = read_at_every_split(kept[i].wire, HTTP_REQUESTS, NULL);
        assert_slice(buf_slice(&events.log), kept[i].log);
        events_end(&events);
    }
}

static const struct slice pipelined =
    SLICE_INIT("GET /a HTTP/1.1\r\n" HOST "\r\n"
               "\r\nPUT /b HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
               "PUT /c HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
               "GET /d HTTP/1.1\r\n" HOST "\r\n"
               "GET /e HTTP/1.1\r\nHost : h\r\n");

static void pipelined_requests_come_one_by_one_and_offsets_start_anew(void **state)
{
    (void)state;
    struct events events = read_at_every_split(pipelined, HTTP_REQUESTS, NULL);
    assert_int_equal(events.messages, 4);
    assert_true(slice_search(buf_slice(&events.log), SLICE("END GET /d ")) < events.log.len);
    assert_int_equal(http_parser_fault(events.parser)->offset, strlen("GET /e HTTP/1.1\r\nHost"));
    events_end(&events);
}

/* The parser may look at no byte behind its input. */
static void any_start_of_a_request_may_end_at_an_unreadable_page(void **state)
{
    (void)state;
    for (size_t len = 0; len <= pipelined.len; len++) {
        struct support_edge edge = support_edge_of(slice_head(pipelined, len));
        struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
        assert_non_null(parser);
        struct slice input = edge.bytes;
        enum http_event event = HTTP_EVENT_HEAD;
        while (event != HTTP_EVENT_MORE && event != HTTP_EVENT_FAULT)
            event = http_parser_next(parser, &input);
        assert_int_equal(event == HTTP_EVENT_FAULT, len > pipelined.len - strlen(" : h\r\n"));
        http_parser_free(parser);
        support_edge_free(&edge);
    }
}

static bool points_into(struct slice part, struct slice whole)
{
    return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static void a_head_in_one_piece_is_not_copied_until_it_is_held(void **state)
{
    (void)state;
    struct slice wire = SLICE("PUT /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx");
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    assert_non_null(parser);
    int64_t blocks = alloc_live();
    struct slice input = wire;
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_HEAD);
    const struct http_request *request = http_parser_request(parser);
    assert_true(points_into(request->target, wire));
    assert_true(points_into(request->fields.at[1].value, wire));
    assert_int_equal(http_parser_held(parser), 0);
    assert_int_equal(alloc_live(), blocks);
    assert_true(http_parser_hold(parser));
    assert_false(points_into(request->target, wire));
    assert_false(points_into(request->method_text, wire));
    assert_false(points_into(request->fields.at[1].name, wire));
    assert_slice(request->target, "/a");
    assert_slice(request->fields.at[1].value, "1");
    assert_true(http_parser_held(parser) > 0);
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_BODY);
    assert_true(points_into(http_parser_piece(parser), wire));
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_END);
    assert_slice(request->method_text, "PUT");
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_MORE);
    assert_int_equal(http_parser_held(parser), 0);
    assert_int_equal(alloc_live(), blocks);
    http_parser_free(parser);
}

static void a_message_that_ended_can_still_be_held(void **state)
{
    (void)state;
    struct slice wire = SLICE("GET /a HTTP/1.1\r\n" HOST "\r\n"), input = wire;
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    assert_non_null(parser);
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_HEAD);
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_END);
    assert_true(http_parser_hold(parser));
    assert_false(points_into(http_parser_request(parser)->target, wire));
    assert_slice(http_parser_request(parser)->target, "/a");
    http_parser_free(parser);
}

/* Its head outgrows what is reserved for it first. */
static const struct slice longer = SLICE_INIT(
    "PUT /a HTTP/1.1\r\n" HOST "Content-Length: 1\r\n"
    "User-Agent: Firefox/153.7.0 (Linux x86_64) FxSync/1.155.0.20261103151912.desktop\r\n"
    "Accept: application/json;q=0.9,*/*;q=0.2\r\n\r\nx");

static void read_in_sevens(void *context)
{
    (void)context;
    struct events events;
    if (events_begin(&events, HTTP_REQUESTS, NULL)) {
        for (struct slice rest = longer; rest.len > 0; rest = slice_from(rest, 7))
            events_feed(&events, slice_head(rest, 7));
        assert_true(events.messages == 1 || alloc_has_failed());
        struct slice nothing = { 0 };
        if (events.over)
            assert_int_not_equal(http_parser_next(events.parser, &nothing), HTTP_EVENT_HEAD);
    }
    events_end(&events);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    support_sweep_allocations(read_in_sevens, NULL);
}

static void exhaustion_lasts(void **state)
{
    (void)state;
    AUTO(http_parser_freep) struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    assert_non_null(parser);
    alloc_fail_at(0);
    struct slice input = SLICE("GET ");
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_NOMEM);
    alloc_fail_at(UINT64_MAX);
    input = SLICE("/ HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_NOMEM);
    assert_int_equal(http_parser_close(parser), HTTP_EVENT_NOMEM);
}

static void a_hold_without_memory_leaves_the_message_where_it_was(void **state)
{
    (void)state;
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    assert_non_null(parser);
    struct slice wire = SLICE("GET /a HTTP/1.1\r\n" HOST "\r\n"), input = wire;
    assert_int_equal(http_parser_next(parser, &input), HTTP_EVENT_HEAD);
    alloc_fail_at(0);
    assert_false(http_parser_hold(parser));
    alloc_fail_at(UINT64_MAX);
    assert_true(points_into(http_parser_request(parser)->target, wire));
    assert_true(http_parser_hold(parser));
    assert_slice(http_parser_request(parser)->target, "/a");
    http_parser_free(parser);
}

static void fields_are_found_by_name_in_any_case(void **state)
{
    (void)state;
    const struct http_field at[] = { { SLICE_INIT("X-A"), SLICE_INIT("1") },
                                     { SLICE_INIT("x-a"), SLICE_INIT("2") } };
    struct http_fields fields = { at, COUNT_OF(at) };
    assert_slice(*http_fields_get(&fields, "x-A"), "1");
    assert_null(http_fields_get(&fields, "x-"));
    assert_int_equal(http_fields_count(&fields, "X-a"), 2);
    assert_int_equal(http_fields_count(&fields, "X"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keeps_the_rules_is_read_at_every_split),
        cmocka_unit_test(pipelined_requests_come_one_by_one_and_offsets_start_anew),
        cmocka_unit_test(any_start_of_a_request_may_end_at_an_unreadable_page),
        cmocka_unit_test(a_head_in_one_piece_is_not_copied_until_it_is_held),
        cmocka_unit_test(a_message_that_ended_can_still_be_held),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(exhaustion_lasts),
        cmocka_unit_test(a_hold_without_memory_leaves_the_message_where_it_was),
        cmocka_unit_test(fields_are_found_by_name_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
