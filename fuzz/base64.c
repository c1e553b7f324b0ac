/* Bytes decode from their base64 in either alphabet, with padding and without; and text that
 * decodes is what its bytes encode to: there is one text for each. */
#include "base/base64.h"
#include "auth/unpadded.h"

#include "fuzz/check.h"

enum { ROOM = 16 * 1024 * 1024 };

static bool decode(struct slice text, unsigned kind, struct buf *out)
{
    return kind == 2 ? auth_unpadded_decode(text, out)
                     : base64_decode(text, (enum base64_alphabet)kind, out);
}

static bool encode(struct slice bytes, unsigned kind, struct buf *out)
{
    return kind == 2 ? auth_unpadded_encode(bytes, out)
                     : base64_encode(bytes, (enum base64_alphabet)kind, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_of(data, size);
    for (unsigned kind = 0; kind <= 2; kind++) {
        FUZZ_BUF(there, ROOM);
        FUZZ_BUF(back, ROOM);
        buf_clear(&there);
        buf_clear(&back);
        FUZZ_CHECK(encode(input, kind, &there) && decode(buf_slice(&there), kind, &back));
        FUZZ_CHECK(slice_eq(buf_slice(&back), input));
        buf_clear(&there);
        buf_clear(&back);
        bool decoded = decode(input, kind, &there);
        FUZZ_CHECK(decoded ? encode(buf_slice(&there), kind, &back) : there.len == 0);
        FUZZ_CHECK(!decoded || slice_eq(buf_slice(&back), input));
    }
    return 0;
}
