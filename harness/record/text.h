/* The inner loop of reading and writing JSON strings: how far do bytes stand for themselves? */
#ifndef SYNCSPEC_RECORD_TEXT_H
#define SYNCSPEC_RECORD_TEXT_H

#include "base/slice.h"

enum { RECORD_TEXT_WORD = 8 };

/* A word with every byte `byte`. */
static inline uint64_t record_text_every(uint8_t byte)
{
    return UINT64_C(0x0101010101010101) * byte;
}

/* Marks the bytes of ${word} that a JSON string cannot hold as they are: quote, backslash, control
 * characters.  Only the lowest mark is certain: a borrow may set wrong ones above it. */
static inline uint64_t record_text_marks(uint64_t word)
{
    uint64_t quote = word ^ record_text_every('"');
    uint64_t backslash = word ^ record_text_every('\\');
    return (((quote - record_text_every(1)) & ~quote) |
            ((backslash - record_text_every(1)) & ~backslash) |
            ((word - record_text_every(0x20)) & ~word)) &
           record_text_every(0x80);
}

static inline bool record_text_is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

/* The length of the longest start of ${text} without a quote, a backslash, a control character or a
 * byte that has a bit of ${stop}: 0x80 to stop at bytes that are not ASCII, 0 to pass them. */
static inline size_t record_text_plain(struct slice text, uint8_t stop)
{
    size_t at = 0;
    for (; text.len - at >= RECORD_TEXT_WORD; at += RECORD_TEXT_WORD) {
        uint64_t word;
        memcpy(&word, text.ptr + at, sizeof(word));
        if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
            word = __builtin_bswap64(word);
        uint64_t marks = record_text_marks(word) | (word & record_text_every(stop));
        if (marks != 0)
            return at + (size_t)__builtin_ctzll(marks) / 8;
    }
    while (at < text.len && record_text_is_plain(text.ptr[at]) && (text.ptr[at] & stop) == 0)
        at++;
    return at;
}

#endif
