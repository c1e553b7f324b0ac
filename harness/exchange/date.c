#include "exchange/date.h"

#include <stdio.h>
#include <time.h>

/* Not strftime: its names follow the locale. */
static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *exchange_date_at(struct exchange_date *date, int64_t second)
{
    if (date->second == second && date->text[0] != '\0')
        return date->text;
    const time_t at = (time_t)second;
    struct tm t = { 0 };
    (void)gmtime_r(&at, &t);
    (void)snprintf(date->text, sizeof(date->text), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   days[t.tm_wday % 7], t.tm_mday, months[t.tm_mon % 12], t.tm_year + 1900,
                   t.tm_hour, t.tm_min, t.tm_sec);
    date->second = second;
    return date->text;
}
