#include "serve/refusal.h"

enum { RETRY_AFTER_SECONDS = 5 };

void serve_refusal_make(struct http_reply *reply, int status, const char *text)
{
    http_reply_clear(reply);
    reply->status = status;
    reply->close = true;
    /* A field or text that finds no memory is left out: the status says what matters. */
    (void)http_reply_set_text(reply, "Content-Type", "text/plain; charset=utf-8");
    if (status == 503)
        (void)http_reply_set_u64(reply, "Retry-After", RETRY_AFTER_SECONDS);
    if (!buf_add_text(&reply->body, text) || !buf_add_byte(&reply->body, '\n'))
        buf_clear(&reply->body);
}
