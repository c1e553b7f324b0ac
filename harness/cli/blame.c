#include "cli/blame.h"

#include "base/alloc.h"
#include "cli/builtin.h"

#include <stdio.h>

/* Both runs. */
struct trial {
    struct verdict_run *run;
    const struct verdict_run *reference; /* of the built-in core */
    bool nomem;
};

static bool is_tried(const struct verdict *verdict)
{
    return verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_ERROR;
}

static const char *copy(struct trial *trial, const char *text)
{
    const char *kept = arena_text(trial->run->arena, slice_text(text));
    trial->nomem = trial->nomem || kept == NULL;
    return kept == NULL ? "" : kept;
}

/* The exchange of the first finding that makes the verdict what it is; NULL: it cites none. */
static const struct verdict_exchange *cited(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct verdict_finding *finding = &verdict->findings[i];
        if (finding->severity == verdict->outcome && finding->exchange < verdict->exchange_count)
            return &verdict->exchanges[finding->exchange];
    }
    return NULL;
}

/* What the built-in core had at the same step; of several tries the last. */
static const struct verdict_exchange *counterpart(const struct verdict *reference,
                                                  const struct verdict_exchange *exchange)
{
    struct slice title = slice_text(exchange->title);
    struct slice step = slice_head(title, slice_search(title, SLICE(", try ")));
    for (size_t i = reference->exchange_count; i > 0; i--) {
        struct slice other = slice_text(reference->exchanges[i - 1].title);
        if (slice_eq(slice_head(other, slice_search(other, SLICE(", try "))), step))
            return &reference->exchanges[i - 1];
    }
    return NULL;
}

static const char *explain(struct trial *trial, enum verdict_side side,
                           const struct verdict *reference)
{
    const char *text = "the built-in core was not asked: the target's own, of its description";
    if (side == VERDICT_SIDE_SERVER)
        text = "the built-in core does what the case wants: the server differs";
    else if (reference != NULL && reference->finding_count > 0)
        text = arena_format(trial->run->arena,
                            "the built-in core does not do what the case wants, either (%s: "
                            "expected %s, seen %s): the case or the suite is suspect",
                            reference->findings[0].where, reference->findings[0].expected,
                            reference->findings[0].seen);
    else if (reference != NULL)
        text = arena_format(trial->run->arena, "the built-in core could not say: %s",
                            reference->reason);
    trial->nomem = trial->nomem || text == NULL;
    return text == NULL ? "" : text;
}

static enum verdict_side side_of(const struct verdict *reference)
{
    if (reference == NULL)
        return VERDICT_SIDE_UNKNOWN;
    if (reference->outcome == VERDICT_PASS || reference->outcome == VERDICT_WARN)
        return VERDICT_SIDE_SERVER;
    return is_tried(reference) ? VERDICT_SIDE_BOTH : VERDICT_SIDE_UNKNOWN;
}

static void judge(struct trial *trial, struct verdict *verdict)
{
    const struct verdict *reference = verdict_run_find(trial->reference, verdict->id);
    const struct verdict_exchange *exchange = cited(verdict);
    const struct verdict_exchange *other =
        reference == NULL || exchange == NULL ? NULL : counterpart(reference, exchange);
    struct verdict_blame *blame = arena_new_object(trial->run->arena, struct verdict_blame);
    if (blame == NULL) {
        trial->nomem = true;
        return;
    }
    enum verdict_side side = side_of(reference);
    *blame = (struct verdict_blame){
        .side = side,
        .text = explain(trial, side, reference),
        .step = copy(trial, other == NULL ? "" : other->title),
        .request = copy(trial, other == NULL ? "" : other->request),
        .response = copy(trial, other == NULL ? "" : other->response),
    };
    verdict->blame = blame;
}

/* The ids of the cases to be tried, as globs: an id has nothing that a glob would take for more. */
static const char **choose(const struct verdict_run *run, size_t *ret_count)
{
    const char **ids = alloc_zeroed(run->count + 1, sizeof(char *));
    size_t count = 0;
    for (size_t i = 0; ids != NULL && i < run->count; i++) {
        if (is_tried(&run->verdicts[i]))
            ids[count++] = run->verdicts[i].id;
    }
    *ret_count = count;
    return ids;
}

/* A core with the limits and the quota that the target told, where they can be had of it. */
static struct core_config core_like(const struct runner_told *told)
{
    struct core_config core = core_config_default();
    const char *wrong = NULL;
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        const struct runner_limit *limit = &told->limits[i];
        if (limit->known &&
            !core_config_set_limit(&core, slice_text(runner_limit_name(i)), limit->value, &wrong))
            wrong = NULL; /* no limit that the core can have: the usual one stays */
    }
    if (told->quota_known)
        core.quota = told->quota;
    return core;
}

static bool try_all(const struct cli_invocation *invocation, const struct plan *plan,
                    struct verdict_run *run, const struct runner_options *options)
{
    const struct cli_builtin_config config = { .core = core_like(&invocation->told),
                                               .seed = options->seed };
    struct cli_builtin builtin;
    struct runner_target target = { 0 };
    struct trial trial = { .run = run };
    struct verdict_run *reference = NULL;
    if (cli_builtin_init(&builtin, &config, &target) &&
        cli_builtin_serve(&builtin, invocation->options.api, &target))
        reference = runner_run(plan, &target, options, builtin.exchange);
    trial.reference = reference;
    trial.nomem = reference == NULL;
    for (size_t i = 0; !trial.nomem && i < run->count; i++) {
        if (is_tried(&run->verdicts[i]))
            judge(&trial, &run->verdicts[i]);
    }
    runner_free_run(reference);
    cli_builtin_free(&builtin);
    return !trial.nomem;
}

bool cli_blame(const struct cli_invocation *invocation, const struct plan *plan,
               struct verdict_run *run)
{
    size_t count = 0;
    const char **ids = choose(run, &count);
    const struct runner_options options = {
        .api = invocation->options.api,
        .select = ids,
        .select_count = count,
        .level = VERDICT_MAY,
        .jobs = 1,
        .timeout_ms = invocation->options.timeout_ms,
        .seed = invocation->options.seed,
        .quota_budget = invocation->options.quota_budget,
        .keep_exchanges = true,
    };
    bool tried = ids != NULL && (count == 0 || try_all(invocation, plan, run, &options));
    alloc_release(ids);
    if (!tried)
        (void)fprintf(stderr, "syncspec run: out of memory for --blame\n");
    return tried;
}
