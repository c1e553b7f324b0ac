/* A result file, read for a subcommand. */
#ifndef SYNCSPEC_CLI_RESULT_H
#define SYNCSPEC_CLI_RESULT_H

#include "cli/command.h"
#include "verdict/verdict.h"

/* Reads what `syncspec run --report json:FILE` wrote.  The caller frees the run's arena.  NULL
 * after telling on standard error what is wrong, and where. */
MUST_USE struct verdict_run *cli_result_read(const struct cli_command *command, const char *path);

#endif
