#include "reports/clean.h"
#include "reports/formats.h"

#include <libxml/xmlwriter.h>

/* libxml2 counts what does not fit as -1; one such result spoils the whole document. */
struct page {
    xmlTextWriterPtr writer;
    bool failed;
};

static void note(struct page *page, int result)
{
    if (result < 0)
        page->failed = true;
}

static void open_element(struct page *page, const char *name)
{
    note(page, xmlTextWriterStartElement(page->writer, BAD_CAST name));
}

static void close_element(struct page *page)
{
    note(page, xmlTextWriterEndElement(page->writer));
}

static void add_attribute(struct page *page, const char *name, const char *text)
{
    struct buf clean = buf_bounded(REPORT_TEXT_MAX);
    (void)report_add_clean(text, REPORT_LINES, &clean);
    const char *value = buf_text(&clean);
    if (value == NULL)
        page->failed = true;
    else
        note(page, xmlTextWriterWriteAttribute(page->writer, BAD_CAST name, BAD_CAST value));
    buf_free(&clean);
}

static void add_number(struct page *page, const char *name, size_t number)
{
    note(page, xmlTextWriterWriteFormatAttribute(page->writer, BAD_CAST name, "%zu", number));
}

static void add_seconds(struct page *page, const char *name, int64_t ms)
{
    note(page, xmlTextWriterWriteFormatAttribute(page->writer, BAD_CAST name, "%lld.%03lld",
                                                 (long long)(ms / 1000), (long long)(ms % 1000)));
}

/* Writes what ${body} holds, which is clean, as the element's text. */
static void add_body(struct page *page, struct buf *body)
{
    const char *text = buf_text(body);
    if (text == NULL)
        page->failed = true;
    else
        note(page, xmlTextWriterWriteString(page->writer, BAD_CAST text));
}

static void add_line(struct buf *body, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    (void)buf_add_format(body, "%s: ", label);
    (void)report_add_indented(text, 2, body);
}

static void add_info(struct buf *body, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->info_count; i++)
        add_line(body, "info", verdict->info[i]);
}

static void describe(const struct verdict *verdict, struct buf *body)
{
    add_line(body, "rule of the case", verdict->title);
    add_line(body, "reason", verdict->reason);
    if (verdict->runs > 1)
        (void)buf_add_format(body, "failed in %zu of %zu runs\n", verdict->failed, verdict->runs);
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct verdict_finding *finding = &verdict->findings[i];
        (void)buf_add_format(body, "finding %zu (%s)\n", i + 1,
                             verdict_outcome_name(finding->severity));
        if (finding->requirement != NULL) {
            add_line(body, "requirement", finding->requirement->id);
            add_line(body, "statement", finding->requirement->statement);
            add_line(body, "source", finding->requirement->source);
            add_line(body, "impact", finding->requirement->impact);
        }
        add_line(body, "where", finding->where);
        add_line(body, "expected", finding->expected);
        add_line(body, "seen", finding->seen);
        if (finding->excuse != NULL) {
            add_line(body, "baseline", finding->excuse->reason);
            add_line(body, "link", finding->excuse->link);
        }
        if (finding->exchange < verdict->exchange_count)
            add_line(body, "curl", verdict->exchanges[finding->exchange].curl);
    }
    add_info(body, verdict);
    if (verdict->blame != NULL) {
        add_line(body, "blame", verdict->blame->text);
        add_line(body, "built-in core's request", verdict->blame->request);
        add_line(body, "built-in core's response", verdict->blame->response);
    }
    add_line(body, "replay", verdict->replay);
}

/* The finding that gave the verdict its outcome, or NULL. */
static const struct verdict_finding *decisive(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (verdict->findings[i].severity == verdict->outcome)
            return &verdict->findings[i];
    }
    return NULL;
}

/* <failure> or <error>. */
static void add_problem(struct page *page, const struct verdict *verdict)
{
    const struct verdict_finding *finding = decisive(verdict);
    struct buf message = buf_bounded(REPORT_TEXT_MAX);
    if (finding != NULL)
        (void)buf_add_format(&message, "%s: expected %s, seen %s", finding->where,
                             finding->expected, finding->seen);
    else
        (void)buf_add_text(&message, verdict->reason);
    open_element(page, verdict->outcome == VERDICT_FAIL ? "failure" : "error");
    const char *text = buf_text(&message);
    add_attribute(page, "message", text == NULL ? "" : text);
    add_attribute(page, "type",
                  finding == NULL || finding->requirement == NULL ? "harness"
                                                                  : finding->requirement->id);
    struct buf body = buf_bounded(REPORT_TEXT_MAX);
    describe(verdict, &body);
    add_body(page, &body);
    close_element(page);
    if (text == NULL)
        page->failed = true;
    buf_free(&body);
    buf_free(&message);
}

