#include "cli/size.h"

bool cli_size_read(const char *text, uint64_t *ret_bytes)
{
    static const char units[] = "kmg";
    struct slice digits = slice_text(text);
    uint64_t number;
    unsigned shift = 0;
    if (digits.len > 0) {
        const char *unit = strchr(units, digits.ptr[digits.len - 1] | 0x20);
        if (unit != NULL) {
            shift = 10U * (unsigned)(unit - units + 1);
            digits.len--;
        }
    }
    if (!slice_to_u64(digits, &number) || number > UINT64_MAX >> shift)
        return false;
    *ret_bytes = number << shift;
    return true;
}
