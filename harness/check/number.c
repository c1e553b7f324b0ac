#include "check/matchers.h"

#include <stdio.h>

/* Which orders of seen and wanted a comparison admits. */
enum { LESS = 1, EQUAL = 2, MORE = 4 };

static bool admits(struct check_match *match, const struct check_value *value,
                   const json_t *operand, int orders)
{
    struct check_decimal seen, wanted;
    char scratch[CHECK_DECIMAL_SCRATCH];
    if (!check_value_decimal(value, match->strings_count, &seen) ||
        !check_decimal_of(operand, scratch, &wanted))
        return false;
    int order = check_decimal_compare(&seen, &wanted);
    return (orders & (order < 0 ? LESS : order > 0 ? MORE : EQUAL)) != 0;
}

CHECK_MATCHER(ge)
{
    return admits(match, value, operand, EQUAL | MORE) ||
           check_mismatch_of(match, value, where, "$ge", operand);
}

CHECK_MATCHER(gt)
{
    return admits(match, value, operand, MORE) ||
           check_mismatch_of(match, value, where, "$gt", operand);
}

CHECK_MATCHER(le)
{
    return admits(match, value, operand, LESS | EQUAL) ||
           check_mismatch_of(match, value, where, "$le", operand);
}

CHECK_MATCHER(lt)
{
    return admits(match, value, operand, LESS) ||
           check_mismatch_of(match, value, where, "$lt", operand);
}

/* $eq and $ne also take what is no number; then equal is what a plain matcher takes for equal. */
static bool is_equal(struct check_match *match, const struct check_value *value,
                     const json_t *operand)
{
    return admits(match, value, operand, EQUAL) || check_would_match(match, value, operand);
}

CHECK_MATCHER(eq)
{
    return is_equal(match, value, operand) ||
           check_mismatch_of(match, value, where, "$eq", operand);
}

CHECK_MATCHER(ne)
{
    return (value->kind != CHECK_ABSENT && !is_equal(match, value, operand)) ||
           check_mismatch_of(match, value, where, "$ne", operand);
}

CHECK_MATCHER(between)
{
    return (admits(match, value, json_array_get(operand, 0), EQUAL | MORE) &&
            admits(match, value, json_array_get(operand, 1), LESS | EQUAL)) ||
           check_mismatch_of(match, value, where, "$between", operand);
}

CHECK_MATCHER(number)
{
    return admits(match, value, operand, EQUAL) ||
           check_mismatch_of(match, value, where, "$number", operand);
}

/* How many decimals: "2" or "0-2". */
static bool read_range(const json_t *operand, uint64_t *ret_low, uint64_t *ret_high)
{
    if (json_is_integer(operand)) {
        *ret_low = *ret_high = (uint64_t)json_integer_value(operand);
        return json_integer_value(operand) >= 0;
    }
    struct slice low, high;
    return slice_cut(slice_text(json_string_value(operand)), '-', &low, &high) &&
           slice_to_u64(low, ret_low) && slice_to_u64(high, ret_high) && *ret_low <= *ret_high;
}

static bool is_stamp(struct slice text, const json_t *operand)
{
    uint64_t low, high, number;
    struct slice whole, fraction;
    bool point = slice_cut(text, '.', &whole, &fraction);
    if (!read_range(operand, &low, &high) || !slice_to_u64(whole, &number))
        return false;
    for (size_t i = 0; i < fraction.len; i++)
        if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
            return false;
    return point == (fraction.len > 0) && fraction.len >= low && fraction.len <= high;
}

CHECK_MATCHER(stamp)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    struct slice text = value->raw;
    bool written = value->kind == CHECK_NUMBER || value->kind == CHECK_TEXT ||
                   (match->strings_count && check_value_text(value, &scratch, &text));
    return (written && is_stamp(text, operand)) ||
           check_mismatch_of(match, value, where, "$stamp", operand);
}

/* A number, or a text: a decimal, or with an expression that may become one. */
static bool is_decimal(const json_t *operand)
{
    struct check_decimal decimal;
    char scratch[CHECK_DECIMAL_SCRATCH];
    if (json_is_string(operand) && strchr(json_string_value(operand), '{') != NULL)
        return true;
    return check_decimal_of(operand, scratch, &decimal);
}

CHECK_WRONG(decimal)
{
    const json_t *number = json_object_get(operand, "$number");
    if (is_decimal(number == NULL ? operand : number))
        return NULL;
    return check_wrong_at(where, arena, ret_pointer,
                          "a wrong operand; expected a number or a text that is a decimal");
}

CHECK_WRONG(plain)
{
    return check_matcher_wrong(operand, where, arena, ret_pointer);
}

CHECK_WRONG(between)
{
    if (json_array_size(operand) == 2 && is_decimal(json_array_get(operand, 0)) &&
        is_decimal(json_array_get(operand, 1)))
        return NULL;
    return check_wrong_at(where, arena, ret_pointer, "a wrong operand; expected [low, high]");
}

CHECK_WRONG(number)
{
    if (json_is_string(operand) && is_decimal(operand))
        return NULL;
    return check_wrong_at(where, arena, ret_pointer,
                          "a wrong operand; expected a text that is a decimal");
}

CHECK_WRONG(stamp)
{
    uint64_t low, high;
    if (read_range(operand, &low, &high))
        return NULL;
    return check_wrong_at(where, arena, ret_pointer,
                          "a wrong operand; expected how many decimals, as 2 or \"0-2\"");
}
