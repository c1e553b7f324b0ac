#include "http/target.h"
#include "tests/support/support.h"

static void a_target_is_split_at_the_first_question_mark(void **state)
{
    (void)state;
    struct http_target target = http_target_split(SLICE("/a/b?c=d?e"));
    assert_slice(target.path, "/a/b");
    assert_slice(target.query, "c=d?e");
    assert_true(target.has_query);
    target = http_target_split(SLICE("/a?"));
    assert_true(target.has_query);
    assert_slice(target.query, "");
    target = http_target_split(SLICE("/a"));
    assert_false(target.has_query);
    assert_slice(target.path, "/a");
    assert_slice(target.query, "");
}

static void segments_are_cut_off_the_front_and_empty_ones_count(void **state)
{
    (void)state;
    static const struct {
        struct slice path;
        const char *segments[4];
    } rows[] = {
        { SLICE_INIT("/a/b%2fc"), { "a", "b%2fc" } },
        { SLICE_INIT("/a/"), { "a", "" } },
        { SLICE_INIT("//a"), { "", "a" } },
        { SLICE_INIT("/"), { "" } },
        { SLICE_INIT(""), { NULL } },
        { SLICE_INIT("a"), { NULL } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice path = rows[i].path, segment;
        for (const char *const *want = rows[i].segments; *want != NULL; want++) {
            assert_true(http_target_segment(&path, &segment));
            assert_slice(segment, *want);
        }
        assert_false(http_target_segment(&path, &segment));
    }
}

static void parameters_come_in_order_and_empty_ones_are_left_out(void **state)
{
    (void)state;
    struct slice query = SLICE("&full&ids=a,b+c&x==&=y&&full=");
    static const struct {
        const char *name, *value;
        bool has_value;
    } want[] = {
        { "full", "", false }, { "ids", "a,b+c", true }, { "x", "=", true },
        { "", "y", true },     { "full", "", true },
    };
    struct http_parameter parameter;
    for (size_t i = 0; i < COUNT_OF(want); i++) {
        assert_true(http_target_parameter(&query, &parameter));
        assert_slice(parameter.name, want[i].name);
        assert_slice(parameter.value, want[i].value);
        assert_int_equal(parameter.has_value, want[i].has_value);
    }
    assert_false(http_target_parameter(&query, &parameter));
    query = SLICE("&&");
    assert_false(http_target_parameter(&query, &parameter));
}

static void percent_decoding_keeps_the_plus_and_refuses_broken_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *encoded;
        const char *decoded; /* NULL: refused */
    } rows[] = {
        { "", "" },
        { "a+b", "a+b" },
        { "%41%7a%2F%2b", "Az/+" },
        { "%c3%A9", "\xc3\xa9" },
        { "%25%34", "%4" },
        { "%", NULL },
        { "a%4", NULL },
        { "%4g", NULL },
        { "%%41", NULL },
        { "%-1", NULL },
        { "% 1", NULL },
        { "abc%", NULL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = buf_bounded(100);
        assert_true(buf_add_text(&out, "!"));
        struct support_edge edge = support_edge_of(slice_text(rows[i].encoded));
        assert_int_equal(http_percent_decode(edge.bytes, &out), rows[i].decoded != NULL);
        assert_slice(slice_from(buf_slice(&out), 1), rows[i].decoded);
        assert_false(out.failed);
        support_edge_free(&edge);
        buf_free(&out);
    }
}

static void percent_decoding_that_does_not_fit_appends_nothing(void **state)
{
    (void)state;
    struct buf out = buf_bounded(2);
    assert_false(http_percent_decode(SLICE("%41%42%43"), &out));
    assert_int_equal(out.len, 0);
    buf_clear(&out);
    assert_true(http_percent_decode(SLICE("%00B"), &out));
    assert_memory_equal(out.ptr, "\0B", 2);
    buf_free(&out);
}

