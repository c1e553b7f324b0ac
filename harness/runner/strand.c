#include "runner/strand.h"

#include "base/clock.h"
#include "base/stamp.h"
#include "runner/bearer.h"
#include "runner/step.h"

#include <stdio.h>

enum {
    RETRY_MS = 1000,      /* when a server asks for another try and does not say when */
    RETRY_MAX_MS = 5000,  /* however long it asks to be left alone */
    RETRY_APART_MS = 250, /* at most this, by chance, keeps branches from meeting again */
    SEEN_MAX = 16 * 1024,
    TITLE_MAX = 256,
};

static bool set_now(struct runner_strand *strand)
{
    char text[STAMP_TEXT_MAX];
    stamp_text(runner_world_now(strand->running->world), text);
    return plan_scope_set(strand->scope, "now", slice_text(text));
}

bool runner_strand_init(struct runner_strand *strand, struct runner_case *running,
                        const struct plan_branch *steps, struct plan_scope *scope)
{
    *strand = (struct runner_strand){
        .running = running,
        .state = RUNNER_STRAND_READY,
        .scope = scope,
        .frames = { { .steps = steps->steps, .count = steps->step_count } },
        .depth = 1,
    };
    runner_request_init(&strand->request);
    exchange_call_init(&strand->call);
    strand->call.owner = strand;
    return scope != NULL && set_now(strand);
}

void runner_strand_free(struct runner_strand *strand)
{
    plan_scope_free(strand->scope);
    runner_request_free(&strand->request);
    exchange_call_free(&strand->call);
}

/* What requests say of themselves, so that a server's log can be read. */
static const char *correlate(struct runner_strand *strand, const struct plan_step *step)
{
    const struct runner_case *running = strand->running;
    char title[TITLE_MAX] = "clean-up";
    if (running->world->options->anonymous)
        return NULL;
    if (step != NULL)
        runner_step_title(strand, step, title, sizeof(title));
    (void)snprintf(strand->correlation, sizeof(strand->correlation), "%s; %s; seed %llu",
                   running->plan->id, title, (unsigned long long)running->world->options->seed);
    return strand->correlation;
}

struct runner_sending runner_strand_sending(struct runner_strand *strand,
                                            const struct plan_step *step)
{
    return (struct runner_sending){
        .world = strand->running->world,
        .correlation = correlate(strand, step),
        .accounts = strand->running->accounts,
        .scope = strand->scope,
        .rng = &strand->running->rng.base,
        .wrong = strand->running->message,
        .wrong_size = sizeof(strand->running->message),
    };
}

bool runner_strand_set(struct runner_strand *strand, const char *name, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
    return plan_scope_set(strand->scope, name, slice_text(text));
}

/* Waiting for ${ms} from now; at once on a virtual clock. */
static void pause_strand(struct runner_strand *strand, int64_t ms)
{
    strand->state = RUNNER_STRAND_READY;
    if (ms <= 0 || exchange_skip(strand->running->world->exchange, ms / 10))
        return;
    strand->state = RUNNER_STRAND_WAITING;
    strand->wake_ms = clock_monotonic_ms() + ms;
}

void runner_strand_send(struct runner_strand *strand, const struct plan_step *step)
{
    strand->step = step;
    strand->has_answer = false;
    strand->call.timeout_ms = strand->running->world->options->timeout_ms;
    strand->state = RUNNER_STRAND_SENDING;
    exchange_start(strand->running->world->exchange, &strand->call);
}

bool runner_strand_has_turn(struct runner_strand *strand)
{
    struct runner_world *world = strand->running->world;
    int64_t now_ms = clock_monotonic_ms();
    int64_t wait_ms = world->virtual_time ? 0 : runner_throttle_wait(&world->throttle, now_ms);
    strand->throttled = wait_ms > 0;
    if (!strand->throttled)
        return true;
    strand->state = RUNNER_STRAND_WAITING;
    strand->wake_ms = now_ms + wait_ms;
    return false;
}

