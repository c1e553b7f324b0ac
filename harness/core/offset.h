/* The opaque value of X-Weave-Next-Offset: base64url of the place behind the last record
 * delivered, so that pages stay right while others write. */
#ifndef SYNCSPEC_CORE_OFFSET_H
#define SYNCSPEC_CORE_OFFSET_H

#include "base/buf.h"
#include "store/store.h"

/* A place in an order; ${number} as in store_query.after_key. */
struct core_offset {
    enum store_order order;
    int64_t number;
    struct slice id;
};

bool core_offset_write(const struct core_offset *offset, struct buf *out);

/* False for what core_offset_write never wrote for ${order}.  The id lies in ${scratch}. */
MUST_USE bool core_offset_read(struct slice text, enum store_order order, struct buf *scratch,
                               struct core_offset *ret_offset);

#endif
