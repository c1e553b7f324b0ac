#include "http/date.h"

#include <stdio.h>
#include <time.h>

static const int64_t last_second = 253402300799; /* of the year 9999 */

/* Not strftime: its names follow the locale. */
static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

struct slice http_date_at(struct http_date *date, int64_t second)
{
    if (second < 1)
        second = 1;
    if (second > last_second)
        second = last_second;
    if (date->second != second) {
        const time_t at = (time_t)second;
        struct tm t = { 0 };
        char text[HTTP_DATE_TEXT * 4];
        (void)gmtime_r(&at, &t);
        (void)snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                       days[t.tm_wday % 7], t.tm_mday, months[t.tm_mon % 12], t.tm_year + 1900,
                       t.tm_hour, t.tm_min, t.tm_sec);
        memcpy(date->text, text, HTTP_DATE_TEXT - 1);
        date->second = second;
    }
    return slice_of(date->text, HTTP_DATE_TEXT - 1);
}
