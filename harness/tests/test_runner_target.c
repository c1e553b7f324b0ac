/* What a target is asked before, between and after the cases, and what a run makes of it. */
#include "tests/support/runs.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>

static const char account_cases[] = FILE_OF(CASE("a/one", "must", "", PUT("ok", EXPECT_200)) "," CASE(
    "a/two", "must", "",
    PUT("ok",
        EXPECT_200)) "," CASE("a/three", "must", "",
                              PUT("ok",
                                  EXPECT_200)) "," CASE("a/mint", "must", ", \"needs\": [\"mint\"]",
                                                        PUT("ok",
                                                            EXPECT_200)) "," CASE("a/users", "must",
                                                                                  ", \"needs\": "
                                                                                  "[\"users\"]",
                                                                                  PUT("ok",
                                                                                      EXPECT_200)));

static void one_account_is_emptied_between_cases(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_account_target();
    const struct runner_options options = runs_options(1, 8);
    fake_target_init(&fake, 1);
    struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
    assert_null(run->setup_error);
    assert_int_equal(run->totals[VERDICT_PASS], 3);
    assert_int_equal(run->totals[VERDICT_SKIP], 2);
    assert_int_equal(fake.pending_most, 1);
    assert_int_equal(fake.wipes, 3);
    runner_free_run(run);
    plan_free(plan);
}

static void what_one_account_cannot_do_is_out_of_its_reach(void **state)
{
    static const char cases[] = FILE_OF(CASE("a/one", "must", "", PUT("ok", EXPECT_200)) "," CASE(
        "a/mint", "must", ", \"needs\": [\"mint\"]",
        PUT("ok",
            EXPECT_200)) "," CASE("a/users", "must", ", \"needs\": [\"users\"]",
                                  PUT("ok",
                                      EXPECT_200)) "," CASE("a/old", "must",
                                                            ", \"needs\": [\"rotated-secret\"]",
                                                            PUT("ok",
                                                                EXPECT_200)) "," CASE("a/tls",
                                                                                      "must",
                                                                                      ", "
                                                                                      "\"needs\": "
                                                                                      "[\"tls\"]",
                                                                                      PUT("ok",
                                                                                          EXPECT_200)));
    static const struct {
        struct runner_target (*target)(void);
        size_t skips, out_of_reach;
    } rows[] = { { runs_account_target, 4, 3 }, { runs_minting_target, 2, 0 } };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        const struct runner_target target = rows[i].target();
        const struct runner_options options = runs_options(1, 8);
        fake_target_init(&fake, 1);
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        assert_int_equal(run->totals[VERDICT_SKIP], rows[i].skips);
        assert_int_equal(run->out_of_reach, rows[i].out_of_reach);
        for (size_t j = 0; j < run->count; j++)
            assert_true(!run->verdicts[j].out_of_reach ||
                        strcmp(run->verdicts[j].id, "a/tls") != 0);
        assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_CONFORMANT);
        runner_free_run(run);
        plan_free(plan);
    }
}

static void an_account_that_cannot_be_emptied_ends_the_run_as_errors(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_account_target();
    const struct runner_options options = runs_options(1, 8);
    fake_target_init(&fake, 1);
    fake.wipe_status = 500;
    struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
    assert_int_equal(run->totals[VERDICT_PASS], 1);
    assert_int_equal(run->totals[VERDICT_ERROR], 2);
    assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_UNREACHABLE);
    runner_free_run(run);
    plan_free(plan);
}

static void an_account_with_data_is_refused_unless_it_may_be_wiped(void **state)
{
    (void)state;
    struct plan *plan;
    struct runner_target target = runs_account_target();
    const struct runner_options options = runs_options(1, 8);
    fake_target_init(&fake, 1);
    fake.collections = "{\"bookmarks\": 1700000000.00}";
    struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
    assert_non_null(run->setup_error);
    assert_non_null(strstr(run->setup_error, "--wipe-account"));
    assert_int_equal(fake.wipes, 0);
    runner_free_run(run);
    plan_free(plan);

    target.wipe_account = true;
    fake_target_init(&fake, 1);
    fake.collections = "{\"bookmarks\": 1700000000.00}";
    run = runs_all(account_cases, &target, &options, &plan);
    assert_null(run->setup_error);
    assert_int_equal(fake.wipes, 4);
    runner_free_run(run);
    plan_free(plan);
}

static void a_target_that_cannot_be_used_is_a_set_up_error_that_says_why(void **state)
{
    (void)state;
    static const struct {
        int info_status;
        size_t dies_after;
        const char *says;
    } rows[] = {
        { 0, 0, "does not answer" },
        { 401, SIZE_MAX, "refuses our credentials" },
        { 403, SIZE_MAX, "refuses our credentials" },
        { 404, SIZE_MAX, "does not answer like a storage server" },
        { 500, SIZE_MAX, "answers whatever it is asked with status 500" },
    };
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 8);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        fake_target_init(&fake, 1);
        fake.info_status = rows[i].info_status;
        fake.dies_after = rows[i].dies_after;
        struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
        assert_non_null(run->setup_error);
        assert_non_null(strstr(run->setup_error, rows[i].says));
        assert_int_equal(run->count, 0);
        assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_UNREACHABLE);
        runner_free_run(run);
        plan_free(plan);
    }
}

