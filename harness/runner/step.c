#include "runner/step.h"

#include "runner/capture.h"
#include "runner/judge.h"

#include <stdio.h>

enum {
    CHECK_MEMORY = 16 * 1024 * 1024,
    TRIES_MAX = 3,
    BRANCH_TRIES_MAX = 6,
    TITLE = 256,
    INFO_MAX = 1024
};

enum verdict_outcome runner_step_severity(enum verdict_level level)
{
    return level == VERDICT_MUST ? VERDICT_FAIL : VERDICT_WARN;
}

/* Returns the length, as snprintf does. */
static int write_place(const struct runner_strand *strand, const struct plan_step *step,
                       char *ret_text, size_t size)
{
    const char *row = runner_case_row(strand->running);
    int len = snprintf(ret_text, size, "%s%s%sstep %u", row == NULL ? "" : "row ",
                       row == NULL ? "" : row, row == NULL ? "" : ", ", step->number);
    if (strand->branch > 0 && len > 0 && (size_t)len < size)
        len += snprintf(ret_text + len, size - (size_t)len, ", branch %zu", strand->branch);
    for (size_t i = 1; i < strand->depth && len > 0 && (size_t)len < size; i++)
        len += snprintf(ret_text + len, size - (size_t)len, ", round %llu",
                        (unsigned long long)strand->frames[i].round + 1);
    return len;
}

void runner_step_title(const struct runner_strand *strand, const struct plan_step *step,
                       char *ret_text, size_t size)
{
    int len = write_place(strand, step, ret_text, size);
    if (strand->tries > 1 && len > 0 && (size_t)len < size)
        (void)snprintf(ret_text + len, size - (size_t)len, ", try %u", strand->tries);
}

void runner_step_find(struct runner_strand *strand, const struct plan_step *step,
                      const struct verdict_finding *finding)
{
    char title[TITLE] = "";
    struct buf where = buf_bounded(RUNNER_RUN_MEMORY);
    struct verdict_finding placed = *finding;
    bool of_answer = step->kind == PLAN_SEND || step->kind == PLAN_RAW || strand->has_answer;
    size_t exchange = of_answer ? strand->exchange : 0;
    write_place(strand, step, title, sizeof(title));
    (void)buf_add_text(&where, title);
    if (finding->where[0] != '\0')
        (void)buf_add_text(&where, ", ");
    (void)buf_add_text(&where, finding->where);
    placed.where = buf_text(&where);
    if (placed.where == NULL)
        placed.where = "a step";
    runner_evidence_find(&strand->running->evidence, &placed, exchange);
    buf_free(&where);
}

void runner_step_break(struct runner_strand *strand, const struct plan_step *step,
                       const char *message)
{
    const struct verdict_finding finding = {
        .severity = VERDICT_ERROR,
        .where = "",
        .expected = "that the step can be run",
        .seen = message,
    };
    runner_step_find(strand, step, &finding);
    strand->running->ended = true;
}

/* Findings of a report as findings of the case. */
static void take(struct runner_strand *strand, const struct plan_step *step,
                 const struct check_report *report, enum verdict_outcome severity)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct verdict_finding finding = {
            .requirement = step->requirement,
            .severity = severity,
            .where = report->findings[i].where,
            .expected = report->findings[i].expected,
            .seen = report->findings[i].seen,
        };
        runner_step_find(strand, step, &finding);
    }
}

static void find_missing_capture(struct runner_strand *strand, const struct plan_step *step,
                                 const struct plan_keep *keep)
{
    char where[256];
    (void)snprintf(where, sizeof(where), "%s%s%s", keep->from, keep->what[0] == '\0' ? "" : " ",
                   keep->what);
    const struct verdict_finding finding = {
        .requirement = step->requirement,
        .severity = runner_step_severity(step->requirement->level),
        .where = where,
        .expected = "present: later steps of the case use it",
        .seen = "absent, or not of the kind that it has to be",
    };
    runner_step_find(strand, step, &finding);
    strand->running->ended = true;
}

