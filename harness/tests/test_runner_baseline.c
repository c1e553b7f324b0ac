/* Failures that are known: the file, what it excuses, when it is stale, how it is brought up to
 * date. */
#include "base/alloc.h"
#include "runner/baseline.h"
#include "tests/support/runs.h"
#include "tests/support/support.h"

#include <stdio.h>

enum { TEXT_MAX = 64 * 1024, ARENA_MAX = 1024 * 1024 };

#define HEAD "{\"format\": \"syncspec-baseline-1\", \"entries\": ["
#define ENTRY(id, where, more)                                                                     \
    "{\"case\": \"" id "\", \"requirement\": \"1.5/a/must\", \"where\": \"" where                  \
    "\", \"reason\": \"because\"" more "}"
#define TAIL "]}"

static const char cases[] = FILE_OF(CASE("a/one", "must", "", PUT("ok", EXPECT_200)) "," CASE(
    "a/two", "must", "", PUT("ok", EXPECT_200)) "," CASE("a/three", "must", "",
                                                         PUT("ok", EXPECT_200)));

static const struct verdict_requirement must = { .id = "1.5/a/must", .level = VERDICT_MUST };

static struct verdict_finding findings[] = {
    { .requirement = &must, .severity = VERDICT_FAIL, .where = "step 1, status" },
    { .requirement = &must, .severity = VERDICT_WARN, .where = "step 1, header A" },
    { .requirement = &must, .severity = VERDICT_FAIL, .where = "step 1, json /\xff" },
};

static struct runner_baseline *read(const char *text)
{
    AUTO(buf_free) struct buf messages = buf_bounded(TEXT_MAX);
    struct plan_errors errors = { .text = &messages };
    struct runner_baseline *baseline = runner_baseline_read("b.json", slice_text(text), &errors);
    if (baseline == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&messages)));
    return baseline;
}

/* A run of two cases: a/one failed with the first ${found} of the findings, a/two passed. */
static struct verdict_run run_with(size_t found, struct verdict verdicts[2])
{
    verdicts[0] = (struct verdict){ .id = "a/one",
                                    .outcome = found > 0 ? VERDICT_FAIL : VERDICT_PASS,
                                    .findings = findings,
                                    .finding_count = found };
    verdicts[1] = (struct verdict){ .id = "a/two", .outcome = VERDICT_PASS };
    struct verdict_run run = { .arena = arena_new(ARENA_MAX),
                               .started = "2026-11-30T01:02:03Z",
                               .verdicts = verdicts,
                               .count = 2,
                               .checks = 9 };
    assert_non_null(run.arena);
    return run;
}

