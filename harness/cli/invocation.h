/* What the command line of `syncspec run` said. */
#ifndef SYNCSPEC_CLI_INVOCATION_H
#define SYNCSPEC_CLI_INVOCATION_H

#include "cli/identity.h"
#include "cli/output.h"
#include "core/config.h"
#include "fault/fault.h"
#include "runner/description.h"

enum { CLI_GLOBS_MAX = 64, CLI_OUTPUTS_MAX = 16, CLI_REPLAY_MAX = 16 * 1024 };

/* Texts borrow from argv. */
struct cli_invocation {
    const char *url; /* NULL: the built-in core */
    const char *auth;
    const char *cases;
    const char *ca_file;
    const char *description_file; /* --target; NULL: none */
    struct runner_description *description;
    bool auth_described; /* the credentials are those that it names */
    const char *select[CLI_GLOBS_MAX], *skip[CLI_GLOBS_MAX], *needs[CLI_GLOBS_MAX];
    const char *areas[CLI_GLOBS_MAX], *requirements[CLI_GLOBS_MAX];
    const char *baseline; /* file; NULL: none */
    bool update_baseline, blame;
    struct runner_baseline *known; /* what stands in that file */
    struct cli_output outputs[CLI_OUTPUTS_MAX];
    size_t output_count;
    bool verbose, quiet, no_color;
    bool has_limits;
    bool has_seed;
    struct core_config core;
    struct fault_set faults;
    struct runner_options options;
    struct runner_target target;
    struct runner_told told; /* for --blame */
    struct cli_identity identity;
    struct buf paths;  /* of files that the description names */
    struct buf replay; /* the options that a command has which runs a case again, quoted for sh */
};

/* Reads the arguments behind the subcommand's name.  False after telling what is wrong; free it in
 * any case. */
MUST_USE bool cli_invocation_read(struct cli_invocation *invocation, int argc, char **argv);

/* Appends ' ${text}' quoted for sh. */
void cli_add_quoted(struct buf *out, const char *text);

void cli_invocation_free(struct cli_invocation *invocation);

#endif
