/* The Date field (RFC 9110, section 6.6.1), written once per second. */
#ifndef SYNCSPEC_HTTP_DATE_H
#define SYNCSPEC_HTTP_DATE_H

#include "base/slice.h"

/* "Sun, 06 Nov 1994 08:49:37 GMT" with NUL. */
enum { HTTP_DATE_TEXT = 30 };

/* All zero before the first use. */
struct http_date {
    int64_t second; /* since the epoch; that of the text */
    char text[HTTP_DATE_TEXT];
};

/* The text for that second, at least 1 and before the year 10000; other values are taken for the
 * nearest of these.  Borrowed until the next call. */
struct slice http_date_at(struct http_date *date, int64_t second);

#endif
