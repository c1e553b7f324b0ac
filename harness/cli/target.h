/* --target: a target description, and what of it the command line leaves open. */
#ifndef SYNCSPEC_CLI_TARGET_H
#define SYNCSPEC_CLI_TARGET_H

#include "cli/invocation.h"

/* Reads the file that ${invocation} names, if it names one: URL, credentials, certificates and
 * quota that the command line does not give are the description's then, and the target gets what it
 * declares.  0, or the exit code after what is wrong was told. */
MUST_USE int cli_target_read(struct cli_invocation *invocation);

#endif
