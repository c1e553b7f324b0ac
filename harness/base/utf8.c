#include "base/utf8.h"

/* The length of the valid sequence at the start of a non-empty slice, or 0. */
static size_t sequence(struct slice s)
{
    uint8_t first = s.ptr[0];
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    size_t len = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (s.len < len)
        return 0;
    uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (s.ptr[1] < low || s.ptr[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((s.ptr[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

size_t utf8_valid_length(struct slice text)
{
    size_t at = 0;
    while (at < text.len) {
        uint64_t word;
        if (text.len - at >= sizeof(word)) {
            memcpy(&word, text.ptr + at, sizeof(word));
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof(word);
                continue;
            }
        }
        size_t len = sequence(slice_from(text, at));
        if (len == 0)
            return at;
        at += len;
    }
    return at;
}

bool utf8_add(uint32_t scalar, struct buf *out)
{
    uint8_t bytes[4];
    size_t len = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = { 0, 0x00, 0xC0, 0xE0, 0xF0 };
    for (size_t i = len; i-- > 1;) {
        bytes[i] = (uint8_t)(0x80 | (scalar & 0x3F));
        scalar >>= 6;
    }
    bytes[0] = (uint8_t)(leads[len] | scalar);
    return buf_add(out, slice_of(bytes, len));
}
