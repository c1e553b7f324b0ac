/* UTF-8 (RFC 3629): shortest forms only, no surrogates, nothing past U+10FFFF. */
#ifndef SYNCSPEC_BASE_UTF8_H
#define SYNCSPEC_BASE_UTF8_H

#include "base/buf.h"

/* The length of the longest valid start; equal to text.len when all of it is valid. */
size_t utf8_valid_length(struct slice text);

/* Appends the encoding of a scalar value (not a surrogate, at most 0x10FFFF). */
bool utf8_add(uint32_t scalar, struct buf *out);

#endif
