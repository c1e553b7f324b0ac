#include "verdict/verdict.h"

static const char *const outcome_names[VERDICT_OUTCOMES] = {
    [VERDICT_PASS] = "pass", [VERDICT_FAIL] = "fail",       [VERDICT_WARN] = "warn",
    [VERDICT_SKIP] = "skip", [VERDICT_BLOCKED] = "blocked", [VERDICT_ERROR] = "error",
};

static const char *const notice_names[VERDICT_NOTICES] = {
    [VERDICT_NOTICE_STALE] = "stale", [VERDICT_NOTICE_EXPIRED] = "expired",
    [VERDICT_NOTICE_RATE] = "rate",   [VERDICT_NOTICE_SLOWED] = "slowed",
    [VERDICT_NOTICE_LEFT] = "left",
};

const char *verdict_outcome_name(enum verdict_outcome outcome)
{
    return outcome_names[outcome];
}

const char *verdict_notice_name(enum verdict_notice_kind kind)
{
    return notice_names[kind];
}

const char *verdict_side_name(enum verdict_side side)
{
    static const char *const names[] = {
        [VERDICT_SIDE_SERVER] = "server",
        [VERDICT_SIDE_BOTH] = "both",
        [VERDICT_SIDE_UNKNOWN] = "unknown",
    };
    return names[side];
}

struct verdict *verdict_run_find(const struct verdict_run *run, const char *id)
{
    for (size_t i = 0; i < run->count; i++) {
        if (strcmp(run->verdicts[i].id, id) == 0)
            return &run->verdicts[i];
    }
    return NULL;
}

void verdict_run_tally(struct verdict_run *run)
{
    memset(run->totals, 0, sizeof(run->totals));
    memset(run->expected, 0, sizeof(run->expected));
    run->out_of_reach = 0;
    run->checks = 0;
    run->requests = 0;
    for (size_t i = 0; i < run->count; i++) {
        run->totals[run->verdicts[i].outcome]++;
        run->expected[run->verdicts[i].outcome] += run->verdicts[i].expected;
        run->out_of_reach += run->verdicts[i].out_of_reach;
        run->checks += run->verdicts[i].checks;
        run->requests += run->verdicts[i].requests;
    }
}

enum verdict_outcome verdict_of_findings(const struct verdict_finding *findings, size_t count)
{
    static const int weight[VERDICT_OUTCOMES] = {
        [VERDICT_WARN] = 1,
        [VERDICT_FAIL] = 2,
        [VERDICT_ERROR] = 3,
    };
    enum verdict_outcome worst = VERDICT_PASS;
    for (size_t i = 0; i < count; i++) {
        if (weight[findings[i].severity] > weight[worst])
            worst = findings[i].severity;
    }
    return worst;
}

bool verdict_run_notice(struct verdict_run *run, enum verdict_notice_kind kind, const char *text)
{
    struct verdict_notice *notice = arena_new_object(run->arena, struct verdict_notice);
    const char *copy = arena_text(run->arena, slice_text(text));
    if (notice == NULL || copy == NULL)
        return false;
    *notice = (struct verdict_notice){ .kind = kind, .text = copy };
    struct verdict_notice **end = &run->notices;
    while (*end != NULL)
        end = &(*end)->next;
    *end = notice;
    return true;
}

const struct verdict_excuse *verdict_excuse(const struct verdict *verdict)
{
    for (size_t i = 0; verdict->expected && i < verdict->finding_count; i++) {
        if (verdict->findings[i].excuse != NULL)
            return verdict->findings[i].excuse;
    }
    return NULL;
}

size_t verdict_run_count(const struct verdict_run *run, enum verdict_notice_kind kind)
{
    size_t count = 0;
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next)
        count += one->kind == kind;
    return count;
}

bool verdict_run_is_vacuous(const struct verdict_run *run)
{
    const size_t *totals = run->totals;
    size_t decided = totals[VERDICT_PASS] + totals[VERDICT_FAIL] + totals[VERDICT_WARN];
    /* Half of an odd count is rounded up: 2 of 5 are too few.  A case that is expected to end in
     * error was exercised. */
    decided += run->expected[VERDICT_ERROR];
    size_t rest = run->count - run->out_of_reach - decided;
    return decided == 0 || decided < rest || run->checks < run->min_checks;
}

enum verdict_exit verdict_run_exit(const struct verdict_run *run)
{
    if (run->setup_error != NULL)
        return VERDICT_EXIT_UNREACHABLE;
    if (run->totals[VERDICT_FAIL] > run->expected[VERDICT_FAIL])
        return VERDICT_EXIT_FAILED;
    if (run->totals[VERDICT_ERROR] > run->expected[VERDICT_ERROR])
        return VERDICT_EXIT_UNREACHABLE;
    if (verdict_run_is_vacuous(run))
        return VERDICT_EXIT_VACUOUS;
    if (verdict_run_count(run, VERDICT_NOTICE_STALE) > 0)
        return VERDICT_EXIT_STALE;
    return VERDICT_EXIT_CONFORMANT;
}

const char *verdict_run_result(const struct verdict_run *run)
{
    static const char *const results[] = {
        [VERDICT_EXIT_CONFORMANT] = "conformant: no case failed",
        [VERDICT_EXIT_FAILED] = "not conformant: a rule that servers must keep is broken",
        [VERDICT_EXIT_USAGE] = "",
        [VERDICT_EXIT_UNREACHABLE] = "undecided: the target or the network did not answer as a "
                                     "verdict needs it",
        [VERDICT_EXIT_VACUOUS] = "undecided: too little was exercised (fewer than half of the "
                                 "cases)",
        [VERDICT_EXIT_STALE] = "no failure but those that the baseline expects, which is stale",
    };
    enum verdict_exit code = verdict_run_exit(run);
    if (run->count == 0 && run->setup_error == NULL)
        return "undecided: no case was selected";
    if (code == VERDICT_EXIT_VACUOUS && run->checks < run->min_checks)
        return "undecided: too little was exercised (fewer checks than --min-checks)";
    if (code == VERDICT_EXIT_CONFORMANT && run->expected[VERDICT_FAIL] > 0)
        return "no failure but those that the baseline expects";
    if (code == VERDICT_EXIT_CONFORMANT && run->out_of_reach > 0)
        return "conformant as far as one account can tell: no case failed";
    return results[code];
}
