#include "cli/corpus_collect.h"

#include "cli/builtin.h"
#include "cli/cases.h"
#include "cli/corpus_firefox.h"
#include "cli/corpus_recorder.h"

#include <stdio.h>

static void cut(void *context, const struct verdict *verdict, size_t done, size_t total)
{
    (void)verdict;
    (void)done;
    (void)total;
    cli_corpus_recorder_cut(context);
}

/* One case at a time, so that each is a session. */
static bool run_cases(const struct plan *plan, const char *api, struct cli_builtin *builtin,
                      const struct runner_target *target, const struct cli_corpus_sink *sink)
{
    struct exchange *recorder = cli_corpus_recorder_new(builtin->exchange, sink);
    if (recorder == NULL)
        return false;
    struct runner_options options = runner_options_default();
    options.anonymous = true; /* of the protocol alone, not of the suite */
    options.api = api;
    options.jobs = 1;
    options.progress = cut;
    options.progress_context = recorder;
    struct verdict_run *run = runner_run(plan, target, &options, recorder);
    bool done = run != NULL && run->setup_error == NULL && cli_corpus_recorder_done(recorder);
    runner_free_run(run);
    exchange_free(recorder);
    return done;
}

static bool run_api(const struct plan *plan, const char *api, const struct cli_corpus_sink *sink)
{
    const struct cli_builtin_config config = {
        .core = core_config_default(),
        .seed = runner_options_default().seed,
    };
    struct runner_target target = { 0 };
    struct cli_builtin builtin;
    bool done =
        cli_builtin_init(&builtin, &config, &target) && cli_builtin_serve(&builtin, api, &target);
    done = done && run_cases(plan, api, &builtin, &target, sink);
    cli_builtin_free(&builtin);
    return done;
}

int cli_corpus_collect(const char *command, const char *folder, const struct cli_corpus_sink *sink)
{
    static const char *const apis[] = { "1.5", "1.1", "1.0", "user", "token" };
    struct plan *plan = cli_load_cases(folder);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    bool done = true;
    for (size_t i = 0; done && i < COUNT_OF(apis); i++)
        done = run_api(plan, apis[i], sink);
    plan_free(plan);
    done =
        done && cli_corpus_firefox(SYNCSPEC_CASES "/../fixtures/firefox/two-devices.jsonl", sink);
    if (!done)
        (void)fprintf(stderr, "syncspec %s: not all of it could be collected\n", command);
    return done ? VERDICT_EXIT_CONFORMANT : VERDICT_EXIT_UNREACHABLE;
}
