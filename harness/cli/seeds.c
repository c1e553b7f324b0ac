/* syncspec seeds: the cases as seeds of this project's own fuzz targets. */
#include "cli/command.h"
#include "cli/corpus_collect.h"
#include "cli/corpus_files.h"
#include "verdict/verdict.h"

#include <stdio.h>

enum { PATH_ROOM = 4096, SEED_MAX = 16 * 1024 };

/* Below the folder, as fuzz/targets names them; NULL: no target reads it. */
static const char *const folders[CLI_CORPUS_KINDS] = {
    [CLI_CORPUS_REQUEST] = "http_request", [CLI_CORPUS_ANSWER] = "http_answer",
    [CLI_CORPUS_RECORD] = "record",        [CLI_CORPUS_HAWK] = "hawk",
    [CLI_CORPUS_TARGET] = "target",        [CLI_CORPUS_STEPS] = "session",
};

struct seeds {
    struct cli_corpus_files files;
    const char *folder;
};

/* A longer seed slows a fuzzer down and shows it nothing more. */
static bool take(void *context, enum cli_corpus_kind kind, struct slice bytes)
{
    struct seeds *seeds = context;
    char path[PATH_ROOM];
    if (folders[kind] == NULL || bytes.len > SEED_MAX)
        return true;
    int length = snprintf(path, sizeof(path), "%s/%s", seeds->folder, folders[kind]);
    return length > 0 && (size_t)length < sizeof(path) &&
           cli_corpus_make_folder(&seeds->files, path) &&
           cli_corpus_write(&seeds->files, path, bytes);
}

static int run(int argc, char **argv)
{
    if (argc != 2 || argv[1][0] == '-')
        return cli_usage_error(&cli_seeds, "one folder is wanted, to write the seeds into");
    struct seeds seeds = { { "seeds", cli_corpus_format_find("raw"), 0, 0, 0 }, argv[1] };
    if (!cli_corpus_make_folder(&seeds.files, seeds.folder))
        return VERDICT_EXIT_USAGE;
    const struct cli_corpus_sink sink = { take, &seeds };
    int code = cli_corpus_collect("seeds", NULL, &sink);
    if (code == 0)
        (void)printf("%zu seeds in %s\n", seeds.files.written, seeds.folder);
    return code;
}

const struct cli_command cli_seeds = {
    .name = "seeds",
    .summary = "write what the cases send and get as fuzzing seeds",
    .help =
        "usage: syncspec seeds FOLDER\n"
        "\n"
        "Runs all cases against the built-in core, reads the recorded Firefox of\n"
        "fixtures/firefox, and writes what passes for the fuzz targets of this project, a file\n"
        "each: FOLDER/http_request, http_answer, record (the bodies of requests), hawk, target,\n"
        "and session (each case as steps of a session, harness/cli/corpus_session.h). What is\n"
        "over 16 KiB is left out, what there is already is left. The same bytes each time; the\n"
        "secrets of the tokens in them are good for nothing else. For other fuzzers:\n"
        "syncspec corpus export.\n"
        "\n"
        "example:\n"
        "  syncspec seeds found && build/fuzz/fuzz/fuzz_http_request found/http_request\n"
        "\n"
        "exit codes: 0 written; 2 usage, or the folder cannot be made; 3 a file could not be\n"
        "written.\n",
    .run = run,
};
