/* The options of `syncspec serve` as its command line gives them. */
#include "cli/command.h"
#include "cli/serve_file.h"

#include "verdict/verdict.h"

#include <string.h>

/* The row of "--name" or "--name=value", with the value behind the '='; or NULL. */
static const struct cli_serve_option *find(const char *argument, const char **ret_value)
{
    const struct cli_serve_option *row;
    if (strncmp(argument, "--", 2) != 0)
        return NULL;
    const char *name = argument + 2;
    for (size_t i = 0; (row = cli_serve_option_row(i)) != NULL; i++) {
        size_t len = strlen(row->name);
        if (strncmp(name, row->name, len) != 0 || (name[len] != '\0' && name[len] != '='))
            continue;
        *ret_value = name[len] == '=' ? name + len + 1 : NULL;
        return row;
    }
    return NULL;
}

/* The next option, ${ret_value} being its text.  NULL after a message. */
static const struct cli_serve_option *next(const struct cli_command *command, char **argv, int *at,
                                           const char **ret_value)
{
    const struct cli_serve_option *row = find(argv[*at], ret_value);
    if (row == NULL) {
        (void)cli_usage_error(command, "unknown argument \"%s\"", argv[*at]);
        return NULL;
    }
    ++*at;
    if (*ret_value == NULL && row->kind == CLI_SERVE_FLAG)
        *ret_value = "true";
    if (*ret_value == NULL && argv[*at] == NULL) {
        (void)cli_usage_error(command, "--%s needs a value", row->name);
        return NULL;
    }
    if (*ret_value == NULL)
        *ret_value = argv[(*at)++];
    return row;
}

/* What has to be known before the file is read: its name, and the groups of options that the
 * command line decides.  False after a message. */
static bool scan(const struct cli_command *command, char **argv, struct cli_serve_file *file)
{
    const char *value;
    for (int at = 1; argv[at] != NULL;) {
        const struct cli_serve_option *row = next(command, argv, &at, &value);
        if (row == NULL)
            return false;
        if (strcmp(row->name, "config") == 0)
            file->name = value;
        if (row->instead != NULL && file->decided_count < COUNT_OF(file->decided))
            file->decided[file->decided_count++] = row->instead;
    }
    return true;
}

int cli_serve_options_read(const struct cli_command *command, int argc, char **argv,
                           struct cli_serve_options *options)
{
    struct cli_serve_file file = { 0 };
    (void)argc; /* argv ends with a NULL */
    if (!scan(command, argv, &file))
        return VERDICT_EXIT_USAGE;
    int code = file.name != NULL ? cli_serve_file_read(&file, options) : 0;
    for (int at = 1; code == 0 && argv[at] != NULL;) {
        const char *value;
        const struct cli_serve_option *row = next(command, argv, &at, &value);
        if (row == NULL)
            return VERDICT_EXIT_USAGE;
        const char *wrong = cli_serve_option_take(row, options, value);
        if (wrong != NULL)
            code = cli_usage_error(command, "--%s: %s", row->name, wrong);
    }
    return code;
}