static void keep_captures(struct runner_strand *strand, const struct plan_step *step)
{
    for (size_t i = 0; i < step->keep_count && !strand->running->ended; i++) {
        enum runner_capture kept =
            runner_capture(&step->keep[i], &strand->call.answer, strand->scope);
        strand->running->checks++;
        if (kept == RUNNER_CAPTURE_LACKS)
            find_missing_capture(strand, step, &step->keep[i]);
        else if (kept == RUNNER_CAPTURE_NOMEM)
            runner_step_break(
                strand, step,
                "a capture cannot be kept: its pointer cannot be expanded, or out of memory");
    }
}

/* Servers refuse a write with 409 or 503 when it meets another, and any request with 503 or 429
 * when they are busy; clients try again. */
static bool asks_to_try_again(const struct runner_strand *strand, const struct plan_step *step)
{
    int status = strand->call.answer.status;
    unsigned most = strand->branch == 0 ? TRIES_MAX : BRANCH_TRIES_MAX;
    bool reads = strcmp(step->method, "GET") == 0 || strcmp(step->method, "HEAD") == 0;
    return step->kind == PLAN_SEND && strand->tries < most &&
           (status == 503 || status == 429 || (status == 409 && !reads));
}

/* Judges by both lists.  ${report} is empty, and has its arena. */
static bool judge(struct runner_strand *strand, const struct plan_step *step,
                  const struct check_subject *subject, struct check_report *report)
{
    const char *wrong = runner_judge(&step->expect, strand->scope, subject, report);
    strand->running->checks += report->checks;
    if (wrong != NULL) {
        runner_step_break(strand, step, wrong);
        return false;
    }
    if (report->count > 0) {
        if (subject->answer != NULL && asks_to_try_again(strand, step))
            return true;
        take(strand, step, report, runner_step_severity(step->requirement->level));
        strand->running->ended = true;
        return false;
    }
    report->checks = 0;
    wrong = runner_judge(&step->prefer, strand->scope, subject, report);
    strand->running->checks += report->checks;
    if (wrong != NULL)
        runner_step_break(strand, step, wrong);
    else
        take(strand, step, report, VERDICT_WARN);
    return false;
}

/* Runs ${subject} through judge with memory of its own. */
static bool judge_subject(struct runner_strand *strand, const struct plan_step *step,
                          const struct check_subject *subject)
{
    struct check_report report = { .arena = arena_new(CHECK_MEMORY) };
    bool again = false;
    if (report.arena == NULL)
        runner_step_break(strand, step, "out of memory");
    else
        again = judge(strand, step, subject, &report);
    arena_free(report.arena);
    return again;
}

/* Whether what is observed of ${subject} is so; the case ends when that cannot be said. */
static bool is_observed(struct runner_strand *strand, const struct plan_step *step,
                        const struct plan_observation *observation,
                        const struct check_subject *subject)
{
    struct check_report report = { .arena = arena_new(CHECK_MEMORY) };
    const char *wrong = "out of memory";
    if (report.arena != NULL)
        wrong = runner_judge(&observation->when, strand->scope, subject, &report);
    if (wrong != NULL)
        runner_step_break(strand, step, wrong);
    arena_free(report.arena);
    return wrong == NULL && report.count == 0;
}

static void inform(struct runner_strand *strand, const struct plan_step *step, const char *text)
{
    const char *row = runner_case_row(strand->running);
    char title[TITLE];
    (void)snprintf(title, sizeof(title), "%s%s%sstep %u", row == NULL ? "" : "row ",
                   row == NULL ? "" : row, row == NULL ? "" : ", ", step->number);
    runner_evidence_inform(&strand->running->evidence, title, text);
}

static void say(struct runner_strand *strand, const struct plan_step *step,
                const char *template_text)
{
    struct buf text = buf_bounded(INFO_MAX);
    const char *wrong = plan_expand_text(strand->scope, template_text, PLAN_AS_IS, &text);
    const char *said = buf_text(&text);
    if (wrong == NULL && said != NULL)
        inform(strand, step, said);
    else
        runner_step_break(strand, step, wrong == NULL ? "out of memory" : wrong);
    buf_free(&text);
}

static void observe(struct runner_strand *strand, const struct plan_step *step,
                    const struct check_subject *subject)
{
    for (size_t i = 0; i < step->observe_count && !strand->running->ended; i++) {
        if (!is_observed(strand, step, &step->observe[i], subject))
            continue;
        say(strand, step, step->observe[i].say);
        return;
    }
}

