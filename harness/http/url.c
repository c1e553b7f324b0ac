#include "http/authority.h"
#include "http/scan.h"
#include "http/target.h"

const char *http_url_parse(struct slice text, struct http_url *ret_url)
{
    struct http_url url = { 0 };
    size_t scheme = http_authority_scheme(text, &url.tls);
    if (scheme == 0 || scheme == SIZE_MAX)
        return "a URL begins with http:// or https://";
    text = slice_from(text, scheme);
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
