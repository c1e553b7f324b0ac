/* The configuration file of `syncspec serve`: a JSON object of its options. */
#ifndef SYNCSPEC_CLI_SERVE_FILE_H
#define SYNCSPEC_CLI_SERVE_FILE_H

#include "cli/serve_options.h"

struct cli_serve_file {
    const char *name;
    const char *decided[CLI_SERVE_OPTIONS_MAX]; /* groups (see cli_serve_option.instead) that the
                                                   command line decides */
    size_t decided_count;
};

/* Takes all that the file says; its texts then lie in options->texts.  0, or the exit code after
 * messages FILE:LINE:COLUMN: TEXT on standard error, one for everything that is wrong. */
MUST_USE int cli_serve_file_read(const struct cli_serve_file *file,
                                 struct cli_serve_options *options);

#endif
