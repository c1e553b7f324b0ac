/* Protocol timestamps: int64 hundredths of a second since the epoch ("centiseconds").  No double
 * ever holds one. */
#ifndef SYNCSPEC_BASE_STAMP_H
#define SYNCSPEC_BASE_STAMP_H

#include "base/buf.h"

enum { STAMP_SECOND = 100 };

/* The longest text of stamp_write. */
enum { STAMP_TEXT_MAX = 24 };

/* Reads a non-negative decimal: digits, optionally a point and digits.  Digits past the second are
 * dropped (as syncstorage-rs does); a value past INT64_MAX is refused.  No sign, exponent or blank.
 * Writes on success only. */
MUST_USE bool stamp_parse(struct slice text, int64_t *ret_stamp);

/* Writes with exactly two decimals: 170000000012 as 1700000000.12.  Negative stamps are written
 * with '-'. */
bool stamp_write(int64_t stamp, struct buf *out);

/* The same as text in `ret`, NUL-terminated. */
void stamp_text(int64_t stamp, char ret[STAMP_TEXT_MAX]);

#endif
