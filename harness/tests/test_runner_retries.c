/* Cases that are run more than once, and what a run leaves and tells. */
#include "tests/support/runs.h"
#include "tests/support/support.h"

static const char cases[] = FILE_OF(CASE("r/pass", "must", "", PUT("ok", EXPECT_200)) "," CASE(
    "r/fail", "must", "", PUT("bad", EXPECT_200)) "," CASE("r/flaky", "must", "",
                                                           PUT("flaky", EXPECT_200)));

static void assert_runs(const struct verdict *verdict, size_t runs, size_t failed)
{
    assert_int_equal(verdict->runs, runs);
    assert_int_equal(verdict->failed, failed);
    assert_int_equal(verdict->requests, runs);
    assert_int_equal(verdict->outcome, failed > 0 ? VERDICT_FAIL : VERDICT_PASS);
    assert_int_equal(verdict->finding_count, failed > 0);
}

static void a_case_that_failed_is_run_again_and_its_rate_told(void **state)
{
    (void)state;
    static const struct {
        size_t retries, repeat;
        size_t pass_runs, fail_runs, flaky_runs, flaky_failed;
        bool told;
    } rows[] = {
        { 0, 0, 1, 1, 1, 1, false }, { 1, 0, 1, 2, 2, 1, true }, { 4, 0, 1, 5, 5, 3, true },
        { 0, 1, 1, 1, 1, 1, false }, { 0, 3, 3, 3, 3, 2, true }, { 5, 2, 2, 6, 6, 3, true },
    };
    const struct runner_target target = runs_minting_target();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        struct runner_options options = runs_options(1, 2);
        options.retries = rows[i].retries;
        options.repeat = rows[i].repeat;
        fake_target_init(&fake, 1);
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        assert_runs(&run->verdicts[0], rows[i].pass_runs, 0);
        assert_runs(&run->verdicts[1], rows[i].fail_runs, rows[i].fail_runs);
        assert_runs(&run->verdicts[2], rows[i].flaky_runs, rows[i].flaky_failed);
        assert_int_equal(verdict_run_count(run, VERDICT_NOTICE_RATE), rows[i].told);
        assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_FAILED);
        /* Each run has users of its own, and empties them. */
        assert_int_equal(fake.wipes, rows[i].pass_runs + rows[i].fail_runs + rows[i].flaky_runs);
        runner_free_run(run);
        plan_free(plan);
    }
}

static void the_baseline_takes_what_failed_in_some_runs_as_flaky(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    struct runner_options options = runs_options(1, 1);
    struct runner_baseline_change change;
    options.retries = 2;
    fake_target_init(&fake, 1);
    struct verdict_run *run = runs_all(cases, &target, &options, &plan);
    struct runner_baseline *old = runner_baseline_new("b.json");
    assert_non_null(old);
    struct runner_baseline *known = runner_baseline_update(old, plan, run, &change);
    assert_non_null(known);
    assert_int_equal(change.added, 2);
    assert_string_equal(known->entries[0].id, "r/fail");
    assert_false(known->entries[0].excuse.flaky);
    assert_string_equal(known->entries[1].id, "r/flaky");
    assert_true(known->entries[1].excuse.flaky);
    assert_true(runner_baseline_apply(known, plan, run));
    assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_CONFORMANT);
    runner_free_run(run);
    runner_baseline_free(known);
    runner_baseline_free(old);
    plan_free(plan);
}

static void a_clean_up_that_fails_is_told_and_charged_to_no_case(void **state)
{
    (void)state;
    const struct runner_target target = runs_minting_target();
    static const struct {
        int wipe_status;
        size_t left;
    } rows[] = { { 200, 0 }, { 404, 0 }, { 405, 1 }, { 500, 1 }, { 503, 1 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        const struct runner_options options = runs_options(1, 8);
        fake_target_init(&fake, 1);
        fake.wipe_status = rows[i].wipe_status;
        struct verdict_run *run = runs_all(runs_many_cases(), &target, &options, &plan);
        assert_int_equal(run->totals[VERDICT_PASS], 100);
        assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_CONFORMANT);
        assert_int_equal(verdict_run_count(run, VERDICT_NOTICE_LEFT), rows[i].left);
        if (rows[i].left > 0)
            assert_non_null(strstr(run->notices->text, "100 users"));
        runner_free_run(run);
        plan_free(plan);
    }
}

static void each_request_says_which_case_it_is_of(void **state)
{
    (void)state;
    const struct runner_target target = runs_minting_target();
    for (int anonymous = 0; anonymous <= 1; anonymous++) {
        struct plan *plan;
        struct runner_options options = runs_options(77, 1);
        options.anonymous = anonymous == 1;
        fake_target_init(&fake, 1);
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        const char *request = run->verdicts[1].exchanges[0].request;
        const char *said = strstr(request, "X-Syncspec-Case: r/fail; step 1; seed 77");
        assert_int_equal(said == NULL, anonymous);
        assert_int_equal(strstr(request, "X-Syncspec-Case") == NULL, anonymous);
        runner_free_run(run);
        plan_free(plan);
    }
}

static void a_rate_bounds_all_requests_of_all_cases(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    struct runner_options options = runs_options(1, 8);
    options.rate = 1000;
    fake_target_init(&fake, 1);
    struct verdict_run *run = runs_all(runs_many_cases(), &target, &options, &plan);
    assert_int_equal(run->totals[VERDICT_PASS], 100);
    assert_true(run->duration_ms >= 199); /* a PUT and a DELETE each */
    runner_free_run(run);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_that_failed_is_run_again_and_its_rate_told),
        cmocka_unit_test(the_baseline_takes_what_failed_in_some_runs_as_flaky),
        cmocka_unit_test(a_clean_up_that_fails_is_told_and_charged_to_no_case),
        cmocka_unit_test(each_request_says_which_case_it_is_of),
        cmocka_unit_test(a_rate_bounds_all_requests_of_all_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
