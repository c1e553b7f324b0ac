#include "runner/case.h"

#include "auth/basic.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "runner/step.h"

#include <stdio.h>

static bool set_users(struct runner_case *running, size_t index, size_t seat)
{
    static const char *const uids[RUNNER_USERS] = { "uid", "other.uid", "third.uid" };
    static const char *const collections[] = { "coll", "coll2", "coll3" };
    for (size_t i = 0; i < RUNNER_USERS; i++) {
        char name[32];
        runner_account_init(&running->accounts[i], running->world, seat, (enum runner_user)i);
        (void)snprintf(name, sizeof(name), "spec%zu-%c", index, (char)('a' + i));
        if (!runner_strand_set(&running->main, uids[i], running->accounts[i].uid) ||
            !plan_scope_set(running->main.scope, collections[i], slice_text(name)))
            return false;
    }
    return true;
}

/* Users that have names, and the one password of all of them. */
static bool set_names(struct runner_case *running)
{
    static const char *const names[RUNNER_USERS] = { "name", "other.name", "third.name" };
    const struct runner_target *target = running->world->target;
    for (size_t i = 0; i < RUNNER_USERS && target->auth == RUNNER_AUTH_NAMES; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), RUNNER_NAME "%llu",
                       (unsigned long long)running->accounts[i].uid);
        if (!plan_scope_set(running->main.scope, names[i], slice_text(name)))
            return false;
    }
    return plan_scope_set(running->main.scope, "password", target->password);
}

/* The user's address, and the name that it stands for. */
static bool set_address(struct runner_case *running)
{
    char address[64];
    char room[RECORD_USERNAME_TEXT];
    (void)snprintf(address, sizeof(address), RUNNER_NAME "%llu@example.com",
                   (unsigned long long)running->accounts[RUNNER_ME].uid);
    struct slice name = auth_basic_name(slice_text(address), room);
    return name.len > 0 && plan_scope_set(running->main.scope, "address", slice_text(address)) &&
           plan_scope_set(running->main.scope, "address.name", name);
}

/* What a quota is, and how many records of nearly the largest size are more than it holds: the last
 * two of them, as a server may notice one write late. */
static bool set_quota(struct runner_case *running)
{
    enum { LESS = 4096, LATE = 2 };
    const struct runner_world *world = running->world;
    uint64_t largest = runner_world_limit(world, "max_record_payload_bytes");
    if (world->quota != RUNNER_QUOTA_SET)
        return true;
    if (!runner_strand_set(&running->main, "quota.bytes", world->quota_bytes))
        return false;
    uint64_t writes = largest > LESS ? world->quota_bytes / (largest - LESS) + LATE : 0;
    return runner_strand_set(&running->main, "quota.writes",
                             writes < LIMIT_REPEAT ? writes : LIMIT_REPEAT);
}

static bool set_world(struct runner_case *running)
{
    const struct runner_world *world = running->world;
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "limit.%s", runner_limit_rows[i].name);
        if (world->limits[i].known &&
            !runner_strand_set(&running->main, name, world->limits[i].value))
            return false;
    }
    return set_quota(running) &&
           plan_scope_set(running->main.scope, "origin", slice_text(world->origin)) &&
           plan_scope_set(running->main.scope, "node", slice_text(world->node)) &&
           plan_scope_set(running->main.scope, "host", slice_text(world->host)) &&
           runner_strand_set(&running->main, "round", 0);
}

/* Sets what {row.KEY} stands for. */
static bool set_row(struct runner_case *running)
{
    const char *key = NULL;
    const json_t *value = NULL;
    json_t *row = json_array_get(running->plan->rows, running->row);
    json_object_foreach(row, key, value)
    {
        char name[64];
        (void)snprintf(name, sizeof(name), "row.%s", key);
        if (!plan_scope_set_value(running->main.scope, name, value))
            return false;
    }
    return true;
}

