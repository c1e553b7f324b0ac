/* Which cases a run is about. */
#ifndef SYNCSPEC_RUNNER_SELECT_H
#define SYNCSPEC_RUNNER_SELECT_H

#include "runner/runner.h"

/* Whether the id matches one of the --select globs (or there are none) and none of the --skip ones.
 * A glob's '*' matches across '/'. */
bool runner_select_id(const struct runner_options *options, const char *id);

/* The same for a case, and whether it stands in an area, decides a requirement and needs a
 * capability that was asked for, and its first requirement is of the level that was asked for. */
bool runner_select_case(const struct runner_options *options, const struct plan_case *plan_case);

#endif
