#include "base/arena.h"

#include "base/alloc.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct block {
    struct block *next;
    alignas(max_align_t) uint8_t bytes[];
};

struct arena {
    struct block *blocks;
    size_t used;     /* of the first block */
    size_t capacity; /* of the first block */
    size_t total;
    size_t ceiling;
};

struct arena *arena_new(size_t ceiling)
{
    struct arena *arena = alloc_new(struct arena);
    if (arena != NULL)
        arena->ceiling = ceiling;
    return arena;
}

static bool add_block(struct arena *arena, size_t need)
{
    size_t capacity = need > BLOCK_SIZE ? need : BLOCK_SIZE;
    size_t size;
    if (__builtin_add_overflow(capacity, sizeof(struct block), &size))
        return false;
    struct block *block = alloc_zeroed(1, size);
    if (block == NULL)
        return false;
    block->next = arena->blocks;
    arena->blocks = block;
    arena->used = 0;
    arena->capacity = capacity;
    return true;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    const size_t unit = alignof(max_align_t);
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX - unit)
        return NULL;
    bytes = (bytes + unit - 1) / unit * unit;
    if (bytes == 0)
        bytes = unit;
    if (bytes > arena->ceiling || arena->total > arena->ceiling - bytes)
        return NULL;
    if (bytes > arena->capacity - arena->used && !add_block(arena, bytes))
        return NULL;
    void *result = arena->blocks->bytes + arena->used;
    arena->used += bytes;
    arena->total += bytes;
    return result;
}

char *arena_text(struct arena *arena, struct slice text)
{
    if (text.len == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, 1, text.len + 1);
    if (copy != NULL && text.len > 0)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
    if (bytes.len == 0)
        return (struct slice){ 0 };
    char *copy = arena_text(arena, bytes);
    return copy == NULL ? (struct slice){ 0 } : slice_of(copy, bytes.len);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0)
        return NULL;
    char *text = arena_alloc(arena, 1, (size_t)need + 1);
    if (text == NULL)
        return NULL;
    va_start(args, format);
    int wrote = vsnprintf(text, (size_t)need + 1, format, args);
    va_end(args);
    return wrote == need ? text : NULL;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->blocks != NULL) {
        struct block *next = arena->blocks->next;
        alloc_release(arena->blocks);
        arena->blocks = next;
    }
    alloc_release(arena);
}

void arena_freep(struct arena **arena)
{
    arena_free(*arena);
}