struct runner_case *runner_case_new(struct runner_world *world, size_t index, size_t run,
                                    struct verdict *verdict)
{
    struct runner_case *running = alloc_new(struct runner_case);
    if (running == NULL)
        return NULL;
    running->plan = plan_case_at(world->plan, index);
    running->world = world;
    running->verdict = verdict;
    running->state = RUNNER_CASE_READY;
    running->wake_ms = INT64_MAX;
    running->bad_rows = buf_bounded(RUNNER_MESSAGE);
    size_t seat = runner_world_seat(world, index, run);
    running->rng = runner_world_rng(world, seat);
    running->started_ms = clock_monotonic_ms();
    const struct plan_branch steps = { running->plan->steps, running->plan->step_count };
    bool begun = runner_strand_init(&running->main, running, &steps, plan_scope_new());
    if (!runner_evidence_init(&running->evidence, world) || !begun ||
        !set_users(running, index, seat) || !set_names(running) || !set_address(running) ||
        !set_world(running) || !set_row(running)) {
        runner_case_free(running);
        return NULL;
    }
    return running;
}

static void free_branches(struct runner_case *running)
{
    for (size_t i = 0; i < running->branch_count; i++)
        runner_strand_free(&running->branches[i]);
    alloc_release(running->branches);
    running->branches = NULL;
    running->branch_count = 0;
}

void runner_case_free(struct runner_case *running)
{
    if (running == NULL)
        return;
    for (size_t i = 0; i < RUNNER_USERS; i++)
        runner_account_free(&running->accounts[i]);
    free_branches(running);
    buf_free(&running->bad_rows);
    runner_strand_free(&running->main);
    runner_evidence_free(&running->evidence);
    alloc_release(running);
}

bool runner_case_describe(const struct runner_world *world, const struct plan_case *plan_case,
                          struct verdict *verdict)
{
    const char *replay = world->options->replay == NULL ? "syncspec run" : world->options->replay;
    *verdict = (struct verdict){
        .id = plan_case->id,
        .title = plan_case->title,
        .file = plan_case->file,
        .line = plan_case->line,
        .outcome = VERDICT_ERROR,
        .reason = "the case was not run",
        .requirements = plan_case->requirements,
        .requirement_count = plan_case->requirement_count,
        .replay = arena_format(world->arena, "%s --seed %llu --select '%s' -v", replay,
                               (unsigned long long)world->options->seed, plan_case->id),
    };
    return verdict->replay != NULL;
}

static const char *reason_of(const struct runner_case *running)
{
    const struct runner_evidence *evidence = &running->evidence;
    for (size_t i = 0; i < evidence->finding_count; i++) {
        if (evidence->findings[i].severity != VERDICT_ERROR)
            continue;
        const char *text = arena_format(running->world->arena, "%s: %s",
                                        evidence->findings[i].where, evidence->findings[i].seen);
        return text == NULL ? "out of memory" : text;
    }
    return "";
}

static void conclude(struct runner_case *running)
{
    struct verdict *verdict = running->verdict;
    const struct runner_evidence *evidence = &running->evidence;
    verdict->outcome = verdict_of_findings(evidence->findings, evidence->finding_count);
    verdict->reason = reason_of(running);
    verdict->checks = running->checks;
    verdict->requests = running->requests;
    verdict->duration_ms = clock_monotonic_ms() - running->started_ms;
    bool shown = verdict->outcome != VERDICT_PASS || running->world->options->keep_exchanges;
    if (!runner_evidence_move(evidence, shown, verdict)) {
        verdict->outcome = VERDICT_ERROR;
        verdict->reason = "out of memory";
        verdict->exchange_count = 0;
        verdict->finding_count = 0;
    }
    running->judged = true;
}

/* Sends the next DELETE that is owed; the case has ended when there is none.  Nothing of it is
 * charged to the case. */
static void clean_up(struct runner_case *running)
{
    const struct runner_sending sending = runner_strand_sending(&running->main, NULL);
    running->wake_ms = INT64_MAX;
    while (running->cleaned < RUNNER_USERS) {
        size_t user = running->cleaned;
        if (running->accounts[user].used && !runner_world_is_gone(running->world) &&
            !runner_strand_has_turn(&running->main)) {
            running->state = RUNNER_CASE_WAITING;
            running->wake_ms = running->main.wake_ms;
            return;
        }
        running->cleaned++;
        if (!running->accounts[user].used || runner_world_is_gone(running->world))
            continue;
        if (runner_request_clean(&running->main.request, &sending, (enum runner_user)user,
                                 &running->main.call)) {
            runner_strand_send(&running->main, NULL);
            return;
        }
    }
    running->state = RUNNER_CASE_ENDED;
}