static void each_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "", "b.json:1:1: " },
        { "[]", "b.json:1:1: wrong type" },
        { "{\"format\": \"x\", \"entries\": []}", "b.json:1:12: unknown format" },
        { "{\"format\": \"syncspec-baseline-1\"}", "b.json:1:1: the key \"entries\" is missing" },
        { HEAD "\n {\"case\": \"a\", \"where\": \"b\"}" TAIL,
          "b.json:2:2: the key \"reason\" is missing" },
        { HEAD "\n {\"case\": \"a\", \"where\": \"b\", \"reason\": \"\"}" TAIL,
          "b.json:2:40: \"reason\" is empty" },
        { HEAD ENTRY("a", "b", ", \"clas\": \"flaky\"") TAIL, "did you mean \"class\"?" },
        { HEAD ENTRY("a", "b", ", \"class\": \"flakey\"") TAIL, "unknown class" },
        { HEAD ENTRY("a", "b", ", \"expires\": \"2027-13-01\"") TAIL, "no date" },
        { HEAD ENTRY("a", "b", ", \"expires\": \"tomorrow\"") TAIL, "no date" },
        { HEAD ENTRY("a", "b", "") ",\n" ENTRY("a", "c", "") ",\n" ENTRY("a", "b", "") TAIL,
          "one is enough" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf_free) struct buf messages = buf_bounded(TEXT_MAX);
        struct plan_errors errors = { .text = &messages };
        assert_null(runner_baseline_read("b.json", slice_text(rows[i].text), &errors));
        assert_true(errors.count > 0);
        const char *text = buf_text(&messages);
        if (strstr(text, rows[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", text, rows[i].says);
    }
}

static void a_finding_is_excused_by_case_requirement_and_place_until_its_date(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t found;
        bool expected;
    } rows[] = {
        { HEAD ENTRY("a/one", "step 1, status", "") TAIL, 1, true },
        { HEAD ENTRY("a/one", "step 1, status", "") TAIL, 2, true },
        { HEAD ENTRY("a/one", "step 1, status", "") TAIL, 3, false },
        { HEAD ENTRY("a/one", "step 1, status", "") "," ENTRY("a/one", "step 1, json /?", "") TAIL,
          3, true },
        { HEAD ENTRY("a/one", "step 1, status", ", \"class\": \"flaky\"") TAIL, 1, true },
        { HEAD ENTRY("a/one", "step 1, status", ", \"expires\": \"2026-11-30\"") TAIL, 1, true },
        { HEAD ENTRY("a/one", "step 1, status", ", \"expires\": \"2026-11-29\"") TAIL, 1, false },
        { HEAD ENTRY("a/one", "step 1, statu", "") TAIL, 1, false },
        { HEAD ENTRY("a/two", "step 1, status", "") TAIL, 1, false },
        { HEAD "{\"case\": \"a/one\", \"where\": \"step 1, status\", \"reason\": \"r\"}" TAIL, 1,
          false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct verdict verdicts[2];
        struct verdict_run run = run_with(rows[i].found, verdicts);
        struct runner_baseline *baseline = read(rows[i].text);
        struct plan *plan = runs_load(cases);
        assert_true(runner_baseline_apply(baseline, plan, &run));
        assert_int_equal(run.verdicts[0].expected, rows[i].expected);
        assert_int_equal(run.expected[VERDICT_FAIL], rows[i].expected);
        assert_int_equal(verdict_excuse(&run.verdicts[0]) != NULL, rows[i].expected);
        assert_false(run.verdicts[1].expected);
        assert_null(findings[1].excuse);
        assert_int_equal(verdict_run_exit(&run) == VERDICT_EXIT_FAILED, !rows[i].expected);
        plan_free(plan);
        arena_free(run.arena);
        runner_baseline_free(baseline);
    }
}

static void an_entry_is_stale_when_its_case_was_decided_without_it(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t found, stale, expired;
        enum verdict_exit code;
    } rows[] = {
        { HEAD TAIL, 0, 0, 0, VERDICT_EXIT_CONFORMANT },
        { HEAD ENTRY("a/one", "step 1, status", "") TAIL, 1, 0, 0, VERDICT_EXIT_CONFORMANT },
        { HEAD ENTRY("a/one", "step 1, status", "") TAIL, 0, 1, 0, VERDICT_EXIT_STALE },
        { HEAD ENTRY("a/one", "step 1, status", ", \"class\": \"flaky\"") TAIL, 0, 0, 0,
          VERDICT_EXIT_CONFORMANT },
        /* A place that the case did not reach, as something else failed first. */
        { HEAD ENTRY("a/one", "step 2, status", "") TAIL, 1, 0, 0, VERDICT_EXIT_FAILED },
        { HEAD ENTRY("a/one", "step 1, status", "") "," ENTRY("a/one", "step 2, status", "") TAIL,
          1, 1, 0, VERDICT_EXIT_STALE },
        { HEAD ENTRY("a/three", "step 1, status", "") TAIL, 0, 0, 0, VERDICT_EXIT_CONFORMANT },
        { HEAD ENTRY("a/none", "step 1, status", "") TAIL, 0, 1, 0, VERDICT_EXIT_STALE },
        { HEAD ENTRY("a/one", "step 1, status", ", \"expires\": \"2026-01-01\"") TAIL, 1, 0, 1,
          VERDICT_EXIT_FAILED },
        { HEAD ENTRY("a/one", "step 1, status", ", \"expires\": \"2026-01-01\"") TAIL, 0, 0, 1,
          VERDICT_EXIT_CONFORMANT },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct verdict verdicts[2];
        struct verdict_run run = run_with(rows[i].found, verdicts);
        struct runner_baseline *baseline = read(rows[i].text);
        struct plan *plan = runs_load(cases);
        assert_true(runner_baseline_apply(baseline, plan, &run));
        assert_int_equal(verdict_run_count(&run, VERDICT_NOTICE_STALE), rows[i].stale);
        assert_int_equal(verdict_run_count(&run, VERDICT_NOTICE_EXPIRED), rows[i].expired);
        assert_int_equal(verdict_run_exit(&run), rows[i].code);
        if (run.notices != NULL)
            assert_non_null(strstr(run.notices->text, "b.json:1: a/"));
        plan_free(plan);
        arena_free(run.arena);
        runner_baseline_free(baseline);
    }
}

