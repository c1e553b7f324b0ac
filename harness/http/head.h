/* The head of one message: start line and fields, read in one pass.  Private to this folder. */
#ifndef SYNCSPEC_HTTP_HEAD_H
#define SYNCSPEC_HTTP_HEAD_H

#include "http/framing.h"

enum http_step { HTTP_STEP_DONE, HTTP_STEP_MORE, HTTP_STEP_FAULT };

/* A target or a field value whose end has not come yet: where it begins, where its text
 * does, and how far it was looked at.  A piece of the input is then read once, however small. */
struct http_run {
    size_t from; /* 0: there is none */
    size_t text;
    size_t seen;
};

struct http_head {
    enum http_role role;
    struct http_bounds bounds;
    const uint8_t *base; /* the first byte of the message; the slices below point behind it */
    size_t line;         /* offset of the first line that is not complete */
    struct http_run run; /* within that line */
    bool started;        /* the start line is complete */
    int minor;
    enum http_method method;
    struct slice method_text, target; /* requests; the target in origin-form, or empty: "/" */
    struct slice authority;           /* of a target in absolute-form; empty: there is none */
    bool tls;                         /* its scheme is https */
    int status;                       /* answers */
    struct slice reason;
    struct http_framing framing;
    bool no_body;  /* set by the caller: this answer has no body whatever its fields say */
    bool bodiless; /* after HTTP_STEP_DONE: an answer without a body */
    struct http_fault fault;
    size_t count;
    struct http_field fields[LIMIT_FIELD_COUNT];
};

/* Ready for the next message: all but role, bounds and no_body. */
void http_head_clear(struct http_head *head);

/* Reads on.  ${bytes} is the message from its first byte (at the place where it was before, or
 * http_head_move was called).  HTTP_STEP_DONE: head->line is the length of the head.
 * HTTP_STEP_MORE: call again when there are more bytes.  HTTP_STEP_FAULT: head->fault.  What it
 * says of a start of the input holds for every longer one, so splits change nothing. */
enum http_step http_head_scan(struct http_head *head, struct slice bytes);

/* The bytes of the head now stand at ${to}: makes all slices point there. */
void http_head_move(struct http_head *head, const uint8_t *to);

#endif
