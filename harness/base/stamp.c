#include "base/stamp.h"

#include <inttypes.h>
#include <stdio.h>

bool stamp_parse(struct slice text, int64_t *ret_stamp)
{
    struct slice whole, fraction;
    uint64_t seconds = 0, digits = 0;
    bool has_point = slice_cut(text, '.', &whole, &fraction);
    if (!slice_to_u64(whole, &seconds) || seconds > INT64_MAX / STAMP_SECOND)
        return false;
    uint64_t hundredths = 0;
    if (has_point) {
        if (fraction.len == 0)
            return false;
        for (size_t i = 0; i < fraction.len; i++) {
            if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
                return false;
        }
        if (!slice_to_u64(slice_head(fraction, 2), &digits))
            return false;
        hundredths = fraction.len == 1 ? digits * 10 : digits;
    }
    uint64_t stamp = seconds * STAMP_SECOND + hundredths;
    if (stamp > INT64_MAX)
        return false;
    *ret_stamp = (int64_t)stamp;
    return true;
}

void stamp_text(int64_t stamp, char ret[STAMP_TEXT_MAX])
{
    uint64_t size = stamp < 0 ? ~(uint64_t)stamp + 1 : (uint64_t)stamp;
    int wrote = snprintf(ret, STAMP_TEXT_MAX, "%s%" PRIu64 ".%02u", stamp < 0 ? "-" : "",
                         size / STAMP_SECOND, (unsigned)(size % STAMP_SECOND));
    if (wrote < 0)
        ret[0] = '\0';
}

bool stamp_write(int64_t stamp, struct buf *out)
{
    char text[STAMP_TEXT_MAX];
    stamp_text(stamp, text);
    return buf_add_text(out, text);
}
