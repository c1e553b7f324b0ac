#include "reports/clean.h"
#include "reports/formats.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>syncspec</title>\n<style>\n"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;padding:0 1em}\n"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.15em 1em .15em 0;"
    "vertical-align:top}\n"
    "pre{background:#f4f4f4;padding:.6em;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "summary{cursor:pointer}details{margin:.3em 0}details>*:not(summary){margin-left:1.5em}\n"
    ".pass{color:#1a7f37}.fail,.error{color:#b00020}.warn{color:#9a6700}.skip,.blocked{color:#"
    "57606a}"
    "\nb{display:inline-block;min-width:5em}\n</style></head><body>\n";

/* Text that came from somewhere, harmless between tags and in attributes. */
static void add(const char *text, struct buf *out)
{
    struct buf clean = buf_bounded(REPORT_TEXT_MAX);
    (void)report_add_clean(text == NULL ? "" : text, REPORT_LINES, &clean);
    for (size_t i = 0; i < clean.len; i++) {
        uint8_t byte = clean.ptr[i];
        const char *entity = byte == '&'   ? "&amp;"
                             : byte == '<' ? "&lt;"
                             : byte == '>' ? "&gt;"
                             : byte == '"' ? "&quot;"
                                           : NULL;
        if (entity == NULL)
            (void)buf_add_byte(out, byte);
        else
            (void)buf_add_text(out, entity);
    }
    if (clean.failed)
        out->failed = true;
    buf_free(&clean);
}

static void add_row(const char *name, const char *text, struct buf *out)
{
    if (text == NULL || text[0] == '\0')
        return;
    (void)buf_add_format(out, "<tr><th>%s</th><td>", name);
    add(text, out);
    (void)buf_add_text(out, "</td></tr>\n");
}

static void add_pre(const char *text, struct buf *out)
{
    if (text[0] == '\0')
        return;
    (void)buf_add_text(out, "<pre>");
    add(text, out);
    (void)buf_add_text(out, "</pre>\n");
}

static void add_finding(const struct verdict_finding *finding, struct buf *out)
{
    const struct verdict_requirement *requirement = finding->requirement;
    (void)buf_add_text(out, "<table>\n");
    if (requirement != NULL) {
        add_row("rule", requirement->id, out);
        add_row("level", verdict_level_name(requirement->level), out);
        add_row("says", requirement->statement, out);
        add_row("source", requirement->source, out);
    }
    add_row("where", finding->where, out);
    add_row("expected", finding->expected, out);
    add_row("seen", finding->seen, out);
    if (requirement != NULL)
        add_row("impact", requirement->impact, out);
    if (finding->excuse != NULL) {
        add_row("baseline", finding->excuse->reason, out);
        add_row("link", finding->excuse->link, out);
        add_row("expires", finding->excuse->expires, out);
    }
    (void)buf_add_text(out, "</table>\n");
}

static void add_exchanges(const struct verdict *verdict, struct buf *out)
{
    for (size_t i = 0; i < verdict->exchange_count; i++) {
        const struct verdict_exchange *exchange = &verdict->exchanges[i];
        (void)buf_add_text(out, "<details><summary>");
        add(exchange->title, out);
        (void)buf_add_format(out, ", %lld ms</summary>\n", (long long)exchange->duration_ms);
        add_pre(exchange->request, out);
        add_pre(exchange->response[0] == '\0' ? "(no response)" : exchange->response, out);
        add_pre(exchange->curl, out);
        (void)buf_add_text(out, "</details>\n");
    }
}

static void add_blame(const struct verdict_blame *blame, struct buf *out)
{
    if (blame == NULL)
        return;
    (void)buf_add_text(out, "<p>");
    add(blame->text, out);
    (void)buf_add_text(out, "</p>\n");
    if (blame->step[0] == '\0')
        return;
    (void)buf_add_text(out, "<details><summary>built-in core, ");
    add(blame->step, out);
    (void)buf_add_text(out, "</summary>\n");
    add_pre(blame->request, out);
    add_pre(blame->response, out);
    (void)buf_add_text(out, "</details>\n");
}

