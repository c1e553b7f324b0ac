#include "http/reply.h"

#include "base/stamp.h"
#include "http/scan.h"

void http_reply_init(struct http_reply *reply)
{
    *reply = (struct http_reply){
        .body = buf_bounded(LIMIT_REPLY_BODY),
        .text = buf_bounded(LIMIT_REPLY_HEAD),
    };
}

void http_reply_clear(struct http_reply *reply)
{
    buf_clear(&reply->body);
    buf_clear(&reply->text);
    reply->status = 0;
    reply->close = false;
    reply->count = 0;
}

struct http_field http_reply_field(const struct http_reply *reply, size_t index)
{
    const struct http_reply_place *place = &reply->places[index];
    return (struct http_field){
        .name = slice_of(reply->text.ptr + place->name, place->name_len),
        .value = slice_of(reply->text.ptr + place->value, place->value_len),
    };
}

/* The index of the field of that name, or reply->count. */
static size_t find(const struct http_reply *reply, struct slice name)
{
    for (size_t i = 0; i < reply->count; i++) {
        if (slice_eq_nocase(http_reply_field(reply, i).name, name))
            return i;
    }
    return reply->count;
}

/* Room for that many more bytes of text; without it the reply stays as it is. */
static bool reserve(struct http_reply *reply, size_t more)
{
    if (buf_reserve(&reply->text, more))
        return true;
    reply->text.failed = false;
    return false;
}

static uint32_t append(struct http_reply *reply, struct slice bytes)
{
    uint32_t at = (uint32_t)reply->text.len;
    buf_add(&reply->text, bytes);
    return at;
}

/* Takes bytes out of the text; what stands behind them moves up. */
static void cut_out(struct http_reply *reply, uint32_t at, uint32_t len)
{
    size_t behind = (size_t)at + len;
    if (len == 0)
        return;
    memmove(reply->text.ptr + at, reply->text.ptr + behind, reply->text.len - behind);
    buf_truncate(&reply->text, reply->text.len - len);
    for (size_t i = 0; i < reply->count; i++) {
        struct http_reply_place *place = &reply->places[i];
        place->name -= place->name > at ? len : 0;
        place->value -= place->value > at ? len : 0;
    }
}

static bool add(struct http_reply *reply, struct slice name, struct slice value)
{
    if (reply->count == LIMIT_REPLY_FIELD_COUNT || value.len > LIMIT_REPLY_HEAD ||
        !reserve(reply, name.len + value.len))
        return false;
    struct http_reply_place *place = &reply->places[reply->count++];
    place->name_len = (uint32_t)name.len;
    place->value_len = (uint32_t)value.len;
    place->name = append(reply, name);
    place->value = append(reply, value);
    return true;
}

static bool replace(struct http_reply *reply, size_t index, struct slice value)
{
    struct http_reply_place *place = &reply->places[index];
    size_t had = place->value_len;
    if (value.len > had && !reserve(reply, value.len - had))
        return false;
    cut_out(reply, place->value, place->value_len);
    place->value_len = (uint32_t)value.len;
    place->value = append(reply, value);
    return true;
}

bool http_reply_set(struct http_reply *reply, const char *name, struct slice value)
{
    struct slice key = slice_text(name);
    if (!http_is_token(key) || !http_is_value(value))
        return false;
    size_t index = find(reply, key);
    return index < reply->count ? replace(reply, index, value) : add(reply, key, value);
}

bool http_reply_set_text(struct http_reply *reply, const char *name, const char *value)
{
    return http_reply_set(reply, name, slice_text(value));
}

bool http_reply_set_u64(struct http_reply *reply, const char *name, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return http_reply_set(reply, name, slice_of(digits + at, sizeof(digits) - at));
}

bool http_reply_set_stamp(struct http_reply *reply, const char *name, int64_t stamp)
{
    char text[STAMP_TEXT_MAX];
    stamp_text(stamp, text);
    return http_reply_set_text(reply, name, text);
}

void http_reply_unset(struct http_reply *reply, const char *name)
{
    size_t index = find(reply, slice_text(name));
    if (index == reply->count)
        return;
    cut_out(reply, reply->places[index].value, reply->places[index].value_len);
    cut_out(reply, reply->places[index].name, reply->places[index].name_len);
    reply->count--;
    memmove(&reply->places[index], &reply->places[index + 1],
            (reply->count - index) * sizeof(reply->places[0]));
}

bool http_reply_get(const struct http_reply *reply, const char *name, struct slice *ret_value)
{
    size_t index = find(reply, slice_text(name));
    if (index == reply->count)
        return false;
    *ret_value = http_reply_field(reply, index).value;
    return true;
}

void http_reply_free(struct http_reply *reply)
{
    buf_free(&reply->body);
    buf_free(&reply->text);
    reply->count = 0;
}
