#include "base/utf8.h"
#include "reports/clean.h"
#include "reports/formats.h"

enum { SHOWN_MAX = 300 };

/* Text on one line between backticks, which it then has none of. */
static void add_code(const char *text, struct buf *out)
{
    struct buf clean = buf_bounded(REPORT_TEXT_MAX);
    (void)report_add_clean(text, REPORT_LINE, &clean);
    (void)buf_add_byte(out, '`');
    struct slice shown = slice_head(buf_slice(&clean), SHOWN_MAX);
    shown = slice_head(shown, utf8_valid_length(shown));
    for (size_t i = 0; i < shown.len; i++) {
        uint8_t byte = shown.ptr[i];
        (void)buf_add_byte(out, byte == '`' ? '\'' : byte == '|' ? '!' : byte);
    }
    (void)buf_add_text(out, clean.len > shown.len ? "...`" : "`");
    if (clean.failed)
        out->failed = true;
    buf_free(&clean);
}

static void add_totals(const struct verdict_run *run, struct buf *out)
{
    (void)buf_add_text(out, "|");
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++)
        (void)buf_add_format(out, " %s |", verdict_outcome_name((enum verdict_outcome)i));
    (void)buf_add_text(out, "\n|---|---|---|---|---|---|\n|");
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++) {
        (void)buf_add_format(out, " %zu", run->totals[i]);
        if (run->expected[i] > 0)
            (void)buf_add_format(out, " (%zu expected)", run->expected[i]);
        (void)buf_add_text(out, " |");
    }
    (void)buf_add_text(out, "\n\n");
}

static void add_verdict(const struct verdict *verdict, struct buf *out)
{
    (void)buf_add_format(out, "- **%s%s** ", verdict_outcome_name(verdict->outcome),
                         verdict->expected ? " (expected)" : "");
    add_code(verdict->id, out);
    if (verdict->runs > 1)
        (void)buf_add_format(out, ", failed in %zu of %zu runs", verdict->failed, verdict->runs);
    (void)buf_add_byte(out, '\n');
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct verdict_finding *finding = &verdict->findings[i];
        (void)buf_add_text(out, "  - ");
        add_code(finding->where, out);
        (void)buf_add_text(out, ": expected ");
        add_code(finding->expected, out);
        (void)buf_add_text(out, ", seen ");
        add_code(finding->seen, out);
        if (finding->requirement != NULL) {
            (void)buf_add_text(out, " (");
            add_code(finding->requirement->id, out);
            (void)buf_add_byte(out, ')');
        }
        (void)buf_add_byte(out, '\n');
    }
    if (verdict->finding_count == 0) {
        (void)buf_add_text(out, "  - ");
        add_code(verdict->reason, out);
        (void)buf_add_byte(out, '\n');
    }
    if (verdict->blame != NULL) {
        (void)buf_add_text(out, "  - ");
        add_code(verdict->blame->text, out);
        (void)buf_add_byte(out, '\n');
    }
    (void)buf_add_text(out, "  - replay: ");
    add_code(verdict->replay, out);
    (void)buf_add_byte(out, '\n');
}

static bool write_github(const struct verdict_run *run, const struct report_style *style,
                         struct buf *out)
{
    static const enum verdict_outcome order[] = { VERDICT_FAIL, VERDICT_ERROR, VERDICT_WARN };
    (void)style;
    (void)buf_add_text(out, "## syncspec: ");
    add_code(run->target, out);
    (void)buf_add_format(out, "\n\n%s (exit code %d); %zu checks, seed %llu\n\n",
                         verdict_run_result(run), (int)verdict_run_exit(run), run->checks,
                         (unsigned long long)run->seed);
    add_totals(run, out);
    if (run->setup_error != NULL) {
        add_code(run->setup_error, out);
        (void)buf_add_text(out, "\n\n");
    }
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next) {
        (void)buf_add_format(out, "- %s: ", verdict_notice_name(one->kind));
        add_code(one->text, out);
        (void)buf_add_byte(out, '\n');
    }
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        for (size_t j = 0; j < run->count; j++) {
            if (run->verdicts[j].outcome == order[i])
                add_verdict(&run->verdicts[j], out);
        }
    }
    return !out->failed;
}

const struct report_format report_github = {
    .name = "github",
    .meaning = "Markdown for a step summary: >>\"$GITHUB_STEP_SUMMARY\"",
    .write = write_github,
};
