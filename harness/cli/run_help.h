/* The page of `syncspec help run` behind its first lines. */
#ifndef SYNCSPEC_CLI_RUN_HELP_H
#define SYNCSPEC_CLI_RUN_HELP_H

#include <stdio.h>

void cli_run_help(FILE *to);

#endif
