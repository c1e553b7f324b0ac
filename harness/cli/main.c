/* syncspec: the table of subcommands. */
#include "cli/command.h"

#include "base/try.h"
#include "verdict/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct cli_command *const commands[] = {
    &cli_run,     &cli_serve, &cli_list,  &cli_explain, &cli_coverage, &cli_token,   &cli_sign,
    &cli_decrypt, &cli_seeds, &cli_prove, &cli_corpus,  &cli_report,   &cli_compare,
};

static const struct cli_command *find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

int cli_usage_error(const struct cli_command *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fprintf(stderr, "syncspec %s: ", command->name);
    (void)vfprintf(stderr, format, args);
    (void)fprintf(stderr, "\nTry: syncspec help %s\n", command->name);
    va_end(args);
    return VERDICT_EXIT_USAGE;
}

static void print_overview(FILE *to)
{
    (void)fprintf(to,
                  "syncspec %s: conformance suite and fuzzing harness for Firefox Sync storage "
                  "servers\n\nusage: syncspec COMMAND [OPTIONS]\n\n",
                  SYNCSPEC_VERSION);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        (void)fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    (void)fprintf(to, "  %-10s %s\n\n", "help", "this page, or `syncspec help COMMAND`");
    (void)fprintf(to,
                  "Exit codes: 0 conformant; 1 a case failed; 2 usage, case file or configuration "
                  "error;\n3 target unreachable or harness error; 4 too little exercised; "
                  "5 baseline is stale.\n");
}

static void print_help(const struct cli_command *command)
{
    (void)fputs(command->help, stdout);
    if (command->more_help != NULL)
        command->more_help(stdout);
}

static int help(int argc, char **argv)
{
    const struct cli_command *command = argc > 1 ? find(argv[1]) : NULL;
    if (argc > 1 && command == NULL) {
        (void)fprintf(stderr, "syncspec: no command \"%s\"; try: syncspec help\n", argv[1]);
        return VERDICT_EXIT_USAGE;
    }
    if (command != NULL)
        print_help(command);
    else
        print_overview(stdout);
    return VERDICT_EXIT_CONFORMANT;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_overview(stderr);
        return VERDICT_EXIT_USAGE;
    }
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help(argc - 1, argv + 1);
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("syncspec %s\n", SYNCSPEC_VERSION);
        return VERDICT_EXIT_CONFORMANT;
    }
    const struct cli_command *command = find(argv[1]);
    if (command == NULL) {
        (void)fprintf(stderr, "syncspec: no command \"%s\"; try: syncspec help\n", argv[1]);
        return VERDICT_EXIT_USAGE;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(command);
            return VERDICT_EXIT_CONFORMANT;
        }
    }
    return command->run(argc - 1, argv + 1);
}
