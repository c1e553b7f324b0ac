/* Walking the members of a JSON object. */
#ifndef SYNCSPEC_RECORD_MEMBER_H
#define SYNCSPEC_RECORD_MEMBER_H

#include "record/scan.h"

/* In an object that was opened: reads the next key and the token that begins its value, which the
 * caller skips (record_scan_skip) or reads.  RECORD_SCAN_CLOSE_OBJECT behind the last member,
 * RECORD_SCAN_BAD when the text is not JSON; ${ret_key}, for record_scan_reads, is then not
 * written. */
static inline enum record_token record_member_next(struct record_scan *scan, struct slice *ret_key)
{
    enum record_token token = record_scan_next(scan);
    if (token != RECORD_SCAN_KEY)
        return token;
    *ret_key = scan->raw;
    return record_scan_next(scan);
}

#endif
