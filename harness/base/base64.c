#include "base/base64.h"

static const char alphabets[2][65] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

bool base64_encode(struct slice bytes, enum base64_alphabet alphabet, struct buf *out)
{
    const char *letters = alphabets[alphabet];
    if (!buf_reserve(out, (bytes.len + 2) / 3 * 4))
        return false;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t group = (uint32_t)bytes.ptr[i] << 16;
        if (have > 1)
            group |= (uint32_t)bytes.ptr[i + 1] << 8;
        if (have > 2)
            group |= bytes.ptr[i + 2];
        out->ptr[out->len++] = (uint8_t)letters[group >> 18];
        out->ptr[out->len++] = (uint8_t)letters[group >> 12 & 63];
        out->ptr[out->len++] = (uint8_t)(have > 1 ? letters[group >> 6 & 63] : '=');
        out->ptr[out->len++] = (uint8_t)(have > 2 ? letters[group & 63] : '=');
    }
    return true;
}

/* 0 to 63, or -1. */
static int value_of(uint8_t c, enum base64_alphabet alphabet)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (uint8_t)alphabets[alphabet][62])
        return 62;
    return c == (uint8_t)alphabets[alphabet][63] ? 63 : -1;
}

/* Decodes the `have` letters (2 to 4) of one group into have - 1 bytes. */
static bool decode_group(const uint8_t *letters, size_t have, enum base64_alphabet alphabet,
                         struct buf *out)
{
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < have ? value_of(letters[i], alphabet) : 0;
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
    }
    if ((have == 2 && (group & 0xFFFF) != 0) || (have == 3 && (group & 0xFF) != 0))
        return false;
    for (size_t i = 0; i + 1 < have; i++)
        out->ptr[out->len++] = (uint8_t)(group >> (16 - 8 * i));
    return true;
}

bool base64_decode(struct slice text, enum base64_alphabet alphabet, struct buf *out)
{
    size_t before = out->len;
    if (text.len % 4 != 0 || !buf_reserve(out, text.len / 4 * 3))
        return false;
    for (size_t i = 0; i < text.len; i += 4) {
        size_t have = 4;
        if (i + 4 == text.len)
            have -= (size_t)(text.ptr[i + 3] == '=') +
                    (size_t)(text.ptr[i + 3] == '=' && text.ptr[i + 2] == '=');
        if (!decode_group(text.ptr + i, have, alphabet, out)) {
            buf_truncate(out, before);
            return false;
        }
    }
    return true;
}
