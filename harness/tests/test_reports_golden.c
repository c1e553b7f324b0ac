/* Every format over one run that holds every outcome and the nastiest texts, byte for byte as in
 * reports/golden/.  A test that fails leaves what was written in NAME.actual in the current folder.
 */
#include "base/alloc.h"
#include "reports/report.h"
#include "tests/support/support.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <stdio.h>

enum { OUTPUT_MAX = 4 * 1024 * 1024, LONG_TEXT = 70000, SHORTER = 3000 };

static char long_text[LONG_TEXT + 1];

static const struct verdict_requirement must = {
    .id = "1.5/header/x-if-unmodified-since-412",
    .level = VERDICT_MUST,
    .statement = "A write with X-If-Unmodified-Since older than the target is refused with 412.",
    .source = "SyncStorage API 1.5, \"Concurrency and Conflict Management\"",
    .impact = "Two devices overwrite each other's changes <silently> & for good.",
};
static const struct verdict_requirement should = {
    .id = "1.5/errors/retry-after",
    .level = VERDICT_SHOULD,
    .statement = "A 503 carries Retry-After.",
    .source = "SyncStorage API 1.5, \"Response Codes\"",
    .impact = "",
};
static const struct verdict_requirement *const both[] = { &must, &should };

static struct verdict_exchange exchanges[] = {
    { "step 1", "PUT /1.5/7/storage/c/a HTTP/1.1\r\nHost: h\r\n\r\n{\"payload\": \"one\"}",
      "HTTP/1.1 200 OK\r\n\r\n1700000000.12",
      "curl -X PUT -H \"Authorization: $(syncspec sign PUT 'http://h/1.5/7/storage/c/a')\" "
      "'http://h/1.5/7/storage/c/a'",
      12 },
    { "step 2", "PUT /1.5/7/storage/c/a HTTP/1.1\n\n", "", "curl 'it'\\''s'", 3 },
};

static struct verdict_finding failure[] = {
    { &must, VERDICT_FAIL, "step 2, status", "412", "200 ]]> \x1b[31m <b>&amp;\x01\xff", 0, NULL },
    { &must, VERDICT_WARN, "step 2, body", "a\nb", "h\xc3\xa9 \xe2\x98\x83 \xf0\x9f\x98\x80", 1,
      NULL },
    { &should, VERDICT_WARN, "step 2, header Retry-After", "a number", long_text, SIZE_MAX, NULL },
};
static struct verdict_finding warning[] = {
    { &should, VERDICT_WARN, "step 1, header Retry-After", "present", "absent # \\ \"x\": \ty", 0,
      NULL },
};
static struct verdict_finding breakdown[] = {
    { NULL, VERDICT_ERROR, "step 1", "an answer", "the time limit passed first", 1, NULL },
};

static const struct verdict_excuse excuses[] = {
    { false, "let be: #7 <is> older", "https://bugs/7?a=1&b=2", "2026-01-31" },
    { true, "the disk is slow", "", "" },
};
static struct verdict_finding known[] = {
    { &must, VERDICT_FAIL, "step 3, status", "412", "200", 1, &excuses[0] },
    { &must, VERDICT_FAIL, "step 3, body", "\"a\"", "\"b\"", SIZE_MAX, &excuses[1] },
};
static struct verdict_notice notices[] = {
    { VERDICT_NOTICE_STALE, "b.json:7: put/x, step 1 # is expected,\nbut not there", &notices[1] },
    { VERDICT_NOTICE_EXPIRED, "b.json:9: put/y, step 2 was expected until 2025-12-31", NULL },
};

static const char *observed[] = { "step 2: the quota # is told", "step 3: a <b> & \x1b[31m" };

static const struct verdict_blame blame = {
    .side = VERDICT_SIDE_SERVER,
    .text = "the built-in core does what the case wants: the server differs",
    .step = "step 2",
    .request = "PUT /1.5/9/storage/c/a HTTP/1.1\r\n\r\n",
    .response = "HTTP/1.1 412 Precondition Failed\r\n\r\n0",
};

