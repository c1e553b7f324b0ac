/* The replies that the front end makes itself. */
#ifndef SYNCSPEC_SERVE_REFUSAL_H
#define SYNCSPEC_SERVE_REFUSAL_H

#include "http/reply.h"

#define SERVE_REFUSAL_BUSY "the server has no room for another body now; try again later"
#define SERVE_REFUSAL_SLOW "the request took too long to arrive"

/* Fills ${reply}, cleared first, with the status and a line of text; the connection ends after it.
 * A 503 says when to try again. */
void serve_refusal_make(struct http_reply *reply, int status, const char *text);

#endif
