/* The options of `syncspec serve`: one table, from which the command line, its help, the
 * configuration file and --print-config are all made. */
#ifndef SYNCSPEC_CLI_SERVE_OPTIONS_H
#define SYNCSPEC_CLI_SERVE_OPTIONS_H

#include "auth/token.h"
#include "base/arena.h"
#include "core/config.h"
#include "core/token_server_nodes.h"
#include "fault/fault.h"

#include <stdio.h>

enum { CLI_SERVE_ADDRESS_TEXT = 64, CLI_SERVE_OPTIONS_MAX = 64 };

/* What --print-config shows of a secret. */
#define CLI_SERVE_REDACTED "(redacted)"

struct cli_command;

/* What was chosen.  Texts are borrowed from the command line, or lie in ${texts}. */
struct cli_serve_options {
    const char *config; /* the configuration file, or NULL */
    bool print_config;
    char host[CLI_SERVE_ADDRESS_TEXT];
    uint16_t port;
    const char *store;
    struct core_config core;
    struct fault_set faults; /* around it */
    uint32_t skew;
    size_t nonces; /* that are remembered */
    bool allow_replay;
    bool any_node;
    const char *access_log;                    /* a file, or "-"; NULL: none */
    char metrics_host[CLI_SERVE_ADDRESS_TEXT]; /* "": none */
    uint16_t metrics_port;
    char alert[CORE_ALERT_MAX]; /* that core.operations borrows */
    bool has_secret;
    struct buf secret_text;
    struct auth_secrets secrets; /* borrow from secret_text */

    bool accounts, token_server, no_new_users, user_api; /* services beside the storage */
    const char *jwks, *oauth_verify, *issuer;            /* or NULL */
    struct core_token_nodes nodes;                       /* none: the server itself */
    uint32_t token_duration;                             /* seconds */
    uint8_t password_cost;

    struct arena *texts;                      /* of the configuration file */
    const char *taken[CLI_SERVE_OPTIONS_MAX]; /* the last value of each row, or NULL */
};

/* What a value looks like in the configuration file.  On the command line all are texts. */
enum cli_serve_kind {
    CLI_SERVE_TEXT,   /* a text */
    CLI_SERVE_NUMBER, /* a whole number, or a text */
    CLI_SERVE_FLAG,   /* true or false; on the command line --name, --name=true or --name=false */
    CLI_SERVE_OBJECT, /* an object, whose JSON is the value */
    CLI_SERVE_PAIRS,  /* an object of whole numbers: each is set as "NAME=NUMBER" */
};

/* A row.  To add an option: a member above, a row in serve_options.c and, for all but
 * plain flags, a setter. */
struct cli_serve_option {
    const char *name;     /* without the dashes */
    const char *argument; /* what help calls the value; NULL for a flag */
    const char *meaning;  /* for help, which breaks the lines */
    enum cli_serve_kind kind;
    /* Takes a value, and says what is wrong with it (static text), or NULL.  Later values replace
     * earlier ones or, where the option may be repeated, add to them. */
    const char *(*take)(struct cli_serve_options *options, const char *value);
    size_t flag;         /* the offset of a flag's bool; or 0, and `take` gets "true" or "false" */
    const char *initial; /* is taken first; NULL: nothing is.  Help shows it */
    const char *instead; /* options of the same group replace each other: what the command line
                            says of a group drops what the file says of it */
    bool secret;         /* --print-config does not show it */
    bool only_command;   /* the configuration file cannot have it */
    /* Appends the value in force as JSON, where it is more than what was taken last; or NULL. */
    void (*show)(const struct cli_serve_options *options, struct buf *json);
};

/* NULL past the last. */
const struct cli_serve_option *cli_serve_option_row(size_t index);

/* Takes a value for the row; NULL, or what is wrong with it. */
const char *cli_serve_option_take(const struct cli_serve_option *row,
                                  struct cli_serve_options *options, const char *value);

/* All initial values.  To be freed. */
struct cli_serve_options cli_serve_options_initial(void);

/* Reads the command line and the configuration file that it may name.  0, or the exit code after
 * messages on standard error. */
MUST_USE int cli_serve_options_read(const struct cli_command *command, int argc, char **argv,
                                    struct cli_serve_options *options);

/* Prints the options in force as a configuration file.  False when it could not be written. */
MUST_USE bool cli_serve_options_dump(const struct cli_serve_options *options, FILE *to);

/* Whether only this machine reaches an address. */
bool cli_serve_is_loopback(const char *host);

/* Wipes the secrets. */
void cli_serve_options_free(struct cli_serve_options *options);

/* The part of the help that lists them. */
void cli_serve_options_help(FILE *to);

#endif
