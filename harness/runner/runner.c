#include "runner/runner.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "runner/declared.h"
#include "runner/probe.h"
#include "runner/schedule.h"
#include "runner/select.h"

#include <stdio.h>
#include <time.h>

enum { JOBS_DEFAULT = 8, TIMEOUT_DEFAULT_MS = 30000, STARTED_MAX = 32, NOTICE_MAX = 512 };

struct runner_options runner_options_default(void)
{
    return (struct runner_options){
        .api = "1.5",
        .level = VERDICT_MAY,
        .jobs = JOBS_DEFAULT,
        .timeout_ms = TIMEOUT_DEFAULT_MS,
        .quota_budget = (uint64_t)16 * 1024 * 1024,
    };
}

/* RFC 3339, UTC. */
static const char *time_text(struct arena *arena, int64_t stamp)
{
    char text[STARTED_MAX] = "";
    struct tm tm;
    time_t seconds = (time_t)(stamp / 100);
    if (gmtime_r(&seconds, &tm) != NULL)
        (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return arena_text(arena, slice_text(text));
}

/* What the run did to the target that whoever runs it should know. */
static bool tell_of_target(const struct runner_world *world, struct verdict_run *run)
{
    char text[NOTICE_MAX];
    runner_throttle_tell(&world->throttle, text, sizeof(text));
    if (text[0] != '\0' && !verdict_run_notice(run, VERDICT_NOTICE_SLOWED, text))
        return false;
    if (world->left == 0)
        return true;
    (void)snprintf(text, sizeof(text),
                   "%zu user%s of the suite's own could not be emptied: DELETE /storage gave "
                   "status %d (0: no answer); no other case has used them",
                   world->left, world->left == 1 ? "" : "s", world->left_status);
    return verdict_run_notice(run, VERDICT_NOTICE_LEFT, text);
}

/* The plan indices of the selected cases, in the order of the plan. */
static size_t *choose(const struct plan *plan, const struct runner_options *options,
                      size_t *ret_count)
{
    size_t all = plan_case_count(plan);
    size_t *chosen = alloc_zeroed(all + 1, sizeof(size_t));
    size_t count = 0;
    for (size_t i = 0; chosen != NULL && i < all; i++) {
        if (runner_select_case(options, plan_case_at(plan, i)))
            chosen[count++] = i;
    }
    *ret_count = count;
    return chosen;
}

static bool run_cases(struct runner_world *world, struct verdict_run *run)
{
    size_t count = 0;
    size_t *chosen = choose(world->plan, world->options, &count);
    size_t missing = world->missing_count;
    if (chosen != NULL && count + missing > 0)
        run->verdicts = arena_alloc(run->arena, count + missing, sizeof(struct verdict));
    bool ran = chosen != NULL && (count + missing == 0 || run->verdicts != NULL);
    if (ran && missing > 0)
        memcpy(run->verdicts, world->missing, missing * sizeof(struct verdict));
    if (ran && count > 0)
        ran = runner_schedule(world, chosen, count, run->verdicts + missing);
    run->count = ran ? count + missing : 0;
    alloc_release(chosen);
    return ran;
}

static struct verdict_run *new_run(const struct runner_target *target,
                                   const struct runner_options *options)
{
    struct arena *arena = arena_new(RUNNER_RUN_MEMORY);
    struct verdict_run *run = arena == NULL ? NULL : arena_new_object(arena, struct verdict_run);
    if (run == NULL) {
        arena_free(arena);
        return NULL;
    }
    *run = (struct verdict_run){
        .arena = arena,
        .version = SYNCSPEC_VERSION,
        .api = options->api,
        .target = arena_text(arena, slice_text(target->name)),
        .started = time_text(arena, clock_now(clock_real())),
        .seed = options->seed,
        .min_checks = options->min_checks,
    };
    if (run->target == NULL || run->started == NULL) {
        arena_free(arena);
        return NULL;
    }
    return run;
}

/* Leaves what the first look has found. */
static void leave_told(const struct runner_world *world)
{
    struct runner_told *told = world->options->told;
    if (told == NULL)
        return;
    memcpy(told->limits, world->limits, sizeof(told->limits));
    told->quota_known = world->quota != RUNNER_QUOTA_UNKNOWN;
    told->quota = world->quota == RUNNER_QUOTA_SET ? world->quota_bytes : 0;
}

struct verdict_run *runner_run(const struct plan *plan, const struct runner_target *target,
                               const struct runner_options *options, struct exchange *exchange)
{
    struct verdict_run *run = new_run(target, options);
    if (run == NULL)
        return NULL;
    int64_t started_ms = clock_monotonic_ms();
    struct runner_world world = {
        .plan = plan,
        .target = target,
        .options = options,
        .exchange = exchange,
        .arena = run->arena,
        .run = run,
        .started_ms = started_ms,
    };
    if (!runner_world_init(&world))
        run->setup_error = "out of memory";
    else
        run->setup_error = runner_probe(&world);
    if (run->setup_error == NULL &&
        (!runner_declared_check(&world) || !run_cases(&world, run) || !tell_of_target(&world, run)))
        run->setup_error = "out of memory";
    leave_told(&world);
    verdict_run_tally(run);
    run->duration_ms = clock_monotonic_ms() - started_ms;
    return run;
}

void runner_free_run(struct verdict_run *run)
{
    if (run != NULL)
        arena_free(run->arena);
}
