#include "runner/values.h"

bool runner_value_text(const json_t *value, struct slice *ret)
{
    if (!json_is_string(value))
        return false;
    *ret = slice_of(json_string_value(value), json_string_length(value));
    return true;
}

bool runner_value_integer(const json_t *value, int64_t *ret)
{
    if (json_is_integer(value)) {
        *ret = json_integer_value(value);
        return true;
    }
    struct slice text;
    if (!runner_value_text(value, &text) || text.len == 0)
        return false;
    bool negative = text.ptr[0] == '-';
    uint64_t digits = 0;
    if (!slice_to_u64(slice_from(text, negative ? 1 : 0), &digits) || digits > INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)digits : (int64_t)digits;
    return true;
}
