/* The Date field (RFC 9110, section 6.6.1).  Private to this folder. */
#ifndef SYNCSPEC_EXCHANGE_DATE_H
#define SYNCSPEC_EXCHANGE_DATE_H

#include "base/slice.h"

/* "Sun, 06 Nov 1994 08:49:37 GMT" with NUL, and room for what a compiler fears. */
enum { EXCHANGE_DATE_TEXT = 96 };

/* All zero before the first use. */
struct exchange_date {
    int64_t second; /* since the epoch; that of the text */
    char text[EXCHANGE_DATE_TEXT];
};

/* The text for that second, written once per second.  Borrowed until the next call. */
const char *exchange_date_at(struct exchange_date *date, int64_t second);

#endif