bool runner_step_judge(struct runner_strand *strand, const struct plan_step *step)
{
    const struct check_subject subject = {
        .answer = &strand->call.answer,
        .body = strand->call.answer.body,
    };
    if (judge_subject(strand, step, &subject))
        return true;
    if (strand->running->ended)
        return false;
    /* A step that expects no status at all keeps something of a response that has to be a success.
     */
    if (step->expect.count == 0 && step->keep_count > 0 && asks_to_try_again(strand, step))
        return true;
    keep_captures(strand, step);
    observe(strand, step, &subject);
    return false;
}

void runner_step_check(struct runner_strand *strand, const struct plan_step *step)
{
    struct buf value = buf_bounded(LIMIT_ANSWER_BODY);
    const char *wrong = plan_expand_body(strand->scope, PLAN_BODY_JSON, step->value, &value);
    const struct check_subject subject = { .body = buf_slice(&value) };
    if (wrong != NULL)
        runner_step_break(strand, step, wrong);
    else
        (void)judge_subject(strand, step, &subject);
    observe(strand, step, &subject);
    buf_free(&value);
}

static bool holds(struct runner_strand *strand, const struct plan_step *step,
                  const struct plan_expectations *expectations, struct check_report *report)
{
    const struct check_subject subject = {
        .answer = &strand->call.answer,
        .body = strand->call.answer.body,
    };
    const char *wrong = runner_judge(expectations, strand->scope, &subject, report);
    strand->running->checks += report->checks;
    if (wrong != NULL)
        runner_step_break(strand, step, wrong);
    return wrong == NULL && report->count == 0;
}

bool runner_step_holds(struct runner_strand *strand, const struct plan_step *step,
                       const struct plan_expectations *expectations, struct buf *seen)
{
    if (!strand->has_answer)
        return false;
    struct check_report report = { .arena = arena_new(CHECK_MEMORY) };
    if (report.arena == NULL) {
        runner_step_break(strand, step, "out of memory");
        return false;
    }
    bool held = holds(strand, step, expectations, &report);
    buf_clear(seen);
    if (report.count > 0)
        (void)buf_add_format(seen, "%s: expected %s, seen %s", report.findings[0].where,
                             report.findings[0].expected, report.findings[0].seen);
    arena_free(report.arena);
    return held;
}

/* The requirement that a malformed response breaks: the one about framing, where the plan has it.
 */
static const struct verdict_requirement *framing(const struct runner_strand *strand,
                                                 const struct plan_step *step)
{
    const struct verdict_requirement *found =
        plan_requirement_find(strand->running->world->plan, SLICE("1.5/http/content-length-exact"));
    return found != NULL ? found : step->requirement;
}

void runner_step_unanswered(struct runner_strand *strand, const struct plan_step *step)
{
    static const char *const advice[] = {
        [EXCHANGE_UNREACHABLE] = "is the server still running?",
        [EXCHANGE_TIMEOUT] = "a slow server needs --timeout SECONDS; a crashed one its log",
        [EXCHANGE_CLOSED] = "look into the server's log: it may have crashed on this request",
        [EXCHANGE_TOO_LARGE] = "the suite does not read responses without bound",
        [EXCHANGE_BROKEN] = "this is a fault of the case or of the suite",
    };
    const struct exchange_call *call = &strand->call;
    if (step->or_closed && call->outcome == EXCHANGE_CLOSED) {
        inform(strand, step, "the server closed the connection without an answer");
        return;
    }
    bool garbage = call->outcome == EXCHANGE_GARBAGE;
    char seen[RUNNER_MESSAGE];
    (void)snprintf(seen, sizeof(seen), "%s: %s%s%s", exchange_outcome_text(call->outcome),
                   call->detail, garbage ? "" : "; ", garbage ? "" : advice[call->outcome]);
    const struct verdict_finding finding = {
        .requirement = garbage ? framing(strand, step) : NULL,
        .severity = garbage ? VERDICT_FAIL : VERDICT_ERROR,
        .where = "",
        .expected = "a whole HTTP response, framed as RFC 9112 has it",
        .seen = seen,
    };
    runner_step_find(strand, step, &finding);
    strand->running->ended = true;
}
