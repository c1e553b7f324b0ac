#include "runner/case.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/stamp.h"
#include "runner/step.h"

#include <stdio.h>

enum {
    RETRY_MS = 1000,     /* when a server asks for another try and does not say when */
    RETRY_MAX_MS = 5000, /* however long it asks to be left alone */
    SEEN_MAX = 16 * 1024,
    TITLE_MAX = 96,
};

static struct runner_sending sending_of(struct runner_case *running)
{
    return (struct runner_sending){
        .world = running->world,
        .accounts = running->accounts,
        .scope = running->scope,
        .rng = &running->rng.base,
        .wrong = running->message,
        .wrong_size = sizeof(running->message),
    };
}

static bool set_number(struct runner_case *running, const char *name, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    return plan_scope_set(running->scope, name, slice_text(text));
}

static bool set_now(struct runner_case *running)
{
    char text[STAMP_TEXT_MAX];
    stamp_text(runner_world_now(running->world), text);
    return plan_scope_set(running->scope, "now", slice_text(text));
}

static bool set_users(struct runner_case *running, size_t index)
{
    static const char *const uids[RUNNER_USERS] = { "uid", "other.uid", "third.uid" };
    static const char *const collections[] = { "coll", "coll2", "coll3" };
    for (size_t i = 0; i < RUNNER_USERS; i++) {
        char name[32];
        runner_account_init(&running->accounts[i], running->world, index, (enum runner_user)i);
        (void)snprintf(name, sizeof(name), "spec%zu-%c", index, (char)('a' + i));
        if (!set_number(running, uids[i], running->accounts[i].uid) ||
            !plan_scope_set(running->scope, collections[i], slice_text(name)))
            return false;
    }
    return true;
}

static bool set_world(struct runner_case *running)
{
    const struct runner_world *world = running->world;
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "limit.%s", runner_limit_rows[i].name);
        if (world->limits[i].known && !set_number(running, name, world->limits[i].value))
            return false;
    }
    if (world->quota == RUNNER_QUOTA_SET && !set_number(running, "quota.bytes", world->quota_bytes))
        return false;
    return plan_scope_set(running->scope, "origin", slice_text(world->origin)) &&
           plan_scope_set(running->scope, "host", slice_text(world->host)) &&
           set_number(running, "round", 0) && set_now(running);
}

struct runner_case *runner_case_new(struct runner_world *world, size_t index,
                                    struct verdict *verdict)
{
    struct runner_case *running = alloc_new(struct runner_case);
    if (running == NULL)
        return NULL;
    running->plan = plan_case_at(world->plan, index);
    running->world = world;
    running->verdict = verdict;
    running->state = RUNNER_CASE_READY;
    running->rng = runner_world_rng(world, index);
    running->scope = plan_scope_new();
    running->frames[0] = (struct runner_frame){
        .steps = running->plan->steps,
        .count = running->plan->step_count,
    };
    running->depth = 1;
    running->started_ms = clock_monotonic_ms();
    runner_request_init(&running->request);
    exchange_call_init(&running->call);
    running->call.owner = running;
    if (!runner_evidence_init(&running->evidence, world) || running->scope == NULL ||
        !set_users(running, index) || !set_world(running)) {
        runner_case_free(running);
        return NULL;
    }
    return running;
}

