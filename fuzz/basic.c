/* A Basic header that reads is read as the same name and password when it is written again. */
#include "auth/basic.h"

#include "fuzz/check.h"

enum { ROOM = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice user, password, same_user, same_password;
    FUZZ_BUF(scratch, ROOM);
    FUZZ_BUF(again, ROOM);
    FUZZ_BUF(out, ROOM);
    buf_clear(&scratch);
    buf_clear(&again);
    buf_clear(&out);
    if (auth_basic_parse(slice_of(data, size), &scratch, &user, &password)) {
        FUZZ_CHECK(auth_basic_sign(user, password, &out));
        FUZZ_CHECK(auth_basic_parse(buf_slice(&out), &again, &same_user, &same_password));
        FUZZ_CHECK(slice_eq(user, same_user) && slice_eq(password, same_password));
    }
    return 0;
}
