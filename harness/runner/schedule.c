#include "runner/schedule.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "runner/case.h"
#include "runner/declared.h"
#include "runner/reach.h"

#include <poll.h>
#include <stdio.h>

enum {
    WAITING_MAX = 256, /* cases that wait hold memory, too */
    NEXT_MS = 1000,
    GRACE_MS = 10000, /* beyond an exchange's own time limit, until the transport is given up */
};

enum progress { NOT_BEGUN, UNDER_WAY, OVER };

struct slot {
    size_t index; /* in the plan */
    struct verdict *verdict;
    struct runner_case *running; /* while UNDER_WAY */
    struct verdict *again;       /* of the runs behind the first; NULL: there was none */
    size_t runs, failed;
    enum progress progress;
    bool held; /* ended well enough that cases which depend on it mean something */
};

struct schedule {
    struct runner_world *world;
    struct slot *slots; /* in the order of the plan */
    size_t *order;      /* in which they are begun */
    size_t count;
    size_t first;    /* all of order before it have begun */
    size_t begun_in; /* under way */
    size_t done;
    size_t jobs;
    bool nomem;          /* something could not be told */
    const char *stopped; /* why no further case is begun; NULL: they are */
    int64_t heard_ms;    /* when a call last came back, or the last was sent */
};

static void shuffle(struct schedule *schedule)
{
    struct rng_seeded rng = rng_seeded_with(schedule->world->options->seed);
    for (size_t i = 0; i < schedule->count; i++)
        schedule->order[i] = i;
    for (size_t left = schedule->count; left > 1; left--) {
        size_t other = (size_t)rng_below(&rng.base, left);
        size_t kept = schedule->order[left - 1];
        schedule->order[left - 1] = schedule->order[other];
        schedule->order[other] = kept;
    }
}

/* On a live target cases that wait begin first: they take no place while they wait, and the run
 * ends no later than the longest of them. */
static void put_waiting_first(struct schedule *schedule)
{
    size_t first = 0;
    for (size_t i = 0; i < schedule->count && !schedule->world->virtual_time; i++) {
        size_t index = schedule->order[i];
        if (plan_case_at(schedule->world->plan, schedule->slots[index].index)->waits == 0)
            continue;
        schedule->order[i] = schedule->order[first];
        schedule->order[first++] = index;
    }
}

/* With --fail-fast the first failure that nobody expects is the last. */
static void stop_at_failure(struct schedule *schedule, const struct verdict *verdict)
{
    bool bad = verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_ERROR;
    if (!schedule->world->options->fail_fast || !bad || verdict->expected ||
        schedule->stopped != NULL)
        return;
    const char *text =
        arena_format(schedule->world->arena, "not begun: --fail-fast, and %s %s", verdict->id,
                     verdict->outcome == VERDICT_FAIL ? "failed" : "ended in error");
    schedule->stopped = text == NULL ? "not begun: --fail-fast" : text;
}

static void finish(struct schedule *schedule, struct slot *slot)
{
    const struct runner_options *options = schedule->world->options;
    slot->progress = OVER;
    schedule->done++;
    runner_baseline_judge(options->baseline, schedule->world->run->started, slot->verdict);
    stop_at_failure(schedule, slot->verdict);
    if (options->progress != NULL)
        options->progress(options->progress_context, slot->verdict, schedule->done,
                          schedule->count);
}

static void finish_unrun(struct schedule *schedule, struct slot *slot, enum verdict_outcome outcome,
                         const char *reason)
{
    slot->verdict->outcome = outcome;
    slot->verdict->reason = reason == NULL || reason[0] == '\0' ? "out of memory" : reason;
    finish(schedule, slot);
}

static struct slot *find(const struct schedule *schedule, const char *id)
{
    for (size_t i = 0; i < schedule->count; i++) {
        if (strcmp(schedule->slots[i].verdict->id, id) == 0)
            return &schedule->slots[i];
    }
    return NULL;
}

/* The case that this one depends on and that is not over yet, or NULL. */
static const struct slot *awaited(const struct schedule *schedule, const struct slot *slot)
{
    const struct plan_case *plan_case = plan_case_at(schedule->world->plan, slot->index);
    for (size_t i = 0; i < plan_case->dependency_count; i++) {
        const struct slot *other = find(schedule, plan_case->depends_on[i]);
        if (other != NULL && other != slot && other->progress != OVER)
            return other;
    }
    return NULL;
}

/* Why the case says nothing: a case that it depends on did not hold.  NULL: it may run.  Those that
 * were not selected are taken to hold. */
