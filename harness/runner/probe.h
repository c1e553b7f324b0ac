/* The first look at a target: does it answer, does it take our credentials, what can it do? */
#ifndef SYNCSPEC_RUNNER_PROBE_H
#define SYNCSPEC_RUNNER_PROBE_H

#include "runner/world.h"

/* Asks for /info/collections, /info/configuration and /info/quota as a user of its own, opens a
 * batch when a case needs them, and fills in clock, limits, quota and batches of ${world}.  Makes
 * sure that users which the run would make up are nobody's, and chooses others if not; with one
 * account, that it is empty or may be emptied, and empties it.  NULL when cases
 * can be run, else text of the run's arena for verdict_run.setup_error: what is wrong and what to
 * do next. */
MUST_USE const char *runner_probe(struct runner_world *world);

#endif