static void an_update_keeps_what_people_wrote_and_drops_what_is_not_there(void **state)
{
    (void)state;
    static const char old_text[] = HEAD ENTRY("a/two", "step 1, status", "") "," ENTRY(
        "a/one", "step 1, status",
        ", \"link\": \"https://b/1\", \"expires\": "
        "\"2026-01-01\"") "," ENTRY("a/three", "step 9",
                                    "") "," ENTRY("a/gone", "step 1",
                                                  "") "," ENTRY("a/two", "step 2, status",
                                                                ", \"class\": \"flaky\"") TAIL;
    struct verdict verdicts[2];
    struct verdict_run run = run_with(3, verdicts);
    struct runner_baseline *old = read(old_text);
    struct plan *plan = runs_load(cases);
    struct runner_baseline_change change;
    struct runner_baseline *updated = runner_baseline_update(old, plan, &run, &change);
    assert_non_null(updated);
    assert_int_equal(change.kept, 3);
    assert_int_equal(change.renewed, 1);
    assert_int_equal(change.dropped, 2);
    assert_int_equal(change.added, 1);
    runner_baseline_free(old);
    static const struct {
        const char *id, *where, *link;
        bool flaky;
    } wanted[] = {
        { "a/one", "step 1, json /?", "", false },
        { "a/one", "step 1, status", "https://b/1", false },
        { "a/three", "step 9", "", false },
        { "a/two", "step 2, status", "", true },
    };
    assert_int_equal(updated->count, COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_string_equal(updated->entries[i].id, wanted[i].id);
        assert_string_equal(updated->entries[i].where, wanted[i].where);
        assert_string_equal(updated->entries[i].excuse.link, wanted[i].link);
        assert_int_equal(updated->entries[i].excuse.flaky, wanted[i].flaky);
        assert_string_equal(updated->entries[i].excuse.expires, "");
        assert_true(updated->entries[i].excuse.reason[0] != '\0');
    }
    assert_true(runner_baseline_apply(updated, plan, &run));
    assert_int_equal(verdict_run_exit(&run), VERDICT_EXIT_CONFORMANT);
    runner_baseline_free(updated);
    plan_free(plan);
    arena_free(run.arena);
}

static void what_is_written_reads_back_and_is_written_the_same(void **state)
{
    (void)state;
    struct runner_baseline *baseline =
        read(HEAD ENTRY("b", "step 1 \\\"q\\\" \\u00e9", ", \"expires\": \"2027-01-31\"") "," ENTRY(
            "a", "step 2", ", \"class\": \"flaky\", \"link\": \"l\"") TAIL);
    AUTO(buf_free) struct buf first = buf_bounded(TEXT_MAX);
    AUTO(buf_free) struct buf second = buf_bounded(TEXT_MAX);
    assert_true(runner_baseline_write(baseline, &first));
    struct runner_baseline *again = read(buf_text(&first));
    assert_int_equal(again->count, 2);
    assert_string_equal(again->entries[0].id, "a");
    assert_true(again->entries[0].excuse.flaky);
    assert_string_equal(again->entries[1].excuse.expires, "2027-01-31");
    assert_true(runner_baseline_write(again, &second));
    assert_true(slice_eq(buf_slice(&first), buf_slice(&second)));
    struct buf small = buf_bounded(20);
    assert_false(runner_baseline_write(again, &small));
    buf_free(&small);
    runner_baseline_free(again);
    runner_baseline_free(baseline);
}

struct sweep {
    const struct plan *plan;
    const struct runner_baseline *old;
    const struct verdict_run *run;
};

static void read_with_failures(void *context)
{
    const char *text = context;
    struct buf messages = buf_bounded(4096);
    struct plan_errors errors = { .text = &messages };
    struct runner_baseline *baseline = runner_baseline_read("b.json", slice_text(text), &errors);
    assert_true(baseline != NULL || alloc_has_failed());
    runner_baseline_free(baseline);
    buf_free(&messages);
}

static void update_with_failures(void *context)
{
    const struct sweep *sweep = context;
    struct runner_baseline_change change;
    struct runner_baseline *updated =
        runner_baseline_update(sweep->old, sweep->plan, sweep->run, &change);
    assert_true(updated != NULL || alloc_has_failed());
    runner_baseline_free(updated);
}

static void a_failed_allocation_gives_no_baseline_and_leaks_nothing(void **state)
{
    (void)state;
    static char text[] =
        HEAD ENTRY("a/one", "step 1, status", "") "," ENTRY("a/two", "step 1, status", "") TAIL;
    struct verdict verdicts[2];
    struct verdict_run run = run_with(3, verdicts);
    struct runner_baseline *old = read(text);
    struct plan *plan = runs_load(cases);
    struct sweep sweep = { .plan = plan, .old = old, .run = &run };
    support_sweep_allocations(read_with_failures, text);
    support_sweep_allocations(update_with_failures, &sweep);
    plan_free(plan);
    runner_baseline_free(old);
    arena_free(run.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_told_with_its_place),
        cmocka_unit_test(a_finding_is_excused_by_case_requirement_and_place_until_its_date),
        cmocka_unit_test(an_entry_is_stale_when_its_case_was_decided_without_it),
        cmocka_unit_test(an_update_keeps_what_people_wrote_and_drops_what_is_not_there),
        cmocka_unit_test(what_is_written_reads_back_and_is_written_the_same),
        cmocka_unit_test(a_failed_allocation_gives_no_baseline_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
