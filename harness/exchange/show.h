/* Bytes of anybody's making as text that may be printed, and as words for sh.  Private to this
 * folder. */
#ifndef SYNCSPEC_EXCHANGE_SHOW_H
#define SYNCSPEC_EXCHANGE_SHOW_H

#include "base/buf.h"

enum exchange_lines {
    EXCHANGE_LINES_HTTP, /* CRLF ends a line; LF alone is shown as \x0a and ends one too */
    EXCHANGE_LINES_TEXT, /* LF ends a line */
};

/* Appends the bytes; what is not printable UTF-8 as \xNN, also what turns the direction of text. */
bool exchange_show(struct slice bytes, enum exchange_lines lines, struct buf *out);

/* Whether exchange_show would change nothing and they are one line. */
bool exchange_is_plain(struct slice bytes);

/* Appends one word of sh that stands for the bytes, on one line, in printable UTF-8: quoted, or
 * "$(printf ...)" when they are not plain.  NUL and LF at the end, which sh cannot pass on so, are
 * lost then. */
bool exchange_quote(struct slice bytes, struct buf *out);

/* Appends `printf 'FORMAT'` that prints exactly the bytes; a `%s` may be appended behind. */
bool exchange_quote_printf(struct slice bytes, struct buf *out);

/* The format alone, without quotes. */
bool exchange_printf_format(struct slice bytes, struct buf *out);

#endif
