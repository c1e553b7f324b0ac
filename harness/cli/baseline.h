/* --baseline and --update-baseline: the file, before and after a run. */
#ifndef SYNCSPEC_CLI_BASELINE_H
#define SYNCSPEC_CLI_BASELINE_H

#include "cli/invocation.h"

/* Reads the file that ${invocation} names into its options; with --update-baseline it need not be
 * there.  The exit code: 0, or that of what was told on standard error.  ${ret_baseline} is the
 * caller's to runner_baseline_free; NULL without --baseline. */
MUST_USE int cli_baseline_open(struct cli_invocation *invocation,
                               struct runner_baseline **ret_baseline);

/* After a run: with --update-baseline brings ${baseline} up to date and writes the file, unless
 * nothing could be run; then judges the run by it.  False after the reason was told on standard
 * error. */
MUST_USE bool cli_baseline_close(const struct cli_invocation *invocation, const struct plan *plan,
                                 struct verdict_run *run, struct runner_baseline **baseline);

#endif
