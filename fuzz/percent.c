/* Bytes decode from their percent-encoding, which is of unreserved characters and escapes alone;
 * and what decodes is what another decoder makes of it. */
#include "http/target.h"

#include "fuzz/check.h"

#include <ctype.h>
#include <string.h>

enum { ROOM = 16 * 1024 * 1024 };

/* The other decoder; false for a broken escape. */
static bool decode_slowly(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char pair[] = { 0, 0, 0 };
        if (text.ptr[i] == '%') {
            memcpy(pair, text.ptr + i + 1, text.len - i > 2 ? 2 : 0);
            if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1]))
                return false;
            i += 2;
        }
        buf_add_byte(out, pair[0] != 0 ? (uint8_t)strtoul(pair, NULL, 16) : text.ptr[i]);
    }
    return true;
}

static bool is_encoded(uint8_t byte)
{
    return isalnum(byte) || (byte != 0 && strchr("-._~%", byte) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_of(data, size);
    FUZZ_BUF(there, ROOM);
    FUZZ_BUF(back, ROOM);
    buf_clear(&there);
    buf_clear(&back);
    FUZZ_CHECK(http_percent_encode(input, &there) && there.len <= 3 * size);
    for (size_t i = 0; i < there.len; i++)
        FUZZ_CHECK(is_encoded(there.ptr[i]));
    FUZZ_CHECK(http_percent_decode(buf_slice(&there), &back) && slice_eq(buf_slice(&back), input));
    buf_clear(&there);
    buf_clear(&back);
    bool decoded = http_percent_decode(input, &there);
    FUZZ_CHECK(decoded == decode_slowly(input, &back));
    FUZZ_CHECK(decoded ? slice_eq(buf_slice(&there), buf_slice(&back)) : there.len == 0);
    return 0;
}
