/* Messages as bytes. */
#ifndef SYNCSPEC_HTTP_WRITER_H
#define SYNCSPEC_HTTP_WRITER_H

#include "http/message.h"
#include "http/reply.h"

/* Appends status line and fields, with Content-Length (none for 1xx, 204 and 304) and, where the
 * connection does not go on as HTTP/1.1's default says, Connection.  The body is not appended: send
 * reply->body behind it, unless ${request} was HEAD or the status has none (http_write_has_body).
 * `request` may be NULL when none could be read: the connection then ends.  Framing is the
 * writer's: fields of the reply called Content-Length, Transfer-Encoding or Connection are not
 * written. False when the status is not from 100 to 599, or the head does not fit. */
bool http_write_reply_head(const struct http_reply *reply, const struct http_request *request,
                           struct buf *out);

/* Whether a body follows the head that http_write_reply_head wrote. */
bool http_write_has_body(const struct http_reply *reply, const struct http_request *request);

/* Appends a whole request with Content-Length when it has a body or its method is POST or PUT;
 * fields of the request called Content-Length or Transfer-Encoding are not written.  Refuses
 * (false) a method, target, name or value that would break out of its place. */
bool http_write_request(const struct http_request *request, struct buf *out);

#endif
