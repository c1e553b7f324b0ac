/* syncspec prove: do the cases find faults? */
#include "cli/cases.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/prove_cache.h"
#include "cli/prove_report.h"
#include "cli/prove_work.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GLOBS_MAX = 64, REPORTS_MAX = 8 };

static const size_t report_max = (size_t)256 * 1024 * 1024;

struct proving {
    const char *cases, *reasons, *cache;
    const char *globs[GLOBS_MAX];
    size_t glob_count;
    struct {
        const struct cli_prove_format *format;
        const char *file; /* NULL: standard output */
    } reports[REPORTS_MAX];
    size_t report_count;
    size_t jobs;
    uint64_t seed;
    bool anew, whole, verbose;
};

/* Each takes an option's value and says what is wrong with it, or NULL. */

static const char *take_cases(struct proving *proving, const char *value)
{
    proving->cases = value;
    return NULL;
}

static const char *take_reasons(struct proving *proving, const char *value)
{
    proving->reasons = value;
    return NULL;
}

static const char *take_cache(struct proving *proving, const char *value)
{
    proving->cache = value;
    return NULL;
}

static const char *take_fault(struct proving *proving, const char *value)
{
    if (proving->glob_count == GLOBS_MAX)
        return "that is one too many";
    proving->globs[proving->glob_count++] = value;
    return NULL;
}

static const char *take_report(struct proving *proving, const char *value)
{
    struct slice format, file;
    if (proving->report_count == REPORTS_MAX)
        return "that is one too many";
    bool has_file = slice_cut(slice_text(value), ':', &format, &file);
    proving->reports[proving->report_count].format = cli_prove_format_find(format);
    proving->reports[proving->report_count].file = has_file ? (const char *)file.ptr : NULL;
    if (proving->reports[proving->report_count++].format == NULL)
        return "expected text, json or html";
    return has_file && file.len == 0 ? "expected a file behind the colon" : NULL;
}

static const char *take_jobs(struct proving *proving, const char *value)
{
    uint64_t jobs;
    if (!slice_to_u64(slice_text(value), &jobs) || jobs == 0 || jobs > GLOBS_MAX)
        return "expected a number from 1 to 64";
    proving->jobs = (size_t)jobs;
    return NULL;
}

static const char *take_seed(struct proving *proving, const char *value)
{
    return slice_to_u64(slice_text(value), &proving->seed) ? NULL : "expected a number";
}

static const char *take_all(struct proving *proving, const char *value)
{
    (void)value;
    proving->anew = true;
    return NULL;
}

static const char *take_whole(struct proving *proving, const char *value)
{
    (void)value;
    proving->whole = true;
    return NULL;
}

static const char *take_verbose(struct proving *proving, const char *value)
{
    (void)value;
    proving->verbose = true;
    return NULL;
}

static const struct {
    const char *name;
    bool has_value;
    const char *(*take)(struct proving *proving, const char *value);
} options[] = {
    { "--fault", true, take_fault },     { "--cases", true, take_cases },
    { "--reasons", true, take_reasons }, { "--cache", true, take_cache },
    { "--report", true, take_report },   { "--jobs", true, take_jobs },
    { "--seed", true, take_seed },       { "--all", false, take_all },
    { "--whole", false, take_whole },    { "-v", false, take_verbose },
};

static bool read_options(struct proving *proving, int argc, char **argv)
{
    for (int at = 1; at < argc; at++) {
        size_t i = 0;
        while (i < COUNT_OF(options) && strcmp(options[i].name, argv[at]) != 0)
            i++;
        const char *name = argv[at];
        const char *wrong = i == COUNT_OF(options) ? "there is no such option" : NULL;
        const char *value = NULL;
        if (wrong == NULL && options[i].has_value) {
            value = at + 1 < argc ? argv[++at] : NULL;
            wrong = value == NULL ? "wants a value" : NULL;
        }
        if (wrong == NULL)
            wrong = options[i].take(proving, value);
        if (wrong != NULL) {
            (void)cli_usage_error(&cli_prove, "%s: %s", name, wrong);
            return false;
        }
    }
    return true;
}

static bool write_reports(struct proving *proving, const struct cli_prove_matrix *matrix)
{
    const struct cli_prove_style style = { .verbose = proving->verbose,
                                           .partial = proving->glob_count > 0 };
    bool on_stdout = false;
    bool written = true;
    for (size_t i = 0; i < proving->report_count; i++)
        on_stdout = on_stdout || proving->reports[i].file == NULL;
    if (!on_stdout && proving->report_count < REPORTS_MAX)
        proving->reports[proving->report_count++].format = cli_prove_format_find(SLICE("text"));
    for (size_t i = 0; i < proving->report_count; i++) {
        struct buf text = buf_bounded(report_max);
        const char *file = proving->reports[i].file;
        bool good = proving->reports[i].format->write(matrix, &style, &text);
        if (good && file == NULL)
            good = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
        else if (good)
            good = cli_output_replace(file, buf_slice(&text));
        if (!good)
            (void)fprintf(stderr, "syncspec prove: %s cannot be written: %s\n",
                          file == NULL ? "standard output" : file, strerror(errno));
        buf_free(&text);
        written = written && good;
    }
    return written;
}