static void every_byte_is_decoded_as_it_was_encoded(void **state)
{
    (void)state;
    uint8_t bytes[256];
    for (unsigned i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    struct buf encoded = buf_bounded(1024), decoded = buf_bounded(1024);
    assert_true(http_percent_encode(slice_of(bytes, sizeof(bytes)), &encoded));
    assert_true(http_percent_decode(buf_slice(&encoded), &decoded));
    assert_true(slice_eq(buf_slice(&decoded), slice_of(bytes, sizeof(bytes))));
    buf_clear(&encoded);
    assert_true(http_percent_encode(SLICE("azAZ09-._~ /%\xff"), &encoded));
    assert_slice(buf_slice(&encoded), "azAZ09-._~%20%2F%25%FF");
    struct buf small = buf_bounded(2);
    assert_false(http_percent_encode(SLICE("%"), &small));
    buf_free(&encoded);
    buf_free(&decoded);
    buf_free(&small);
}

static void urls_are_split_and_their_ports_filled_in(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *path;
        uint16_t port;
        bool tls, has_port;
    } rows[] = {
        { "http://h", "h", "", 80, false, false },
        { "https://h/", "h", "", 443, true, false },
        { "HTTPS://Sync.Example.org:8443/prefix/", "Sync.Example.org", "/prefix", 8443, true,
          true },
        { "http://[::1]:5000/a/b//", "::1", "/a/b", 5000, false, true },
        { "http://127.0.0.1:65535", "127.0.0.1", "", 65535, false, true },
        { "http://h:/a", "h", "/a", 80, false, false },
        { "http://a%4a", "a%4a", "", 80, false, false },
        { "http://[2001:db8::1]", "2001:db8::1", "", 80, false, false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_url url;
        assert_null(http_url_parse(slice_text(rows[i].text), &url));
        assert_slice(url.host, rows[i].host);
        assert_slice(url.path, rows[i].path);
        assert_int_equal(url.port, rows[i].port);
        assert_int_equal(url.tls, rows[i].tls);
        assert_int_equal(url.has_port, rows[i].has_port);
    }
}

static void what_is_no_servers_url_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } rows[] = {
        { "", "a URL begins with http:// or https://" },
        { "ftp://h", "a URL begins with http:// or https://" },
        { "http:/h", "a URL begins with http:// or https://" },
        { "http://", "a host is not empty" },
        { "http:///a", "a host is not empty" },
        { "http://u:p@h/", "a server's URL has no user or password; see --auth" },
        { "http://h/?a", "a server's URL has no query" },
        { "http://h/#a", "a server's URL has no fragment" },
        { "http://h/a b", "a URL is visible ASCII" },
        { "http://h\xc3\xa4/", "a URL is visible ASCII" },
        { "http://h\r\n", "a URL is visible ASCII" },
        { "http://h:0", "a port is a number from 1 to 65535" },
        { "http://h:65536", "a port is a number from 1 to 65535" },
        { "http://h:+1", "a port is a number from 1 to 65535" },
        { "http://::1/", "a host is a name or an address" },
        { "http://[::1/", "an IPv6 address ends with ']'" },
        { "http://[]/", "what stands in brackets is an IPv6 address" },
        { "http://[127.0.0.1]/", "what stands in brackets is an IPv6 address" },
        { "http://[::1]a/", "only a port follows an IPv6 address" },
        { "http://h<i/", "a host is a name or an address" },
        { "http://h%4/", "a host is a name or an address" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_url url = { .port = 1 };
        const char *reason = http_url_parse(slice_text(rows[i].text), &url);
        if (reason == NULL || strcmp(reason, rows[i].reason) != 0)
            fail_msg("%s: %s", rows[i].text, reason != NULL ? reason : "read");
        assert_int_equal(url.port, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_is_split_at_the_first_question_mark),
        cmocka_unit_test(segments_are_cut_off_the_front_and_empty_ones_count),
        cmocka_unit_test(parameters_come_in_order_and_empty_ones_are_left_out),
        cmocka_unit_test(percent_decoding_keeps_the_plus_and_refuses_broken_escapes),
        cmocka_unit_test(percent_decoding_that_does_not_fit_appends_nothing),
        cmocka_unit_test(every_byte_is_decoded_as_it_was_encoded),
        cmocka_unit_test(urls_are_split_and_their_ports_filled_in),
        cmocka_unit_test(what_is_no_servers_url_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