static struct verdict verdicts[] = {
    { .id = "put/creates",
      .title = "A PUT creates",
      .file = "1.5/put.json",
      .line = 5,
      .outcome = VERDICT_PASS,
      .reason = "",
      .requirements = both,
      .requirement_count = 1,
      .info = observed,
      .info_count = 2,
      .checks = 4,
      .requests = 2,
      .duration_ms = 1234,
      .replay = "syncspec run --select put/creates" },
    { .id = "put/stale-is-412",
      .title = "A stale PUT is refused & changes nothing",
      .file = "1.5/put.json",
      .line = 20,
      .outcome = VERDICT_FAIL,
      .reason = "",
      .requirements = both,
      .requirement_count = 2,
      .findings = failure,
      .finding_count = 3,
      .exchanges = exchanges,
      .exchange_count = 2,
      .blame = &blame,
      .runs = 4,
      .failed = 3,
      .checks = 3,
      .requests = 2,
      .duration_ms = 15,
      .replay = "syncspec run 'http://h' --select put/stale-is-412" },
    { .id = "put/retry-after",
      .title = "A 503 says when",
      .file = "1.5/put.json",
      .line = 40,
      .outcome = VERDICT_WARN,
      .reason = "",
      .requirements = both,
      .requirement_count = 2,
      .info = observed,
      .info_count = 1,
      .findings = warning,
      .finding_count = 1,
      .exchanges = exchanges,
      .exchange_count = 1,
      .checks = 1,
      .requests = 1,
      .duration_ms = 7,
      .replay = "syncspec run --select put/retry-after" },
    { .id = "quota/full",
      .title = "A full user",
      .file = "1.5/quota.json",
      .line = 3,
      .outcome = VERDICT_SKIP,
      .reason = "needs quota: /info/quota tells none # not a directive",
      .requirements = both,
      .requirement_count = 1,
      .replay = "syncspec run --select quota/full" },
    { .id = "quota/reported",
      .title = "It is told",
      .file = "1.5/quota.json",
      .line = 9,
      .outcome = VERDICT_SKIP,
      .reason = "needs quota: /info/quota tells none # not a directive",
      .requirements = both,
      .requirement_count = 1,
      .replay = "" },
    { .id = "quota/then",
      .title = "And then",
      .file = "1.5/quota.json",
      .line = 15,
      .outcome = VERDICT_BLOCKED,
      .reason = "depends on put/stale-is-412, which ended in fail",
      .requirements = both,
      .requirement_count = 1,
      .replay = "" },
    { .id = "quota/slow",
      .title = "Slow",
      .file = "1.5/quota.json",
      .line = 30,
      .outcome = VERDICT_ERROR,
      .reason = "step 1: the time limit passed first\nafter 10 s",
      .requirements = both,
      .requirement_count = 1,
      .findings = breakdown,
      .finding_count = 1,
      .exchanges = exchanges,
      .exchange_count = 2,
      .requests = 1,
      .duration_ms = 10000,
      .replay = "syncspec run --select quota/slow" },
    { .id = "quota/known",
      .title = "Known",
      .file = "1.5/quota.json",
      .line = 45,
      .outcome = VERDICT_FAIL,
      .expected = true,
      .reason = "",
      .requirements = both,
      .requirement_count = 1,
      .findings = known,
      .finding_count = 2,
      .exchanges = exchanges,
      .exchange_count = 2,
      .checks = 2,
      .requests = 3,
      .duration_ms = 12,
      .replay = "syncspec run --select quota/known" },
};

static struct verdict_run whole_run(void)
{
    memset(long_text, 'x', LONG_TEXT);
    struct verdict_run run = {
        .version = "0.1.0",
        .api = "1.5",
        .target = "http://h:8000/\x1b]0;title\x07",
        .started = "2026-01-02T03:04:05Z",
        .seed = UINT64_MAX,
        .duration_ms = 11272,
        .verdicts = verdicts,
        .count = COUNT_OF(verdicts),
        .min_checks = 10,
        .notices = notices,
    };
    verdict_run_tally(&run);
    return run;
}

static struct verdict_run broken_run(void)
{
    return (struct verdict_run){
        .version = "0.1.0",
        .api = "1.5",
        .target = "http://127.0.0.1:1",
        .started = "2026-01-02T03:04:05Z",
        .seed = 7,
        .setup_error = "http://127.0.0.1:1 cannot be reached: connection refused\n"
                       "Is the server running? Does the URL stand for what is before /1.5/UID?",
    };
}

static struct buf write_run(const struct verdict_run *run, const char *format,
                            const struct report_style *style)
{
    struct buf out = buf_bounded(OUTPUT_MAX);
    const struct report_format *row = report_format_find(slice_text(format));
    assert_non_null(row);
    assert_true(row->write(run, style, &out));
    return out;
}

static void assert_golden(const struct buf *actual, const char *name)
{
    char path[256];
    assert_true(snprintf(path, sizeof(path), "reports/golden/%s", name) < (int)sizeof(path));
    struct buf wanted = support_read_file(path);
    if (!slice_eq(buf_slice(actual), buf_slice(&wanted))) {
        char dump[256];
        assert_true(snprintf(dump, sizeof(dump), "%s.actual", name) < (int)sizeof(dump));
        FILE *file = fopen(dump, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(actual->ptr, 1, actual->len, file), actual->len);
        assert_int_equal(fclose(file), 0);
        fail_msg("%s differs; what was written is in %s", path, dump);
    }
    buf_free(&wanted);
}