static const char *blocked(const struct schedule *schedule, const struct slot *slot)
{
    const struct plan_case *plan_case = plan_case_at(schedule->world->plan, slot->index);
    for (size_t i = 0; i < plan_case->dependency_count; i++) {
        const struct slot *other = find(schedule, plan_case->depends_on[i]);
        if (other == NULL || other == slot || other->held)
            continue;
        const char *text =
            arena_format(schedule->world->arena, "depends on %s, which ended in %s",
                         other->verdict->id, verdict_outcome_name(other->verdict->outcome));
        return text == NULL ? "" : text;
    }
    return NULL;
}

/* Why the case says nothing: the target lacks what its description declares. */
static const char *denied(const struct schedule *schedule, const struct slot *slot)
{
    const struct runner_world *world = schedule->world;
    const struct plan_case *plan_case = plan_case_at(world->plan, slot->index);
    for (size_t i = 0; i < plan_case->need_count; i++) {
        const struct verdict *missing = runner_declared_missing(world, plan_case->needs[i]);
        if (missing == NULL)
            continue;
        const char *text =
            arena_format(world->arena, "depends on %s, which ended in fail", missing->id);
        return text == NULL ? "" : text;
    }
    return NULL;
}

static const char *lacking(const struct schedule *schedule, const struct slot *slot)
{
    const struct runner_world *world = schedule->world;
    const struct plan_case *plan_case = plan_case_at(world->plan, slot->index);
    for (size_t i = 0; i < plan_case->need_count; i++) {
        const char *missing = runner_world_lacks(world, plan_case->needs[i]);
        if (missing != NULL)
            return missing;
    }
    const char *beyond = runner_reach_beyond(world, plan_case);
    if (beyond != NULL || world->virtual_time || plan_case->waits <= RUNNER_WAIT_MAX)
        return beyond;
    const char *text = arena_format(world->arena,
                                    "waits %lld s, more than the %d s that a run takes on a live "
                                    "server; the built-in core skips them",
                                    (long long)(plan_case->waits / 100), RUNNER_WAIT_MAX / 100);
    return text == NULL ? "" : text;
}

/* Whether it is the one account that cannot do what the case needs. */
static bool is_beyond(const struct schedule *schedule, const struct slot *slot)
{
    const struct plan_case *plan_case = plan_case_at(schedule->world->plan, slot->index);
    for (size_t i = 0; i < plan_case->need_count; i++) {
        if (runner_world_is_beyond(schedule->world, plan_case->needs[i]))
            return true;
    }
    return false;
}

static void look_at_budget(struct schedule *schedule)
{
    const struct runner_world *world = schedule->world;
    int64_t budget_ms = world->options->budget_ms;
    if (budget_ms == 0 || schedule->stopped != NULL ||
        clock_monotonic_ms() - world->started_ms < budget_ms)
        return;
    const char *text = arena_format(world->arena, "not begun: the %lld s of --budget were over",
                                    (long long)(budget_ms / 1000));
    schedule->stopped = text == NULL ? "not begun: --budget" : text;
}

static void begin(struct schedule *schedule, struct slot *slot)
{
    struct runner_world *world = schedule->world;
    look_at_budget(schedule);
    const char *refused = denied(schedule, slot);
    const char *reason = schedule->stopped != NULL ? schedule->stopped
                         : refused == NULL         ? lacking(schedule, slot)
                                                   : NULL;
    if (reason != NULL) {
        slot->verdict->out_of_reach = schedule->stopped == NULL && is_beyond(schedule, slot);
        finish_unrun(schedule, slot, VERDICT_SKIP, reason);
        return;
    }
    reason = refused != NULL ? refused : blocked(schedule, slot);
    if (reason != NULL) {
        finish_unrun(schedule, slot, VERDICT_BLOCKED, reason);
        return;
    }
    if (runner_world_is_gone(world)) {
        finish_unrun(schedule, slot, VERDICT_ERROR,
                     "not run: the target has stopped answering; look whether it still runs");
        return;
    }
    if (world->dirty != NULL) {
        finish_unrun(schedule, slot, VERDICT_ERROR, world->dirty);
        return;
    }
    slot->running = runner_case_new(world, slot->index, 0, slot->verdict);
    if (slot->running == NULL) {
        finish_unrun(schedule, slot, VERDICT_ERROR, "out of memory");
        return;
    }
    slot->progress = UNDER_WAY;
    schedule->begun_in++;
}

static bool is_bad(const struct verdict *verdict)
{
    return verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_ERROR;
}

