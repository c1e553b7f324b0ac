/* What the tests share: unreadable pages, allocation sweeps, files. */
#ifndef SYNCSPEC_TESTS_SUPPORT_H
#define SYNCSPEC_TESTS_SUPPORT_H

#include "base/buf.h"

/* cmocka wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define assert_slice(actual, text)                                                                 \
    do {                                                                                           \
        struct slice actual_ = (actual);                                                           \
        struct slice wanted_ = slice_text(text);                                                   \
        if (!slice_eq(actual_, wanted_))                                                           \
            fail_msg("\"%.*s\" is not \"%.*s\"", SLICE_FMT(actual_), SLICE_FMT(wanted_));          \
    } while (0)

/* A copy of the bytes that ends where an unreadable page begins: one byte too far is a crash.  Free
 * with support_edge_free. */
struct support_edge {
    struct slice bytes;
    void *map;
    size_t map_len;
};

struct support_edge support_edge_of(struct slice bytes);
void support_edge_free(struct support_edge *edge);

/* Runs `once(context)` with the first, second, ... allocation failing, until a run in which none
 * failed.  `once` must leave no block allocated, which is asserted after each run. */
void support_sweep_allocations(void (*once)(void *context), void *context);

/* The bytes of a file, path relative to the repository's root; the test fails when it cannot be
 * read.  The caller buf_free()s. */
struct buf support_read_file(const char *path);

#endif
