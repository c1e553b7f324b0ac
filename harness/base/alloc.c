#include "base/alloc.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_int_least64_t live;
static atomic_uint_least64_t until_failure = UINT64_MAX;
static atomic_bool failed;

static bool fails_now(void)
{
    uint64_t left = atomic_load_explicit(&until_failure, memory_order_relaxed);
    if (left == UINT64_MAX)
        return false;
    if (left > 0) {
        atomic_store_explicit(&until_failure, left - 1, memory_order_relaxed);
        return false;
    }
    atomic_store(&until_failure, UINT64_MAX);
    atomic_store(&failed, true);
    return true;
}

void *alloc_zeroed(size_t count, size_t size)
{
    size_t bytes;
    if (fails_now() || __builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *block = calloc(1, bytes > 0 ? bytes : 1);
    if (block != NULL)
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return block;
}

void *alloc_resize(void *old, size_t size)
{
    if (fails_now())
        return NULL;
    void *block = realloc(old, size > 0 ? size : 1);
    if (block != NULL && old == NULL)
        atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
    return block;
}

void alloc_release(void *block)
{
    if (block == NULL)
        return;
    atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
    free(block);
}

void alloc_fail_at(uint64_t nth)
{
    atomic_store(&failed, false);
    atomic_store(&until_failure, nth);
}

bool alloc_has_failed(void)
{
    return atomic_load(&failed);
}

int64_t alloc_live(void)
{
    return atomic_load(&live);
}
