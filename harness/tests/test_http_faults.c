#include "tests/test_http_split.h"

#define HOST    "Host: h\r\n"
#define GET     "GET / HTTP/1.1\r\n"
#define PUT     "PUT / HTTP/1.1\r\n" HOST
#define BEGINS  "a target begins with '/', http:// or https://"
#define CHUNKED PUT "Transfer-Encoding: chunked\r\n\r\n"

/* Each wire holds one '^', which is taken out: it stands before the byte that breaks the rule. */
static const struct {
    const char *wire;
    size_t len;
    int status;
    const char *rule;
} broken[] = {
#define BROKEN(wire, status, rule)                                                                 \
    {                                                                                              \
        wire, sizeof(wire) - 1, status, rule                                                       \
    }
    BROKEN("^\nGET / HTTP/1.1\r\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN("\r\n^\r\nGET / HTTP/1.1\r\n", 400, "a method is a token and is followed by one space"),
    BROKEN("\r^GET / HTTP/1.1\r\n", 400, "a CR is followed by LF"),
    BROKEN("^ GET / HTTP/1.1\r\n", 400, "a method is a token and is followed by one space"),
    BROKEN("G^(T / HTTP/1.1\r\n", 400, "a method is a token and is followed by one space"),
    BROKEN("GET^\t/ HTTP/1.1\r\n", 400, "a method is a token and is followed by one space"),
    BROKEN("GET ^ / HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("GET ^http:/h/ HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("GET ^httpx://h/ HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("GET ^https:h HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("GET ^ftp://h/ HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("GET ^\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN("GET http://^/ HTTP/1.1\r\n", 400, "a host is not empty"),
    BROKEN("GET http://^ HTTP/1.1\r\n", 400, "a host is not empty"),
    BROKEN("GET http://^u@h/ HTTP/1.1\r\n", 400, "a host is a name or an address"),
    BROKEN("GET http://^u:p@h/ HTTP/1.1\r\n", 400, "a port is a number from 1 to 65535"),
    BROKEN("GET https://^h:0/ HTTP/1.1\r\n", 400, "a port is a number from 1 to 65535"),
    BROKEN("GET http://^[::1/ HTTP/1.1\r\n", 400, "an IPv6 address ends with ']'"),
    BROKEN("GET http://^h\\a/ HTTP/1.1\r\n", 400, "a host is a name or an address"),
    BROKEN("GET http://h^?a=/b HTTP/1.1\r\n", 400, "a query stands behind a path"),
    BROKEN("GET http://h/^#b HTTP/1.1\r\n", 400,
           "a target is visible ASCII and is followed by one space"),
    BROKEN("GET http://h^\r\n", 400, "a target is visible ASCII and is followed by one space"),
    BROKEN("GET http://h/ HTTP/1.1\r\n^\r\n", 400, "a request has a Host"),
    BROKEN("GET http://h/ HTTP/1.1\r\nHost: ^u@h\r\n\r\n", 400, "a host is a name or an address"),
    BROKEN("CONNECT ^h:443 HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("OPTIONS ^* HTTP/1.1\r\n", 400, BEGINS),
    BROKEN("GET /a^#b HTTP/1.1\r\n", 400, "a target is visible ASCII and is followed by one space"),
    BROKEN("GET /^\xc3\xa9 HTTP/1.1\r\n", 400,
           "a target is visible ASCII and is followed by one space"),
    BROKEN("GET /^\r\n", 400, "a target is visible ASCII and is followed by one space"),
    BROKEN("GET /^\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN("GET / ^ HTTP/1.1\r\n", 400, "a version is HTTP/ and two digits with a point"),
    BROKEN("GET / ^http/1.1\r\n", 400, "a version is HTTP/ and two digits with a point"),
    BROKEN("GET / HTTP/1^,1\r\n", 400, "a version is HTTP/ and two digits with a point"),
    BROKEN("GET / HTTP/^2.0\r\n", 505, "the version is HTTP/1.0 or HTTP/1.1"),
    BROKEN("GET / HTTP/^0.9\r\n", 505, "the version is HTTP/1.0 or HTTP/1.1"),
    BROKEN("GET / HTTP/1.^2\r\n", 505, "the version is HTTP/1.0 or HTTP/1.1"),
    BROKEN("GET / HTTP/1.1^0\r\n", 400, "a version is followed by CRLF"),
    BROKEN("GET / HTTP/1.1^ \r\n", 400, "a version is followed by CRLF"),
    BROKEN("GET / HTTP/1.1^\nHost: h\n\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN("GET / HTTP/1.1\r^\r\n", 400, "a CR is followed by LF"),
    BROKEN(GET "^ " HOST "\r\n", 400, "a field is not folded onto a second line"),
    BROKEN(GET HOST "A: b\r\n^ c\r\n\r\n", 400, "a field is not folded onto a second line"),
    BROKEN(GET HOST "A: b\r\n^\tc\r\n\r\n", 400, "a field is not folded onto a second line"),
    BROKEN(GET "Host^ : h\r\n\r\n", 400, "no blank stands before the colon"),
    BROKEN(GET "Host^\t: h\r\n\r\n", 400, "no blank stands before the colon"),
    BROKEN(GET HOST "^: b\r\n\r\n", 400, "a field name is a token and is followed by a colon"),
    BROKEN(GET HOST "A^\r\n\r\n", 400, "a field name is a token and is followed by a colon"),
    BROKEN(GET HOST "A^\n\r\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(GET HOST "A^\"b: c\r\n\r\n", 400, "a field name is a token and is followed by a colon"),
    BROKEN(GET HOST "A: b^\0c\r\n\r\n", 400, "a field value holds no control bytes"),
    BROKEN(GET HOST "A: b^\x7f\r\n\r\n", 400, "a field value holds no control bytes"),
    BROKEN(GET HOST "A: b^\x1bsixteen and more bytes\r\n\r\n", 400,
           "a field value holds no control bytes"),
    BROKEN(GET HOST "A: b\r^c\r\n\r\n", 400, "a CR is followed by LF"),
    BROKEN(GET HOST "A: b^\n\r\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(GET HOST "\r^X", 400, "a CR is followed by LF"),
    BROKEN(GET HOST "^\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(GET "^\r\n", 400, "a request has a Host"),
    BROKEN(GET "Host:^\r\n\r\n", 400, "a host is not empty"),
    BROKEN(GET HOST "^Host: h\r\n\r\n", 400, "Host stands once"),
    BROKEN("GET / HTTP/1.0\r\n" HOST "^host: i\r\n\r\n", 400, "Host stands once"),
    BROKEN(GET "Host: ^a, b\r\n\r\n", 400, "a host is a name or an address"),
    BROKEN(GET "Host: ^u@h\r\n\r\n", 400, "a host is a name or an address"),
    BROKEN(GET "Host: ^h/a\r\n\r\n", 400, "a host is a name or an address"),
    BROKEN(GET "Host: ^h%4g\r\n\r\n", 400, "a host is a name or an address"),
    BROKEN(GET "Host: ^h:65536\r\n\r\n", 400, "a port is a number from 1 to 65535"),
    BROKEN(GET "Host: ^h:1:2\r\n\r\n", 400, "a port is a number from 1 to 65535"),
    BROKEN(GET "Host: ^[::1\r\n\r\n", 400, "an IPv6 address ends with ']'"),
    BROKEN(GET "Host: ^[h]\r\n\r\n", 400, "what stands in brackets is an IPv6 address"),
    BROKEN(GET "Host: ^[0:0:0:0:0:0:0:00000000000000000000000000000001]\r\n\r\n", 400,
           "what stands in brackets is an IPv6 address"),
    BROKEN(GET "Host: ^a%g0\r\n\r\n", 400, "a host is a name or an address"),
    BROKEN(GET "Host: ^[::1]80\r\n\r\n", 400, "only a port follows an IPv6 address"),
    BROKEN(PUT "Content-Length:^\r\n\r\n", 400, "Content-Length is one decimal number"),
    BROKEN(PUT "Content-Length: ^+1\r\n\r\nx", 400, "Content-Length is one decimal number"),
    BROKEN(PUT "Content-Length: ^-1\r\n\r\nx", 400, "Content-Length is one decimal number"),
    BROKEN(PUT "Content-Length: 1^, 1\r\n\r\nx", 400, "Content-Length is one decimal number"),
    BROKEN(PUT "Content-Length: 0^x1\r\n\r\nx", 400, "Content-Length is one decimal number"),
    BROKEN(PUT "Content-Length: 1\r\n^Content-Length: 1\r\n\r\nx", 400,
           "Content-Length stands once"),
    BROKEN(PUT "Content-Length: 1\r\n^content-length: 2\r\n\r\nx", 400,
           "Content-Length stands once"),
    BROKEN(PUT "Content-Length: ^16777217\r\n\r\n", 413, "the body is longer than its bound"),
    BROKEN(PUT "Content-Length: ^18446744073709551616\r\n\r\n", 413,
           "the body is longer than its bound"),
    BROKEN(PUT "Content-Length: 1\r\n^Transfer-Encoding: chunked\r\n\r\n", 400,
           "Content-Length never stands beside Transfer-Encoding"),
    BROKEN(PUT "Transfer-Encoding: chunked\r\n^Content-Length: 1\r\n\r\n", 400,
           "Content-Length never stands beside Transfer-Encoding"),
    BROKEN(PUT "Transfer-Encoding: chunked\r\n^Transfer-Encoding: chunked\r\n\r\n", 400,
           "Transfer-Encoding stands once"),
    BROKEN(PUT "Transfer-Encoding: ^gzip\r\n\r\n", 400, "the last transfer coding is chunked"),
    BROKEN(PUT "Transfer-Encoding: ^identity\r\n\r\n", 400, "the last transfer coding is chunked"),
    BROKEN(PUT "Transfer-Encoding:^\r\n\r\n", 400, "the last transfer coding is chunked"),
    BROKEN(PUT "Transfer-Encoding: ^xchunked\r\n\r\n", 400, "the last transfer coding is chunked"),
    BROKEN(PUT "Transfer-Encoding: ^\x0b"
               "chunked\r\n\r\n",
           400, "a field value holds no control bytes"),
    BROKEN(PUT "Transfer-Encoding: ^chunked, gzip\r\n\r\n", 400,
           "the last transfer coding is chunked"),
    BROKEN(PUT "Transfer-Encoding: ^chunked, chunked\r\n\r\n", 400, "chunked is applied once"),
    BROKEN(PUT "Transfer-Encoding: ^gzip, chunked\r\n\r\n", 501,
           "no transfer coding but chunked is understood"),
    BROKEN("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n^\r\n", 400,
           "HTTP/1.0 has no Transfer-Encoding"),
    BROKEN(CHUNKED "^\r\n", 400, "a chunk size is a hexadecimal number"),
    BROKEN(CHUNKED "^ 1\r\n", 400, "a chunk size is a hexadecimal number"),
    BROKEN(CHUNKED "^+1\r\n", 400, "a chunk size is a hexadecimal number"),
    BROKEN(CHUNKED "0^x1\r\n", 400, "a chunk size is followed by an extension or CRLF"),
    BROKEN(CHUNKED "1^\nx", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(CHUNKED "1\r^x", 400, "a CR is followed by LF"),
    BROKEN(CHUNKED "1 ^\r\n", 400, "blanks behind a chunk size are followed by an extension"),
    BROKEN(CHUNKED "1 ^1\r\n", 400, "blanks behind a chunk size are followed by an extension"),
    BROKEN(CHUNKED "1;a=^\0\r\n", 400, "a chunk extension holds no control bytes"),
    BROKEN(CHUNKED "1;a^\nx\r\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(CHUNKED "1\r\nx^y\r\n", 400, "a chunk is as long as its size says"),
    BROKEN(CHUNKED "1\r\nx^\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(CHUNKED "1\r\nx\r^0", 400, "a CR is followed by LF"),
    BROKEN(CHUNKED "100000^1\r\n", 413, "the body is longer than its bound"),
    BROKEN(CHUNKED "1000000^0\r\n", 413, "the body is longer than its bound"),
    BROKEN(CHUNKED "1\r\nx\r\n100000^0\r\n", 413, "the body is longer than its bound"),
    BROKEN(CHUNKED "0\r\n^ a\r\n", 400, "a field is not folded onto a second line"),
    BROKEN(CHUNKED "0\r\n^:a\r\n", 400, "a field name is a token and is followed by a colon"),
    BROKEN(CHUNKED "0\r\na^ :b\r\n", 400, "no blank stands before the colon"),
    BROKEN(CHUNKED "0\r\na^\r\n", 400, "a field name is a token and is followed by a colon"),
    BROKEN(CHUNKED "0\r\na: b^\x01\r\n", 400, "a field value holds no control bytes"),
    BROKEN(CHUNKED "0\r\na: b^\n\r\n", 400, "a line ends with CRLF, not with a bare LF"),
    BROKEN(CHUNKED "0\r\na: b\r^c", 400, "a CR is followed by LF"),
    BROKEN(CHUNKED "0\r\n\r^x", 400, "a CR is followed by LF"),
    BROKEN("GET / HTT^", 400, "the input ends before the message does"),
    BROKEN("\r^", 400, "the input ends before the message does"),
    BROKEN(GET HOST "^", 400, "the input ends before the message does"),
    BROKEN(PUT "Content-Length: 2\r\n\r\nx^", 400, "the input ends before the message does"),
    BROKEN(CHUNKED "1\r\nx\r\n0\r\n^", 400, "the input ends before the message does"),
};

static void each_broken_rule_is_named_with_its_byte_and_status_at_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct buf wire = buf_bounded(LIMIT_HEAD);
        struct slice left, right;
        assert_true(slice_cut(slice_of(broken[i].wire, broken[i].len), '^', &left, &right));
        assert_true(buf_add(&wire, left) && buf_add(&wire, right));
        struct events events = read_at_every_split(buf_slice(&wire), HTTP_REQUESTS, NULL);
        const struct http_fault *fault = http_parser_fault(events.parser);
        assert_true(events.over);
        assert_string_equal(fault->rule, broken[i].rule);
        if (fault->offset != left.len || fault->status != broken[i].status)
            fail_msg("%s: %zu, %d", broken[i].wire, fault->offset, fault->status);
        struct slice more = SLICE(GET HOST "\r\n");
        assert_int_equal(http_parser_next(events.parser, &more), HTTP_EVENT_FAULT);
        assert_int_equal(http_parser_close(events.parser), HTTP_EVENT_FAULT);
        events_end(&events);
        buf_free(&wire);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_broken_rule_is_named_with_its_byte_and_status_at_every_split),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
