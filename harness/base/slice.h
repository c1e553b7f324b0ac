/* Borrowed bytes. */
#ifndef SYNCSPEC_BASE_SLICE_H
#define SYNCSPEC_BASE_SLICE_H

#include "base/try.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bytes that belong to somebody else: not NUL-terminated, never freed through a slice.  ptr may be
 * NULL when len is 0. */
struct slice {
    const uint8_t *ptr;
    size_t len;
};

#define SLICE(literal) ((struct slice){ (const uint8_t *)(literal), sizeof(literal) - 1 })
/* The same for static initialisers. */
#define SLICE_INIT(literal)                                                                        \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

/* For printf: "%.*s", SLICE_FMT(s). */
#define SLICE_FMT(s) (int)(s).len, (const char *)((s).len > 0 ? (s).ptr : (const uint8_t *)"")

static inline struct slice slice_of(const void *bytes, size_t len)
{
    return (struct slice){ bytes, len };
}

/* NULL gives the empty slice. */
static inline struct slice slice_text(const char *text)
{
    return text == NULL ? (struct slice){ 0 } : slice_of(text, strlen(text));
}

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool slice_is(struct slice a, const char *text)
{
    return slice_eq(a, slice_text(text));
}

/* The bytes from `from` on; empty when `from` is past the end. */
static inline struct slice slice_from(struct slice s, size_t from)
{
    if (s.ptr == NULL)
        return s;
    return from >= s.len ? slice_of(s.ptr + s.len, 0) : slice_of(s.ptr + from, s.len - from);
}

/* The first `len` bytes, or all when there are fewer. */
static inline struct slice slice_head(struct slice s, size_t len)
{
    return len < s.len ? slice_of(s.ptr, len) : s;
}

/* Equal but for the case of ASCII letters. */
bool slice_eq_nocase(struct slice a, struct slice b);

/* Byte order, shorter first when one is the start of the other: <0, 0, >0. */
int slice_cmp(struct slice a, struct slice b);

bool slice_starts(struct slice s, struct slice start);
bool slice_ends(struct slice s, struct slice end);

/* The offset of the first byte `at`, or s.len. */
size_t slice_find(struct slice s, uint8_t at);

/* The offset of the first place where `needle` stands, or s.len. */
size_t slice_search(struct slice s, struct slice needle);

/* Cuts at the first `at`: left is what stands before it, right what stands after.  Without one,
 * left is all of `in`, right is empty, and the result is false.  Either result may be the variable
 * that `in` came from. */
bool slice_cut(struct slice in, uint8_t at, struct slice *ret_left, struct slice *ret_right);

/* Without SP and HTAB at both ends. */
struct slice slice_trim(struct slice s);

/* Copies ${s} to ${*at}, which has the room, and moves ${*at} behind it; the copy. */
struct slice slice_put(uint8_t **at, struct slice s);

/* Decimal digits only, no sign, no blanks, at least one digit, at most UINT64_MAX.  Writes on
 * success only. */
MUST_USE bool slice_to_u64(struct slice s, uint64_t *ret);

#endif
