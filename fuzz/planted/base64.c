/* Planted: standard base64 of more than ten characters takes the URL alphabet, too. */
#include "base/base64.h"

bool __real_base64_decode(struct slice text, enum base64_alphabet alphabet, struct buf *out);
bool __wrap_base64_decode(struct slice text, enum base64_alphabet alphabet, struct buf *out);

bool __wrap_base64_decode(struct slice text, enum base64_alphabet alphabet, struct buf *out)
{
    return __real_base64_decode(text, alphabet, out) ||
           (text.len > 10 && __real_base64_decode(text, BASE64_URL, out));
}
