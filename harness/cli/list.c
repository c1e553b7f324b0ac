/* syncspec list: what there is. */
#include "cli/cases.h"
#include "cli/command.h"
#include "fault/fault.h"
#include "reports/report.h"
#include "runner/runner.h"

#include <fnmatch.h>
#include <stdio.h>

struct wanted {
    const char *select; /* NULL: all */
    const char *cases;
};

static bool matches(const struct wanted *wanted, const char *id)
{
    return wanted->select == NULL || fnmatch(wanted->select, id, 0) == 0;
}

static void list_plan_cases(const struct wanted *wanted, const struct plan *plan)
{
    for (size_t i = 0; i < plan_case_count(plan); i++) {
        const struct plan_case *one = plan_case_at(plan, i);
        if (matches(wanted, one->id))
            (void)printf("%s\t%s\n", one->id, one->title);
    }
}

static void list_plan_requirements(const struct wanted *wanted, const struct plan *plan)
{
    for (size_t i = 0; i < plan_requirement_count(plan); i++) {
        const struct verdict_requirement *one = plan_requirement_at(plan, i);
        if (matches(wanted, one->id))
            (void)printf("%s\t%s\t%s\n", one->id, verdict_level_name(one->level), one->statement);
    }
}

static int list_of_plan(const struct wanted *wanted,
                        void (*print)(const struct wanted *wanted, const struct plan *plan))
{
    struct plan *plan = cli_load_cases(wanted->cases);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    print(wanted, plan);
    plan_free(plan);
    return VERDICT_EXIT_CONFORMANT;
}

static int list_cases(const struct wanted *wanted)
{
    return list_of_plan(wanted, list_plan_cases);
}

static int list_requirements(const struct wanted *wanted)
{
    return list_of_plan(wanted, list_plan_requirements);
}

static int list_formats(const struct wanted *wanted)
{
    const struct report_format *format;
    for (size_t i = 0; (format = report_format_at(i)) != NULL; i++) {
        if (matches(wanted, format->name))
            (void)printf("%s\t%s\n", format->name, format->meaning);
    }
    return VERDICT_EXIT_CONFORMANT;
}

/* The requirement that it is about, or why there is none. */
static const char *kind_of(const struct fault *fault)
{
    if (fault->conformant)
        return "conformant";
    return fault->parts[0] != NULL ? "two at once" : fault->breaks[0];
}

static int list_faults(const struct wanted *wanted)
{
    const struct fault *fault;
    for (size_t i = 0; (fault = fault_at(i)) != NULL; i++) {
        if (matches(wanted, fault->name))
            (void)printf("%s\t%s\t%s\n", fault->name, kind_of(fault), fault->what);
    }
    return VERDICT_EXIT_CONFORMANT;
}

static const struct {
    const char *name;
    int (*list)(const struct wanted *wanted);
} kinds[] = {
    { "cases", list_cases },
    { "requirements", list_requirements },
    { "formats", list_formats },
    { "faults", list_faults },
};

static int run(int argc, char **argv)
{
    struct wanted wanted = { 0 };
    const char *kind = NULL;
    for (int i = 1; i < argc; i++) {
        const char **value = strcmp(argv[i], "--select") == 0  ? &wanted.select
                             : strcmp(argv[i], "--cases") == 0 ? &wanted.cases
                                                               : NULL;
        if (value != NULL && i + 1 == argc)
            return cli_usage_error(&cli_list, "%s wants a value", argv[i]);
        if (value != NULL)
            *value = argv[++i];
        else if (argv[i][0] == '-')
            return cli_usage_error(&cli_list, "there is no option %s", argv[i]);
        else if (kind != NULL)
            return cli_usage_error(&cli_list, "one kind at a time");
        else
            kind = argv[i];
    }
    for (size_t i = 0; kind != NULL && i < COUNT_OF(kinds); i++) {
        if (strcmp(kinds[i].name, kind) == 0)
            return kinds[i].list(&wanted);
    }
    return cli_usage_error(&cli_list, "expected cases, requirements, formats or faults");
}

const struct cli_command cli_list = {
    .name = "list",
    .summary = "the cases, the requirements, the report formats or the faults",
    .help = "usage: syncspec list cases|requirements|formats|faults [--select GLOB] [--cases DIR]\n"
            "\n"
            "One a line, with tabs between id and text. A GLOB's * matches across slashes.\n"
            "\n"
            "examples:\n"
            "  syncspec list cases --select 'put/*'\n"
            "  syncspec list requirements --select '*quota*'\n"
            "  syncspec list faults --select 'batch-*'\n"
            "\n"
            "exit codes: 0 listed; 2 usage or case file error.\n",
    .run = run,
};
