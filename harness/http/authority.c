#include "http/authority.h"

#include "http/scan.h"

#include <arpa/inet.h>

size_t http_authority_scheme(struct slice text, bool *ret_tls)
{
    static const struct {
        struct slice start;
        bool tls;
    } rows[] = {
        { SLICE_INIT("https://"), true },
        { SLICE_INIT("http://"), false },
    };
    size_t found = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice seen = slice_head(text, rows[i].start.len);
        if (!slice_eq_nocase(seen, slice_head(rows[i].start, seen.len)))
            continue;
        *ret_tls = rows[i].tls;
        if (seen.len == rows[i].start.len)
            return seen.len;
        found = SIZE_MAX;
    }
    return found;
}

static bool is_ipv6(struct slice text)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof(copy))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    struct in6_addr address;
    return inet_pton(AF_INET6, copy, &address) == 1;
}

static bool is_reg_name(struct slice text)
{
    const uint8_t *end = text.ptr + text.len;
    for (const uint8_t *at = text.ptr; at < end; at++) {
        if (*at == '%') {
            if (end - at < 3 || !http_byte_is(at[1], HTTP_BYTE_HEX) ||
                !http_byte_is(at[2], HTTP_BYTE_HEX))
                return false;
            at += 2;
        } else if (!http_byte_is(*at, HTTP_BYTE_HOST)) {
            return false;
        }
    }
    return text.len > 0;
}

static bool parse_port(struct slice text, struct http_authority *authority)
{
    if (text.len == 0)
        return true;
    uint64_t port;
    if (!slice_to_u64(text, &port) || port == 0 || port > UINT16_MAX)
        return false;
    authority->port = (uint16_t)port;
    authority->has_port = true;
    return true;
}

const char *http_authority_parse(struct slice text, struct http_authority *ret_authority)
{
    struct http_authority authority = { 0 };
    struct slice rest;
    if (text.len == 0)
        return "a host is not empty";
    bool bracket = text.ptr[0] == '[';
    if (bracket) {
        if (!slice_cut(slice_from(text, 1), ']', &authority.host, &rest))
            return "an IPv6 address ends with ']'";
        if (!is_ipv6(authority.host))
            return "what stands in brackets is an IPv6 address";
        if (rest.len > 0 && rest.ptr[0] != ':')
            return "only a port follows an IPv6 address";
        rest = slice_from(rest, 1);
    } else {
        slice_cut(text, ':', &authority.host, &rest);
        if (!is_reg_name(authority.host))
            return "a host is a name or an address";
    }
    if (!parse_port(rest, &authority))
        return "a port is a number from 1 to 65535";
    *ret_authority = authority;
    return NULL;
}
