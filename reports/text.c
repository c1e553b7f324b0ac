#include "base/utf8.h"
#include "reports/clean.h"
#include "reports/formats.h"

/* A text beyond SHOWN_MAX bytes is cut: the other formats hold all of it. */
enum { INDENT = 6, LABEL = 11, SHOWN_MAX = 2000 };

struct page {
    struct buf *out;
    const struct report_style *style;
};

static const struct {
    const char *label;
    const char *color;
    const char *plural; /* in the summary */
} outcomes[VERDICT_OUTCOMES] = {
    [VERDICT_PASS] = { "pass", "\x1b[32m", "passed" },
    [VERDICT_FAIL] = { "FAIL", "\x1b[1;31m", "failed" },
    [VERDICT_WARN] = { "warn", "\x1b[33m", "warned" },
    [VERDICT_SKIP] = { "skip", "\x1b[36m", "skipped" },
    [VERDICT_BLOCKED] = { "blocked", "\x1b[35m", "blocked" },
    [VERDICT_ERROR] = { "ERROR", "\x1b[1;35m", "errors" },
};

static void add_label(const struct page *page, enum verdict_outcome outcome)
{
    if (page->style->color)
        (void)buf_add_text(page->out, outcomes[outcome].color);
    (void)buf_add_text(page->out, outcomes[outcome].label);
    if (page->style->color)
        (void)buf_add_text(page->out, "\x1b[0m");
}

static void add_cut(const struct page *page, const char *text)
{
    size_t len = strlen(text);
    if (len <= SHOWN_MAX) {
        (void)report_add_indented(text, INDENT + LABEL, page->out);
        return;
    }
    struct buf cut = buf_bounded(REPORT_TEXT_MAX);
    size_t shown = utf8_valid_length(slice_of(text, SHOWN_MAX));
    (void)buf_add(&cut, slice_of(text, shown > SHOWN_MAX / 2 ? shown : SHOWN_MAX));
    (void)buf_add_format(&cut, "... (%zu bytes in all)", len);
    const char *shorter = buf_text(&cut);
    (void)report_add_indented(shorter == NULL ? "" : shorter, INDENT + LABEL, page->out);
    if (shorter == NULL)
        page->out->failed = true;
    buf_free(&cut);
}

/* "      expected   200", later lines of the text below its first. */
static void add_entry(const struct page *page, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    (void)buf_add_format(page->out, "%*s%-*s", INDENT, "", LABEL, label);
    add_cut(page, text);
}

/* A command is of use as a whole only. */
static void add_command(const struct page *page, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    (void)buf_add_format(page->out, "%*s%-*s", INDENT, "", LABEL, label);
    (void)report_add_indented(text, INDENT + LABEL, page->out);
}

static void add_heading(const struct page *page, const struct verdict *verdict)
{
    add_label(page, verdict->outcome);
    (void)buf_add_text(page->out, verdict->expected ? " (expected)  " : "  ");
    (void)report_add_clean(verdict->id, REPORT_LINE, page->out);
    (void)buf_add_byte(page->out, '\n');
}

static void add_requirement(const struct page *page, const struct verdict_requirement *requirement)
{
    (void)buf_add_format(page->out, "%*s%-*s", INDENT, "", LABEL, "rule");
    (void)report_add_clean(requirement->id, REPORT_LINE, page->out);
    (void)buf_add_format(page->out, " (%s)\n", verdict_level_name(requirement->level));
    add_entry(page, "", requirement->statement);
    add_entry(page, "source", requirement->source);
}

static void add_finding(const struct page *page, const struct verdict *verdict,
                        const struct verdict_finding *finding)
{
    add_entry(page, "where", finding->where);
    add_entry(page, "expected", finding->expected);
    add_entry(page, "seen", finding->seen);
    if (finding->requirement != NULL)
        add_entry(page, "impact", finding->requirement->impact);
    if (finding->excuse != NULL) {
        add_entry(page, "baseline", finding->excuse->reason);
        add_entry(page, "link", finding->excuse->link);
        add_entry(page, "expires", finding->excuse->expires);
    }
    if (finding->exchange < verdict->exchange_count)
        add_command(page, "see it", verdict->exchanges[finding->exchange].curl);
}

static void add_exchanges(const struct page *page, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->exchange_count; i++) {
        const struct verdict_exchange *exchange = &verdict->exchanges[i];
        (void)buf_add_format(page->out, "%*s--- ", INDENT, "");
        (void)report_add_clean(exchange->title, REPORT_LINE, page->out);
        (void)buf_add_format(page->out, ", %lld ms\n", (long long)exchange->duration_ms);
        (void)buf_add_format(page->out, "%*s> ", INDENT, "");
        (void)report_add_indented(exchange->request, INDENT + 2, page->out);
        (void)buf_add_format(page->out, "%*s< ", INDENT, "");
        (void)report_add_indented(exchange->response[0] == '\0' ? "(no response)"
                                                                : exchange->response,
                                  INDENT + 2, page->out);
    }
}

