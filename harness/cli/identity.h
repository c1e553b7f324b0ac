/* --auth: whose credentials a run uses. */
#ifndef SYNCSPEC_CLI_IDENTITY_H
#define SYNCSPEC_CLI_IDENTITY_H

#include "runner/runner.h"

/* Owns what a target's credentials borrow. */
struct cli_identity {
    struct buf text;  /* of the option, or of its file */
    const char *file; /* the file that it came from, or NULL: not to be shown anywhere */
};

struct cli_identity cli_identity_empty(void);

/* Reads `secret:FILE`, `secret:@FILE`, `secret:TEXT` (when there is no file of that name) or
 * `hawk:ID:KEY`, `basic:USER:PASSWORD`, `accounts:URL`, `bearer:FILE` or `names` (users of our own
 * making, with a password that nobody knows before) into ${target}, which borrows from ${identity}.
 * With hawk, sets uid to the one that the token tells, or 0.  NULL on success, else static text. */
MUST_USE const char *cli_identity_read(struct cli_identity *identity, const char *value,
                                       struct runner_target *target);

void cli_identity_free(struct cli_identity *identity);

#endif
