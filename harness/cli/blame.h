/* --blame: is it the server, or the suite?  The cases that failed are run against the built-in
 * core, in this process, with the limits and the quota that the target tells. */
#ifndef SYNCSPEC_CLI_BLAME_H
#define SYNCSPEC_CLI_BLAME_H

#include "cli/invocation.h"

/* Sets `blame` of each verdict of ${run} that is a fail or an error.  False when out of memory,
 * which was told on standard error then. */
MUST_USE bool cli_blame(const struct cli_invocation *invocation, const struct plan *plan,
                        struct verdict_run *run);

#endif
