/* Shows of every case that it can fail: each of its expectations, one at a time, is turned into its
 * opposite, and the built-in core, which keeps every rule, then has to be found wanting. */
#include "check/check.h"
#include "cli/builtin.h"
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>

enum { ERRORS_MAX = 64 * 1024, RUN_SEED = 7, CASES_MAX = 4096 };

#define SMALL ((uint64_t)1024 * 1024)

/* What every case is run with: one core does not have what all of them need. */
static const struct setting {
    const char *api;
    uint64_t quota;
    const char *needs; /* only cases that need this; NULL: all */
} settings[] = {
    { "1.5", SMALL, NULL }, { "1.5", 0, "no-quota" }, { "1.1", SMALL, NULL },
    { "1.0", SMALL, NULL }, { "token", 0, NULL },     { "user", 0, NULL },
};

/* An expectation, and what it is made into. */
struct negation {
    struct plan_expectation *expectation;
    const char *member; /* of an object whose members have a matcher each; NULL: the whole */
};

/* Those of one case, which are numbered in the order of its steps. */
struct counter {
    size_t wanted, count;
    struct negation found;
};

static void count_one(struct counter *counter, struct plan_expectation *expectation,
                      const char *member)
{
    if (counter->count++ == counter->wanted)
        counter->found = (struct negation){ expectation, member };
}

static void count_expectations(struct counter *counter,
                               const struct plan_expectations *expectations)
{
    for (size_t i = 0; i < expectations->count; i++) {
        const char *name;
        json_t *ignored;
        struct plan_expectation *expectation = &expectations->at[i];
        if (strcmp(expectation->kind, "headers") != 0) {
            count_one(counter, expectation, NULL);
            continue;
        }
        json_object_foreach((json_t *)expectation->matcher, name, ignored)
            count_one(counter, expectation, name);
    }
}

static void count_steps(struct counter *counter, const struct plan_step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        count_expectations(counter, &steps[i].expect);
        count_expectations(counter, &steps[i].prefer);
        count_steps(counter, steps[i].steps, steps[i].step_count);
        size_t branches = steps[i].copies ? 1 : steps[i].branch_count;
        for (size_t j = 0; j < branches; j++)
            count_steps(counter, steps[i].branches[j].steps, steps[i].branches[j].step_count);
    }
}

/* The wanted one of a case; NULL when it has fewer. */
static bool find(const struct plan_case *plan_case, size_t wanted, struct negation *ret_negation)
{
    struct counter counter = { .wanted = wanted };
    count_steps(&counter, plan_case->steps, plan_case->step_count);
    *ret_negation = counter.found;
    return counter.count > wanted;
}

static json_t *opposite(const struct negation *negation)
{
    json_t *matcher = (json_t *)negation->expectation->matcher;
    if (negation->member == NULL)
        return json_pack("{s:O}", "$not", matcher);
    json_t *copy = json_copy(matcher);
    (void)json_object_set_new(
        copy, negation->member,
        json_pack("{s:O}", "$not", json_object_get(matcher, negation->member)));
    return copy;
}

/* A round: of every case that has so many expectations that one is negated, and the case run. */
struct round {
    const char *ids[CASES_MAX];
    struct negation negations[CASES_MAX];
    const json_t *originals[CASES_MAX];
    size_t count;
};

static void negate(struct round *round, const struct plan *plan, size_t wanted)
{
    round->count = 0;
    for (size_t i = 0; i < plan_case_count(plan) && i < CASES_MAX; i++) {
        struct negation *negation = &round->negations[round->count];
        if (!find(plan_case_at(plan, i), wanted, negation))
            continue;
        round->ids[round->count] = plan_case_at(plan, i)->id;
        round->originals[round->count++] = negation->expectation->matcher;
        negation->expectation->matcher = opposite(negation);
    }
}

static void restore(struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        json_decref((json_t *)round->negations[i].expectation->matcher);
        round->negations[i].expectation->matcher = round->originals[i];
    }
}

struct tally {
    size_t made, seen, unseen;
};

static const struct plan_expectation *expectation_of(const struct round *round, const char *id)
{
    for (size_t i = 0; i < round->count; i++) {
        if (strcmp(round->ids[i], id) == 0)
            return round->negations[i].expectation;
    }
    return NULL;
}

static void look_at(const struct verdict *verdict, const struct round *round, struct tally *tally)
{
    const struct plan_expectation *expectation = expectation_of(round, verdict->id);
    if (verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_WARN)
        tally->seen++;
    if (verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_WARN ||
        verdict->outcome == VERDICT_SKIP || expectation == NULL)
        return;
    tally->unseen++;
    (void)printf("cases/%s:%u:%u: %s: the opposite of \"%s\" gives %s %s\n", verdict->file,
                 expectation->line, expectation->column, verdict->id, expectation->kind,
                 verdict_outcome_name(verdict->outcome), verdict->reason);
}

static bool run_round(const struct plan *plan, const struct round *round,
                      const struct setting *setting, struct tally *tally)
{
    struct cli_builtin_config config = { .core = core_config_default(), .seed = RUN_SEED };
    struct cli_builtin builtin;
    struct runner_target target = { 0 };
    struct runner_options options = runner_options_default();
    bool done = false;
    config.core.quota = setting->quota;
    options.api = setting->api;
    options.seed = RUN_SEED;
    options.select = round->ids;
    options.select_count = round->count;
    options.needs = &setting->needs;
    options.needs_count = setting->needs != NULL;
    if (cli_builtin_init(&builtin, &config, &target) &&
        cli_builtin_serve(&builtin, setting->api, &target)) {
        struct verdict_run *run = runner_run(plan, &target, &options, builtin.exchange);
        done = run != NULL && run->setup_error == NULL;
        for (size_t i = 0; done && i < run->count; i++)
            look_at(&run->verdicts[i], round, tally);
        runner_free_run(run);
    }
    cli_builtin_free(&builtin);
    return done;
}

/* A case whose dependency is made to fail would be blocked, which shows nothing of its own. */
static void forget_dependencies(const struct plan *plan)
{
    for (size_t i = 0; i < plan_case_count(plan); i++)
        ((struct plan_case *)plan_case_at(plan, i))->dependency_count = 0;
}

static bool run_all(const struct plan *plan, struct tally *tally)
{
    static struct round round;
    bool done = true;
    negate(&round, plan, 0);
    for (size_t wanted = 1; done && round.count > 0; wanted++) {
        tally->made += round.count;
        for (size_t i = 0; done && i < COUNT_OF(settings); i++)
            done = run_round(plan, &round, &settings[i], tally);
        restore(&round);
        negate(&round, plan, wanted);
    }
    restore(&round);
    return done;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : SYNCSPEC_ROOT "/cases";
    struct buf text = buf_bounded(ERRORS_MAX);
    struct plan_errors errors = { .text = &text };
    struct plan *plan = plan_load(folder, check_vocabulary(), &errors);
    struct tally tally = { 0 };
    if (plan == NULL) {
        (void)printf("%.*s", SLICE_FMT(buf_slice(&text)));
        return EXIT_FAILURE;
    }
    forget_dependencies(plan);
    bool done = run_all(plan, &tally);
    (void)printf("%zu expectations of %zu cases, and the opposites of %zu are seen\n", tally.made,
                 plan_case_count(plan), tally.seen);
    plan_free(plan);
    buf_free(&text);
    return done && tally.unseen == 0 && tally.seen == tally.made ? EXIT_SUCCESS : EXIT_FAILURE;
}
