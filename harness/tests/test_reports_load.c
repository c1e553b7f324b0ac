/* Results read back: what was written, and what nobody writes. */
#include "base/alloc.h"
#include "reports/load.h"
#include "reports/report.h"
#include "tests/support/support.h"

#include <stdio.h>

enum { OUTPUT_MAX = 4 * 1024 * 1024 };

static void what_was_written_reads_back_and_is_written_the_same(void **state)
{
    (void)state;
    static const char *const files[] = { "reports/golden/run.json", "reports/golden/broken.json" };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        AUTO(buf_free) struct buf wrong = buf_bounded(4096);
        AUTO(buf_free) struct buf out = buf_bounded(OUTPUT_MAX);
        struct buf text = support_read_file(files[i]);
        struct verdict_run *run = report_load(buf_slice(&text), &wrong);
        if (run == NULL)
            fail_msg("%.*s", SLICE_FMT(buf_slice(&wrong)));
        const struct report_format *json = report_format_find(SLICE("json"));
        assert_true(json->write(run, &(struct report_style){ 0 }, &out));
        assert_true(slice_eq(buf_slice(&out), buf_slice(&text)));
        if (run != NULL)
            arena_free(run->arena);
        buf_free(&text);
    }
}

/* The result with ${from} replaced by ${to}, once. */
static struct buf change(const struct buf *text, const char *from, const char *to)
{
    struct buf changed = buf_bounded(OUTPUT_MAX);
    size_t at = slice_search(buf_slice(text), slice_text(from));
    assert_true(at < text->len);
    assert_true(buf_add(&changed, slice_head(buf_slice(text), at)) && buf_add_text(&changed, to) &&
                buf_add(&changed, slice_from(buf_slice(text), at + strlen(from))));
    return changed;
}

static void each_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *says;
    } rows[] = {
        { "{\n", "", "1:" },
        { "\"format\": \"syncspec-result-1\"", "\"format\": \"x\"", "/: the format is not" },
        { "\"api\": \"1.5\",", "", "/: the key \"api\" is missing" },
        { "\"api\": \"1.5\",", "\"api\": \"1.5\", \"more\": 1,", "/: has keys that no result has" },
        { "\"api\": \"1.5\"", "\"api\": 1.5", "/api: expected a text" },
        { "\"seed\": \"18446744073709551615\"", "\"seed\": \"x\"", "/seed: expected a number" },
        { "\"checks\": 10", "\"checks\": 11", "/: checks or requests are not the sums" },
        { "\"pass\": 1", "\"pass\": 2", "/totals: 1 \"pass\" are in the verdicts" },
        { "\"exit_code\": 1", "\"exit_code\": 0", "/: the exit code would be 1" },
        { "\"line\": 5", "\"line\": -5", "/verdicts/0/line: expected a whole number" },
        { "\"outcome\": \"pass\"", "\"outcome\": \"passed\"", "/verdicts/0/outcome: is none" },
        { "\"outcome\": \"pass\"", "\"outcome\": \"fail\"", "/totals: " },
        { "\"outcome\": \"pass\"", "\"outcome\": \"pass\", \"out_of_reach\": true",
          "/verdicts/0: is out of reach, but no skip" },
        { "\"outcome\": \"pass\"", "\"outcome\": \"pass\", \"out_of_reach\": 1",
          "/verdicts/0/out_of_reach: expected true or false" },
        { "\"exchange\": 0", "\"exchange\": \"0\"", "/findings/0/exchange: expected a whole" },
        { "\"requirement\": \"1.5/header", "\"requirement\": \"1.6/header",
          "names no requirement" },
        { "\"kind\": \"stale\"", "\"kind\": \"old\"", "/notices/0/kind: is none" },
        { "\"class\": \"failing\"", "\"class\": 1", "/excuse/class: is none" },
        { "\"side\": \"server\"", "\"side\": \"\"", "/blame/side: is none" },
        { "\"expected\": true", "\"expected\": 1", "/expected: expected true or false" },
    };
    struct buf text = support_read_file("reports/golden/run.json");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf_free) struct buf wrong = buf_bounded(4096);
        struct buf changed = change(&text, rows[i].from, rows[i].to);
        assert_null(report_load(buf_slice(&changed), &wrong));
        const char *said = buf_text(&wrong);
        if (strstr(said, rows[i].says) == NULL)
            fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].from, said, rows[i].says);
        buf_free(&changed);
    }
    buf_free(&text);
}

static void a_skip_out_of_reach_reads_back(void **state)
{
    (void)state;
    AUTO(buf_free) struct buf wrong = buf_bounded(4096);
    AUTO(buf_free) struct buf out = buf_bounded(OUTPUT_MAX);
    struct buf text = support_read_file("reports/golden/run.json");
    struct buf changed =
        change(&text, "\"outcome\": \"skip\"", "\"outcome\": \"skip\", \"out_of_reach\": true");
    struct verdict_run *run = report_load(buf_slice(&changed), &wrong);
    assert_non_null(run);
    assert_int_equal(run->out_of_reach, 1);
    const struct report_format *json = report_format_find(SLICE("json"));
    assert_true(json->write(run, &(struct report_style){ 0 }, &out));
    assert_true(slice_search(buf_slice(&out), SLICE("\"out_of_reach\": true")) < out.len);
    arena_free(run->arena);
    buf_free(&changed);
    buf_free(&text);
}

static void no_start_of_a_result_is_one(void **state)
{
    (void)state;
    struct buf text = support_read_file("reports/golden/broken.json");
    for (size_t len = 0; len + 1 < text.len; len++) {
        AUTO(buf_free) struct buf wrong = buf_bounded(4096);
        struct support_edge edge = support_edge_of(slice_head(buf_slice(&text), len));
        assert_null(report_load(edge.bytes, &wrong));
        assert_true(wrong.len > 0);
        support_edge_free(&edge);
    }
    buf_free(&text);
}

static void load_with_failures(void *context)
{
    const struct buf *text = context;
    struct buf wrong = buf_bounded(4096);
    struct verdict_run *run = report_load(buf_slice(text), &wrong);
    assert_true(run != NULL || alloc_has_failed());
    if (run != NULL)
        arena_free(run->arena);
    buf_free(&wrong);
}

static void a_failed_allocation_gives_no_run_and_leaks_nothing(void **state)
{
    (void)state;
    struct buf text = support_read_file("reports/golden/run.json");
    support_sweep_allocations(load_with_failures, &text);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_reads_back_and_is_written_the_same),
        cmocka_unit_test(each_mistake_is_told_with_its_place),
        cmocka_unit_test(a_skip_out_of_reach_reads_back),
        cmocka_unit_test(no_start_of_a_result_is_one),
        cmocka_unit_test(a_failed_allocation_gives_no_run_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
