/* The incremental, strict message parser.  Same events at every split of the input.
 *
 * What the documents leave open is decided so: one empty line before a request is borne (RFC 9112,
 * section 2.2) and counts for offsets; an interim answer (1xx) is a message of its own, without a
 * body; trailer fields are checked and dropped; a target is in
 * origin-form, or in absolute-form with an http or https URL, which has a path when it has a query;
 * any visible ASCII but '#' may stand in it, because Firefox sends '{' unescaped. */
#ifndef SYNCSPEC_HTTP_PARSER_H
#define SYNCSPEC_HTTP_PARSER_H

#include "http/message.h"

struct http_fault {
    const char *rule; /* static text: the rule that was broken, e.g. "a line ends with CRLF, not
                         with a bare LF" */
    size_t offset;    /* of the offending byte, from the first byte behind the message before */
    int status;       /* what a server answers: 400, 413, 414, 431, 501 or 505 */
};

enum http_role { HTTP_REQUESTS, HTTP_ANSWERS };

struct http_bounds {
    size_t target; /* LIMIT_TARGET */
    size_t head;   /* start line and fields */
    size_t fields; /* at most LIMIT_FIELD_COUNT */
    uint64_t body; /* past it: fault with 413 */
};

/* The bounds of limits.h. */
struct http_bounds http_bounds_default(void);

enum http_event {
    HTTP_EVENT_MORE, /* all input was consumed; nothing to tell yet */
    HTTP_EVENT_HEAD, /* start line and fields are complete */
    HTTP_EVENT_BODY, /* http_parser_piece() is the next piece of the body, chunked coding removed */
    HTTP_EVENT_END,  /* the message is complete; http_parser_next() then starts the next one */
    HTTP_EVENT_FAULT, /* the input breaks a rule: http_parser_fault(); the parser stays in this
                         state */
    HTTP_EVENT_NOMEM, /* the parser stays in this state */
};

struct http_parser;

/* ${bounds} is copied; NULL: the default ones.  NULL when out of memory. */
MUST_USE struct http_parser *http_parser_new(enum http_role role, const struct http_bounds *bounds);

/* Consumes the start of ${input} (which then begins at the first byte not consumed) up to the next
 * event. Zero-copy: slices of a message point into the input when the head arrived in one piece,
 * else into the parser.  They and the message stay valid until the event after HTTP_EVENT_END,
 * provided that the caller either keeps the input where it is or called http_parser_hold() before
 * letting it go.  Pieces are valid only as long as the input. */
enum http_event http_parser_next(struct http_parser *parser, struct slice *input);

/* The input has ended (the peer closed).  HTTP_EVENT_END when that completes an answer framed by
 * close, HTTP_EVENT_MORE when no message had begun, HTTP_EVENT_FAULT otherwise. */
enum http_event http_parser_close(struct http_parser *parser);

/* From HTTP_EVENT_HEAD on. */
const struct http_request *http_parser_request(const struct http_parser *parser);
const struct http_answer *http_parser_answer(const struct http_parser *parser);
struct slice http_parser_piece(const struct http_parser *parser);
const struct http_fault *http_parser_fault(const struct http_parser *parser);

/* Copies what the message borrows from the input into the parser.  False when out of memory. */
MUST_USE bool http_parser_hold(struct http_parser *parser);

/* Answers only, before their head: the next answer that is not an interim one has no body whatever
 * its fields say (it answers a HEAD request). */
void http_parser_expect_no_body(struct http_parser *parser);

/* Bytes that the parser holds for itself: 0 between messages, that is from the first
 * http_parser_next after HTTP_EVENT_END (even with no input) to the next incomplete head. */
size_t http_parser_held(const struct http_parser *parser);

void http_parser_free(struct http_parser *parser);
void http_parser_freep(struct http_parser **parser);

#endif
