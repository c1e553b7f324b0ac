/* Running the cells that are wanted and not known yet: a process for each fault. */
#ifndef SYNCSPEC_CLI_PROVE_WORK_H
#define SYNCSPEC_CLI_PROVE_WORK_H

#include "cli/prove_matrix.h"

struct cli_prove_work {
    struct cli_prove_matrix *matrix;
    size_t jobs; /* processes at once */
    uint64_t seed;
    bool progress; /* told on standard error */
};

/* Every row with such cells is run in a child of its own, so that one that crashes takes nobody
 * with it.  False, after telling why on standard error, when there can be no children. */
MUST_USE bool cli_prove_work(const struct cli_prove_work *work);

#endif
