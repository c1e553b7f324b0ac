/* The first look at a server beside storage: a token server, or the User API. */
#ifndef SYNCSPEC_RUNNER_PROBE_SERVICE_H
#define SYNCSPEC_RUNNER_PROBE_SERVICE_H

#include "runner/world.h"

/* Whether the cases are of such a server. */
bool runner_probe_is_service(const struct runner_world *world);

/* As runner_probe: asks a token server for a token, and its node for /info/collections with that;
 * the User API for a name that nobody has. */
MUST_USE const char *runner_probe_service(struct runner_world *world);

#endif