/* ../fixtures/prove.json beside the cases, unless another was given. */
static bool read_reasons(const struct proving *proving, const char *folder,
                         struct cli_prove_matrix *matrix)
{
    char path[PATH_MAX];
    if (proving->reasons != NULL)
        return cli_prove_read_reasons(matrix, proving->reasons);
    int len = snprintf(path, sizeof(path), "%s/../fixtures/prove.json", folder);
    if (len < 0 || (size_t)len >= sizeof(path) || access(path, R_OK) != 0)
        return true;
    return cli_prove_read_reasons(matrix, path);
}

static int prove(struct proving *proving, const char *folder, struct cli_prove_matrix *matrix)
{
    const struct cli_prove_work work = {
        .matrix = matrix,
        .jobs = proving->jobs,
        .seed = proving->seed,
        .progress = isatty(STDERR_FILENO) != 0,
    };
    if (matrix->row_count == 0)
        return cli_usage_error(&cli_prove, "no fault has that name; `syncspec list faults`");
    if (!read_reasons(proving, folder, matrix))
        return VERDICT_EXIT_USAGE;
    if (proving->whole)
        cli_prove_matrix_want_all(matrix);
    struct cli_prove_cache *cache =
        cli_prove_cache_new(matrix->plan, folder, proving->cache, proving->seed);
    if (cache != NULL && !proving->anew)
        cli_prove_cache_load(cache, matrix);
    bool worked = cli_prove_work(&work);
    if (worked && cache != NULL && proving->glob_count == 0)
        cli_prove_cache_save(cache, matrix);
    cli_prove_cache_free(cache);
    cli_prove_count(matrix);
    if (!worked || !write_reports(proving, matrix))
        return VERDICT_EXIT_UNREACHABLE;
    return cli_prove_holds(matrix, proving->glob_count > 0) ? VERDICT_EXIT_CONFORMANT
                                                            : VERDICT_EXIT_FAILED;
}

static int run(int argc, char **argv)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct proving proving = { .jobs = cores < 1 ? 1 : (size_t)cores, .seed = 1 };
    struct cli_prove_matrix matrix;
    char folder[PATH_MAX];
    (void)signal(SIGPIPE, SIG_IGN);
    if (!read_options(&proving, argc, argv))
        return VERDICT_EXIT_USAGE;
    struct plan *plan = cli_load_cases(proving.cases);
    if (plan == NULL || !cli_cases_folder(proving.cases, folder))
        return VERDICT_EXIT_USAGE;
    int code = VERDICT_EXIT_UNREACHABLE;
    if (cli_prove_matrix_init(&matrix, plan, proving.globs, proving.glob_count))
        code = prove(&proving, folder, &matrix);
    else
        (void)fprintf(stderr, "syncspec prove: out of memory\n");
    cli_prove_matrix_free(&matrix);
    plan_free(plan);
    return code;
}

const struct cli_command cli_prove = {
    .name = "prove",
    .summary = "run the cases against broken servers: do they find every fault?",
    .help =
        "usage: syncspec prove [OPTIONS]\n"
        "\n"
        "Puts every fault of `syncspec list faults` around the built-in core and the services\n"
        "beside it, one at a time, and runs the cases of its API that claim a requirement which\n"
        "the fault breaks. A fault is killed when one of them has a finding about such a\n"
        "requirement: a fail for a must, a warning for another. A crash, a time-out or a failure\n"
        "for another reason is no kill. Conformant faults, which the protocol allows, get all\n"
        "cases of their API, and none may fail.\n"
        "\n"
        "Exits with 1 when a fault survives, a conformant one is flagged, or no fault kills a\n"
        "case, unless the file of reasons says why. Outcomes are kept, and run again when the\n"
        "binary or the case's file has changed.\n"
        "\n"
        "  --fault GLOB          only these faults (repeatable); nothing is said of cases then\n"
        "  --all                 run everything anew\n"
        "  --whole               run all cases of its API with every fault: every cell, which "
        "takes\n"
        "                        minutes\n"
        "  --report FORMAT[:FILE]  text, json or html (repeatable)\n"
        "  --reasons FILE        {\"survivors\": {FAULT: REASON}, \"vacuous\": {CASE: REASON}};\n"
        "                        unless said, ../fixtures/prove.json beside the cases\n"
        "  --cache FILE          where outcomes are kept ($XDG_CACHE_HOME/syncspec/prove)\n"
        "  --cases DIR           the case files (or SYNCSPEC_CASES in the environment)\n"
        "  --jobs N              processes at once (as many as there are cores)\n"
        "  --seed N              of the runs (1)\n"
        "  -v                    text: also what is killed, and by which cases\n"
        "\n"
        "examples:\n"
        "  syncspec prove --report html:matrix.html\n"
        "  syncspec prove --fault 'batch-*' -v\n"
        "\n"
        "exit codes: 0 all of it holds; 1 something survives, is flagged or cannot fail;\n"
        "2 usage, case file or reasons error; 3 harness error.\n",
    .run = run,
};
