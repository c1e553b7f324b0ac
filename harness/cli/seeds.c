/* syncspec seeds: the cases as fuzzing seeds. */
#include "cli/builtin.h"
#include "cli/cases.h"
#include "cli/command.h"
#include "cli/recorder.h"

#include <stdio.h>
#include <string.h>

enum { SEED_MAX = 16 * 1024 }; /* a larger one slows a fuzzer down and shows it nothing more */

static int record(const struct plan *plan, struct cli_builtin *builtin,
                  const struct runner_target *target, const char *folder)
{
    const struct runner_options options = runner_options_default();
    struct exchange *recorder = cli_recorder_new(builtin->exchange, folder, SEED_MAX);
    if (recorder == NULL)
        return VERDICT_EXIT_USAGE;
    struct verdict_run *run = runner_run(plan, target, &options, recorder);
    size_t files = 0;
    bool done = cli_recorder_done(recorder, &files) && run != NULL && run->setup_error == NULL;
    runner_free_run(run);
    exchange_free(recorder);
    if (!done)
        return VERDICT_EXIT_UNREACHABLE;
    (void)printf("%zu seeds in %s\n", files, folder);
    return VERDICT_EXIT_CONFORMANT;
}

static int run(int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '-')
        return cli_usage_error(&cli_seeds, "one folder is wanted, to write the seeds into");
    const struct cli_builtin_config config = {
        .core = core_config_default(),
        .seed = runner_options_default().seed,
    };
    struct runner_target target = { 0 };
    struct cli_builtin builtin;
    struct plan *plan = cli_load_cases(NULL);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    int code = VERDICT_EXIT_UNREACHABLE;
    if (cli_builtin_init(&builtin, &config, &target))
        code = record(plan, &builtin, &target, argv[1]);
    else
        (void)fprintf(stderr, "syncspec seeds: out of memory\n");
    cli_builtin_free(&builtin);
    plan_free(plan);
    return code;
}

const struct cli_command cli_seeds = {
    .name = "seeds",
    .summary = "write what the cases send and get as fuzzing seeds",
    .help =
        "usage: syncspec seeds FOLDER\n"
        "\n"
        "Runs all cases against the built-in core and writes what passes, a message a file:\n"
        "FOLDER/http_request, FOLDER/http_answer, and FOLDER/record with the bodies of\n"
        "requests. Messages over 16 KiB are left out. The same bytes each time; the secrets of\n"
        "the tokens in them are good for nothing else.\n"
        "\n"
        "example:\n"
        "  syncspec seeds found && build/fuzz/fuzz/fuzz_http_request found/http_request\n"
        "\n"
        "exit codes: 0 written; 2 usage, or the folder cannot be made; 3 a file could not be\n"
        "written.\n",
    .run = run,
};
