/* Owned bytes that grow up to a named ceiling. */
#ifndef SYNCSPEC_BASE_BUF_H
#define SYNCSPEC_BASE_BUF_H

#include "base/slice.h"

/* A buf without a ceiling cannot be written.  Once an append fails (ceiling or memory) the buf is
 * `failed`, keeps what it had, and refuses every later append until buf_clear: a sequence of
 * appends needs one check at its end. */
struct buf {
    uint8_t *ptr;
    size_t len;
    size_t cap;
    size_t ceiling;
    bool failed;
};

/* An empty buf; allocates nothing yet. */
static inline struct buf buf_bounded(size_t ceiling)
{
    return (struct buf){ .ceiling = ceiling };
}

/* Borrowed until the next append or free. */
static inline struct slice buf_slice(const struct buf *buf)
{
    return slice_of(buf->ptr, buf->len);
}

/* Makes room for `more` bytes beyond len, so that appending them neither fails nor moves the bytes.
 */
bool buf_reserve(struct buf *buf, size_t more);

/* Each returns !buf->failed.  `bytes` must not point into the buf.  _format needs room for one byte
 * more than it adds. */
bool buf_add(struct buf *buf, struct slice bytes);
bool buf_add_text(struct buf *buf, const char *text);
bool buf_add_byte(struct buf *buf, uint8_t byte);
bool buf_add_u64(struct buf *buf, uint64_t value);
bool buf_add_i64(struct buf *buf, int64_t value);
bool buf_add_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Empty again, failure forgotten; keeps the memory. */
void buf_clear(struct buf *buf);

/* Cuts to the first `len` bytes; no effect when there are fewer. */
void buf_truncate(struct buf *buf, size_t len);

/* Removes the first `len` bytes (all, when there are fewer) and moves the rest to the front. */
void buf_consume(struct buf *buf, size_t len);

/* The content as C text, borrowed until the next append; NULL when the terminator does not fit. */
const char *buf_text(struct buf *buf);

/* Releases the memory; the buf keeps its ceiling and may be used again. */
void buf_free(struct buf *buf);

#endif
