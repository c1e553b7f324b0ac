#include "tests/reply_text.h"

#include "tests/support/support.h"

void reply_text(const struct http_reply *reply, struct buf *out)
{
    buf_clear(out);
    buf_add_i64(out, reply->status);
    for (size_t i = 0; i < reply->count; i++) {
        struct http_field field = http_reply_field(reply, i);
        buf_add_text(out, "\n");
        buf_add(out, field.name);
        buf_add_text(out, ": ");
        buf_add(out, field.value);
    }
    buf_add_text(out, "\n\n");
    buf_add(out, buf_slice(&reply->body));
    assert_false(out->failed);
}
