/* What the fields of a head say about where the message ends and what happens to the connection
 * (RFC 9112, sections 6 and 9).  Private to this folder. */
#ifndef SYNCSPEC_HTTP_FRAMING_H
#define SYNCSPEC_HTTP_FRAMING_H

#include "http/parser.h"

/* A rule that was broken; rule is NULL when none was. */
struct http_breach {
    const char *rule;
    int status;
    const uint8_t *at; /* the offending byte; NULL: the empty line that ends the head */
};

struct http_framing {
    uint64_t content_length;
    const uint8_t *length_at; /* the value that it was read from */
    bool has_length;
    bool too_long; /* the length is past 2^64 - 1 */
    bool chunked;
    bool has_host;
    bool close;
    bool keep_alive;
    bool expect_continue;
};

/* Takes note of a field whose name may be one of those that matter; ignores any other. */
struct http_breach http_framing_note(struct http_framing *framing, const struct http_field *field);

/* Once all fields are noted: the rules that need all of them.  ${no_body}: the message has none
 * whatever its fields say. */
struct http_breach http_framing_finish(const struct http_framing *framing, enum http_role role,
                                       int minor, uint64_t body_bound, bool no_body);

#endif
