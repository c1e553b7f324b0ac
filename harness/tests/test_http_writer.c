#include "http/parser.h"
#include "http/writer.h"
#include "tests/test_http_split.h"

/* A request as far as the writer of replies looks at it. */
static const struct http_request get = { .minor = 1, .keep_alive = true };
static const struct http_request head = { .method = HTTP_METHOD_HEAD,
                                          .minor = 1,
                                          .keep_alive = true };
static const struct http_request last = { .minor = 1 };
static const struct http_request old = { .keep_alive = true };

static void a_replys_head_says_length_and_connection(void **state)
{
    (void)state;
    static const struct {
        const struct http_request *request;
        int status;
        bool close;
        const char *head;
        bool has_body;
    } rows[] = {
        { &get, 200, false, "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\n", true },
        { &head, 404, false, "HTTP/1.1 404 Not Found\r\nA: b\r\nContent-Length: 2\r\n\r\n", false },
        { &get, 204, false, "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", false },
        { &get, 304, false, "HTTP/1.1 304 Not Modified\r\nA: b\r\n\r\n", false },
        { &get, 100, false, "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n", false },
        { &get, 299, true,
          "HTTP/1.1 299 Unknown\r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\n", true },
        { &last, 200, false,
          "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\n", true },
        { &old, 200, false,
          "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n", true },
        { NULL, 400, false,
          "HTTP/1.1 400 Bad Request\r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\n",
          true },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply;
        http_reply_init(&reply);
        reply.status = rows[i].status;
        reply.close = rows[i].close;
        assert_true(http_reply_set_text(&reply, "A", "b"));
        assert_true(http_reply_set_text(&reply, "Content-length", "7"));
        assert_true(http_reply_set_text(&reply, "transfer-encoding", "chunked"));
        assert_true(http_reply_set_text(&reply, "connection", "x"));
        assert_true(buf_add_text(&reply.body, "{}"));
        struct buf out = buf_bounded(LIMIT_REPLY_HEAD);
        assert_true(http_write_reply_head(&reply, rows[i].request, &out));
        assert_slice(buf_slice(&out), rows[i].head);
        assert_int_equal(http_write_has_body(&reply, rows[i].request), rows[i].has_body);
        buf_free(&out);
        http_reply_free(&reply);
    }
}

static void a_reply_without_a_status_or_without_room_is_not_written(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    struct buf out = buf_bounded(10);
    static const int statuses[] = { 0, 99, 600, -200 };
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        reply.status = statuses[i];
        assert_false(http_write_reply_head(&reply, &get, &out));
        assert_int_equal(out.len, 0);
    }
    reply.status = 200;
    assert_false(http_write_reply_head(&reply, &get, &out));
    buf_free(&out);
    http_reply_free(&reply);
}

static void a_written_reply_reads_as_the_same_answer(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    reply.status = 503;
    assert_true(http_reply_set_text(&reply, "Retry-After", "30"));
    assert_true(buf_add_text(&reply.body, "busy"));
    struct buf out = buf_bounded(LIMIT_REPLY_HEAD);
    assert_true(http_write_reply_head(&reply, &last, &out));
    assert_true(buf_add(&out, buf_slice(&reply.body)));
    struct events events = read_at_every_split(buf_slice(&out), HTTP_ANSWERS, NULL);
    assert_slice(buf_slice(&events.log),
                 "HEAD 503 Service Unavailable 1.1 length 1:4 chunked 0 alive 0\n"
                 "Retry-After=30\nContent-Length=4\nConnection=close\n"
                 "END 503 Service Unavailable 1.1 length 1:4 chunked 0 alive 0\n"
                 "Retry-After=30\nContent-Length=4\nConnection=close\nbusy\n");
    events_end(&events);
    buf_free(&out);
    http_reply_free(&reply);
}

static struct http_request request_of(const char *method, const struct http_field *fields,
                                      size_t count, const char *body)
{
    return (struct http_request){
        .method = strcmp(method, "PUT") == 0 ? HTTP_METHOD_PUT : HTTP_METHOD_OTHER,
        .method_text = slice_text(method),
        .target = SLICE("/a?b"),
        .minor = 1,
        .fields = { fields, count },
        .body = slice_text(body),
    };
}

