/* Whatever answers whole requests: the reference core, the services beside it, a fault around them.
 * A front end (serve/, exchange/via_core.c) is given one and knows no more. */
#ifndef SYNCSPEC_HTTP_HANDLER_H
#define SYNCSPEC_HTTP_HANDLER_H

#include "http/reply.h"

struct http_handler {
    /* Total: clears ${reply} first, and every request, with its whole body, gets one. */
    void (*handle)(void *context, const struct http_request *request, struct http_reply *reply);
    void *context; /* borrowed */
};

static inline void http_handle(const struct http_handler *handler,
                               const struct http_request *request, struct http_reply *reply)
{
    handler->handle(handler->context, request, reply);
}

#endif
