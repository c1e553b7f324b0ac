/* What `syncspec prove` found, written down. */
#ifndef SYNCSPEC_CLI_PROVE_REPORT_H
#define SYNCSPEC_CLI_PROVE_REPORT_H

#include "cli/prove_matrix.h"

struct cli_prove_style {
    bool verbose; /* text: every fault with the cases that kill it */
    bool partial; /* not all faults: nothing is said of the cases */
};

struct cli_prove_format {
    const char *name;
    bool (*write)(const struct cli_prove_matrix *matrix, const struct cli_prove_style *style,
                  struct buf *out);
};

/* "text", "json" or "html"; NULL when it is none of them. */
const struct cli_prove_format *cli_prove_format_find(struct slice name);

#endif