static void make_step(struct runner_strand *strand, const struct plan_step *step)
{
    const struct runner_sending sending = runner_strand_sending(strand, step);
    if (!set_now(strand)) {
        runner_step_break(strand, step, "out of memory");
        return;
    }
    if (!runner_request_make(&strand->request, &sending, step, &strand->call)) {
        runner_step_break(strand, step, strand->running->message);
        return;
    }
    strand->running->requests++;
    runner_strand_send(strand, step);
}

static void send_step(struct runner_strand *strand, const struct plan_step *step)
{
    if (!runner_strand_has_turn(strand))
        return;
    strand->tries++;
    const struct runner_sending sending = runner_strand_sending(strand, step);
    buf_clear(&strand->request.bearer);
    strand->asking = runner_bearer_wanted(&sending, step);
    if (!strand->asking)
        make_step(strand, step);
    else if (runner_bearer_ask(&strand->request, &sending, step, &strand->call))
        runner_strand_send(strand, step);
    else
        runner_step_break(strand, step, strand->running->message);
}

/* The bearer token has come: now the request itself. */
static void go_on_asked(struct runner_strand *strand)
{
    const struct runner_sending sending = runner_strand_sending(strand, strand->step);
    strand->asking = false;
    if (runner_bearer_take(&strand->request, &sending, strand->step, &strand->call))
        make_step(strand, strand->step);
    else
        runner_step_break(strand, strand->step, strand->running->message);
}

/* A step that is done: the next one. */
static void advance(struct runner_strand *strand)
{
    strand->frames[strand->depth - 1].at++;
    strand->tries = 0;
}

static void begin_round(struct runner_strand *strand)
{
    struct runner_frame *frame = &strand->frames[strand->depth - 1];
    frame->at = 0;
    if (!runner_strand_set(strand, "round", frame->round))
        runner_step_break(strand, frame->repeat, "out of memory");
}

static void enter_repeat(struct runner_strand *strand, const struct plan_step *step)
{
    struct buf text = buf_bounded(64);
    uint64_t rounds = 0;
    const char *wrong = plan_expand_text(strand->scope, step->rounds, PLAN_AS_IS, &text);
    if (wrong == NULL && (!slice_to_u64(buf_slice(&text), &rounds) || rounds > LIMIT_REPEAT))
        wrong = "`repeat` is a number of at most 10000 rounds";
    if (wrong == NULL && strand->depth == RUNNER_DEPTH)
        wrong = "`repeat` stands inside of too many others";
    buf_free(&text);
    if (wrong != NULL) {
        runner_step_break(strand, step, wrong);
        return;
    }
    if (rounds == 0) {
        advance(strand);
        return;
    }
    strand->frames[strand->depth++] = (struct runner_frame){
        .steps = step->steps,
        .count = step->step_count,
        .repeat = step,
        .rounds = rounds,
    };
    begin_round(strand);
}

/* Of the repeat that the strand is in, once it has left what had rounds of its own. */
static void tell_round(struct runner_strand *strand)
{
    const struct runner_frame *frame = &strand->frames[strand->depth - 1];
    if (strand->depth > 1 && !runner_strand_set(strand, "round", frame->round))
        runner_step_break(strand, frame->repeat, "out of memory");
}

static void leave_repeat(struct runner_strand *strand)
{
    strand->depth--;
    advance(strand);
    tell_round(strand);
}

/* All rounds were run, and what was waited for did not come. */
static void find_endless(struct runner_strand *strand, const struct plan_step *repeat,
                         const char *seen)
{
    char expected[RUNNER_MESSAGE];
    unsigned long long rounds = strand->frames[strand->depth - 1].rounds;
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
    runner_step_find(strand, repeat, &finding);
    strand->running->ended = true;
}

