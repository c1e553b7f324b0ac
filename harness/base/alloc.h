/* The one seam through which the project gets memory, so that tests can make any allocation fail.
 */
#ifndef SYNCSPEC_BASE_ALLOC_H
#define SYNCSPEC_BASE_ALLOC_H

#include "base/try.h"

#include <stdbool.h>
#include <stdint.h>

/* NULL when out of memory.  Zeroed.  A size of 0 gives a pointer that may be released but not read.
 */
MUST_USE void *alloc_zeroed(size_t count, size_t size);

/* NULL when out of memory; `old` then stays valid.  alloc_resize(NULL, n) allocates. */
MUST_USE void *alloc_resize(void *old, size_t size);

/* alloc_release(NULL) does nothing. */
void alloc_release(void *block);

/* A new zeroed object of the type, or NULL. */
#define alloc_new(type) ((type *)alloc_zeroed(1, sizeof(type)))

/* For tests.  From now on the n-th allocation (0 is the next) fails, once; UINT64_MAX: none.  Per
 * process, not for use while threads run. */
void alloc_fail_at(uint64_t nth);

/* For tests.  Whether the failure that was armed has happened. */
bool alloc_has_failed(void);

/* For tests.  Blocks allocated and not yet released. */
int64_t alloc_live(void);

#endif
