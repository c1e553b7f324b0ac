/* Which case runs when: one thread, several cases under way, waits that overlap. */
#ifndef SYNCSPEC_RUNNER_SCHEDULE_H
#define SYNCSPEC_RUNNER_SCHEDULE_H

#include "runner/world.h"

/* Runs the cases at the ${count} plan indices of ${chosen} in an order that the seed gives, and
 * writes ${verdicts}[i] for ${chosen}[i].  The verdicts do not depend on the order.  False when out
 * of memory. */
MUST_USE bool runner_schedule(struct runner_world *world, const size_t *chosen, size_t count,
                              struct verdict *verdicts);

#endif
