/* Base64 (RFC 4648), strict. */
#ifndef SYNCSPEC_BASE_BASE64_H
#define SYNCSPEC_BASE_BASE64_H

#include "base/buf.h"

enum base64_alphabet {
    BASE64_STANDARD, /* + and / */
    BASE64_URL,      /* - and _ */
};

/* With `=` padding.  Returns !out->failed. */
bool base64_encode(struct slice bytes, enum base64_alphabet alphabet, struct buf *out);

/* Appends the decoded bytes.  Refuses, having appended nothing: characters outside the alphabet,
 * missing or surplus padding, non-zero bits behind the last byte, and what does not fit into `out`.
 */
MUST_USE bool base64_decode(struct slice text, enum base64_alphabet alphabet, struct buf *out);

#endif