static void add_skipped(struct page *page, const struct verdict *verdict)
{
    struct buf message = buf_bounded(REPORT_TEXT_MAX);
    if (verdict->outcome == VERDICT_BLOCKED)
        (void)buf_add_text(&message, "blocked: ");
    (void)buf_add_text(&message, verdict->reason);
    const char *text = buf_text(&message);
    open_element(page, "skipped");
    add_attribute(page, "message", text == NULL ? "" : text);
    close_element(page);
    if (text == NULL)
        page->failed = true;
    buf_free(&message);
}

/* A failure that the baseline expects is no failure to a CI server, but stays to be seen. */
static void add_expected(struct page *page, const struct verdict *verdict)
{
    const struct verdict_excuse *excuse = verdict_excuse(verdict);
    struct buf message = buf_bounded(REPORT_TEXT_MAX);
    (void)buf_add_format(&message, "expected %s: ", verdict_outcome_name(verdict->outcome));
    if (excuse != NULL)
        (void)buf_add_format(&message, "%s%s%s", excuse->reason, excuse->link[0] == '\0' ? "" : " ",
                             excuse->link);
    const char *text = buf_text(&message);
    open_element(page, "skipped");
    add_attribute(page, "message", text == NULL ? "" : text);
    close_element(page);
    struct buf body = buf_bounded(REPORT_TEXT_MAX);
    (void)buf_add_format(&body, "expected %s\n", verdict_outcome_name(verdict->outcome));
    describe(verdict, &body);
    open_element(page, "system-out");
    add_body(page, &body);
    close_element(page);
    if (text == NULL)
        page->failed = true;
    buf_free(&body);
    buf_free(&message);
}

static void add_warning(struct page *page, const struct verdict *verdict)
{
    struct buf body = buf_bounded(REPORT_TEXT_MAX);
    (void)buf_add_text(&body, "warning\n");
    describe(verdict, &body);
    open_element(page, "system-out");
    add_body(page, &body);
    close_element(page);
    buf_free(&body);
}

static void add_observed(struct page *page, const struct verdict *verdict)
{
    if (verdict->info_count == 0)
        return;
    struct buf body = buf_bounded(REPORT_TEXT_MAX);
    add_info(&body, verdict);
    open_element(page, "system-out");
    add_body(page, &body);
    close_element(page);
    buf_free(&body);
}

static void add_case(struct page *page, const struct verdict *verdict)
{
    open_element(page, "testcase");
    add_attribute(page, "classname", verdict->file);
    add_attribute(page, "name", verdict->id);
    add_attribute(page, "file", verdict->file);
    add_number(page, "line", verdict->line);
    add_seconds(page, "time", verdict->duration_ms);
    switch (verdict->outcome) {
    case VERDICT_PASS:
        add_observed(page, verdict);
        break;
    case VERDICT_FAIL:
    case VERDICT_ERROR:
        (verdict->expected ? add_expected : add_problem)(page, verdict);
        break;
    case VERDICT_WARN:
        add_warning(page, verdict);
        break;
    case VERDICT_SKIP:
    case VERDICT_BLOCKED:
        add_skipped(page, verdict);
        break;
    }
    close_element(page);
}

static void add_counts(struct page *page, const struct verdict *verdicts, size_t count)
{
    size_t totals[VERDICT_OUTCOMES] = { 0 };
    size_t expected = 0;
    for (size_t i = 0; i < count; i++) {
        if (verdicts[i].expected)
            expected++;
        else
            totals[verdicts[i].outcome]++;
    }
    add_number(page, "tests", count);
    add_number(page, "failures", totals[VERDICT_FAIL]);
    add_number(page, "errors", totals[VERDICT_ERROR]);
    add_number(page, "skipped", totals[VERDICT_SKIP] + totals[VERDICT_BLOCKED] + expected);
}

