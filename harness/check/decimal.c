#include "check/decimal.h"

#include <stdio.h>
#include <stdlib.h>

enum { EXPONENT_MAX = 1000000000 };

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(struct slice text)
{
    size_t count = 0;
    while (count < text.len && is_digit(text.ptr[count]))
        count++;
    return count;
}

/* Behind 'e': a sign, digits.  Saturates. */
static bool parse_exponent(struct slice text, int64_t *ret_exponent)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (negative || (text.len > 0 && text.ptr[0] == '+'))
        text = slice_from(text, 1);
    if (text.len == 0 || count_digits(text) != text.len)
        return false;
    int64_t exponent = 0;
    for (size_t i = 0; i < text.len && exponent < EXPONENT_MAX; i++)
        exponent = exponent * 10 + (text.ptr[i] - '0');
    *ret_exponent = negative ? -exponent : exponent;
    return true;
}

/* Where the first digit counts: ${whole} digits stand before the point. */
static void set_digits(struct check_decimal *decimal, struct slice mantissa, size_t whole)
{
    size_t zeros = 0;
    while (zeros < mantissa.len && (mantissa.ptr[zeros] == '0' || mantissa.ptr[zeros] == '.'))
        zeros++;
    decimal->digits = slice_from(mantissa, zeros);
    decimal->magnitude += (int64_t)whole - (int64_t)zeros - (zeros > whole ? 0 : 1);
    if (decimal->digits.len == 0) {
        decimal->negative = false;
        decimal->magnitude = 0;
    }
}

bool check_decimal_parse(struct slice text, struct check_decimal *ret_decimal)
{
    struct check_decimal decimal = { .negative = text.len > 0 && text.ptr[0] == '-' };
    text = slice_from(text, decimal.negative ? 1 : 0);
    size_t whole = count_digits(text), end = whole;
    if (whole == 0)
        return false;
    if (end < text.len && text.ptr[end] == '.') {
        size_t fraction = count_digits(slice_from(text, end + 1));
        if (fraction == 0)
            return false;
        end += 1 + fraction;
    }
    bool exponent = end < text.len && (text.ptr[end] == 'e' || text.ptr[end] == 'E');
    if (exponent ? !parse_exponent(slice_from(text, end + 1), &decimal.magnitude) : end != text.len)
        return false;
    set_digits(&decimal, slice_head(text, end), whole);
    *ret_decimal = decimal;
    return true;
}

/* The next digit, '0' behind the last. */
static uint8_t next_digit(struct slice *digits)
{
    if (digits->len > 0 && digits->ptr[0] == '.')
        *digits = slice_from(*digits, 1);
    if (digits->len == 0)
        return '0';
    uint8_t digit = digits->ptr[0];
    *digits = slice_from(*digits, 1);
    return digit;
}

static int compare_magnitudes(const struct check_decimal *a, const struct check_decimal *b)
{
    if (a->digits.len == 0 || b->digits.len == 0)
        return (a->digits.len > 0) - (b->digits.len > 0);
    if (a->magnitude != b->magnitude)
        return a->magnitude < b->magnitude ? -1 : 1;
    struct slice left = a->digits, right = b->digits;
    while (left.len > 0 || right.len > 0) {
        int difference = next_digit(&left) - next_digit(&right);
        if (difference != 0)
            return difference;
    }
    return 0;
}

int check_decimal_compare(const struct check_decimal *a, const struct check_decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = compare_magnitudes(a, b);
    return a->negative ? -order : order;
}

bool check_decimal_write(const struct check_decimal *decimal, struct buf *out)
{
    struct slice digits = decimal->digits;
    size_t end = out->len;
    buf_add_text(out, decimal->negative ? "-" : "+");
    while (digits.len > 0) {
        uint8_t digit = next_digit(&digits);
        buf_add_byte(out, digit);
        if (digit != '0')
            end = out->len;
    }
    buf_truncate(out, end);
    buf_add_byte(out, 'e');
    return buf_add_i64(out, decimal->magnitude);
}

/* The shortest text that reads as the same number. */
static bool real_text(double value, char text[CHECK_DECIMAL_SCRATCH])
{
    for (int digits = 15; digits <= 17; digits++) {
        int wrote = snprintf(text, CHECK_DECIMAL_SCRATCH, "%.*g", digits, value);
        if (wrote < 0 || wrote >= CHECK_DECIMAL_SCRATCH)
            return false;
        if (strtod(text, NULL) == value)
            return true;
    }
    return true;
}

bool check_decimal_of(const json_t *matcher, char scratch[CHECK_DECIMAL_SCRATCH],
                      struct check_decimal *ret_decimal)
{
    const json_t *number =
        json_object_size(matcher) == 1 ? json_object_get(matcher, "$number") : matcher;
    const char *text = json_string_value(number);
    if (json_is_integer(number)) {
        int wrote =
            snprintf(scratch, CHECK_DECIMAL_SCRATCH, "%lld", (long long)json_integer_value(number));
        text = wrote < 0 ? NULL : scratch;
    } else if (json_is_real(number)) {
        text = real_text(json_real_value(number), scratch) ? scratch : NULL;
    }
    return text != NULL && check_decimal_parse(slice_text(text), ret_decimal);
}
