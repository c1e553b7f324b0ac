/* What an HTTP/1.1 message says (RFC 9110, RFC 9112), as the parser found it.  All slices are
 * borrowed. */
#ifndef SYNCSPEC_HTTP_MESSAGE_H
#define SYNCSPEC_HTTP_MESSAGE_H

#include "base/limits.h"
#include "base/slice.h"

enum http_method {
    HTTP_METHOD_GET,
    HTTP_METHOD_HEAD,
    HTTP_METHOD_POST,
    HTTP_METHOD_PUT,
    HTTP_METHOD_DELETE,
    HTTP_METHOD_OPTIONS,
    HTTP_METHOD_PATCH,
    HTTP_METHOD_OTHER, /* a valid token that is none of these */
};

struct http_field {
    struct slice name;  /* as sent */
    struct slice value; /* without the blanks around it */
};

struct http_fields {
    const struct http_field *at;
    size_t count;
};

/* The value of the first field of that name (any case), or NULL. */
const struct slice *http_fields_get(const struct http_fields *fields, const char *name);

/* How many fields have that name. */
size_t http_fields_count(const struct http_fields *fields, const char *name);

struct http_request {
    enum http_method method;
    struct slice method_text;
    struct slice target; /* path and query as on the request line, still percent-encoded: what Hawk
                            signs */
    struct slice authority; /* host[:port], when the request line has a whole URL: it counts instead
                               of the Host field (RFC 9112, section 3.2.2); else empty */
    bool tls;               /* that URL is an https one */
    int minor;              /* of HTTP/1.x: 0 or 1 */
    struct http_fields fields;
    struct slice body;       /* whole; filled in by whoever collected the parser's body pieces */
    uint64_t content_length; /* valid when has_length */
    bool has_length;
    bool chunked;
    bool keep_alive;      /* the connection may serve another request */
    bool expect_continue; /* the client waits for 100 before it sends the body */
};

struct http_answer {
    int status;
    struct slice reason;
    int minor;
    struct http_fields fields;
    struct slice body; /* as in http_request */
    uint64_t content_length;
    bool has_length;
    bool chunked;
    bool keep_alive;
};

/* "GET" and so on; "" for HTTP_METHOD_OTHER. */
const char *http_method_name(enum http_method method);

/* "Not Found" for 404; "Unknown" for what no registry names. */
const char *http_status_reason(int status);

#endif
