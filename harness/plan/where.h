/* A place in a JSON value, kept on the stack of whoever walks it; written as a JSON pointer when
 * something is wrong there. */
#ifndef SYNCSPEC_PLAN_WHERE_H
#define SYNCSPEC_PLAN_WHERE_H

#include "base/arena.h"
#include "base/buf.h"

struct plan_where {
    const struct plan_where *up; /* NULL: of the whole value, which key and index say nothing of */
    const char *key;             /* of a member; NULL: an element */
    size_t index;                /* of an element */
};

/* Appends the pointer (RFC 6901). */
void plan_where_write(const struct plan_where *where, struct buf *out);

/* The pointer as text of the arena; "" when it cannot be had. */
const char *plan_where_text(const struct plan_where *where, struct arena *arena);

#endif
