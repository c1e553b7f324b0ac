/* Where the reports of a run go. */
#ifndef SYNCSPEC_CLI_OUTPUT_H
#define SYNCSPEC_CLI_OUTPUT_H

#include "reports/report.h"

/* One --report. */
struct cli_output {
    const struct report_format *format;
    const char *file; /* NULL: standard output */
};

/* Reads FORMAT or FORMAT:FILE.  NULL on success, else static text. */
MUST_USE const char *cli_output_read(const char *value, struct cli_output *ret_output);

/* Writes the file, or leaves it as it was; a pipe or device, which cannot be replaced, is written
 * to.  False with errno. */
MUST_USE bool cli_output_replace(const char *path, struct slice bytes);

/* Writes the report; a file is complete or unchanged.  False after the reason was told on standard
 * error. */
MUST_USE bool cli_output_write(const struct cli_output *output, const struct verdict_run *run,
                               const struct report_style *style);

#endif
