/* syncspec corpus: inputs for other people's fuzzers. */
#include "cli/command.h"
#include "cli/corpus_alike.h"
#include "cli/corpus_collect.h"
#include "cli/corpus_files.h"
#include "cli/corpus_named.h"
#include "verdict/verdict.h"

#include <getopt.h>
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

struct options {
    const char *what, *format, *cases, *folder;
    bool every;
};

static const struct option names[] = {
    { "what", required_argument, NULL, 0 },
    { "format", required_argument, NULL, 0 },
    { "cases", required_argument, NULL, 0 },
    { "every", no_argument, NULL, 'e' },
    { 0 },
};

/* In the order of `names`. */
static const size_t places[] = {
    offsetof(struct options, what),
    offsetof(struct options, format),
    offsetof(struct options, cases),
};

struct export
{
    struct cli_corpus_files files;
    struct cli_corpus_alike alike;
    enum cli_corpus_kind kind;
    const char *folder;
    size_t left_out; /* for being alike */
};

static bool take(void *context, enum cli_corpus_kind kind, struct slice bytes)
{
    struct export *export = context;
    if (kind != export->kind || bytes.len == 0)
        return true;
    if (cli_corpus_alike_first(&export->alike, kind, bytes))
        return cli_corpus_write(&export->files, export->folder, bytes);
    export->left_out++;
    return !export->alike.seen.failed;
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
static int read_options(int argc, char **argv, struct options *options)
{
    int row = -1, got;
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, ":", names, &row)) == 0 || got == 'e') {
        if (got == 'e')
            options->every = true;
        else
            memcpy((char *)options + places[row], &optarg, sizeof(optarg));
    }
    if (got != -1)
        return cli_usage_error(&cli_corpus, got == ':' ? "%s needs a value" : "%s is no option",
                               argv[optind - 1]);
    if (optind == argc || strcmp(argv[optind], "export") != 0)
        return cli_usage_error(&cli_corpus, "expected: corpus export");
    if (argc - optind > 2)
        return cli_usage_error(&cli_corpus, "\"%s\" is one argument too many", argv[optind + 2]);
    if (argc - optind < 2)
        return cli_usage_error(&cli_corpus, "a folder is wanted, to write the inputs into");
    options->folder = argv[optind + 1];
    return 0;
}

/* The same. */
static int prepare(const struct options *options, struct export *export)
{
    *export = (struct export){ .files = { .command = "corpus",
                                          .format = cli_corpus_format_find(options->format) },
                               .alike = cli_corpus_alike_of(options->every),
                               .folder = options->folder };
    if (options->what == NULL)
        return cli_usage_error(&cli_corpus, "--what requests|records|hawk|sessions is wanted");
    if (!find_kind(options->what, &export->kind))
        return cli_usage_error(&cli_corpus, "--what is requests, records, hawk or sessions, not %s",
                               options->what);
    if (export->files.format == NULL)
        return cli_usage_error(&cli_corpus, "--format is raw, go, rust or afl, not %s",
                               options->format);
    return cli_corpus_make_folder(&export->files, export->folder) ? 0 : VERDICT_EXIT_USAGE;
}

static int collect(struct export *export, const char *cases)
{
    const struct cli_corpus_sink sink = { take, export };
    if (!cli_corpus_named(SYNCSPEC_CASES "/../fuzz/corpus", &sink)) {
        (void)fprintf(stderr, "syncspec corpus: not all of it could be collected\n");
        return VERDICT_EXIT_UNREACHABLE;
    }
    return cli_corpus_collect("corpus", cases, &sink);
}

static void print(const struct export *export)
{
    const struct cli_corpus_files *files = &export->files;
    (void)printf("%zu inputs in %s, %zu of them new; left out: %zu alike, %zu of more than %zu "
                 "bytes\n",
                 files->written + files->there, export->folder, files->written, export->left_out,
                 files->longer, files->format->most);
}

static int run(int argc, char **argv)
{
    struct options options = { .format = "raw" };
    struct export export;
    int code = read_options(argc, argv, &options);
    if (code == 0)
        code = prepare(&options, &export);
    if (code != 0)
        return code;
    code = collect(&export, options.cases);
    if (code == 0)
        print(&export);
    cli_corpus_alike_free(&export.alike);
    return code;
}

const struct cli_command cli_corpus = {
    .name = "corpus",
    .summary = "write what clients send as seeds for other fuzzers",
    .help =
        "usage: syncspec corpus export --what WHAT [--format FORMAT] [OPTIONS] FOLDER\n"
        "\n"
        "Writes what all cases and a recorded Firefox send to a server (storage, token server,\n"
        "User API) into FOLDER, and the named seeds of this project's own fuzz targets: one\n"
        "input a file, seeds for the fuzzer of a server in any language. fuzz/README.md shows\n"
        "how to use them.\n"
        "\n"
        "  --what requests   HTTP requests as they go over the wire, broken ones too\n"
        "         records    their bodies: records, lists of records, lines of records\n"
        "         hawk       values of Authorization fields: Hawk, Basic, Bearer, broken ones\n"
        "         sessions   all requests of a case, one behind the other\n"
        "  --format raw      the bytes (the default): libFuzzer, honggfuzz, atheris, Jazzer\n"
        "           go       files of `go test -fuzz`, for testdata/fuzz/NAME: one []byte\n"
        "           rust     the bytes, for fuzz/corpus/NAME of cargo-fuzz\n"
        "           afl      the bytes, without inputs past the 10 KiB that afl-fuzz advises\n"
        "  --every           also inputs that differ from another in nothing but digits and\n"
        "                    credentials: a few times as many, which show a parser nothing new\n"
        "  --cases DIR       this folder of cases instead of the suite's\n"
        "\n"
        "FOLDER is made when it is not there. What else is in it stays; an input that is there\n"
        "already is not written again. Files are named by their content, as the fuzzer names\n"
        "them. It is the same each time; the secrets of the tokens in it are good for nothing\n"
        "else.\n"
        "\n"
        "examples:\n"
        "  syncspec corpus export --what requests seeds\n"
        "  syncspec corpus export --what requests --format go testdata/fuzz/FuzzParse\n"
        "\n"
        "exit codes: 0 written; 2 usage, or the folder cannot be made; 3 a file could not be\n"
        "written.\n",
    .run = run,
};
