/* A subcommand: one file, one row in the table of main.c. */
#ifndef SYNCSPEC_CLI_COMMAND_H
#define SYNCSPEC_CLI_COMMAND_H

#include <stdio.h>

struct cli_command {
    const char *name;
    const char *summary; /* one line for `syncspec help` */
    const char *help; /* the whole of `syncspec help NAME`: usage, options, examples, exit codes */
    /* Prints what stands behind `help`: options of a table, and the end of the page.  NULL: nothing
     * does. */
    void (*more_help)(FILE *to);
    /* argv[0] is the subcommand's name.  Returns the exit code (verdict/verdict.h). */
    int (*run)(int argc, char **argv);
};

/* Each of these stands in the file of its name. */
extern const struct cli_command cli_run, cli_serve, cli_list, cli_explain, cli_coverage, cli_token,
    cli_sign, cli_decrypt, cli_seeds, cli_prove, cli_corpus, cli_report, cli_compare;

/* Prints "syncspec NAME: message" and where to get help on standard error; returns
 * VERDICT_EXIT_USAGE. */
int cli_usage_error(const struct cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
