/* syncspec compare: result files side by side. */
#include "cli/command.h"
#include "cli/result.h"

#include <stdlib.h>
#include <string.h>

enum { RESULTS_MAX = 16, COLUMN = 8 };

struct comparison {
    struct verdict_run *runs[RESULTS_MAX];
    const char *files[RESULTS_MAX];
    size_t count;
    bool all; /* also what is the same everywhere */
};

/* "pass", "fail", ...; "known": a failure that the baseline expects; "-": not in that result. */
static const char *word_of(const struct verdict *verdict)
{
    if (verdict == NULL)
        return "-";
    return verdict->expected ? "known" : verdict_outcome_name(verdict->outcome);
}

static bool differs(const struct comparison *comparison, const char *id)
{
    const char *first = word_of(verdict_run_find(comparison->runs[0], id));
    for (size_t i = 1; i < comparison->count; i++) {
        if (strcmp(first, word_of(verdict_run_find(comparison->runs[i], id))) != 0)
            return true;
    }
    return false;
}

/* Whether an earlier result has told of the case. */
static bool is_told(const struct comparison *comparison, size_t before, const char *id)
{
    for (size_t i = 0; i < before; i++) {
        if (verdict_run_find(comparison->runs[i], id) != NULL)
            return true;
    }
    return false;
}

/* A line of the table.  An id is of a file that somebody gave: what is no printable ASCII is not
 * shown. */
static void print_row(const struct comparison *comparison, const char *id)
{
    for (size_t i = 0; i < comparison->count; i++)
        (void)printf("%-*s", COLUMN, word_of(verdict_run_find(comparison->runs[i], id)));
    for (; *id != '\0'; id++)
        (void)putchar(*id > ' ' && *id < 0x7F ? *id : '?');
    (void)putchar('\n');
}

static void print_totals(const struct comparison *comparison)
{
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++) {
        for (size_t j = 0; j < comparison->count; j++)
            (void)printf("%-*zu", COLUMN, comparison->runs[j]->totals[i]);
        (void)printf("%s\n", verdict_outcome_name((enum verdict_outcome)i));
    }
}

/* Returns how many cases differ. */
static size_t print_table(const struct comparison *comparison)
{
    size_t different = 0;
    for (size_t i = 0; i < comparison->count; i++)
        (void)printf("%zu: %s\n", i + 1, comparison->files[i]);
    for (size_t i = 0; i < comparison->count; i++)
        (void)printf("%-*zu", COLUMN, i + 1);
    (void)printf("case\n");
    for (size_t i = 0; i < comparison->count; i++) {
        for (size_t j = 0; j < comparison->runs[i]->count; j++) {
            const char *id = comparison->runs[i]->verdicts[j].id;
            if (is_told(comparison, i, id))
                continue;
            bool different_here = differs(comparison, id);
            different += different_here;
            if (different_here || comparison->all)
                print_row(comparison, id);
        }
    }
    print_totals(comparison);
    return different;
}

static int compare(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->count; i++) {
        comparison->runs[i] = cli_result_read(&cli_compare, comparison->files[i]);
        if (comparison->runs[i] == NULL)
            return VERDICT_EXIT_USAGE;
    }
    size_t different = print_table(comparison);
    (void)printf("%zu case%s differ%s\n", different, different == 1 ? "" : "s",
                 different == 1 ? "s" : "");
    return different == 0 ? VERDICT_EXIT_CONFORMANT : VERDICT_EXIT_FAILED;
}

static int run(int argc, char **argv)
{
    struct comparison comparison = { 0 };
    for (int at = 1; at < argc; at++) {
        if (strcmp(argv[at], "--all") == 0)
            comparison.all = true;
        else if (argv[at][0] == '-')
            return cli_usage_error(&cli_compare, "there is no option %s", argv[at]);
        else if (comparison.count == RESULTS_MAX)
            return cli_usage_error(&cli_compare, "at most %d results", RESULTS_MAX);
        else
            comparison.files[comparison.count++] = argv[at];
    }
    if (comparison.count < 2)
        return cli_usage_error(&cli_compare, "expected two result files or more");
    int code = compare(&comparison);
    for (size_t i = 0; i < comparison.count; i++) {
        if (comparison.runs[i] != NULL)
            arena_free(comparison.runs[i]->arena);
    }
    return code;
}

const struct cli_command cli_compare = {
    .name = "compare",
    .summary = "result files side by side: servers, or a server before and after",
    .help =
        "usage: syncspec compare RESULT.json RESULT.json... [--all]\n"
        "\n"
        "Shows the cases that did not end the same in all results, a column for each, and the\n"
        "totals. --all: also those that did. \"known\" is a failure that the baseline expects,\n"
        "\"-\" a case that the result does not have.\n"
        "\n"
        "example:\n"
        "  syncspec compare yesterday.json today.json\n"
        "\n"
        "exit codes: 0 all cases ended the same; 1 some did not; 2 usage, or a file that cannot\n"
        "be read or is wrong.\n",
    .run = run,
};
