/* Which cases a run is about, and when it stops. */
#include "base/clock.h"
#include "runner/select.h"
#include "tests/support/runs.h"
#include "tests/support/support.h"

#include <stdio.h>

enum { BUDGET_MS = 50 };

static const struct verdict_requirement requirements[] = {
    { .id = "1.5/put/creates", .level = VERDICT_MUST },
    { .id = "1.5/quota/full", .level = VERDICT_SHOULD },
};
static const struct verdict_requirement *const both[] = { &requirements[0], &requirements[1] };
static const char *const needs[] = { "quota" };

static void cases_are_selected_by_what_they_are(void **state)
{
    (void)state;
    static const char *const puts[] = { "put*" };
    static const char *const items[] = { "none", "items" };
    static const char *const quotas[] = { "*/quota/*" };
    static const char *const quota[] = { "quota" };
    const struct plan_case one = { .id = "put/creates",
                                   .file = "items/put.json",
                                   .api = "1.5",
                                   .requirements = both,
                                   .requirement_count = 2,
                                   .needs = needs,
                                   .need_count = 1 };
    const struct {
        struct runner_options options;
        bool selected;
    } rows[] = {
        { { .level = VERDICT_MAY }, true },
        { { .level = VERDICT_MUST }, true },
        { { .select = puts, .select_count = 1 }, true },
        { { .select = items, .select_count = 2 }, false },
        { { .skip = puts, .skip_count = 1 }, false },
        { { .areas = items, .area_count = 2 }, true },
        { { .areas = items, .area_count = 1 }, false },
        { { .areas = puts, .area_count = 1 }, false },
        { { .requirements = quotas, .requirement_count = 1 }, true },
        { { .requirements = items, .requirement_count = 2 }, false },
        { { .needs = quota, .needs_count = 1 }, true },
        { { .needs = items, .needs_count = 2 }, false },
        { { .api = "1.1" }, false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct runner_options options = rows[i].options;
        if (options.api == NULL)
            options.api = "1.5";
        assert_int_equal(runner_select_case(&options, &one), rows[i].selected);
    }
}

static const char failing[] = FILE_OF(CASE("a/bad", "must", "", PUT("bad", EXPECT_200)) "," CASE(
    "a/ok", "must", ", \"depends_on\": [\"a/bad\"]",
    PUT("ok", EXPECT_200)) "," CASE("a/later", "must", ", \"depends_on\": [\"a/ok\"]",
                                    PUT("ok", EXPECT_200)) "," CASE("a/error", "must",
                                                                    ", \"depends_on\": "
                                                                    "[\"a/later\"]",
                                                                    PUT("closed", EXPECT_200)));

static struct runner_baseline *expect_bad(const char *where)
{
    char text[256];
    AUTO(buf_free) struct buf messages = buf_bounded(4096);
    struct plan_errors errors = { .text = &messages };
    (void)snprintf(text, sizeof(text),
                   "{\"format\": \"syncspec-baseline-1\", \"entries\": [{\"case\": \"a/bad\", "
                   "\"requirement\": \"1.5/a/must\", \"where\": \"%s\", \"reason\": \"r\"}]}",
                   where);
    struct runner_baseline *baseline = runner_baseline_read("b", slice_text(text), &errors);
    assert_non_null(baseline);
    return baseline;
}

static void the_first_unexpected_failure_ends_a_run_that_fails_fast(void **state)
{
    (void)state;
    static const struct {
        const char *where;
        size_t skipped, expected;
        enum verdict_exit code;
    } rows[] = {
        { "step 7", 3, 0, VERDICT_EXIT_FAILED },
        { "step 1, status", 0, 1, VERDICT_EXIT_VACUOUS }, /* the rest is blocked */
    };
    const struct runner_target target = runs_minting_target();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        struct runner_options options = runs_options(1, 1);
        struct runner_baseline *baseline = expect_bad(rows[i].where);
        options.fail_fast = true;
        options.baseline = baseline;
        fake_target_init(&fake, 1);
        struct verdict_run *run = runs_all(failing, &target, &options, &plan);
        assert_int_equal(run->totals[VERDICT_FAIL], 1);
        assert_int_equal(run->totals[VERDICT_SKIP], rows[i].skipped);
        assert_int_equal(run->expected[VERDICT_FAIL], rows[i].expected);
        assert_int_equal(verdict_run_exit(run), rows[i].code);
        if (rows[i].skipped > 0)
            assert_string_equal(run->verdicts[1].reason,
                                "not begun: --fail-fast, and a/bad failed");
        runner_free_run(run);
        plan_free(plan);
        runner_baseline_free(baseline);
    }
}

static int64_t over_ms;

static void let_the_budget_pass(void *context, const struct verdict *verdict, size_t done,
                                size_t total)
{
    (void)context;
    (void)verdict;
    (void)done;
    (void)total;
    while (clock_monotonic_ms() <= over_ms)
        continue;
}

static void no_case_is_begun_when_the_time_is_over(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    struct runner_options options = runs_options(1, 1);
    options.budget_ms = BUDGET_MS;
    options.progress = let_the_budget_pass;
    fake_target_init(&fake, 1);
    over_ms = clock_monotonic_ms() + 2 * BUDGET_MS;
    struct verdict_run *run = runs_all(runs_many_cases(), &target, &options, &plan);
    assert_true(run->totals[VERDICT_PASS] <= 1);
    assert_int_equal(run->totals[VERDICT_PASS] + run->totals[VERDICT_SKIP], 100);
    assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_VACUOUS);
    size_t skipped = run->verdicts[0].outcome == VERDICT_SKIP ? 0 : 1;
    assert_string_equal(run->verdicts[skipped].reason, "not begun: the 0 s of --budget were over");
    runner_free_run(run);
    plan_free(plan);
}

static void too_few_checks_say_too_little(void **state)
{
    (void)state;
    const struct runner_target target = runs_minting_target();
    for (size_t wanted = 100; wanted <= 101; wanted++) {
        struct plan *plan;
        struct runner_options options = runs_options(1, 8);
        options.min_checks = wanted;
        fake_target_init(&fake, 1);
        struct verdict_run *run = runs_all(runs_many_cases(), &target, &options, &plan);
        assert_int_equal(run->checks, 100);
        assert_int_equal(verdict_run_exit(run),
                         wanted == 100 ? VERDICT_EXIT_CONFORMANT : VERDICT_EXIT_VACUOUS);
        runner_free_run(run);
        plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_selected_by_what_they_are),
        cmocka_unit_test(the_first_unexpected_failure_ends_a_run_that_fails_fast),
        cmocka_unit_test(no_case_is_begun_when_the_time_is_over),
        cmocka_unit_test(too_few_checks_say_too_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
