#include "auth/basic.h"

#include "base/base64.h"

/* RFC 7617: neither part holds control characters. */
static bool has_controls(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            return true;
    }
    return false;
}

bool auth_basic_sign(struct slice user, struct slice password, struct buf *out)
{
    if (slice_find(user, ':') < user.len || has_controls(user) || has_controls(password))
        return false;
    AUTO(buf_free) struct buf pair = buf_bounded(user.len + 1 + password.len);
    buf_add(&pair, user);
    buf_add_byte(&pair, ':');
    buf_add(&pair, password);
    return !pair.failed && buf_add_text(out, "Basic ") &&
           base64_encode(buf_slice(&pair), BASE64_STANDARD, out);
}

bool auth_basic_parse(struct slice header, struct buf *scratch, struct slice *ret_user,
                      struct slice *ret_password)
{
    struct slice scheme;
    struct slice text;
    struct slice user;
    struct slice password;
    size_t from = scratch->len;
    if (!slice_cut(header, ' ', &scheme, &text) || !slice_eq_nocase(scheme, SLICE("Basic")) ||
        !base64_decode(slice_trim(text), BASE64_STANDARD, scratch))
        return false;
    struct slice pair = slice_from(buf_slice(scratch), from);
    if (!slice_cut(pair, ':', &user, &password) || has_controls(pair)) {
        buf_truncate(scratch, from);
        return false;
    }
    *ret_user = user;
    *ret_password = password;
    return true;
}

struct slice auth_basic_name(struct slice user, char room[RECORD_USERNAME_TEXT])
{
    if (slice_find(user, '@') == user.len)
        return user;
    return record_username_of(user, room) ? slice_text(room) : (struct slice){ 0 };
}