static void add_verdict(const struct verdict *verdict, struct buf *out)
{
    const char *outcome = verdict_outcome_name(verdict->outcome);
    bool bad = verdict->outcome == VERDICT_FAIL || verdict->outcome == VERDICT_ERROR;
    (void)buf_add_format(out, "<details%s><summary class=\"%s\"><b>%s%s</b> ",
                         bad && !verdict->expected ? " open" : "", outcome, outcome,
                         verdict->expected ? " (expected)" : "");
    add(verdict->id, out);
    (void)buf_add_text(out, "</summary>\n<p>");
    add(verdict->title, out);
    (void)buf_add_text(out, "</p>\n");
    for (size_t i = 0; i < verdict->finding_count; i++)
        add_finding(&verdict->findings[i], out);
    add_blame(verdict->blame, out);
    (void)buf_add_text(out, "<table>\n");
    add_row("reason", verdict->reason, out);
    for (size_t i = 0; i < verdict->info_count; i++)
        add_row("seen", verdict->info[i], out);
    add_row("file", verdict->file, out);
    if (verdict->runs > 1)
        (void)buf_add_format(out, "<tr><th>runs</th><td>failed in %zu of %zu</td></tr>\n",
                             verdict->failed, verdict->runs);
    add_row("replay", verdict->replay, out);
    (void)buf_add_text(out, "</table>\n");
    add_exchanges(verdict, out);
    (void)buf_add_text(out, "</details>\n");
}

static void add_summary(const struct verdict_run *run, struct buf *out)
{
    (void)buf_add_text(out, "<h1>");
    add(run->target, out);
    (void)buf_add_text(out, "</h1>\n<p>syncspec ");
    add(run->version, out);
    (void)buf_add_text(out, ", API ");
    add(run->api, out);
    (void)buf_add_text(out, ", ");
    add(run->started, out);
    (void)buf_add_format(out,
                         "; %zu requests, %zu checks, %lld ms, seed %llu</p>\n"
                         "<p><strong>%s</strong> (exit code %d)</p>\n<table><tr>",
                         run->requests, run->checks, (long long)run->duration_ms,
                         (unsigned long long)run->seed, verdict_run_result(run),
                         (int)verdict_run_exit(run));
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++) {
        const char *name = verdict_outcome_name((enum verdict_outcome)i);
        (void)buf_add_format(out, "<td class=\"%s\">%zu %s", name, run->totals[i], name);
        if (run->expected[i] > 0)
            (void)buf_add_format(out, " (%zu expected)", run->expected[i]);
        (void)buf_add_text(out, "</td>");
    }
    (void)buf_add_text(out, "</tr></table>\n");
    if (run->setup_error != NULL)
        add_pre(run->setup_error, out);
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next) {
        (void)buf_add_format(out, "<p>%s: ", verdict_notice_name(one->kind));
        add(one->text, out);
        (void)buf_add_text(out, "</p>\n");
    }
}

static bool write_html(const struct verdict_run *run, const struct report_style *style,
                       struct buf *out)
{
    static const enum verdict_outcome order[] = { VERDICT_FAIL, VERDICT_ERROR,   VERDICT_WARN,
                                                  VERDICT_SKIP, VERDICT_BLOCKED, VERDICT_PASS };
    (void)style;
    (void)buf_add_text(out, head);
    add_summary(run, out);
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        for (size_t j = 0; j < run->count; j++) {
            if (run->verdicts[j].outcome == order[i])
                add_verdict(&run->verdicts[j], out);
        }
    }
    return buf_add_text(out, "</body></html>\n");
}

const struct report_format report_html = {
    .name = "html",
    .meaning = "one page to open offline: no script, nothing loaded",
    .write = write_html,
};
