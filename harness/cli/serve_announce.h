/* The options by which `serve` tells clients of its operation: see core/operations.h. */
#ifndef SYNCSPEC_CLI_SERVE_ANNOUNCE_H
#define SYNCSPEC_CLI_SERVE_ANNOUNCE_H

#include "cli/serve_options.h"

/* Each takes an option's value and says what is wrong with it, or NULL. */
const char *cli_serve_take_maintenance(struct cli_serve_options *options, const char *value);
const char *cli_serve_take_backoff(struct cli_serve_options *options, const char *value);
const char *cli_serve_take_alert(struct cli_serve_options *options, const char *value);
const char *cli_serve_take_soft_eol(struct cli_serve_options *options, const char *value);
const char *cli_serve_take_hard_eol(struct cli_serve_options *options, const char *value);

#endif