void runner_case_free(struct runner_case *running)
{
    if (running == NULL)
        return;
    for (size_t i = 0; i < RUNNER_USERS; i++)
        runner_account_free(&running->accounts[i]);
    plan_scope_free(running->scope);
    runner_evidence_free(&running->evidence);
    runner_request_free(&running->request);
    exchange_call_free(&running->call);
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

/* Waiting for ${ms} from now; at once on a virtual clock. */
static void pause_case(struct runner_case *running, int64_t ms)
{
    running->state = RUNNER_CASE_READY;
    if (ms <= 0 || exchange_skip(running->world->exchange, ms / 10))
        return;
    running->state = RUNNER_CASE_WAITING;
    running->wake_ms = clock_monotonic_ms() + ms;
}

static void start_call(struct runner_case *running, const struct plan_step *step)
{
    running->step = step;
    running->has_answer = false;
    running->call.timeout_ms = running->world->options->timeout_ms;
    running->call.owner = running;
    running->state = RUNNER_CASE_SENDING;
    exchange_start(running->world->exchange, &running->call);
}

static void send_step(struct runner_case *running, const struct plan_step *step)
{
    const struct runner_sending sending = sending_of(running);
    if (!set_now(running)) {
        runner_step_break(running, step, "out of memory");
        return;
    }
    if (!runner_request_make(&running->request, &sending, step, &running->call)) {
        runner_step_break(running, step, running->message);
        return;
    }
    running->tries++;
    running->requests++;
    start_call(running, step);
}

/* A step that is done: the next one. */
static void advance(struct runner_case *running)
{
    running->frames[running->depth - 1].at++;
    running->tries = 0;
}

static void begin_round(struct runner_case *running)
{
    struct runner_frame *frame = &running->frames[running->depth - 1];
    frame->at = 0;
    if (!set_number(running, "round", frame->round))
        runner_step_break(running, frame->repeat, "out of memory");
}

static void enter_repeat(struct runner_case *running, const struct plan_step *step)
{
    struct buf text = buf_bounded(64);
    uint64_t rounds = 0;
    const char *wrong = plan_expand_text(running->scope, step->rounds, PLAN_AS_IS, &text);
    if (wrong == NULL && (!slice_to_u64(buf_slice(&text), &rounds) || rounds > LIMIT_REPEAT))
        wrong = "`repeat` is a number of at most 10000 rounds";
    if (wrong == NULL && running->depth == RUNNER_DEPTH)
        wrong = "`repeat` stands inside of too many others";
    buf_free(&text);
    if (wrong != NULL) {
        runner_step_break(running, step, wrong);
        return;
    }
    if (rounds == 0) {
        advance(running);
        return;
    }
    running->frames[running->depth++] = (struct runner_frame){
        .steps = step->steps,
        .count = step->step_count,
        .repeat = step,
        .rounds = rounds,
    };
    begin_round(running);
}

static void leave_repeat(struct runner_case *running)
{
    running->depth--;
    advance(running);
    if (running->depth > 1 &&
        !set_number(running, "round", running->frames[running->depth - 1].round))
        runner_step_break(running, running->frames[running->depth - 1].repeat, "out of memory");
}

/* All rounds were run, and what was waited for did not come. */
static void find_endless(struct runner_case *running, const struct plan_step *repeat,
                         const char *seen)
{
    char expected[RUNNER_MESSAGE];
    unsigned long long rounds = running->frames[running->depth - 1].rounds;
    if (repeat->while_header != NULL)
        (void)snprintf(expected, sizeof(expected), "a response without %s within %llu rounds",
                       repeat->while_header, rounds);
    else
        (void)snprintf(expected, sizeof(expected), "what `until` says within %llu rounds", rounds);
    const struct verdict_finding finding = {
        .requirement = repeat->requirement,
        .severity = runner_step_severity(repeat->requirement->level),
        .where = "the repeat",
        .expected = expected,
        .seen = seen,
    };
    runner_step_find(running, repeat, &finding);
    running->ended = true;
}

/* A round of the innermost repeat is over. */
static void end_round(struct runner_case *running)
{
    struct runner_frame *frame = &running->frames[running->depth - 1];
    const struct plan_step *repeat = frame->repeat;
    struct buf seen = buf_bounded(SEEN_MAX);
    bool waits = repeat->until.count > 0 || repeat->while_header != NULL;
    bool over =
        repeat->until.count > 0 && runner_step_holds(running, repeat, &repeat->until, &seen);
    if (repeat->while_header != NULL && running->has_answer)
        over = over || http_fields_get(&running->call.answer.fields, repeat->while_header) == NULL;
    frame->round++;
    if (running->ended) {
        /* `until` could not be evaluated. */
    } else if (over || (!waits && frame->round == frame->rounds)) {
        leave_repeat(running);
    } else if (frame->round == frame->rounds) {
        const char *text = buf_text(&seen);
        find_endless(running, repeat, text == NULL || seen.len == 0 ? "it went on" : text);
    } else {
        begin_round(running);
    }
    buf_free(&seen);
}

static void run_step(struct runner_case *running)
{
    struct runner_frame *frame = &running->frames[running->depth - 1];
    const struct plan_step *step = &frame->steps[frame->at];
    switch (step->kind) {
    case PLAN_SEND:
    case PLAN_RAW:
        send_step(running, step);
        break;
    case PLAN_WAIT:
        advance(running);
        pause_case(running, step->wait * 10);
        break;
    case PLAN_REPEAT:
        enter_repeat(running, step);
        break;
    case PLAN_CHECK:
        runner_step_check(running, step);
        if (!running->ended)
            advance(running);
        break;
    }
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
    if (!runner_evidence_move(evidence, verdict->outcome != VERDICT_PASS, verdict)) {
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
    static const char *const wipe[2] = { "DELETE", "/storage" };
    const struct runner_sending sending = sending_of(running);
    while (running->cleaned < RUNNER_USERS) {
        size_t user = running->cleaned++;
        if (!running->accounts[user].used || runner_world_is_gone(running->world))
            continue;
        if (runner_request_own(&running->request, &sending, (enum runner_user)user, wipe,
                               &running->call)) {
            start_call(running, NULL);
            return;
        }
    }
    running->state = RUNNER_CASE_ENDED;
}

void runner_case_go(struct runner_case *running)
{
    running->state = RUNNER_CASE_READY;
    while (running->state == RUNNER_CASE_READY) {
        struct runner_frame *frame = &running->frames[running->depth - 1];
        if (running->judged) {
            clean_up(running);
        } else if (running->ended) {
            conclude(running);
        } else if (frame->at < frame->count) {
            run_step(running);
        } else if (running->depth > 1) {
            end_round(running);
        } else {
            running->finished = true;
            running->ended = true;
        }
    }
}

static int64_t retry_after_ms(const struct http_answer *answer)
{
    const struct slice *value = http_fields_get(&answer->fields, "Retry-After");
    uint64_t seconds = 0;
    if (value == NULL || !slice_to_u64(*value, &seconds))
        return RETRY_MS;
    return seconds > RETRY_MAX_MS / 1000 ? RETRY_MAX_MS : (int64_t)seconds * 1000;
}

/* One account is used by every case: when it cannot be emptied, no other case has a true start. */
static void note_cleaned(struct runner_case *running)
{
    const struct exchange_call *call = &running->call;
    bool emptied =
        call->outcome == EXCHANGE_ANSWERED &&
        ((call->answer.status >= 200 && call->answer.status < 300) || call->answer.status == 404);
    if (!emptied && runner_target_has_one(running->world->target) && running->world->dirty == NULL)
        running->world->dirty = "DELETE /storage did not empty the account after a case, so that "
                                "no other case can start from an empty user";
}

void runner_case_answered(struct runner_case *running)
{
    const struct plan_step *step = running->step;
    struct runner_world *world = running->world;
    bool answered = running->call.outcome == EXCHANGE_ANSWERED;
    char title[TITLE_MAX];
    running->state = RUNNER_CASE_READY;
    runner_world_note(world, running->call.outcome);
    if (step == NULL) {
        note_cleaned(running);
        return;
    }
    runner_step_title(running, step, title, sizeof(title));
    runner_evidence_add(&running->evidence, &running->call, title);
    running->has_answer = answered;
    if (!answered) {
        runner_step_unanswered(running, step);
    } else if (runner_step_judge(running, step)) {
        pause_case(running, retry_after_ms(&running->call.answer));
    } else if (!running->ended) {
        advance(running);
    }
}
