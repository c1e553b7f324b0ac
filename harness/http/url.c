#include "http/authority.h"
#include "http/scan.h"
#include "http/target.h"

/* Cuts the scheme off the front. */
static bool take_scheme(struct slice *text, bool *ret_tls)
{
    static const struct {
        struct slice start;
        bool tls;
    } rows[] = {
        { SLICE_INIT("https://"), true },
        { SLICE_INIT("http://"), false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!slice_eq_nocase(slice_head(*text, rows[i].start.len), rows[i].start))
            continue;
        *text = slice_from(*text, rows[i].start.len);
        *ret_tls = rows[i].tls;
        return true;
    }
    return false;
}

const char *http_url_parse(struct slice text, struct http_url *ret_url)
{
    struct http_url url = { 0 };
    if (!take_scheme(&text, &url.tls))
        return "a URL begins with http:// or https://";
    const uint8_t *end = text.ptr + text.len;
    if (slice_find(text, '#') < text.len)
        return "a server's URL has no fragment";
    if (slice_find(text, '?') < text.len)
        return "a server's URL has no query";
    if (http_scan_target(text.ptr, end) != end)
        return "a URL is visible ASCII";
    size_t slash = slice_find(text, '/');
    struct slice host = slice_head(text, slash);
    url.path = slice_from(text, slash);
    if (slice_find(host, '@') < host.len)
        return "a server's URL has no user or password; see --auth";
    struct http_authority authority = { 0 };
    const char *wrong = http_authority_parse(host, &authority);
    if (wrong != NULL)
        return wrong;
    while (url.path.len > 0 && url.path.ptr[url.path.len - 1] == '/')
        url.path.len--;
    url.host = authority.host;
    url.has_port = authority.has_port;
    url.port = url.tls ? 443 : 80;
    if (authority.has_port)
        url.port = authority.port;
    *ret_url = url;
    return NULL;
}
