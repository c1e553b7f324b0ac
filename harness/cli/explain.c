/* syncspec explain: a case or a requirement, for people. */
#include "cli/cases.h"
#include "cli/command.h"
#include "fault/fault.h"

#include <stdio.h>
#include <stdlib.h>

enum { INDENT = 2 };

static void print_lead(unsigned depth)
{
    (void)printf("%*s", (int)(depth + 1) * INDENT, "");
}

static void print_json(unsigned depth, const char *label, const json_t *value)
{
    if (value == NULL)
        return;
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    print_lead(depth);
    (void)printf("  %-10s %s\n", label, text == NULL ? "(out of memory)" : text);
    free(text); /* jansson's */
}

static void print_expectations(unsigned depth, const char *label,
                               const struct plan_expectations *expectations)
{
    for (size_t i = 0; i < expectations->count; i++) {
        char text[64];
        (void)snprintf(text, sizeof(text), "%s %s", label, expectations->at[i].kind);
        char *matcher = json_dumps(expectations->at[i].matcher,
                                   JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        print_lead(depth);
        (void)printf("  %s: %s\n", text, matcher == NULL ? "(out of memory)" : matcher);
        free(matcher); /* jansson's */
    }
}

static void print_keeps(unsigned depth, const struct plan_step *step)
{
    for (size_t i = 0; i < step->keep_count; i++) {
        const struct plan_keep *keep = &step->keep[i];
        print_lead(depth);
        (void)printf("  %s {%s}: %s%s%s\n", keep->appends ? "collect" : "keep", keep->name,
                     keep->from, keep->what[0] == '\0' ? "" : " ", keep->what);
    }
}

static void print_observations(unsigned depth, const struct plan_step *step)
{
    for (size_t i = 0; i < step->observe_count; i++) {
        print_expectations(depth, "when", &step->observe[i].when);
        print_lead(depth);
        (void)printf("  say: %s\n", step->observe[i].say);
    }
}

static void print_request(unsigned depth, const struct plan_step *step)
{
    print_lead(depth);
    (void)printf("%u. %s %s%s%s", step->number, step->method == NULL ? "" : step->method,
                 step->from_root ? "^" : "", step->target == NULL ? "" : step->target,
                 step->twin ? "   (twin: must succeed)" : "");
    if (strcmp(step->as, "me") != 0)
        (void)printf("   as %s", step->as);
    if (strcmp(step->endpoint_of, step->as) != 0)
        (void)printf("   below the endpoint of %s", step->endpoint_of);
    (void)printf("%s\n", step->or_closed ? "   or the server closes the connection" : "");
    if (step->kind == PLAN_RAW) {
        json_t *raw = json_string(step->raw);
        print_json(depth, "raw", raw);
        json_decref(raw);
    }
    print_json(depth, "headers", step->headers);
    print_json(depth, "auth", step->auth);
    print_json(depth, "body", step->body_value);
}

static void print_steps(unsigned depth, const struct plan_step *steps, size_t count);

static void print_branches(unsigned depth, const struct plan_step *step)
{
    print_lead(depth);
    (void)printf("%u. %zu branches at the same time\n", step->number, step->branch_count);
    for (size_t i = 0; i < (step->copies ? 1 : step->branch_count); i++) {
        print_lead(depth);
        (void)printf("  branch {branch} = %s%zu\n", step->copies ? "0 to " : "",
                     step->copies ? step->branch_count - 1 : i);
        print_steps(depth + 2, step->branches[i].steps, step->branches[i].step_count);
    }
}

static void print_step(unsigned depth, const struct plan_step *step)
{
    switch (step->kind) {
    case PLAN_SEND:
    case PLAN_RAW:
        print_request(depth, step);
        break;
    case PLAN_WAIT:
        print_lead(depth);
        (void)printf("%u. wait %lld.%02lld s\n", step->number, (long long)(step->wait / 100),
                     (long long)(step->wait % 100));
        break;
    case PLAN_REPEAT:
        print_lead(depth);
        (void)printf("%u. repeat at most %s times%s%s\n", step->number, step->rounds,
                     step->while_header == NULL ? "" : ", as long as a response carries ",
                     step->while_header == NULL ? "" : step->while_header);
        print_expectations(depth, "until", &step->until);
        print_steps(depth + 2, step->steps, step->step_count);
        break;
    case PLAN_HOOK:
        print_lead(depth);
        (void)printf("%u. the operator's hook %s%s%s, for %s\n", step->number, step->hook,
                     step->amount == NULL ? "" : " to ", step->amount == NULL ? "" : step->amount,
                     step->as);
        break;
    case PLAN_PARALLEL:
        print_branches(depth, step);
        break;
    case PLAN_CHECK:
        print_lead(depth);
        (void)printf("%u. check\n", step->number);
        print_json(depth, "value", step->value);
        break;
    }
    print_expectations(depth, "expect", &step->expect);
    print_expectations(depth, "prefer", &step->prefer);
    print_keeps(depth, step);
    print_observations(depth, step);
}

static void print_steps(unsigned depth, const struct plan_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_step(depth, &steps[i]);
}

static void print_text(const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0')
        (void)printf("  %-10s %s\n", label, text);
}

static void print_requirement(const struct verdict_requirement *requirement)
{
    (void)printf("%s (%s)\n", requirement->id, verdict_level_name(requirement->level));
    print_text("rule", requirement->statement);
    print_text("source", requirement->source);
    print_text("impact", requirement->impact);
    print_text("note", requirement->note);
}

static void explain_case(const struct plan_case *plan_case)
{
    (void)printf("%s\n  %s\n  cases/%s:%u\n", plan_case->id, plan_case->title, plan_case->file,
                 plan_case->line);
    for (size_t i = 0; i < plan_case->need_count; i++)
        (void)printf("%s%s", i == 0 ? "  needs: " : ", ", plan_case->needs[i]);
    (void)printf("%s", plan_case->need_count > 0 ? "\n" : "");
    for (size_t i = 0; i < plan_case->dependency_count; i++)
        (void)printf("%s%s", i == 0 ? "  depends on: " : ", ", plan_case->depends_on[i]);
    for (size_t i = 0; i < plan_case->basis_count; i++)
        (void)printf("%s%s",
                     i > 0                             ? ", "
                     : plan_case->dependency_count > 0 ? "\n  basis of: "
                                                       : "  basis of: ",
                     plan_case->basis[i]);
    bool line = plan_case->dependency_count + plan_case->basis_count > 0;
    (void)printf("%s\ndecides\n", line ? "\n" : "");
    for (size_t i = 0; i < plan_case->requirement_count; i++)
        print_requirement(plan_case->requirements[i]);
    (void)printf("\n");
    print_json(0, "rows", plan_case->rows);
    (void)printf("steps\n");
    print_steps(0, plan_case->steps, plan_case->step_count);
}

static void explain_requirement(const struct plan *plan,
                                const struct verdict_requirement *requirement)
{
    size_t found = 0;
    print_requirement(requirement);
    (void)printf("\ndecided by\n");
    for (size_t i = 0; i < plan_case_count(plan); i++) {
        const struct plan_case *plan_case = plan_case_at(plan, i);
        if (!plan_case_decides(plan_case, requirement))
            continue;
        found++;
        (void)printf("  %s\n    %s\n", plan_case->id, plan_case->title);
    }
    if (requirement->exclusion != VERDICT_NOT_EXCLUDED)
        (void)printf("  no case: %s (%s)\n    %s\n", verdict_exclusion_name(requirement->exclusion),
                     verdict_exclusion_meaning(requirement->exclusion), requirement->because);
    else if (found == 0)
        (void)printf("  no case\n");
}

/* How to see it: options that its API needs. */
static void print_ways(const struct fault *fault)
{
    static const struct {
        const char *api, *run, *serve;
    } rows[] = {
        { "1.5", "", "" },
        { "1.1", " --api 1.1", " --user-api" },
        { "1.0", " --api 1.0", " --user-api" },
        { "token", " --api token", " --token-server --accounts" },
        { "user", " --api user", " --user-api" },
    };
    size_t i = 0;
    while (i + 1 < COUNT_OF(rows) && strcmp(rows[i].api, fault_api(fault)) != 0)
        i++;
    (void)printf("  %-10s syncspec run --fault %s%s\n", "try it", fault->name, rows[i].run);
    if (fault->hear == NULL)
        (void)printf("  %-10s syncspec serve --fault %s%s\n", "", fault->name, rows[i].serve);
}

static void explain_fault(const struct plan *plan, const struct fault *fault)
{
    (void)printf("%s (%s)\n", fault->name,
                 fault->conformant ? "a conformant way to be different" : "a fault");
    print_text("what", fault->what);
    print_text("impact", fault->impact);
    print_text("warned", fault->warned);
    for (size_t i = 0; i < FAULT_PARTS && fault->parts[i] != NULL; i++)
        print_text("part", fault->parts[i]);
    print_ways(fault);
    for (size_t i = 0; i < FAULT_BREAKS && fault->breaks[i] != NULL; i++) {
        const struct verdict_requirement *requirement =
            plan_requirement_find(plan, slice_text(fault->breaks[i]));
        (void)printf("\n");
        if (requirement != NULL)
            explain_requirement(plan, requirement);
    }
}

static int explain(const struct plan *plan, const char *id)
{
    const struct plan_case *plan_case = plan_case_find(plan, slice_text(id));
    const struct verdict_requirement *requirement = plan_requirement_find(plan, slice_text(id));
    const struct fault *fault = fault_find(slice_text(id));
    if (plan_case == NULL && requirement == NULL && fault == NULL)
        return cli_usage_error(&cli_explain,
                               "no case, no requirement and no fault is called \"%s\"; `syncspec "
                               "list cases`, `list requirements` and `list faults` tell them",
                               id);
    if (plan_case != NULL)
        explain_case(plan_case);
    if (plan_case != NULL && requirement != NULL)
        (void)printf("\n");
    if (requirement != NULL)
        explain_requirement(plan, requirement);
    if (fault != NULL)
        explain_fault(plan, fault);
    return VERDICT_EXIT_CONFORMANT;
}

static int run(int argc, char **argv)
{
    const char *id = NULL;
    const char *cases = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--cases") == 0) {
            if (++i == argc)
                return cli_usage_error(&cli_explain, "--cases wants a value");
            cases = argv[i];
        } else if (argv[i][0] == '-' || id != NULL) {
            return cli_usage_error(&cli_explain, "expected one id, and not %s", argv[i]);
        } else {
            id = argv[i];
        }
    }
    if (id == NULL)
        return cli_usage_error(&cli_explain, "expected the id of a case, a requirement or a fault");
    struct plan *plan = cli_load_cases(cases);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    int code = explain(plan, id);
    plan_free(plan);
    return code;
}

const struct cli_command cli_explain = {
    .name = "explain",
    .summary = "what a case does and why, what a requirement says, or what a fault breaks",
    .help =
        "usage: syncspec explain ID [--cases DIR]\n"
        "\n"
        "ID of a case: its rule, the requirements that it decides with their source, what it\n"
        "needs of a target, and its steps. ID of a requirement: what it says, where that is\n"
        "written, what servers make of it, and the cases that decide it. Name of a fault: what\n"
        "it breaks, what a client suffers, and the same of the requirements that it breaks.\n"
        "\n"
        "examples:\n"
        "  syncspec explain put/stale-unmodified-since-is-412\n"
        "  syncspec explain 1.5/quota/over-400-14\n"
        "  syncspec explain batch-visible-before-commit\n"
        "\n"
        "exit codes: 0 explained; 2 no such id, usage or case file error.\n",
    .run = run,
};
