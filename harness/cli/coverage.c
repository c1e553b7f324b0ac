/* syncspec coverage: which requirements cases decide, and why the others are excluded. */
#include "base/alloc.h"
#include "cli/cases.h"
#include "cli/command.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum { LEVELS = VERDICT_DE_FACTO + 1 };

struct options {
    const char *select; /* NULL: all */
    const char *cases;
    bool verbose, json;
};

struct entry {
    const struct verdict_requirement *requirement;
    size_t cases; /* that decide it */
};

/* What an id begins with, API and chapter: "1.5/batch". */
struct area {
    struct slice name;
    size_t total[LEVELS], decided[LEVELS], excluded[VERDICT_EXCLUSIONS];
};

struct ledger {
    const struct plan *plan;
    struct entry *entries;
    size_t count;
    struct area *areas;
    size_t area_count;
    struct area all;
};

static bool is_decided(const struct entry *entry)
{
    return entry->cases > 0;
}

static bool is_open(const struct entry *entry)
{
    return entry->cases == 0 && entry->requirement->exclusion == VERDICT_NOT_EXCLUDED;
}

static struct slice area_name(const char *id)
{
    struct slice text = slice_text(id);
    size_t api = slice_find(text, '/');
    struct slice rest = slice_text(id + (api < text.len ? api + 1 : api));
    return slice_head(text, text.len - rest.len + slice_find(rest, '/'));
}

static void count(struct area *area, const struct entry *entry)
{
    area->total[entry->requirement->level]++;
    area->decided[entry->requirement->level] += is_decided(entry);
    area->excluded[entry->requirement->exclusion]++;
}

/* The area of that name, made when there is none. */
static struct area *find_area(struct ledger *ledger, struct slice name)
{
    for (size_t i = 0; i < ledger->area_count; i++) {
        if (slice_eq(ledger->areas[i].name, name))
            return &ledger->areas[i];
    }
    struct area *area = &ledger->areas[ledger->area_count++];
    area->name = name;
    return area;
}

static size_t count_cases(const struct plan *plan, const struct verdict_requirement *requirement)
{
    size_t found = 0;
    for (size_t i = 0; i < plan_case_count(plan); i++)
        found += plan_case_decides(plan_case_at(plan, i), requirement);
    return found;
}

/* False when out of memory. */
static bool gather(struct ledger *ledger, const struct options *options)
{
    size_t all = plan_requirement_count(ledger->plan);
    ledger->entries = alloc_zeroed(all, sizeof(*ledger->entries));
    ledger->areas = alloc_zeroed(all, sizeof(*ledger->areas));
    if (ledger->entries == NULL || ledger->areas == NULL)
        return false;
    for (size_t i = 0; i < all; i++) {
        const struct verdict_requirement *requirement = plan_requirement_at(ledger->plan, i);
        if (options->select != NULL && fnmatch(options->select, requirement->id, 0) != 0)
            continue;
        struct entry *entry = &ledger->entries[ledger->count++];
        *entry = (struct entry){ requirement, count_cases(ledger->plan, requirement) };
        count(find_area(ledger, area_name(requirement->id)), entry);
        count(&ledger->all, entry);
    }
    return true;
}

static size_t sum(const size_t *counts, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += counts[i];
    return total;
}

static size_t count_open(const struct ledger *ledger)
{
    size_t found = 0;
    for (size_t i = 0; i < ledger->count; i++)
        found += is_open(&ledger->entries[i]);
    return found;
}

static size_t count_deciding(const struct ledger *ledger)
{
    size_t deciding = 0;
    for (size_t i = 0; i < plan_case_count(ledger->plan); i++) {
        const struct plan_case *plan_case = plan_case_at(ledger->plan, i);
        bool decides = false;
        for (size_t j = 0; j < ledger->count && !decides; j++)
            decides = plan_case_decides(plan_case, ledger->entries[j].requirement);
        deciding += decides;
    }
    return deciding;
}

static void print_exclusions(const struct area *area)
{
    const char *between = "   ";
    for (int i = VERDICT_NOT_EXCLUDED + 1; i < VERDICT_EXCLUSIONS; i++) {
        if (area->excluded[i] == 0)
            continue;
        (void)printf("%s%zu %s", between, area->excluded[i],
                     verdict_exclusion_name((enum verdict_exclusion)i));
        between = ", ";
    }
    (void)printf("\n");
}

static void print_area(const struct area *area)
{
    (void)printf("%-20.*s", SLICE_FMT(area->name));
    for (size_t i = 0; i < LEVELS; i++) {
        char cell[48] = "-";
        if (area->total[i] > 0)
            (void)snprintf(cell, sizeof(cell), "%zu/%zu", area->decided[i], area->total[i]);
        (void)printf(" %9s", cell);
    }
    print_exclusions(area);
}

static void print_entry(const struct plan *plan, const struct entry *entry)
{
    const struct verdict_requirement *requirement = entry->requirement;
    (void)printf("  %s (%s)\n", requirement->id, verdict_level_name(requirement->level));
    for (size_t i = 0; i < plan_case_count(plan); i++) {
        if (plan_case_decides(plan_case_at(plan, i), requirement))
            (void)printf("    %s\n", plan_case_at(plan, i)->id);
    }
    if (requirement->exclusion != VERDICT_NOT_EXCLUDED)
        (void)printf("    %s: %s\n", verdict_exclusion_name(requirement->exclusion),
                     requirement->because);
}

