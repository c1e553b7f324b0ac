/* What a target description declares, held against what the first look at the target found. */
#ifndef SYNCSPEC_RUNNER_DECLARED_H
#define SYNCSPEC_RUNNER_DECLARED_H

#include "runner/world.h"

/* Writes a failure "target/NAME" for each declared capability and limit that the target does not
 * have, into ${world}->missing, and gives it the declared limits that it does not report.  False
 * when out of memory. */
MUST_USE bool runner_declared_check(struct runner_world *world);

/* The failure about the capability ${need}; NULL: there is none. */
const struct verdict *runner_declared_missing(const struct runner_world *world, const char *need);

#endif
