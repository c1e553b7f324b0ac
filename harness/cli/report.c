/* syncspec report: a result file in other formats. */
#include "cli/command.h"
#include "cli/output.h"
#include "cli/result.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUTS_MAX = 16 };

struct request {
    const char *file;
    struct cli_output outputs[OUTPUTS_MAX];
    size_t output_count;
    bool verbose, quiet, no_color;
};

static int write_all(const struct request *request, const struct verdict_run *run)
{
    const struct report_style style = {
        .color = !request->no_color && getenv("NO_COLOR") == NULL && isatty(STDOUT_FILENO) != 0,
        .verbose = request->verbose,
        .quiet = request->quiet,
    };
    const struct cli_output text = { .format = report_format_find(SLICE("text")) };
    bool written = request->output_count > 0 || cli_output_write(&text, run, &style);
    for (size_t i = 0; i < request->output_count; i++)
        written = cli_output_write(&request->outputs[i], run, &style) && written;
    return written ? (int)verdict_run_exit(run) : (int)VERDICT_EXIT_UNREACHABLE;
}

/* Takes the argument at argv[*at].  What is wrong with it, or NULL. */
static const char *take(struct request *request, int argc, char **argv, int *at)
{
    const char *argument = argv[*at];
    if (strcmp(argument, "-v") == 0 || strcmp(argument, "-q") == 0) {
        request->verbose = argument[1] == 'v';
        request->quiet = argument[1] == 'q';
        return NULL;
    }
    if (strcmp(argument, "--no-color") == 0) {
        request->no_color = true;
        return NULL;
    }
    if (strcmp(argument, "--report") == 0) {
        if (*at + 1 == argc || request->output_count == OUTPUTS_MAX)
            return "--report wants a format, and there may be 16 of them";
        return cli_output_read(argv[++*at], &request->outputs[request->output_count++]);
    }
    if (argument[0] == '-' || request->file != NULL)
        return "expected one result file, --report, -v, -q or --no-color";
    request->file = argument;
    return NULL;
}

static int run(int argc, char **argv)
{
    struct request request = { 0 };
    for (int at = 1; at < argc; at++) {
        const char *wrong = take(&request, argc, argv, &at);
        if (wrong != NULL)
            return cli_usage_error(&cli_report, "%s", wrong);
    }
    if (request.file == NULL)
        return cli_usage_error(&cli_report, "which result file?");
    struct verdict_run *result = cli_result_read(&cli_report, request.file);
    if (result == NULL)
        return VERDICT_EXIT_USAGE;
    int code = write_all(&request, result);
    arena_free(result->arena);
    return code;
}

const struct cli_command cli_report = {
    .name = "report",
    .summary = "write a result file in other formats",
    .help = "usage: syncspec report RESULT.json [--report FORMAT[:FILE]]... [OPTIONS]\n"
            "\n"
            "Reads what `syncspec run --report json:RESULT.json` wrote, and writes it in other\n"
            "formats, without asking any server. A file whose totals or exit code do not follow\n"
            "from its verdicts is refused.\n"
            "\n"
            "  --report FORMAT[:FILE]  repeatable; `syncspec list formats` (text)\n"
            "  -v, -q                  text: with passed cases and transcripts; only failures\n"
            "  --no-color              (or NO_COLOR in the environment)\n"
            "\n"
            "examples:\n"
            "  syncspec report result.json -v\n"
            "  syncspec report result.json --report junit:sync.xml --report html:sync.html\n"
            "\n"
            "exit codes: that of the run; 2 when the file cannot be read or is wrong.\n",
    .run = run,
};