/* The first run that failed speaks for all; without one, the first. */
static void count_run(struct slot *slot)
{
    const struct verdict *latest = slot->runs == 0 ? slot->verdict : slot->again;
    size_t requests = slot->runs == 0 ? 0 : slot->verdict->requests;
    bool held = latest->outcome == VERDICT_PASS ||
                (latest->outcome == VERDICT_WARN && slot->running->finished);
    slot->held = held && (slot->held || slot->runs == 0);
    if (is_bad(latest) && slot->failed == 0)
        *slot->verdict = *latest;
    slot->verdict->requests = latest->requests + requests;
    slot->failed += is_bad(latest);
    slot->verdict->runs = ++slot->runs;
    slot->verdict->failed = slot->failed;
}

/* Whether the case is to be run once more: --repeat, and --retries after a failure. */
static bool is_wanted_again(const struct schedule *schedule, const struct slot *slot)
{
    const struct runner_options *options = schedule->world->options;
    size_t wanted = options->repeat > 0 ? options->repeat : 1;
    if (slot->failed > 0 && wanted < 1 + options->retries)
        wanted = 1 + options->retries;
    return slot->runs < wanted && schedule->stopped == NULL && schedule->world->dirty == NULL &&
           !runner_world_is_gone(schedule->world);
}

/* Begins the case once more.  False when out of memory. */
static bool begin_again(struct schedule *schedule, struct slot *slot)
{
    struct runner_world *world = schedule->world;
    if (slot->again == NULL)
        slot->again = arena_new_object(world->arena, struct verdict);
    if (slot->again == NULL ||
        !runner_case_describe(world, plan_case_at(world->plan, slot->index), slot->again))
        return false;
    slot->running = runner_case_new(world, slot->index, slot->runs, slot->again);
    return slot->running != NULL;
}

/* A case whose rate of failures is between none and all. */
static void tell_rate(struct schedule *schedule, const struct slot *slot)
{
    char text[RUNNER_MESSAGE];
    if (slot->failed == 0 || slot->failed == slot->runs)
        return;
    (void)snprintf(text, sizeof(text), "%s failed in %zu of %zu runs", slot->verdict->id,
                   slot->failed, slot->runs);
    schedule->nomem |= !verdict_run_notice(schedule->world->run, VERDICT_NOTICE_RATE, text);
}

static void end(struct schedule *schedule, struct slot *slot)
{
    count_run(slot);
    runner_case_free(slot->running);
    slot->running = NULL;
    look_at_budget(schedule);
    if (is_wanted_again(schedule, slot) && begin_again(schedule, slot))
        return;
    schedule->begun_in--;
    tell_rate(schedule, slot);
    finish(schedule, slot);
}

static void go(struct schedule *schedule, struct slot *slot)
{
    while (slot->progress == UNDER_WAY && (slot->running->state == RUNNER_CASE_READY ||
                                           slot->running->state == RUNNER_CASE_ENDED)) {
        if (slot->running->state == RUNNER_CASE_READY)
            runner_case_go(slot->running);
        else
            end(schedule, slot);
        schedule->heard_ms = clock_monotonic_ms();
    }
}

/* Cases that wait for themselves, not for their turn to send: they take no room. */
static size_t count_waiting(const struct schedule *schedule)
{
    size_t count = 0;
    for (size_t i = 0; i < schedule->count && schedule->begun_in > 0; i++) {
        const struct slot *slot = &schedule->slots[i];
        count += slot->progress == UNDER_WAY && runner_case_rests(slot->running);
    }
    return count;
}

static size_t count_in(const struct schedule *schedule, enum runner_case_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < schedule->count && schedule->begun_in > 0; i++) {
        const struct slot *slot = &schedule->slots[i];
        count += slot->progress == UNDER_WAY && slot->running->state == state;
    }
    return count;
}

/* Whether nothing else may be under way beside the case: it restarts the server. */
static bool is_alone(const struct schedule *schedule, const struct slot *slot)
{
    const struct plan_case *plan_case = plan_case_at(schedule->world->plan, slot->index);
    for (size_t i = 0; i < plan_case->need_count; i++) {
        if (strcmp(plan_case->needs[i], "restart-hook") == 0)
            return true;
    }
    return false;
}

/* Whether one more case may be under way. */
static bool has_room(const struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->count && schedule->begun_in > 0; i++) {
        const struct slot *slot = &schedule->slots[i];
        if (slot->progress == UNDER_WAY && is_alone(schedule, slot))
            return false;
    }
    size_t waiting = count_waiting(schedule);
    if (schedule->world->virtual_time || runner_target_has_one(schedule->world->target))
        return schedule->begun_in == 0;
    return schedule->begun_in - waiting < schedule->jobs && waiting < WAITING_MAX;
}

/* Begins cases, in order, as long as there is room.  One that depends on another waits for it.
 * False when none could be begun. */
