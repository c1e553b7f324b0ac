#include "core/origin.h"

enum { PORT_HTTP = 80, PORT_HTTPS = 443 };

/* "host", "host:port", "[v6]", "[v6]:port". */
static void read_host(struct slice value, uint16_t port_when_none, struct auth_origin *origin)
{
    origin->host = value;
    origin->port = port_when_none;
    struct slice rest;
    if (value.len > 0 && value.ptr[0] == '[') {
        slice_cut(slice_from(value, 1), ']', &origin->host, &rest);
    } else {
        size_t colon = slice_find(value, ':');
        origin->host = slice_head(value, colon);
        rest = slice_from(value, colon);
    }
    if (rest.len == 0)
        return;
    uint64_t port = 0;
    bool good =
        rest.ptr[0] == ':' && slice_to_u64(slice_from(rest, 1), &port) && port <= UINT16_MAX;
    origin->port = good ? (uint16_t)port : 0;
}

/* Whether ${target} is the prefix or lies below it. */
static bool has_prefix(struct slice target, struct slice prefix)
{
    if (!slice_starts(target, prefix))
        return false;
    struct slice rest = slice_from(target, prefix.len);
    return rest.len == 0 || rest.ptr[0] == '/' || rest.ptr[0] == '?';
}

bool core_origin_of(const struct http_request *request, const struct http_url *url,
                    struct buf *scratch, struct core_origin *ret_origin)
{
    struct core_origin origin = { .auth.target = request->target };
    struct slice inner = request->target;
    const struct slice *host = http_fields_get(&request->fields, "Host");
    if (url != NULL) {
        origin.auth.host = url->host;
        origin.auth.port = url->port;
        if (has_prefix(inner, url->path)) {
            inner = slice_from(inner, url->path.len);
        } else {
            size_t at = scratch->len;
            if (!buf_add(scratch, url->path) || !buf_add(scratch, request->target))
                return false;
            origin.auth.target = slice_from(buf_slice(scratch), at);
        }
    } else if (request->authority.len > 0) {
        read_host(request->authority, request->tls ? PORT_HTTPS : PORT_HTTP, &origin.auth);
    } else if (host != NULL) {
        read_host(*host, PORT_HTTP, &origin.auth);
    }
    struct http_target parts = http_target_split(inner);
    origin.path = parts.path;
    origin.query = parts.query;
    *ret_origin = origin;
    return true;
}