static void each_format_writes_its_golden_output(void **state)
{
    (void)state;
    static const struct {
        const char *format, *name;
        struct report_style style;
    } rows[] = {
        { "text", "run.txt", { 0 } },
        { "text", "run-color.txt", { .color = true } },
        { "text", "run-verbose.txt", { .verbose = true } },
        { "text", "run-quiet.txt", { .quiet = true } },
        { "json", "run.json", { 0 } },
        { "junit", "run.xml", { 0 } },
        { "tap", "run.tap", { 0 } },
        { "html", "run.html", { 0 } },
        { "sarif", "run.sarif", { 0 } },
        { "github", "run.md", { 0 } },
    };
    struct verdict_run run = whole_run();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = write_run(&run, rows[i].format, &rows[i].style);
        assert_golden(&out, rows[i].name);
        buf_free(&out);
    }
}

static void each_format_tells_of_a_set_up_that_failed(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        { "text", "broken.txt" },  { "json", "broken.json" }, { "junit", "broken.xml" },
        { "tap", "broken.tap" },   { "html", "broken.html" }, { "sarif", "broken.sarif" },
        { "github", "broken.md" },
    };
    struct verdict_run run = broken_run();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf out = write_run(&run, names[i][0], &(struct report_style){ 0 });
        assert_golden(&out, names[i][1]);
        buf_free(&out);
    }
}

static void junit_is_well_formed_xml(void **state)
{
    (void)state;
    struct verdict_run runs[] = { whole_run(), broken_run() };
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
        struct buf out = write_run(&runs[i], "junit", &(struct report_style){ 0 });
        xmlDocPtr doc = xmlReadMemory((const char *)out.ptr, (int)out.len, "run.xml", NULL,
                                      XML_PARSE_NONET | XML_PARSE_HUGE);
        assert_non_null(doc);
        xmlFreeDoc(doc);
        buf_free(&out);
    }
    xmlCleanupParser();
}

static void json_is_json_and_keeps_the_seed(void **state)
{
    (void)state;
    struct verdict_run run = whole_run();
    struct buf out = write_run(&run, "json", &(struct report_style){ 0 });
    json_t *root = json_loadb((const char *)out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "seed")), "18446744073709551615");
    assert_int_equal(json_array_size(json_object_get(root, "verdicts")), COUNT_OF(verdicts));
    json_decref(root);
    buf_free(&out);
}

static void no_terminal_output_holds_a_control_character(void **state)
{
    (void)state;
    struct verdict_run run = whole_run();
    static const char *const formats[] = {
        "text", "tap", "junit", "json", "html", "sarif", "github"
    };
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        struct buf out = write_run(&run, formats[i], &(struct report_style){ .verbose = true });
        for (size_t at = 0; at < out.len; at++)
            assert_true(out.ptr[at] >= 0x20 || out.ptr[at] == '\n' || out.ptr[at] == '\t');
        buf_free(&out);
    }
}

struct sweep {
    const struct verdict_run *run;
    const struct report_format *format;
};

static void write_with_failures(void *context)
{
    const struct sweep *sweep = context;
    struct buf out = buf_bounded(OUTPUT_MAX);
    bool written = sweep->format->write(sweep->run, &(struct report_style){ 0 }, &out);
    assert_true(written || alloc_has_failed());
    buf_free(&out);
}

static void a_failed_allocation_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    struct verdict_run run = whole_run();
    long_text[SHORTER] = '\0'; /* it is written a thousand times */
    for (size_t i = 0; report_format_at(i) != NULL; i++) {
        struct sweep sweep = { .run = &run, .format = report_format_at(i) };
        support_sweep_allocations(write_with_failures, &sweep);
    }
}

static void what_does_not_fit_is_told(void **state)
{
    (void)state;
    struct verdict_run run = whole_run();
    for (size_t i = 0; report_format_at(i) != NULL; i++) {
        struct buf out = buf_bounded(1000);
        assert_false(report_format_at(i)->write(&run, &(struct report_style){ 0 }, &out));
        buf_free(&out);
    }
}

static void formats_are_found_by_name_only(void **state)
{
    (void)state;
    assert_null(report_format_find(SLICE("pdf")));
    assert_null(report_format_find(SLICE("")));
    assert_null(report_format_at(1000));
    for (size_t i = 0; report_format_at(i) != NULL; i++)
        assert_ptr_equal(report_format_find(slice_text(report_format_at(i)->name)),
                         report_format_at(i));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_format_writes_its_golden_output),
        cmocka_unit_test(each_format_tells_of_a_set_up_that_failed),
        cmocka_unit_test(junit_is_well_formed_xml),
        cmocka_unit_test(json_is_json_and_keeps_the_seed),
        cmocka_unit_test(no_terminal_output_holds_a_control_character),
        cmocka_unit_test(a_failed_allocation_is_told_and_leaks_nothing),
        cmocka_unit_test(what_does_not_fit_is_told),
        cmocka_unit_test(formats_are_found_by_name_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