static void add_info(const struct page *page, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->info_count; i++)
        add_entry(page, "info", verdict->info[i]);
}

/* Who differs, and the exchange of the step that failed, on both sides. */
static void add_blame(const struct page *page, const struct verdict *verdict)
{
    const struct verdict_blame *blame = verdict->blame;
    add_entry(page, "blame", blame->text);
    for (size_t i = 0; i < verdict->finding_count && blame->step[0] != '\0'; i++) {
        size_t exchange = verdict->findings[i].exchange;
        if (verdict->findings[i].severity != verdict->outcome ||
            exchange >= verdict->exchange_count)
            continue;
        add_entry(page, "sent", verdict->exchanges[exchange].request);
        add_entry(page, "answer", verdict->exchanges[exchange].response);
        break;
    }
    add_entry(page, "core sent", blame->request);
    add_entry(page, "core's", blame->response);
}

/* The long form, of failures and errors, and of all that did not pass when verbose. */
static void add_in_full(const struct page *page, const struct verdict *verdict)
{
    (void)buf_add_byte(page->out, '\n');
    add_heading(page, verdict);
    (void)buf_add_format(page->out, "%*s", INDENT, "");
    (void)report_add_indented(verdict->title, INDENT, page->out);
    const struct verdict_requirement *said = NULL;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct verdict_finding *finding = &verdict->findings[i];
        if (finding->requirement != NULL && finding->requirement != said)
            add_requirement(page, finding->requirement);
        said = finding->requirement;
        add_finding(page, verdict, finding);
    }
    if (verdict->runs > 1)
        (void)buf_add_format(page->out, "%*s%-*sfailed in %zu of %zu\n", INDENT, "", LABEL, "runs",
                             verdict->failed, verdict->runs);
    if (verdict->finding_count == 0 || verdict->outcome == VERDICT_ERROR)
        add_entry(page, "reason", verdict->reason);
    add_info(page, verdict);
    if (verdict->blame != NULL)
        add_blame(page, verdict);
    (void)buf_add_format(page->out, "%*s%-*s", INDENT, "", LABEL, "case");
    (void)report_add_clean(verdict->file, REPORT_LINE, page->out);
    (void)buf_add_format(page->out, ":%u\n", verdict->line);
    add_command(page, "replay", verdict->replay);
    if (page->style->verbose)
        add_exchanges(page, verdict);
}

/* " [known: REASON LINK, until 2027-01-31]" */
static void add_excuse(const struct page *page, const struct verdict_excuse *excuse)
{
    (void)buf_add_format(page->out, " [%s: ", excuse->flaky ? "flaky" : "known");
    (void)report_add_clean(excuse->reason, REPORT_LINE, page->out);
    if (excuse->link[0] != '\0')
        (void)buf_add_byte(page->out, ' ');
    (void)report_add_clean(excuse->link, REPORT_LINE, page->out);
    if (excuse->expires[0] != '\0')
        (void)buf_add_format(page->out, ", until %s", excuse->expires);
    (void)buf_add_byte(page->out, ']');
}

/* "warn  put/x: step 2, header Y: expected a, seen b (1.5/...)": a line for each finding. */
static void add_in_short(const struct page *page, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct verdict_finding *finding = &verdict->findings[i];
        add_label(page, verdict->outcome);
        (void)buf_add_text(page->out, verdict->expected ? " (expected)  " : "  ");
        (void)report_add_clean(verdict->id, REPORT_LINE, page->out);
        (void)buf_add_text(page->out, ": ");
        (void)report_add_clean(finding->where, REPORT_LINE, page->out);
        (void)buf_add_text(page->out, ": expected ");
        (void)report_add_clean(finding->expected, REPORT_LINE, page->out);
        (void)buf_add_text(page->out, ", seen ");
        (void)report_add_clean(finding->seen, REPORT_LINE, page->out);
        if (finding->requirement != NULL) {
            (void)buf_add_text(page->out, " (");
            (void)report_add_clean(finding->requirement->id, REPORT_LINE, page->out);
            (void)buf_add_format(page->out, ", %s)",
                                 verdict_level_name(finding->requirement->level));
        }
        if (finding->excuse != NULL)
            add_excuse(page, finding->excuse);
        (void)buf_add_byte(page->out, '\n');
    }
}

/* Those of an outcome that the baseline does not expect. */
static void add_each(const struct page *page, const struct verdict_run *run,
                     enum verdict_outcome outcome,
                     void (*add)(const struct page *page, const struct verdict *verdict))
{
    for (size_t i = 0; i < run->count; i++) {
        if (run->verdicts[i].outcome == outcome && !run->verdicts[i].expected)
            add(page, &run->verdicts[i]);
    }
}

