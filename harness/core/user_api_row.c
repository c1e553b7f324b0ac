#include "core/user_api_row.h"

#include "base/base64.h"
#include "base/mac.h"

enum { ROOM = 2048, BYTES = 64 };

static void add_number(struct buf *out, uint64_t number)
{
    buf_add_u64(out, number);
    buf_add_byte(out, ' ');
}

static void add_bytes(struct buf *out, const uint8_t *bytes, size_t len)
{
    (void)base64_encode(slice_of(bytes, len), BASE64_STANDARD, out);
    buf_add_byte(out, ' ');
}

/* The key is the name.  The value: words with a blank between them, the address last. */
enum store_err core_user_row_keep(struct store *store, const struct core_user *user)
{
    AUTO(mac_wipe_buf) struct buf value = buf_bounded(ROOM);
    if (store == NULL)
        return STORE_OK;
    buf_reserve(&value, ROOM);
    add_number(&value, user->uid);
    add_number(&value, user->password.cost);
    add_bytes(&value, user->password.salt, sizeof(user->password.salt));
    add_bytes(&value, user->password.hash, sizeof(user->password.hash));
    add_number(&value, user->reset_until > 0 ? (uint64_t)user->reset_until : 0);
    add_bytes(&value, user->reset, sizeof(user->reset));
    buf_add(&value, slice_of(user->node, user->node_len));
    buf_add_byte(&value, ' ');
    buf_add(&value, slice_of(user->email, user->email_len));
    const struct store_kept row = { CORE_USER_KIND, slice_of(user->name, user->name_len),
                                    buf_slice(&value) };
    return value.failed ? STORE_NOMEM : store_keep(store, &row);
}

enum store_err core_user_row_forget(struct store *store, const struct core_user *user)
{
    return store_forget(store, CORE_USER_KIND, slice_of(user->name, user->name_len));
}

static bool take_number(struct slice *rest, uint64_t most, uint64_t *ret)
{
    struct slice word;
    slice_cut(*rest, ' ', &word, rest);
    return slice_to_u64(word, ret) && *ret <= most;
}

static bool take_bytes(struct slice *rest, uint8_t *ret, size_t len)
{
    struct slice word;
    uint8_t room[BYTES];
    struct buf out = { .ptr = room, .cap = sizeof(room), .ceiling = sizeof(room) };
    slice_cut(*rest, ' ', &word, rest);
    if (!base64_decode(word, BASE64_STANDARD, &out) || out.len != len)
        return false;
    memcpy(ret, room, len);
    return true;
}

static bool take_text(struct slice text, char *ret, size_t room, size_t *ret_len)
{
    if (text.len > room)
        return false;
    if (text.len > 0)
        memcpy(ret, text.ptr, text.len);
    *ret_len = text.len;
    return true;
}

bool core_user_row_read(const struct store_kept *row, struct core_user *user)
{
    struct slice node, rest = row->value;
    struct auth_password *password = &user->password;
    uint64_t cost, until;
    if (!take_number(&rest, UINT64_MAX, &user->uid) ||
        !take_number(&rest, AUTH_PASSWORD_COST_MAX, &cost) ||
        !take_bytes(&rest, password->salt, sizeof(password->salt)) ||
        !take_bytes(&rest, password->hash, sizeof(password->hash)) ||
        !take_number(&rest, INT64_MAX, &until) ||
        !take_bytes(&rest, user->reset, sizeof(user->reset)))
        return false;
    password->cost = (uint8_t)cost;
    user->reset_until = (int64_t)until;
    slice_cut(rest, ' ', &node, &rest);
    return cost >= AUTH_PASSWORD_COST_MIN &&
           take_text(node, user->node, sizeof(user->node), &user->node_len) &&
           take_text(rest, user->email, sizeof(user->email), &user->email_len);
}
