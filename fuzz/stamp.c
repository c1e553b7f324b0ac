/* A timestamp reads as its digits say, cut behind the second decimal, and is written as text that
 * reads as the same one. */
#include "base/stamp.h"

#include "fuzz/check.h"

__extension__ typedef __int128 wide; /* so that nothing wraps */

static bool are_digits(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    }
    return text.len > 0;
}

/* The hundredths; -1: no timestamp. */
static wide read_slowly(struct slice text)
{
    struct slice whole, part;
    bool point = slice_cut(text, '.', &whole, &part);
    wide value = 0;
    if (!are_digits(whole) || (point && !are_digits(part)))
        return -1;
    for (size_t i = 0; i < whole.len + 2; i++) {
        uint8_t digit = '0';
        if (i < whole.len)
            digit = whole.ptr[i];
        else if (i - whole.len < part.len)
            digit = part.ptr[i - whole.len];
        value = value * 10 + digit - '0';
        if (value > INT64_MAX)
            return -1;
    }
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t stamp = -1, again;
    char text[STAMP_TEXT_MAX];
    struct slice input = slice_of(data, size);
    FUZZ_CHECK(stamp_parse(input, &stamp) == (read_slowly(input) >= 0));
    FUZZ_CHECK((wide)stamp == read_slowly(input));
    if (stamp >= 0) {
        stamp_text(stamp, text);
        FUZZ_CHECK(stamp_parse(slice_text(text), &again) && again == stamp);
    } else if (size >= sizeof(stamp)) {
        memcpy(&stamp, data, sizeof(stamp));
        stamp_text(stamp, text);
        FUZZ_CHECK(stamp_parse(slice_text(text), &again) == (stamp >= 0));
    }
    return 0;
}
