#include "base/slice.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

int slice_cmp(struct slice a, struct slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool slice_starts(struct slice s, struct slice start)
{
    return s.len >= start.len && slice_eq(slice_head(s, start.len), start);
}

bool slice_ends(struct slice s, struct slice end)
{
    return s.len >= end.len && slice_eq(slice_from(s, s.len - end.len), end);
}

size_t slice_find(struct slice s, uint8_t at)
{
    if (s.len == 0)
        return 0;
    const uint8_t *found = memchr(s.ptr, at, s.len);
    return found == NULL ? s.len : (size_t)(found - s.ptr);
}

size_t slice_search(struct slice s, struct slice needle)
{
    if (needle.len == 0)
        return 0;
    if (s.len == 0)
        return 0;
    const uint8_t *found = memmem(s.ptr, s.len, needle.ptr, needle.len);
    return found == NULL ? s.len : (size_t)(found - s.ptr);
}

bool slice_cut(struct slice in, uint8_t at, struct slice *ret_left, struct slice *ret_right)
{
    size_t where = slice_find(in, at);
    bool found = where < in.len;
    *ret_left = slice_head(in, where);
    *ret_right = slice_from(in, found ? where + 1 : in.len);
    return found;
}

struct slice slice_trim(struct slice s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
        s = slice_from(s, 1);
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

struct slice slice_put(uint8_t **at, struct slice s)
{
    uint8_t *copy = *at;
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    *at = copy + s.len;
    return slice_of(copy, s.len);
}

bool slice_to_u64(struct slice s, uint64_t *ret)
{
    uint64_t value = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}
