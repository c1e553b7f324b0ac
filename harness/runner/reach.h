/* What a case sends at once, held against the limits that the target tells. */
#ifndef SYNCSPEC_RUNNER_REACH_H
#define SYNCSPEC_RUNNER_REACH_H

#include "runner/world.h"

/* NULL, or that the case posts more records or bytes than the target takes (API 1.5, "GET
 * /info/configuration"), which would be the case's fault and not the target's; "" when out of
 * memory.  Cases that need the limit try it on purpose.  The text lives as long as the world. */
MUST_USE const char *runner_reach_beyond(const struct runner_world *world,
                                         const struct plan_case *plan_case);

#endif
