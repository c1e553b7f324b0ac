#include "reports/clean.h"
#include "reports/formats.h"

/* A YAML double-quoted scalar. */
static void add_quoted(const char *text, struct buf *out)
{
    struct buf clean = buf_bounded(out->ceiling);
    (void)report_add_clean(text, REPORT_LINES, &clean);
    (void)buf_add_byte(out, '"');
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t byte = clean.ptr[i];
        if (byte == '\n')
            (void)buf_add_text(out, "\\n");
        else if (byte == '\t')
            (void)buf_add_text(out, "\\t");
        else if (byte == '"' || byte == '\\')
            (void)buf_add_format(out, "\\%c", byte);
        else
            (void)buf_add_byte(out, byte);
    }
    (void)buf_add_byte(out, '"');
    if (clean.failed)
        out->failed = true;
    buf_free(&clean);
}

static void add_pair(const char *lead, const char *key, const char *text, struct buf *out)
{
    if (text == NULL || text[0] == '\0')
        return;
    (void)buf_add_format(out, "%s%s: ", lead, key);
    add_quoted(text, out);
    (void)buf_add_byte(out, '\n');
}

/* Text of a test point's line: a '#' would begin a directive. */
static void add_plain(const char *text, struct buf *out)
{
    struct buf clean = buf_bounded(out->ceiling);
    (void)report_add_clean(text, REPORT_LINE, &clean);
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.ptr[i] == '#' || clean.ptr[i] == '\\')
            (void)buf_add_byte(out, '\\');
        (void)buf_add_byte(out, clean.ptr[i]);
    }
    if (clean.failed)
        out->failed = true;
    buf_free(&clean);
}

static void add_finding(const struct verdict *verdict, const struct verdict_finding *finding,
                        struct buf *out)
{
    const struct verdict_requirement *requirement = finding->requirement;
    (void)buf_add_format(out, "    - severity: %s\n", verdict_outcome_name(finding->severity));
    if (requirement != NULL) {
        add_pair("      ", "requirement", requirement->id, out);
        (void)buf_add_format(out, "      level: %s\n", verdict_level_name(requirement->level));
        add_pair("      ", "statement", requirement->statement, out);
        add_pair("      ", "source", requirement->source, out);
        add_pair("      ", "impact", requirement->impact, out);
    }
    add_pair("      ", "where", finding->where, out);
    add_pair("      ", "expected", finding->expected, out);
    add_pair("      ", "seen", finding->seen, out);
    if (finding->excuse != NULL) {
        add_pair("      ", "baseline", finding->excuse->reason, out);
        add_pair("      ", "link", finding->excuse->link, out);
    }
    if (finding->exchange < verdict->exchange_count)
        add_pair("      ", "curl", verdict->exchanges[finding->exchange].curl, out);
}

static void add_diagnostic(const struct verdict *verdict, struct buf *out)
{
    (void)buf_add_format(out, "  ---\n  outcome: %s\n", verdict_outcome_name(verdict->outcome));
    add_pair("  ", "title", verdict->title, out);
    add_pair("  ", "file", verdict->file, out);
    (void)buf_add_format(out, "  line: %u\n", verdict->line);
    add_pair("  ", "reason", verdict->reason, out);
    if (verdict->runs > 1)
        (void)buf_add_format(out, "  runs: %zu\n  failed: %zu\n", verdict->runs, verdict->failed);
    if (verdict->finding_count > 0)
        (void)buf_add_text(out, "  findings:\n");
    for (size_t i = 0; i < verdict->finding_count; i++)
        add_finding(verdict, &verdict->findings[i], out);
    if (verdict->blame != NULL) {
        (void)buf_add_format(out, "  side: %s\n", verdict_side_name(verdict->blame->side));
        add_pair("  ", "blame", verdict->blame->text, out);
        add_pair("  ", "reference_request", verdict->blame->request, out);
        add_pair("  ", "reference_response", verdict->blame->response, out);
    }
    add_pair("  ", "replay", verdict->replay, out);
    (void)buf_add_text(out, "  ...\n");
}

/* The directive of a failure that is expected. */
static void add_todo(const struct verdict_excuse *excuse, struct buf *out)
{
    (void)buf_add_text(out, " # TODO ");
    (void)report_add_clean(excuse->reason, REPORT_LINE, out);
    if (excuse->link[0] == '\0')
        return;
    (void)buf_add_byte(out, ' ');
    (void)report_add_clean(excuse->link, REPORT_LINE, out);
}

static void add_info(const struct verdict *verdict, struct buf *out)
{
    for (size_t i = 0; i < verdict->info_count; i++) {
        (void)buf_add_text(out, "# info: ");
        (void)report_add_clean(verdict->info[i], REPORT_LINE, out);
        (void)buf_add_byte(out, '\n');
    }
}

static void add_point(const struct verdict *verdict, size_t number, struct buf *out)
{
    bool bad = verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_ERROR;
    bool undecided = verdict->outcome == VERDICT_SKIP || verdict->outcome == VERDICT_BLOCKED;
    (void)buf_add_format(out, "%s %zu - ", bad ? "not ok" : "ok", number);
    add_plain(verdict->id, out);
    if (undecided) {
        (void)buf_add_format(out, " # SKIP %s",
                             verdict->outcome == VERDICT_BLOCKED ? "blocked: " : "");
        (void)report_add_clean(verdict->reason, REPORT_LINE, out);
    }
    if (verdict_excuse(verdict) != NULL)
        add_todo(verdict_excuse(verdict), out);
    (void)buf_add_byte(out, '\n');
    if (bad || verdict->outcome == VERDICT_WARN)
        add_diagnostic(verdict, out);
    add_info(verdict, out);
}

static bool write_tap(const struct verdict_run *run, const struct report_style *style,
                      struct buf *out)
{
    (void)style;
    size_t stale = verdict_run_count(run, VERDICT_NOTICE_STALE) > 0;
    (void)buf_add_format(out, "TAP version 14\n1..%zu", run->count + stale);
    if (run->count + stale == 0)
        (void)buf_add_text(out, " # SKIP no case was run");
    (void)buf_add_byte(out, '\n');
    for (size_t i = 0; i < run->count; i++)
        add_point(&run->verdicts[i], i + 1, out);
    if (stale > 0)
        (void)buf_add_format(out, "not ok %zu - the baseline holds nothing that is not true\n",
                             run->count + 1);
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next) {
        (void)buf_add_format(out, "# %s: ", verdict_notice_name(one->kind));
        (void)report_add_clean(one->text, REPORT_LINE, out);
        (void)buf_add_byte(out, '\n');
    }
    if (run->setup_error != NULL) {
        (void)buf_add_text(out, "Bail out! ");
        (void)report_add_clean(run->setup_error, REPORT_LINE, out);
        (void)buf_add_byte(out, '\n');
    }
    return !out->failed;
}

const struct report_format report_tap = {
    .name = "tap",
    .meaning = "Test Anything Protocol, version 14",
    .write = write_tap,
};
