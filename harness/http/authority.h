/* host[:port], as in a Host field and in a URL (RFC 3986, section 3.2), and what stands before it
 * in a URL.  Private to this folder. */
#ifndef SYNCSPEC_HTTP_AUTHORITY_H
#define SYNCSPEC_HTTP_AUTHORITY_H

#include "base/slice.h"

struct http_authority {
    struct slice host; /* as typed; an IPv6 address without its brackets */
    uint16_t port;     /* valid when has_port; never 0 */
    bool has_port;     /* false also for "host:" */
};

/* The length of the "http://" or "https://" (in any case) that ${text} begins with; 0: it begins
 * otherwise; SIZE_MAX: it ends before that is known. */
size_t http_authority_scheme(struct slice text, bool *ret_tls);

/* NULL on success, else static text that says what is wrong. */
MUST_USE const char *http_authority_parse(struct slice text, struct http_authority *ret_authority);

#endif