/* A round of the innermost repeat is over. */
static void end_round(struct runner_strand *strand)
{
    struct runner_frame *frame = &strand->frames[strand->depth - 1];
    const struct plan_step *repeat = frame->repeat;
    struct buf seen = buf_bounded(SEEN_MAX);
    bool waits = repeat->until.count > 0 || repeat->while_header != NULL;
    bool over = repeat->until.count > 0 && runner_step_holds(strand, repeat, &repeat->until, &seen);
    if (repeat->while_header != NULL && strand->has_answer)
        over = over || http_fields_get(&strand->call.answer.fields, repeat->while_header) == NULL;
    frame->round++;
    if (strand->running->ended) {
        /* `until` could not be evaluated. */
    } else if (over || (!waits && frame->round == frame->rounds)) {
        leave_repeat(strand);
    } else if (frame->round == frame->rounds) {
        const char *text = buf_text(&seen);
        find_endless(strand, repeat, text == NULL || seen.len == 0 ? "it went on" : text);
    } else {
        begin_round(strand);
    }
    buf_free(&seen);
}

/* Whoever else is under way waits meanwhile. */
static void run_hook(struct runner_strand *strand, const struct plan_step *step)
{
    struct buf text = buf_bounded(64);
    uint64_t value = 0;
    const char *wrong = NULL;
    if (step->amount != NULL)
        wrong = plan_expand_text(strand->scope, step->amount, PLAN_AS_IS, &text);
    if (wrong == NULL && text.len > 0 && !slice_to_u64(buf_slice(&text), &value))
        wrong = "the value of the hook is no number";
    if (wrong == NULL)
        wrong = runner_hook_run(strand->running->world, step->hook,
                                &strand->running->accounts[runner_user_of(step->as)], value);
    buf_free(&text);
    if (wrong == NULL)
        advance(strand);
    else
        runner_step_break(strand, step, wrong);
}

static void run_step(struct runner_strand *strand)
{
    struct runner_frame *frame = &strand->frames[strand->depth - 1];
    const struct plan_step *step = &frame->steps[frame->at];
    switch (step->kind) {
    case PLAN_SEND:
    case PLAN_RAW:
        send_step(strand, step);
        break;
    case PLAN_WAIT:
        advance(strand);
        pause_strand(strand, step->wait * 10);
        break;
    case PLAN_REPEAT:
        enter_repeat(strand, step);
        break;
    case PLAN_HOOK:
        run_hook(strand, step);
        break;
    case PLAN_PARALLEL:
        strand->step = step;
        strand->state = RUNNER_STRAND_FORKED;
        break;
    case PLAN_CHECK:
        runner_step_check(strand, step);
        if (!strand->running->ended)
            advance(strand);
        break;
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

void runner_strand_go(struct runner_strand *strand)
{
    const struct runner_frame *frame = &strand->frames[strand->depth - 1];
    if (frame->at < frame->count)
        run_step(strand);
    else if (strand->depth > 1)
        end_round(strand);
    else
        strand->state = RUNNER_STRAND_DONE;
}

void runner_strand_rewind(struct runner_strand *strand)
{
    strand->state = RUNNER_STRAND_READY;
    strand->depth = 1;
    strand->frames[0].at = 0;
    strand->tries = 0;
    strand->step = NULL;
    strand->has_answer = false;
}

void runner_strand_join(struct runner_strand *strand)
{
    strand->state = RUNNER_STRAND_READY;
    advance(strand);
    tell_round(strand);
}

/* Branches that met each other do not come back together. */
static int64_t retry_in_ms(struct runner_strand *strand)
{
    int64_t ms = retry_after_ms(&strand->call.answer);
    if (strand->branch > 0)
        ms += (int64_t)rng_below(&strand->running->rng.base, RETRY_APART_MS);
    return ms;
}

void runner_strand_answered(struct runner_strand *strand)
{
    const struct plan_step *step = strand->step;
    char title[TITLE_MAX];
    strand->state = RUNNER_STRAND_READY;
    if (strand->asking) {
        go_on_asked(strand);
        return;
    }
    strand->has_answer = strand->call.outcome == EXCHANGE_ANSWERED;
    runner_step_title(strand, step, title, sizeof(title));
    strand->exchange = runner_evidence_add(&strand->running->evidence, &strand->call, title);
    if (!strand->has_answer)
        runner_step_unanswered(strand, step);
    if (strand->has_answer && runner_step_judge(strand, step))
        pause_strand(strand, retry_in_ms(strand));
    else if (!strand->running->ended)
        advance(strand);
}
