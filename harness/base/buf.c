#include "base/buf.h"

#include "base/alloc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { FIRST_CAPACITY = 64 };

bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed)
        return false;
    if (more <= buf->cap - buf->len)
        return true;
    if (more > buf->ceiling || buf->len > buf->ceiling - more) {
        buf->failed = true;
        return false;
    }
    size_t want = buf->len + more;
    size_t cap = buf->cap > FIRST_CAPACITY ? buf->cap : FIRST_CAPACITY;
    while (cap < want)
        cap = cap > buf->ceiling / 2 ? buf->ceiling : cap * 2;
    if (cap > buf->ceiling)
        cap = want;
    uint8_t *grown = alloc_resize(buf->ptr, cap);
    if (grown == NULL) {
        buf->failed = true;
        return false;
    }
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

bool buf_add(struct buf *buf, struct slice bytes)
{
    if (!buf_reserve(buf, bytes.len))
        return false;
    if (bytes.len > 0)
        memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    return true;
}

bool buf_add_text(struct buf *buf, const char *text)
{
    return buf_add(buf, slice_text(text));
}

bool buf_add_byte(struct buf *buf, uint8_t byte)
{
    if (!buf_reserve(buf, 1))
        return false;
    buf->ptr[buf->len++] = byte;
    return true;
}

bool buf_add_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return buf_add(buf, slice_of(digits + at, sizeof(digits) - at));
}

bool buf_add_i64(struct buf *buf, int64_t value)
{
    if (value >= 0)
        return buf_add_u64(buf, (uint64_t)value);
    return buf_add_byte(buf, '-') && buf_add_u64(buf, ~(uint64_t)value + 1);
}

bool buf_add_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0)
        buf->failed = true;
    if (need < 0 || !buf_reserve(buf, (size_t)need + 1))
        return false;
    va_start(args, format);
    int wrote = vsnprintf((char *)buf->ptr + buf->len, (size_t)need + 1, format, args);
    va_end(args);
    buf->len += (size_t)wrote;
    return true;
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
}

void buf_truncate(struct buf *buf, size_t len)
{
    if (len < buf->len)
        buf->len = len;
}

void buf_consume(struct buf *buf, size_t len)
{
    if (len >= buf->len) {
        buf->len = 0;
        return;
    }
    if (len > 0)
        memmove(buf->ptr, buf->ptr + len, buf->len - len);
    buf->len -= len;
}

const char *buf_text(struct buf *buf)
{
    if (!buf_reserve(buf, 1))
        return NULL;
    buf->ptr[buf->len] = '\0';
    return (const char *)buf->ptr;
}

void buf_free(struct buf *buf)
{
    alloc_release(buf->ptr);
    *buf = buf_bounded(buf->ceiling);
}
