/* "Did you mean": the known word that is nearest to a mistyped one. */
#ifndef SYNCSPEC_PLAN_NEAREST_H
#define SYNCSPEC_PLAN_NEAREST_H

#include "base/slice.h"

/* The word of ${words} that is at most two edits (and fewer than its length) away from ${typed},
 * the nearest and then the first; NULL when there is none.  A typed word past 64 bytes has none. */
const char *plan_nearest(struct slice typed, const char *const *words, size_t count);

#endif
