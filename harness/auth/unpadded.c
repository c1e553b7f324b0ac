#include "auth/unpadded.h"

#include "base/base64.h"

enum { GROUP = 4 };

bool auth_unpadded_encode(struct slice bytes, struct buf *out)
{
    if (!base64_encode(bytes, BASE64_URL, out))
        return false;
    size_t len = out->len;
    for (size_t rest = bytes.len % 3; rest > 0 && rest < 3; rest++)
        len--;
    buf_truncate(out, len);
    return true;
}

bool auth_unpadded_decode(struct slice text, struct buf *out)
{
    if (slice_find(text, '=') < text.len)
        return false;
    size_t whole = text.len - text.len % GROUP;
    uint8_t last[GROUP] = { '=', '=', '=', '=' };
    struct slice rest = slice_from(text, whole);
    if (rest.len == 0)
        return base64_decode(text, BASE64_URL, out);
    size_t before = out->len;
    memcpy(last, rest.ptr, rest.len);
    if (!base64_decode(slice_head(text, whole), BASE64_URL, out))
        return false;
    if (base64_decode(slice_of(last, GROUP), BASE64_URL, out))
        return true;
    buf_truncate(out, before);
    return false;
}