static bool begin_some(struct schedule *schedule)
{
    bool begun = false;
    while (schedule->first < schedule->count &&
           schedule->slots[schedule->order[schedule->first]].progress != NOT_BEGUN)
        schedule->first++;
    for (size_t i = schedule->first; i < schedule->count && has_room(schedule); i++) {
        struct slot *slot = &schedule->slots[schedule->order[i]];
        if (slot->progress != NOT_BEGUN || awaited(schedule, slot) != NULL ||
            (schedule->begun_in > 0 && is_alone(schedule, slot)))
            continue;
        begun = true;
        begin(schedule, slot);
        if (slot->progress == UNDER_WAY)
            go(schedule, slot);
    }
    return begun;
}

/* Wakes the cases whose wait is over.  The time until the next one is, at most NEXT_MS. */
static int wake_some(struct schedule *schedule)
{
    int64_t now = clock_monotonic_ms();
    int64_t next = NEXT_MS;
    for (size_t i = 0; i < schedule->count && schedule->begun_in > 0; i++) {
        struct slot *slot = &schedule->slots[i];
        if (slot->progress != UNDER_WAY)
            continue;
        if (slot->running->wake_ms <= now) {
            runner_case_wake(slot->running, now);
            go(schedule, slot);
        } else if (slot->running->wake_ms - now < next) {
            next = slot->running->wake_ms - now;
        }
    }
    return (int)next;
}

/* Takes one call that has ended, or lets the time pass. */
static void hear(struct schedule *schedule, int timeout_ms)
{
    if (count_in(schedule, RUNNER_CASE_SENDING) == 0) {
        if (count_in(schedule, RUNNER_CASE_WAITING) > 0)
            (void)poll(NULL, 0, timeout_ms);
        return;
    }
    struct exchange_call *call = exchange_next(schedule->world->exchange, timeout_ms);
    if (call == NULL)
        return;
    const struct runner_options *options = schedule->world->options;
    schedule->heard_ms = clock_monotonic_ms();
    const struct runner_case *running = runner_case_answered(call);
    if (options->heard != NULL)
        options->heard(options->progress_context, running->verdict->id, running->requests);
    for (size_t i = 0; i < schedule->count; i++) {
        if (schedule->slots[i].running == running) {
            go(schedule, &schedule->slots[i]);
            return;
        }
    }
}

/* Nothing is under way and nothing could be begun: cases that depend on each other in a ring. */
static void block_rest(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->count; i++) {
        if (schedule->slots[i].progress == NOT_BEGUN)
            finish_unrun(schedule, &schedule->slots[i], VERDICT_BLOCKED,
                         "depends on cases that depend on it");
    }
}

/* The transport keeps a call for longer than it may.  Its cases cannot be freed, as it might still
 * write to them: that is a fault of the suite, and ends the run. */
static bool is_stuck(const struct schedule *schedule)
{
    return count_in(schedule, RUNNER_CASE_SENDING) > 0 &&
           clock_monotonic_ms() - schedule->heard_ms >
               (int64_t)schedule->world->options->timeout_ms + GRACE_MS;
}

static void run_all(struct schedule *schedule)
{
    schedule->heard_ms = clock_monotonic_ms();
    while (schedule->done < schedule->count && !is_stuck(schedule)) {
        int timeout_ms = wake_some(schedule);
        bool begun = begin_some(schedule);
        if (schedule->begun_in > 0)
            hear(schedule, timeout_ms);
        else if (!begun)
            block_rest(schedule);
    }
}

static bool describe_all(struct schedule *schedule, const size_t *chosen, struct verdict *verdicts)
{
    for (size_t i = 0; i < schedule->count; i++) {
        schedule->slots[i] = (struct slot){ .index = chosen[i], .verdict = &verdicts[i] };
        if (!runner_case_describe(schedule->world, plan_case_at(schedule->world->plan, chosen[i]),
                                  &verdicts[i]))
            return false;
    }
    return true;
}

bool runner_schedule(struct runner_world *world, const size_t *chosen, size_t count,
                     struct verdict *verdicts)
{
    struct schedule schedule = {
        .world = world,
        .slots = alloc_zeroed(count, sizeof(struct slot)),
        .order = alloc_zeroed(count, sizeof(size_t)),
        .count = count,
        .jobs = world->options->jobs == 0 ? 1 : world->options->jobs,
    };
    bool ready = schedule.slots != NULL && schedule.order != NULL &&
                 describe_all(&schedule, chosen, verdicts);
    if (ready) {
        shuffle(&schedule);
        put_waiting_first(&schedule);
        run_all(&schedule);
    }
    alloc_release(schedule.slots);
    alloc_release(schedule.order);
    return ready && !schedule.nomem;
}
