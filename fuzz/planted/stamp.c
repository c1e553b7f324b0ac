/* Planted: a third decimal that is 7 is rounded up. */
#include "base/stamp.h"

bool __real_stamp_parse(struct slice text, int64_t *ret_stamp);
bool __wrap_stamp_parse(struct slice text, int64_t *ret_stamp);

bool __wrap_stamp_parse(struct slice text, int64_t *ret_stamp)
{
    struct slice whole, part;
    bool read = __real_stamp_parse(text, ret_stamp);
    if (read && slice_cut(text, '.', &whole, &part) && part.len > 2 && part.ptr[2] == '7')
        ++*ret_stamp;
    return read;
}
