/* What a POST says of itself beforehand: X-Weave-Records, -Bytes, -Total-Records, -Total-Bytes. */
#ifndef SYNCSPEC_CORE_ANNOUNCE_H
#define SYNCSPEC_CORE_ANNOUNCE_H

#include "core/call.h"

/* Whether what the request announces is within the limits; otherwise the reply is 400, with code
 * 17 past a limit, and with code 1 when a number is malformed or a total comes with a request that
 * is not part of a batch.  The numbers are only hints: what is in the body is counted again. Before
 * 1.5 there are no such fields, and they are not read. */
MUST_USE bool core_announce_holds(struct core_call *call, bool in_batch);

#endif