static void what_answers_everything_alike_is_no_storage_server(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 8);
    fake_target_init(&fake, 1);
    fake.alike = true;
    struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
    assert_non_null(run->setup_error);
    assert_non_null(strstr(run->setup_error, "answers everything with 200"));
    assert_int_equal(fake.requests, 4);
    runner_free_run(run);
    plan_free(plan);
}

/* The first two looks see data; where data is wherever one looks, nothing is ever deleted. */
static void users_that_have_data_are_left_alone(void **state)
{
    (void)state;
    static const struct {
        size_t taken;
        bool usable;
    } rows[] = { { 0, true }, { 1, true }, { 3, true }, { 1000, false } };
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 8);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        fake_target_init(&fake, 1);
        fake.taken = rows[i].taken;
        struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
        assert_int_equal(run->setup_error == NULL, rows[i].usable);
        assert_int_equal(fake.wipes, rows[i].usable ? 5 : 0);
        if (run->setup_error != NULL)
            assert_non_null(strstr(run->setup_error, "Nothing was written"));
        runner_free_run(run);
        plan_free(plan);
    }
}

static void requests_are_signed_by_the_clock_of_the_target(void **state)
{
    (void)state;
    static const int64_t aheads[] = { 3600 * 100, -7200 * 100, 5000, 0 };
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 8);
    for (size_t i = 0; i < COUNT_OF(aheads); i++) {
        struct plan *plan;
        fake_target_init(&fake, 1);
        fake.ahead = aheads[i];
        struct verdict_run *run = runs_all(account_cases, &target, &options, &plan);
        assert_null(run->setup_error);
        assert_int_equal(run->totals[VERDICT_PASS], 5);
        runner_free_run(run);
        plan_free(plan);
    }
}

static void a_target_that_dies_is_not_asked_a_hundred_times(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 2);
    fake_target_init(&fake, 1);
    fake.dies_after = 13;
    struct verdict_run *run = runs_all(runs_many_cases(), &target, &options, &plan);
    assert_true(run->totals[VERDICT_PASS] > 0);
    assert_int_equal(run->totals[VERDICT_PASS] + run->totals[VERDICT_ERROR], 100);
    assert_true(fake.requests < 30);
    assert_int_equal(verdict_run_exit(run), VERDICT_EXIT_UNREACHABLE);
    runner_free_run(run);
    plan_free(plan);
}

