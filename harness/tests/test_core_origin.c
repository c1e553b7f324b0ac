#include "core/origin.h"

#include "tests/support/support.h"

struct seen {
    struct buf scratch;
    struct core_origin origin;
};

static struct seen look(const char *target, const char *host, const char *url_text)
{
    struct seen seen = { .scratch = buf_bounded(1024) };
    struct http_field field = { .name = SLICE("host"), .value = slice_text(host) };
    struct http_request request = { .target = slice_text(target),
                                    .fields = { &field, host == NULL ? 0 : 1 } };
    struct http_url url;
    if (url_text != NULL)
        assert_null(http_url_parse(slice_text(url_text), &url));
    assert_true(buf_reserve(&seen.scratch, 512));
    assert_true(
        core_origin_of(&request, url_text == NULL ? NULL : &url, &seen.scratch, &seen.origin));
    return seen;
}

static const struct {
    const char *value, *host;
    uint16_t port;
} hosts[] = {
    { "localhost:8000", "localhost", 8000 },
    { "Sync.Example.COM", "Sync.Example.COM", 80 },
    { "h:0", "h", 0 },
    { "h:65535", "h", 65535 },
    { "h:65617", "h", 0 },
    { "h:", "h", 0 },
    { "h:8a", "h", 0 },
    { "[::1]:81", "::1", 81 },
    { "[::1]", "::1", 80 },
    { "[::1]x", "::1", 0 },
    { "[::1", "::1", 80 },
    { "[", "", 80 },
    { "", "", 80 },
};

static void host_and_port_are_those_of_the_host_field(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        struct seen seen = look("/1.5/1?a=b", hosts[i].value, NULL);
        assert_slice(seen.origin.auth.host, hosts[i].host);
        assert_int_equal(seen.origin.auth.port, hosts[i].port);
        assert_slice(seen.origin.auth.target, "/1.5/1?a=b");
        assert_slice(seen.origin.path, "/1.5/1");
        assert_slice(seen.origin.query, "a=b");
        buf_free(&seen.scratch);
    }
    struct seen seen = look("/", NULL, NULL);
    assert_slice(seen.origin.auth.host, "");
    buf_free(&seen.scratch);
}

static void a_url_on_the_request_line_counts_instead_of_the_host_field(void **state)
{
    (void)state;
    static const struct {
        const char *authority, *host;
        uint16_t port;
        bool tls;
    } rows[] = {
        { "a.example", "a.example", 80, false },   { "a.example", "a.example", 443, true },
        { "a.example:81", "a.example", 81, true }, { "[::1]", "::1", 443, true },
        { "[::1]:82", "::1", 82, false },          { "a", "a", 80, false },
    };
    struct http_field field = { .name = SLICE("Host"), .value = SLICE("other:9") };
    struct http_url url;
    assert_null(http_url_parse(SLICE("https://public.example"), &url));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf scratch = buf_bounded(1024);
        struct core_origin origin;
        struct http_request request = { .target = SLICE("/1.5/1?a=b"),
                                        .authority = slice_text(rows[i].authority),
                                        .tls = rows[i].tls,
                                        .fields = { &field, 1 } };
        assert_true(core_origin_of(&request, NULL, &scratch, &origin));
        assert_slice(origin.auth.host, rows[i].host);
        assert_int_equal(origin.auth.port, rows[i].port);
        assert_slice(origin.auth.target, "/1.5/1?a=b");
        assert_true(core_origin_of(&request, &url, &scratch, &origin));
        assert_slice(origin.auth.host, "public.example");
        buf_free(&scratch);
    }
}

static const struct {
    const char *url, *target, *signed_target, *path, *host;
    uint16_t port;
} publics[] = {
    { "https://s.example", "/1.5/1", "/1.5/1", "/1.5/1", "s.example", 443 },
    { "http://s.example:81", "/1.5/1", "/1.5/1", "/1.5/1", "s.example", 81 },
    { "https://s/pre", "/pre/1.5/1?x=1", "/pre/1.5/1?x=1", "/1.5/1", "s", 443 },
    { "https://s/pre", "/1.5/1?x=1", "/pre/1.5/1?x=1", "/1.5/1", "s", 443 },
    { "https://s/pre", "/prefix/1.5/1", "/pre/prefix/1.5/1", "/prefix/1.5/1", "s", 443 },
    { "https://s/a/b", "/a/b/1.5/1", "/a/b/1.5/1", "/1.5/1", "s", 443 },
    { "https://s/pre", "/pre", "/pre", "", "s", 443 },
    { "https://s/pre", "/pre?x=1", "/pre?x=1", "", "s", 443 },
};

static void the_public_url_decides_when_there_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(publics); i++) {
        struct seen seen = look(publics[i].target, "inside:9", publics[i].url);
        assert_slice(seen.origin.auth.host, publics[i].host);
        assert_int_equal(seen.origin.auth.port, publics[i].port);
        assert_slice(seen.origin.auth.target, publics[i].signed_target);
        assert_slice(seen.origin.path, publics[i].path);
        buf_free(&seen.scratch);
    }
}

static void a_host_field_without_bytes_is_empty(void **state)
{
    (void)state;
    struct buf scratch = buf_bounded(64);
    struct http_field field = { .name = SLICE("Host") };
    const struct http_request request = { .target = SLICE("/"), .fields = { &field, 1 } };
    struct core_origin origin;
    assert_true(core_origin_of(&request, NULL, &scratch, &origin));
    assert_int_equal(origin.auth.host.len, 0);
    assert_int_equal(origin.auth.port, 80);
    buf_free(&scratch);
}

static void a_target_that_does_not_fit_behind_the_prefix_is_an_error(void **state)
{
    (void)state;
    struct buf scratch = buf_bounded(8);
    const struct http_request request = { .target = SLICE("/1.5/1") };
    struct http_url url;
    struct core_origin origin;
    assert_null(http_url_parse(SLICE("https://s/pre"), &url));
    assert_false(core_origin_of(&request, &url, &scratch, &origin));
    buf_free(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_and_port_are_those_of_the_host_field),
        cmocka_unit_test(a_url_on_the_request_line_counts_instead_of_the_host_field),
        cmocka_unit_test(a_host_field_without_bytes_is_empty),
        cmocka_unit_test(a_target_that_does_not_fit_behind_the_prefix_is_an_error),
        cmocka_unit_test(the_public_url_decides_when_there_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