static void print_areas(const struct ledger *ledger, bool verbose)
{
    (void)printf("%-20s", "decided of all");
    for (int i = 0; i < LEVELS; i++)
        (void)printf(" %9s", verdict_level_name((enum verdict_level)i));
    (void)printf("   excluded\n");
    for (size_t i = 0; i < ledger->area_count; i++) {
        print_area(&ledger->areas[i]);
        for (size_t j = 0; verbose && j < ledger->count; j++) {
            const struct entry *entry = &ledger->entries[j];
            if (slice_eq(area_name(entry->requirement->id), ledger->areas[i].name))
                print_entry(ledger->plan, entry);
        }
    }
}

static void print_totals(const struct ledger *ledger)
{
    const struct area *all = &ledger->all;
    for (int i = VERDICT_NOT_EXCLUDED + 1; i < VERDICT_EXCLUSIONS; i++) {
        if (all->excluded[i] > 0)
            (void)printf("%-20s %9zu   %s\n", verdict_exclusion_name((enum verdict_exclusion)i),
                         all->excluded[i], verdict_exclusion_meaning((enum verdict_exclusion)i));
    }
    for (size_t i = 0; i < ledger->count; i++) {
        if (is_open(&ledger->entries[i]))
            (void)printf("unclassified: %s; expected a case that requires it, or \"excluded\"\n",
                         ledger->entries[i].requirement->id);
    }
    size_t excluded = sum(all->excluded, VERDICT_EXCLUSIONS) - all->excluded[VERDICT_NOT_EXCLUDED];
    (void)printf("%zu requirements: %zu decided by %zu cases, %zu excluded, %zu unclassified\n",
                 ledger->count, sum(all->decided, LEVELS), count_deciding(ledger), excluded,
                 count_open(ledger));
}

static void print_text(const struct ledger *ledger, const struct options *options)
{
    print_areas(ledger, options->verbose);
    (void)printf("\n");
    print_area(&ledger->all);
    (void)printf("\n");
    print_totals(ledger);
}

static json_t *cases_of(const struct plan *plan, const struct verdict_requirement *requirement)
{
    json_t *list = json_array();
    for (size_t i = 0; i < plan_case_count(plan); i++) {
        if (plan_case_decides(plan_case_at(plan, i), requirement))
            (void)json_array_append_new(list, json_string(plan_case_at(plan, i)->id));
    }
    return list;
}

static json_t *exclusion_of(const struct verdict_requirement *requirement)
{
    if (requirement->exclusion == VERDICT_NOT_EXCLUDED)
        return json_null();
    return json_pack("{s:s, s:s}", "class", verdict_exclusion_name(requirement->exclusion),
                     "because", requirement->because);
}

static bool print_json(const struct ledger *ledger)
{
    json_auto_t *list = json_array();
    for (size_t i = 0; i < ledger->count; i++) {
        const struct verdict_requirement *requirement = ledger->entries[i].requirement;
        struct slice area = area_name(requirement->id);
        json_t *entry =
            json_pack("{s:s, s:s%, s:s, s:o, s:o}", "id", requirement->id, "area", area.ptr,
                      area.len, "level", verdict_level_name(requirement->level), "cases",
                      cases_of(ledger->plan, requirement), "excluded", exclusion_of(requirement));
        if (json_array_append_new(list, entry) != 0)
            return false;
    }
    json_auto_t *root = json_pack("{s:I, s:O}", "unclassified", (json_int_t)count_open(ledger),
                                  "requirements", list);
    if (root == NULL || json_dumpf(root, stdout, JSON_INDENT(2)) != 0)
        return false;
    (void)printf("\n");
    return true;
}

static int cover(const struct plan *plan, const struct options *options)
{
    struct ledger ledger = { .plan = plan, .all.name = SLICE("all") };
    bool done = gather(&ledger, options);
    if (done && options->json)
        done = print_json(&ledger);
    else if (done)
        print_text(&ledger, options);
    bool open = count_open(&ledger) > 0;
    alloc_release(ledger.entries);
    alloc_release(ledger.areas);
    if (!done)
        (void)fprintf(stderr, "syncspec coverage: out of memory\n");
    return !done ? VERDICT_EXIT_UNREACHABLE : open ? VERDICT_EXIT_FAILED : VERDICT_EXIT_CONFORMANT;
}

static int run(int argc, char **argv)
{
    struct options options = { 0 };
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--select") == 0  ? &options.select
                             : strcmp(argv[i], "--cases") == 0 ? &options.cases
                                                               : NULL;
        if (value != NULL && i + 1 == argc)
            return cli_usage_error(&cli_coverage, "%s wants a value", argv[i]);
        if (value != NULL)
            *value = argv[++i];
        else if (strcmp(argv[i], "-v") == 0)
            options.verbose = true;
        else if (strcmp(argv[i], "--json") == 0)
            options.json = true;
        else
            return cli_usage_error(&cli_coverage, "there is no option %s", argv[i]);
    }
    struct plan *plan = cli_load_cases(options.cases);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    int code = cover(plan, &options);
    plan_free(plan);
    return code;
}

const struct cli_command cli_coverage = {
    .name = "coverage",
    .summary = "which requirements cases decide, and why the others are excluded",
    .help =
        "usage: syncspec coverage [-v] [--json] [--select GLOB] [--cases DIR]\n"
        "\n"
        "The ledger of the requirements: of each area, how many of each level cases decide, and\n"
        "how many no case decides, by one of a few reasons. Every requirement is one or the\n"
        "other.\n"
        "\n"
        "options:\n"
        "  -v             each requirement, with its cases or the reason\n"
        "  --json         the same for programs\n"
        "  --select GLOB  these requirements only; * matches across slashes\n"
        "  --cases DIR    this folder of cases\n"
        "\n"
        "examples:\n"
        "  syncspec coverage\n"
        "  syncspec coverage -v --select '1.5/batch/*'\n"
        "\n"
        "exit codes: 0 every requirement is decided or excluded; 1 some are neither; 2 usage or\n"
        "case file error.\n",
    .run = run,
};
