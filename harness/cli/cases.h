/* Where the cases are, and loading them with errors told. */
#ifndef SYNCSPEC_CLI_CASES_H
#define SYNCSPEC_CLI_CASES_H

#include "plan/plan.h"

#include <limits.h>

/* Loads the cases of ${folder}; with NULL of SYNCSPEC_CASES, else of the source folder that the
 * binary was built from, else of ../share/syncspec/cases beside the binary.  NULL after all that is
 * wrong was told on standard error: the caller returns VERDICT_EXIT_USAGE. */
MUST_USE struct plan *cli_load_cases(const char *folder);

/* The folder that this means, without loading it.  False when there is none. */
MUST_USE bool cli_cases_folder(const char *folder, char ret_path[PATH_MAX]);

#endif