static void a_requests_length_is_the_writers_business(void **state)
{
    (void)state;
    static const struct http_field fields[] = {
        { SLICE_INIT("host"), SLICE_INIT("h") },
        { SLICE_INIT("CONTENT-LENGTH"), SLICE_INIT("7") },
        { SLICE_INIT("Transfer-Encoding"), SLICE_INIT("chunked") },
        { SLICE_INIT("A"), { NULL, 0 } },
    };
    static const struct {
        const char *method, *body, *wire;
    } rows[] = {
        { "PUT", "", "PUT /a?b HTTP/1.1\r\nhost: h\r\nA: \r\nContent-Length: 0\r\n\r\n" },
        { "PUT", "xy", "PUT /a?b HTTP/1.1\r\nhost: h\r\nA: \r\nContent-Length: 2\r\n\r\nxy" },
        { "X", "x", "X /a?b HTTP/1.1\r\nhost: h\r\nA: \r\nContent-Length: 1\r\n\r\nx" },
        { "X", "", "X /a?b HTTP/1.1\r\nhost: h\r\nA: \r\n\r\n" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_request request =
            request_of(rows[i].method, fields, COUNT_OF(fields), rows[i].body);
        struct buf out = buf_bounded(LIMIT_HEAD);
        assert_true(http_write_request(&request, &out));
        assert_slice(buf_slice(&out), rows[i].wire);
        struct events events = read_at_every_split(buf_slice(&out), HTTP_REQUESTS, NULL);
        assert_int_equal(events.messages, 1);
        assert_slice(buf_slice(&events.body), rows[i].body);
        events_end(&events);
        buf_free(&out);
    }
}

static void an_old_request_is_written_as_one(void **state)
{
    (void)state;
    struct http_request request = request_of("X", NULL, 0, "");
    request.minor = 0;
    struct buf out = buf_bounded(LIMIT_HEAD);
    assert_true(http_write_request(&request, &out));
    assert_slice(buf_slice(&out), "X /a?b HTTP/1.0\r\n\r\n");
    buf_free(&out);
}

static void a_request_that_would_break_out_of_its_place_is_not_written(void **state)
{
    (void)state;
    static const struct {
        const char *method, *target, *name, *value;
        int minor;
    } rows[] = {
        { "G T", "/", "A", "b", 1 }, { "", "/", "A", "b", 1 },    { "G", "", "A", "b", 1 },
        { "G", "a", "A", "b", 1 },   { "G", "/ a", "A", "b", 1 }, { "G", "/\r\n", "A", "b", 1 },
        { "G", "/", "", "b", 1 },    { "G", "/", "A:", "b", 1 },  { "G", "/", "A", "\r\n", 1 },
        { "G", "/", "A", "b", 2 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_field field = { slice_text(rows[i].name), slice_text(rows[i].value) };
        struct http_request request = request_of(rows[i].method, &field, 1, "");
        request.target = slice_text(rows[i].target);
        request.minor = rows[i].minor;
        struct buf out = buf_bounded(LIMIT_HEAD);
        assert_false(http_write_request(&request, &out));
        assert_int_equal(out.len, 0);
    }
}

static void statuses_and_methods_have_their_names(void **state)
{
    (void)state;
    assert_string_equal(http_status_reason(412), "Precondition Failed");
    assert_string_equal(http_status_reason(299), "Unknown");
    assert_string_equal(http_method_name(HTTP_METHOD_DELETE), "DELETE");
    assert_string_equal(http_method_name(HTTP_METHOD_OTHER), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replys_head_says_length_and_connection),
        cmocka_unit_test(a_reply_without_a_status_or_without_room_is_not_written),
        cmocka_unit_test(a_written_reply_reads_as_the_same_answer),
        cmocka_unit_test(a_requests_length_is_the_writers_business),
        cmocka_unit_test(an_old_request_is_written_as_one),
        cmocka_unit_test(a_request_that_would_break_out_of_its_place_is_not_written),
        cmocka_unit_test(statuses_and_methods_have_their_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