static void add_expected(const struct page *page, const struct verdict_run *run,
                         void (*add)(const struct page *page, const struct verdict *verdict))
{
    bool any = false;
    for (size_t i = 0; i < run->count; i++) {
        if (!run->verdicts[i].expected)
            continue;
        if (!any && !page->style->verbose)
            (void)buf_add_byte(page->out, '\n');
        any = true;
        add(page, &run->verdicts[i]);
    }
}

static size_t count_reason(const struct verdict_run *run, enum verdict_outcome outcome,
                           const char *reason, size_t from)
{
    size_t count = 0;
    for (size_t i = from; i < run->count; i++) {
        count +=
            run->verdicts[i].outcome == outcome && strcmp(run->verdicts[i].reason, reason) == 0;
    }
    return count;
}

/* Skipped and blocked cases, a line for each reason. */
static void add_reasons(const struct page *page, const struct verdict_run *run,
                        enum verdict_outcome outcome)
{
    for (size_t i = 0; i < run->count; i++) {
        const struct verdict *verdict = &run->verdicts[i];
        if (verdict->outcome != outcome)
            continue;
        size_t all = count_reason(run, outcome, verdict->reason, 0);
        size_t left = count_reason(run, outcome, verdict->reason, i);
        if (all != left)
            continue; /* an earlier case has told of this reason */
        add_label(page, outcome);
        (void)buf_add_format(page->out, "  %zu case%s: ", all, all == 1 ? "" : "s");
        (void)report_add_clean(verdict->reason, REPORT_LINE, page->out);
        (void)buf_add_byte(page->out, '\n');
    }
}

static void add_one_line(const struct page *page, const struct verdict *verdict)
{
    add_heading(page, verdict);
    add_info(page, verdict);
}

static void add_verdicts(const struct page *page, const struct verdict_run *run)
{
    bool verbose = page->style->verbose;
    if (verbose)
        add_each(page, run, VERDICT_PASS, add_one_line);
    add_each(page, run, VERDICT_FAIL, add_in_full);
    add_each(page, run, VERDICT_ERROR, add_in_full);
    if (page->style->quiet)
        return;
    add_expected(page, run, verbose ? add_in_full : add_in_short);
    if (run->totals[VERDICT_WARN] > 0 && !verbose)
        (void)buf_add_byte(page->out, '\n');
    add_each(page, run, VERDICT_WARN, verbose ? add_in_full : add_in_short);
    if (run->totals[VERDICT_SKIP] + run->totals[VERDICT_BLOCKED] > 0)
        (void)buf_add_byte(page->out, '\n');
    add_reasons(page, run, VERDICT_SKIP);
    add_reasons(page, run, VERDICT_BLOCKED);
}

/* What is to be said besides the verdicts, a line each. */
static void add_notices(const struct page *page, const struct verdict_run *run)
{
    if (run->notices != NULL)
        (void)buf_add_byte(page->out, '\n');
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next) {
        (void)buf_add_format(page->out, "%s  ", verdict_notice_name(one->kind));
        (void)report_add_clean(one->text, REPORT_LINE, page->out);
        (void)buf_add_byte(page->out, '\n');
    }
}

static void add_summary(const struct page *page, const struct verdict_run *run)
{
    (void)buf_add_format(page->out, "\n%zu case%s: ", run->count, run->count == 1 ? "" : "s");
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++) {
        (void)buf_add_format(page->out, "%s%zu %s", i == 0 ? "" : ", ", run->totals[i],
                             outcomes[i].plural);
        if (run->expected[i] > 0)
            (void)buf_add_format(page->out, " (%zu expected)", run->expected[i]);
    }
    (void)buf_add_format(page->out, "\n%zu requests, %zu checks, %lld.%03lld s, seed %llu\n",
                         run->requests, run->checks, (long long)(run->duration_ms / 1000),
                         (long long)(run->duration_ms % 1000), (unsigned long long)run->seed);
    (void)buf_add_format(page->out, "%s (exit code %d)\n", verdict_run_result(run),
                         (int)verdict_run_exit(run));
}

static bool write_text(const struct verdict_run *run, const struct report_style *style,
                       struct buf *out)
{
    const struct page page = { .out = out, .style = style };
    if (!style->quiet) {
        (void)buf_add_format(out, "syncspec %s, API %s\ntarget: ", run->version, run->api);
        (void)report_add_clean(run->target, REPORT_LINE, out);
        (void)buf_add_format(out, "\n");
    }
    if (run->setup_error != NULL) {
        (void)buf_add_byte(out, '\n');
        add_label(&page, VERDICT_ERROR);
        (void)buf_add_text(out, "  ");
        (void)report_add_indented(run->setup_error, INDENT, out);
    }
    add_verdicts(&page, run);
    add_notices(&page, run);
    add_summary(&page, run);
    return !out->failed;
}

const struct report_format report_text = {
    .name = "text",
    .meaning = "for people: what is wrong, which rule says so, and how to see it",
    .write = write_text,
};
