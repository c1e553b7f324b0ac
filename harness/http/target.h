/* Request targets, queries and percent-encoding (RFC 3986), and the URLs that users type. */
#ifndef SYNCSPEC_HTTP_TARGET_H
#define SYNCSPEC_HTTP_TARGET_H

#include "base/buf.h"

/* Splits an origin-form target at the first '?'.  has_query tells "/a?" from "/a". */
struct http_target {
    struct slice path;  /* still encoded, starts with '/' */
    struct slice query; /* still encoded, without the '?' */
    bool has_query;
};

struct http_target http_target_split(struct slice target);

/* The next path segment: cuts "/segment" off the front of ${path}.  "/a/" gives "a", then "". False
 * at the end. */
bool http_target_segment(struct slice *path, struct slice *ret_segment);

/* The next name=value of a query; a name without '=' has an empty value and has_value false.  False
 * at the end. */
struct http_parameter {
    struct slice name, value; /* still encoded */
    bool has_value;
};

bool http_target_parameter(struct slice *query, struct http_parameter *ret_parameter);

/* Appends the decoded bytes.  '+' stays a plus (Firefox sends ids= with a raw '+').  False, having
 * appended nothing, when a '%' is not followed by two hex digits or the result does not fit. */
MUST_USE bool http_percent_decode(struct slice encoded, struct buf *out);

/* Appends with everything but A-Z a-z 0-9 - . _ ~ encoded in upper-case hex. */
bool http_percent_encode(struct slice bytes, struct buf *out);

/* An absolute http or https URL, split.  Slices borrow from the text. */
struct http_url {
    bool tls;
    struct slice host; /* as typed; an IPv6 address without its brackets */
    uint16_t port;     /* 80 or 443 when the text has none */
    bool has_port;
    struct slice path; /* as typed, without a trailing '/': "" or "/prefix" */
};

/* NULL on success, else static text that says what is wrong.  User info, query and fragment are
 * refused. */
MUST_USE const char *http_url_parse(struct slice text, struct http_url *ret_url);

#endif