/* Cases of one file stand together, as the plan has them.  Returns how many they are. */
static size_t add_suite(struct page *page, const struct verdict_run *run, size_t from)
{
    const struct verdict *first = &run->verdicts[from];
    size_t count = 0;
    int64_t ms = 0;
    while (from + count < run->count && strcmp(first[count].file, first->file) == 0)
        ms += first[count++].duration_ms;
    open_element(page, "testsuite");
    add_attribute(page, "name", first->file);
    add_counts(page, first, count);
    add_seconds(page, "time", ms);
    add_attribute(page, "timestamp", run->started);
    for (size_t i = 0; i < count; i++)
        add_case(page, &first[i]);
    close_element(page);
    return count;
}

/* What is wrong besides the cases has to turn a build red, so it is a case of its own. */
static void add_lone_case(struct page *page, const struct verdict_run *run,
                          const struct verdict *verdict)
{
    open_element(page, "testsuite");
    add_attribute(page, "name", verdict->file);
    add_counts(page, verdict, 1);
    add_seconds(page, "time", 0);
    add_attribute(page, "timestamp", run->started);
    add_case(page, verdict);
    close_element(page);
}

static void add_setup_error(struct page *page, const struct verdict_run *run)
{
    const struct verdict verdict = {
        .id = "set-up",
        .title = "the target can be reached and used",
        .file = "set-up",
        .outcome = VERDICT_ERROR,
        .reason = run->setup_error,
        .replay = "",
    };
    add_lone_case(page, run, &verdict);
}

static void add_stale(struct page *page, const struct verdict_run *run)
{
    struct buf reason = buf_bounded(REPORT_TEXT_MAX);
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next) {
        if (one->kind == VERDICT_NOTICE_STALE)
            (void)buf_add_format(&reason, "%s%s", reason.len == 0 ? "" : "\n", one->text);
    }
    const struct verdict verdict = {
        .id = "baseline",
        .title = "the baseline holds nothing that is not true any more",
        .file = "baseline",
        .outcome = VERDICT_FAIL,
        .reason = buf_text(&reason),
        .replay = "",
    };
    if (verdict.reason == NULL)
        page->failed = true;
    else
        add_lone_case(page, run, &verdict);
    buf_free(&reason);
}

static void add_document(struct page *page, const struct verdict_run *run)
{
    size_t broken = run->setup_error == NULL ? 0 : 1;
    size_t stale = verdict_run_count(run, VERDICT_NOTICE_STALE) > 0;
    const size_t *totals = run->totals;
    const size_t *expected = run->expected;
    note(page, xmlTextWriterSetIndent(page->writer, 1));
    note(page, xmlTextWriterStartDocument(page->writer, NULL, "UTF-8", NULL));
    open_element(page, "testsuites");
    add_attribute(page, "name", "syncspec");
    add_number(page, "tests", run->count + broken + stale);
    add_number(page, "failures", totals[VERDICT_FAIL] - expected[VERDICT_FAIL] + stale);
    add_number(page, "errors", totals[VERDICT_ERROR] - expected[VERDICT_ERROR] + broken);
    add_number(page, "skipped",
               totals[VERDICT_SKIP] + totals[VERDICT_BLOCKED] + expected[VERDICT_FAIL] +
                   expected[VERDICT_ERROR]);
    add_seconds(page, "time", run->duration_ms);
    if (broken > 0)
        add_setup_error(page, run);
    if (stale > 0)
        add_stale(page, run);
    for (size_t at = 0; at < run->count;)
        at += add_suite(page, run, at);
    close_element(page);
    note(page, xmlTextWriterEndDocument(page->writer));
    note(page, xmlTextWriterFlush(page->writer));
}

static bool write_junit(const struct verdict_run *run, const struct report_style *style,
                        struct buf *out)
{
    (void)style;
    xmlBufferPtr bytes = xmlBufferCreate();
    struct page page = { .writer = bytes == NULL ? NULL : xmlNewTextWriterMemory(bytes, 0) };
    bool written = false;
    if (page.writer != NULL) {
        add_document(&page, run);
        written = !page.failed &&
                  buf_add(out, slice_of(xmlBufferContent(bytes), (size_t)xmlBufferLength(bytes)));
        xmlFreeTextWriter(page.writer);
    }
    if (bytes != NULL)
        xmlBufferFree(bytes);
    return written;
}

const struct report_format report_junit = {
    .name = "junit",
    .meaning = "JUnit XML for CI servers; warnings pass and expected failures are skipped, with "
               "their text in system-out",
    .write = write_junit,
};
