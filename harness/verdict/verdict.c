#include "verdict/verdict.h"

static const char *const outcome_names[VERDICT_OUTCOMES] = {
    [VERDICT_PASS] = "pass", [VERDICT_FAIL] = "fail",       [VERDICT_WARN] = "warn",
    [VERDICT_SKIP] = "skip", [VERDICT_BLOCKED] = "blocked", [VERDICT_ERROR] = "error",
};

static const char *const level_names[] = {
    [VERDICT_MUST] = "must",
    [VERDICT_SHOULD] = "should",
    [VERDICT_MAY] = "may",
    [VERDICT_DE_FACTO] = "de-facto",
};

const char *verdict_outcome_name(enum verdict_outcome outcome)
{
    return outcome_names[outcome];
}

const char *verdict_level_name(enum verdict_level level)
{
    return level_names[level];
}

bool verdict_level_parse(struct slice text, enum verdict_level *ret_level)
{
    for (size_t i = 0; i < COUNT_OF(level_names); i++) {
        if (slice_is(text, level_names[i])) {
            *ret_level = (enum verdict_level)i;
            return true;
        }
    }
    return false;
}

static const struct {
    const char *name, *meaning;
} exclusions[VERDICT_EXCLUSIONS] = {
    [VERDICT_NOT_EXCLUDED] = { "", "" },
    [VERDICT_CLIENT_SIDE] = { "client-side", "binds clients, or passes between them" },
    [VERDICT_NOT_OBSERVABLE] = { "not-observable", "no request brings it about, or shows it" },
    [VERDICT_OPERATORS_CHOICE] = { "operators-choice",
                                   "says how a server is deployed, not how it behaves" },
    [VERDICT_EITHER_IS_RIGHT] = { "either-is-right", "whatever a server does, it is right" },
    [VERDICT_DOCUMENT_ERROR] = { "document-error", "a slip of the text" },
    [VERDICT_NOT_YET] = { "not-yet", "a case can be written" },
};

const char *verdict_exclusion_name(enum verdict_exclusion exclusion)
{
    return exclusions[exclusion].name;
}

const char *verdict_exclusion_meaning(enum verdict_exclusion exclusion)
{
    return exclusions[exclusion].meaning;
}

bool verdict_exclusion_parse(struct slice text, enum verdict_exclusion *ret_exclusion)
{
    for (size_t i = VERDICT_NOT_EXCLUDED + 1; i < COUNT_OF(exclusions); i++) {
        if (slice_is(text, exclusions[i].name)) {
            *ret_exclusion = (enum verdict_exclusion)i;
            return true;
        }
    }
    return false;
}

void verdict_run_tally(struct verdict_run *run)
{
    memset(run->totals, 0, sizeof(run->totals));
    run->checks = 0;
    run->requests = 0;
    for (size_t i = 0; i < run->count; i++) {
        run->totals[run->verdicts[i].outcome]++;
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

enum verdict_exit verdict_run_exit(const struct verdict_run *run)
{
    const size_t *totals = run->totals;
    size_t decided = totals[VERDICT_PASS] + totals[VERDICT_FAIL] + totals[VERDICT_WARN];
    if (run->setup_error != NULL)
        return VERDICT_EXIT_UNREACHABLE;
    if (totals[VERDICT_FAIL] > 0)
        return VERDICT_EXIT_FAILED;
    if (totals[VERDICT_ERROR] > 0)
        return VERDICT_EXIT_UNREACHABLE;
    /* Half of an odd count is rounded up: 2 of 5 are too few. */
    if (decided == 0 || decided < run->count - decided)
        return VERDICT_EXIT_VACUOUS;
    return VERDICT_EXIT_CONFORMANT;
}