static bool begin_branch(struct runner_case *running, const struct plan_branch *steps)
{
    struct runner_strand *branch = &running->branches[running->branch_count++];
    struct plan_scope *scope = plan_scope_new_under(running->main.scope);
    bool begun = runner_strand_init(branch, running, steps, scope);
    branch->branch = running->branch_count;
    return begun && runner_strand_set(branch, "branch", branch->branch - 1);
}

/* Begins the branches of the step that the main strand has come to. */
static void fork_branches(struct runner_case *running)
{
    const struct plan_step *step = running->main.step;
    running->branches = alloc_zeroed(step->branch_count, sizeof(*running->branches));
    bool begun = running->branches != NULL;
    for (size_t i = 0; begun && i < step->branch_count; i++)
        begun = begin_branch(running, &step->branches[i]);
    if (!begun)
        runner_step_break(&running->main, step, "out of memory");
}

/* All branches are done. */
static void join_branches(struct runner_case *running)
{
    const struct plan_step *step = running->main.step;
    bool merged = true;
    for (size_t i = 0; i < running->branch_count && !step->copies; i++)
        merged = merged && plan_scope_merge(running->branches[i].scope);
    free_branches(running);
    if (merged)
        runner_strand_join(&running->main);
    else
        runner_step_break(&running->main, step, "out of memory");
}

static size_t count_in(const struct runner_case *running, enum runner_strand_state state)
{
    size_t count = running->main.state == state;
    for (size_t i = 0; i < running->branch_count; i++)
        count += running->branches[i].state == state;
    return count;
}

/* The ${nth} of the ready strands. */
static struct runner_strand *ready_strand(struct runner_case *running, uint64_t nth)
{
    if (running->main.state == RUNNER_STRAND_READY)
        return &running->main;
    struct runner_strand *branch = running->branches;
    while (branch->state != RUNNER_STRAND_READY || nth-- > 0)
        branch++;
    return branch;
}

/* The strand that goes on, or NULL when all are under way, or done.  On a virtual clock an exchange
 * takes no time, so that branches never meet: there chance says which of them is next, one exchange
 * at a time, and the same seed gives the same order. */
static struct runner_strand *choose_strand(struct runner_case *running)
{
    size_t ready = count_in(running, RUNNER_STRAND_READY);
    bool alone = running->world->virtual_time && running->branch_count > 0;
    if (ready == 0 || (alone && count_in(running, RUNNER_STRAND_SENDING) > 0))
        return NULL;
    return ready_strand(running, alone ? rng_below(&running->rng.base, ready) : 0);
}

static int64_t next_wake_ms(const struct runner_case *running)
{
    int64_t next = INT64_MAX;
    if (running->main.state == RUNNER_STRAND_WAITING)
        next = running->main.wake_ms;
    for (size_t i = 0; i < running->branch_count; i++) {
        const struct runner_strand *branch = &running->branches[i];
        if (branch->state == RUNNER_STRAND_WAITING && branch->wake_ms < next)
            next = branch->wake_ms;
    }
    return next;
}

/* No strand can go on now: until an answer comes, or a wait ends, or else the branches have. */
const char *runner_case_row(const struct runner_case *running)
{
    const json_t *row = json_array_get(running->plan->rows, running->row);
    return json_string_value(json_object_get(row, "name"));
}

static void tell_rows(struct runner_case *running, size_t rows)
{
    char text[RUNNER_MESSAGE];
    const char *names = buf_text(&running->bad_rows);
    (void)snprintf(text, sizeof(text), "%zu of %zu hold%s%s", rows - running->bad_row_count, rows,
                   running->bad_row_count > 0 ? "; not: " : "", names == NULL ? "" : names);
    runner_evidence_inform(&running->evidence, "rows", text);
}

/* The row under way has ended; the next one begins.  False when it was the last, or when going on
 * makes no sense. */
