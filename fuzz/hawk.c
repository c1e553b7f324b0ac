/* A Hawk header that reads is read as the same one when it is written again. */
#include "auth/hawk.h"

#include "fuzz/check.h"

enum { ROOM = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct auth_hawk first, again;
    if (!auth_hawk_parse(slice_of(data, size), &first))
        return 0;
    const struct auth_hawk_input input = {
        .ts = first.ts, .nonce = first.nonce, .hash = first.hash, .ext = first.ext
    };
    FUZZ_BUF(out, ROOM);
    buf_clear(&out);
    FUZZ_CHECK(auth_hawk_sign(first.id, SLICE("key"), &input, &out));
    FUZZ_CHECK(auth_hawk_parse(buf_slice(&out), &again));
    FUZZ_CHECK(slice_eq(first.id, again.id) && slice_eq(first.ts, again.ts));
    FUZZ_CHECK(slice_eq(first.nonce, again.nonce) && slice_eq(first.hash, again.hash));
    FUZZ_CHECK(slice_eq(first.ext, again.ext));
    return 0;
}
