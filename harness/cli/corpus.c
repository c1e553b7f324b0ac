/* syncspec corpus: inputs for other people's fuzzers. */
#include "cli/command.h"
#include "cli/corpus_collect.h"
#include "cli/corpus_files.h"
#include "verdict/verdict.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    enum cli_corpus_kind kind;
} kinds[] = {
    { "requests", CLI_CORPUS_REQUEST },
    { "records", CLI_CORPUS_RECORD },
    { "hawk", CLI_CORPUS_HAWK },
    { "sessions", CLI_CORPUS_SESSION },
};

struct export
{
    struct cli_corpus_files files;
    enum cli_corpus_kind kind;
    const char *folder;
};

static bool take(void *context, enum cli_corpus_kind kind, struct slice bytes)
{
    struct export *export = context;
    return kind != export->kind || cli_corpus_write(&export->files, export->folder, bytes);
}

static bool find_kind(const char *name, enum cli_corpus_kind *ret)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *ret = kinds[i].kind;
            return true;
        }
    }
    return false;
}

/* 0, or the exit code after a message. */
static int read_options(int argc, char **argv, struct export *export)
{
    const char *format = "raw", *what = NULL;
    if (argc < 2 || strcmp(argv[1], "export") != 0)
        return cli_usage_error(&cli_corpus, "expected: corpus export");
    for (int i = 2; i < argc; i++) {
        const char **value = strcmp(argv[i], "--format") == 0 ? &format
                             : strcmp(argv[i], "--what") == 0 ? &what
                                                              : NULL;
        if (value != NULL && i + 1 == argc)
            return cli_usage_error(&cli_corpus, "%s wants a value", argv[i]);
        if (value != NULL)
            *value = argv[++i];
        else if (argv[i][0] == '-')
            return cli_usage_error(&cli_corpus, "there is no option %s", argv[i]);
        else if (export->folder != NULL)
            return cli_usage_error(&cli_corpus, "one folder at a time");
        else
            export->folder = argv[i];
    }
    export->files.format = cli_corpus_format_find(format);
    if (export->files.format == NULL)
        return cli_usage_error(&cli_corpus, "--format is raw, go, rust or afl, not %s", format);
    if (what == NULL || !find_kind(what, &export->kind))
        return cli_usage_error(&cli_corpus, "--what is requests, records, hawk or sessions");
    if (export->folder == NULL)
        return cli_usage_error(&cli_corpus, "a folder is wanted, to write the inputs into");
    return 0;
}

static int run(int argc, char **argv)
{
    struct export export = { .files.command = "corpus" };
    int code = read_options(argc, argv, &export);
    if (code != 0)
        return code;
    if (!cli_corpus_make_folder(&export.files, export.folder))
        return VERDICT_EXIT_USAGE;
    const struct cli_corpus_sink sink = { take, &export };
    code = cli_corpus_collect("corpus", &sink);
    if (code == 0)
        (void)printf("%zu inputs in %s\n", export.files.count, export.folder);
    return code;
}

const struct cli_command cli_corpus = {
    .name = "corpus",
    .summary = "write what clients send as seeds for other fuzzers",
    .help =
        "usage: syncspec corpus export --what WHAT [--format FORMAT] FOLDER\n"
        "\n"
        "Writes what all cases and a recorded Firefox send to a storage server into FOLDER, one\n"
        "input a file, each once, named by its digest: seeds for the fuzzer of a server in any\n"
        "language. fuzz/README.md shows how to use them.\n"
        "\n"
        "WHAT is\n"
        "  requests   HTTP requests as they go over the wire, broken ones too\n"
        "  records    their bodies: records, lists of records, lines of records\n"
        "  hawk       values of Authorization fields, most of them Hawk, some Basic or broken\n"
        "  sessions   all requests of a case, one behind the other\n"
        "\n"
        "FORMAT is\n"
        "  raw    the bytes (the default); libFuzzer, honggfuzz, atheris and Jazzer read them\n"
        "  go     files of `go test -fuzz`, for testdata/fuzz/NAME: one []byte\n"
        "  rust   the bytes, named as in fuzz/corpus/NAME of cargo-fuzz\n"
        "  afl    the bytes, without those past the 10 KiB that afl-fuzz advises\n"
        "\n"
        "The same bytes each time; the secrets of the tokens in them are good for nothing else.\n"
        "\n"
        "example:\n"
        "  syncspec corpus export --what requests --format go testdata/fuzz/FuzzParse\n"
        "\n"
        "exit codes: 0 written; 2 usage, or the folder cannot be made; 3 a file could not be\n"
        "written.\n",
    .run = run,
};