static int compare_nonces(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Servers that remember nonces take a second use for a replay. */
static void no_nonce_is_used_twice_in_a_run_nor_in_two_of_one_seed(void **state)
{
    (void)state;
    const struct runner_target target = runs_account_target();
    const struct runner_options options = runs_options(5, 4);
    fake_target_init(&fake, 1);
    for (int i = 0; i < 2; i++) {
        struct plan *plan;
        struct verdict_run *run = runs_all(runs_many_cases(), &target, &options, &plan);
        assert_int_equal(run->totals[VERDICT_PASS], 100);
        runner_free_run(run);
        plan_free(plan);
    }
    assert_true(fake.nonce_count >= 400);
    qsort(fake.nonces, fake.nonce_count, sizeof(fake.nonces[0]), compare_nonces);
    for (size_t i = 1; i < fake.nonce_count; i++)
        assert_true(strcmp(fake.nonces[i - 1], fake.nonces[i]) != 0);
}

static void assert_without(const char *text, const char *secret)
{
    if (text != NULL && strstr(text, secret) != NULL)
        fail_msg("a secret stands in: %s", text);
}

static void a_secret_that_the_server_tells_reaches_no_verdict(void **state)
{
    (void)state;
    static const char cases[] = FILE_OF(
        CASE("s/echo", "must", "", PUT("echo", ", \"expect\": {\"status\": 200, \"json\": 5}")));
    static const char *const secrets[] = { "the secret of the server", "the token of the account",
                                           "the key of the account" };
    for (size_t i = 0; i < COUNT_OF(secrets); i++) {
        struct plan *plan;
        const struct runner_target target = i == 0 ? runs_minting_target() : runs_account_target();
        const struct runner_options options = runs_options(1, 1);
        char body[256];
        (void)snprintf(body, sizeof(body), "\"x%sx%s\"", secrets[i], secrets[i]);
        fake_target_init(&fake, 1);
        fake.echo = body;
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        assert_int_equal(run->totals[VERDICT_FAIL], 1);
        const struct verdict *verdict = &run->verdicts[0];
        assert_true(verdict->finding_count > 0 && verdict->exchange_count > 0);
        for (size_t j = 0; j < verdict->finding_count; j++)
            assert_without(verdict->findings[j].seen, secrets[i]);
        for (size_t j = 0; j < verdict->exchange_count; j++) {
            assert_without(verdict->exchanges[j].request, secrets[i]);
            assert_without(verdict->exchanges[j].response, secrets[i]);
            assert_without(verdict->exchanges[j].curl, secrets[i]);
        }
        runner_free_run(run);
        plan_free(plan);
    }
}

static void a_quota_is_in_kilobytes(void **state)
{
    (void)state;
    static const char cases[] =
        FILE_OF(CASE("q/known", "must", ", \"needs\": [\"quota\"]",
                     PUT("ok", EXPECT_200 ", \"headers\": {\"X-Q\": \"{quota.bytes} "
                                          "{quota.writes}\"}")) "," CASE("q/none", "must",
                                                                         ", \"needs\": "
                                                                         "[\"no-quota\"]",
                                                                         PUT("ok", EXPECT_200)));
    static const struct {
        const char *quota;
        uint64_t told;
        enum verdict_outcome known, none;
    } rows[] = {
        { "[0.5, 8192]", 0, VERDICT_PASS, VERDICT_SKIP },
        { "[0, 16384.00]", 0, VERDICT_PASS, VERDICT_SKIP },
        { "[0, 16384.01]", 0, VERDICT_SKIP, VERDICT_SKIP },
        { "[0, null]", 0, VERDICT_SKIP, VERDICT_PASS },
        { "[0, null]", 5000000, VERDICT_PASS, VERDICT_SKIP },
        { "[0, 1024.00]", 0, VERDICT_PASS, VERDICT_SKIP },
        { "[0, 1023.99]", 0, VERDICT_SKIP, VERDICT_SKIP },
        { "[0, 99999999999999999999]", 0, VERDICT_SKIP, VERDICT_SKIP },
        { "oops", 0, VERDICT_SKIP, VERDICT_SKIP },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        struct runner_target target = runs_minting_target();
        const struct runner_options options = runs_options(1, 1);
        target.quota = rows[i].told;
        fake_target_init(&fake, 1);
        fake.quota = rows[i].quota;
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        assert_int_equal(run->verdicts[0].outcome, rows[i].known);
        assert_int_equal(run->verdicts[1].outcome, rows[i].none);
        runner_free_run(run);
        plan_free(plan);
    }
}

static void batches_are_tried_when_a_case_needs_them(void **state)
{
    (void)state;
    static const char with[] =
        FILE_OF(CASE("b/with", "must", ", \"needs\": [\"batches\"]", PUT("ok", EXPECT_200)));
    static const char without[] = FILE_OF(CASE("b/without", "must", "", PUT("ok", EXPECT_200)));
    static const struct {
        const char *cases;
        int status;
        enum verdict_outcome outcome;
        const char *reason;
    } rows[] = {
        { with, 202, VERDICT_PASS, NULL },
        { with, 200, VERDICT_SKIP, "POST ?batch=true is answered with 200, not 202" },
        { with, 503, VERDICT_SKIP, "POST ?batch=true is answered with 503, not 202" },
        { without, 200, VERDICT_PASS, NULL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        struct runner_target target = runs_minting_target();
        const struct runner_options options = runs_options(1, 1);
        fake_target_init(&fake, 1);
        fake.batch_status = rows[i].status;
        struct verdict_run *run = runs_all(rows[i].cases, &target, &options, &plan);
        assert_int_equal(run->verdicts[0].outcome, rows[i].outcome);
        if (rows[i].reason != NULL)
            assert_non_null(strstr(run->verdicts[0].reason, rows[i].reason));
        /* The account of the first look is left empty, as is that of a case that was run. */
        assert_int_equal(fake.wipes, (rows[i].cases == with) + (rows[i].outcome == VERDICT_PASS));
        runner_free_run(run);
        plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_account_is_emptied_between_cases),
        cmocka_unit_test(what_one_account_cannot_do_is_out_of_its_reach),
        cmocka_unit_test(an_account_that_cannot_be_emptied_ends_the_run_as_errors),
        cmocka_unit_test(an_account_with_data_is_refused_unless_it_may_be_wiped),
        cmocka_unit_test(a_target_that_cannot_be_used_is_a_set_up_error_that_says_why),
        cmocka_unit_test(what_answers_everything_alike_is_no_storage_server),
        cmocka_unit_test(users_that_have_data_are_left_alone),
        cmocka_unit_test(requests_are_signed_by_the_clock_of_the_target),
        cmocka_unit_test(a_target_that_dies_is_not_asked_a_hundred_times),
        cmocka_unit_test(no_nonce_is_used_twice_in_a_run_nor_in_two_of_one_seed),
        cmocka_unit_test(a_secret_that_the_server_tells_reaches_no_verdict),
        cmocka_unit_test(a_quota_is_in_kilobytes),
        cmocka_unit_test(batches_are_tried_when_a_case_needs_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
