#include "http/scan.h"
#include "http/target.h"

/* The length of the decoded text, or SIZE_MAX when an escape is not one. */
static size_t decoded_len(struct slice encoded)
{
    size_t len = 0;
    for (size_t i = 0; i < encoded.len; i++, len++) {
        if (encoded.ptr[i] != '%')
            continue;
        if (encoded.len - i < 3 || !http_byte_is(encoded.ptr[i + 1], HTTP_BYTE_HEX) ||
            !http_byte_is(encoded.ptr[i + 2], HTTP_BYTE_HEX))
            return SIZE_MAX;
        i += 2;
    }
    return len;
}

bool http_percent_decode(struct slice encoded, struct buf *out)
{
    size_t len = decoded_len(encoded);
    if (len == SIZE_MAX || !buf_reserve(out, len))
        return false;
    for (size_t i = 0; i < encoded.len; i++) {
        uint8_t byte = encoded.ptr[i];
        if (byte == '%') {
            byte = (uint8_t)(http_byte_hex(encoded.ptr[i + 1]) << 4 |
                             http_byte_hex(encoded.ptr[i + 2]));
            i += 2;
        }
        out->ptr[out->len++] = byte;
    }
    return true;
}

static bool is_unreserved(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

bool http_percent_encode(struct slice bytes, struct buf *out)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.ptr[i];
        if (is_unreserved(byte)) {
            buf_add_byte(out, byte);
            continue;
        }
        const char escape[] = { '%', digits[byte >> 4], digits[byte & 15] };
        buf_add(out, slice_of(escape, sizeof(escape)));
    }
    return !out->failed;
}