static bool begin_next_row(struct runner_case *running)
{
    const struct runner_evidence *evidence = &running->evidence;
    size_t rows = json_array_size(running->plan->rows);
    bool broken = runner_world_is_gone(running->world);
    if (rows == 0)
        return false;
    if (!running->finished)
        (void)buf_add_format(&running->bad_rows, "%s%s", running->bad_row_count++ > 0 ? ", " : "",
                             runner_case_row(running));
    for (size_t i = 0; i < evidence->finding_count; i++)
        broken = broken || evidence->findings[i].severity == VERDICT_ERROR;
    if (!broken && running->row + 1 < rows) {
        running->row++;
        running->finished = running->ended = false;
        free_branches(running);
        plan_scope_forget_lists(running->main.scope);
        runner_strand_rewind(&running->main);
        if (!set_row(running))
            runner_step_break(&running->main, running->plan->steps, "out of memory");
        return true;
    }
    tell_rows(running, running->row + 1);
    running->finished = running->bad_row_count == 0;
    return false;
}

static void settle(struct runner_case *running)
{
    running->wake_ms = running->ended ? INT64_MAX : next_wake_ms(running);
    if (count_in(running, RUNNER_STRAND_SENDING) > 0)
        running->state = RUNNER_CASE_SENDING;
    else if (running->ended && begin_next_row(running))
        running->wake_ms = INT64_MAX;
    else if (running->ended)
        conclude(running);
    else if (running->wake_ms < INT64_MAX)
        running->state = RUNNER_CASE_WAITING;
    else if (running->main.state == RUNNER_STRAND_FORKED && running->branch_count == 0)
        fork_branches(running);
    else if (running->main.state == RUNNER_STRAND_FORKED)
        join_branches(running);
    else
        running->finished = running->ended = true;
}

void runner_case_go(struct runner_case *running)
{
    running->state = RUNNER_CASE_READY;
    while (running->state == RUNNER_CASE_READY) {
        struct runner_strand *strand = running->ended ? NULL : choose_strand(running);
        if (running->judged && running->main.state != RUNNER_STRAND_SENDING)
            clean_up(running);
        else if (strand != NULL)
            runner_strand_go(strand);
        else
            settle(running);
    }
}

bool runner_case_rests(const struct runner_case *running)
{
    bool throttled = running->main.throttled;
    for (size_t i = 0; i < running->branch_count; i++)
        throttled = throttled || running->branches[i].throttled;
    return running->state == RUNNER_CASE_WAITING && !throttled;
}

void runner_case_wake(struct runner_case *running, int64_t now_ms)
{
    if (running->main.state == RUNNER_STRAND_WAITING && running->main.wake_ms <= now_ms)
        running->main.state = RUNNER_STRAND_READY;
    for (size_t i = 0; i < running->branch_count; i++) {
        struct runner_strand *branch = &running->branches[i];
        if (branch->state == RUNNER_STRAND_WAITING && branch->wake_ms <= now_ms)
            branch->state = RUNNER_STRAND_READY;
    }
    running->state = RUNNER_CASE_READY;
}

/* One account is used by every case: when it cannot be emptied, no other case has a true start. */
static void note_cleaned(struct runner_case *running)
{
    const struct exchange_call *call = &running->main.call;
    bool emptied =
        call->outcome == EXCHANGE_ANSWERED &&
        ((call->answer.status >= 200 && call->answer.status < 300) || call->answer.status == 404);
    if (!emptied && !runner_target_has_one(running->world->target)) {
        running->world->left++;
        running->world->left_status = call->outcome == EXCHANGE_ANSWERED ? call->answer.status : 0;
    }
    if (!emptied && runner_target_has_one(running->world->target) && running->world->dirty == NULL)
        running->world->dirty = "DELETE /storage did not empty the account after a case, so that "
                                "no other case can start from an empty user";
}

struct runner_case *runner_case_answered(struct exchange_call *call)
{
    struct runner_strand *strand = call->owner;
    struct runner_case *running = strand->running;
    bool may_close = strand->step != NULL && strand->step->or_closed;
    runner_world_note(running->world, may_close && call->outcome == EXCHANGE_CLOSED
                                          ? EXCHANGE_ANSWERED
                                          : call->outcome);
    if (call->outcome == EXCHANGE_ANSWERED && !running->world->virtual_time)
        runner_throttle_note(&running->world->throttle, &call->answer, clock_monotonic_ms());
    running->state = RUNNER_CASE_READY;
    if (strand->step != NULL) {
        runner_strand_answered(strand);
        return running;
    }
    strand->state = RUNNER_STRAND_READY;
    note_cleaned(running);
    return running;
}
