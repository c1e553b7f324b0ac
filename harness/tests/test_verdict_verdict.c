#include "tests/support/support.h"
#include "verdict/verdict.h"

static void names_read_back_as_the_level_they_name(void **state)
{
    (void)state;
    for (int level = VERDICT_MUST; level <= VERDICT_DE_FACTO; level++) {
        enum verdict_level read = VERDICT_MUST;
        const char *name = verdict_level_name((enum verdict_level)level);
        assert_true(verdict_level_parse(slice_text(name), &read));
        assert_int_equal(read, level);
    }
    enum verdict_level untouched = VERDICT_MAY;
    assert_false(verdict_level_parse(SLICE("MUST"), &untouched));
    assert_false(verdict_level_parse(SLICE(""), &untouched));
    assert_int_equal(untouched, VERDICT_MAY);
}

static void names_read_back_as_the_exclusion_they_name(void **state)
{
    (void)state;
    for (int i = VERDICT_NOT_EXCLUDED + 1; i < VERDICT_EXCLUSIONS; i++) {
        enum verdict_exclusion read = VERDICT_NOT_EXCLUDED;
        const char *name = verdict_exclusion_name((enum verdict_exclusion)i);
        assert_true(verdict_exclusion_parse(slice_text(name), &read));
        assert_int_equal(read, i);
        assert_true(strlen(verdict_exclusion_meaning(read)) > 0);
    }
    enum verdict_exclusion untouched = VERDICT_NOT_YET;
    assert_false(verdict_exclusion_parse(SLICE(""), &untouched));
    assert_false(verdict_exclusion_parse(SLICE("not yet"), &untouched));
    assert_int_equal(untouched, VERDICT_NOT_YET);
}

static void each_outcome_has_its_name(void **state)
{
    (void)state;
    static const char *const names[] = { "pass", "fail", "warn", "skip", "blocked", "error" };
    assert_int_equal(COUNT_OF(names), VERDICT_OUTCOMES);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_string_equal(verdict_outcome_name((enum verdict_outcome)i), names[i]);
}

static void notices_are_kept_in_order_and_counted(void **state)
{
    (void)state;
    struct verdict_run run = { .arena = arena_new(4096) };
    char text[] = "first";
    assert_true(verdict_run_notice(&run, VERDICT_NOTICE_STALE, text));
    text[0] = 'x';
    assert_true(verdict_run_notice(&run, VERDICT_NOTICE_EXPIRED, "second"));
    assert_string_equal(run.notices->text, "first");
    assert_string_equal(run.notices->next->text, "second");
    assert_int_equal(verdict_run_count(&run, VERDICT_NOTICE_STALE), 1);
    assert_string_equal(verdict_notice_name(VERDICT_NOTICE_EXPIRED), "expired");
    arena_free(run.arena);
}

static void the_worst_finding_decides_in_any_order(void **state)
{
    (void)state;
    struct verdict_finding findings[] = { { .severity = VERDICT_WARN },
                                          { .severity = VERDICT_ERROR },
                                          { .severity = VERDICT_FAIL } };
    assert_int_equal(verdict_of_findings(findings, 0), VERDICT_PASS);
    assert_int_equal(verdict_of_findings(findings, 1), VERDICT_WARN);
    assert_int_equal(verdict_of_findings(findings, 3), VERDICT_ERROR);
    findings[1].severity = VERDICT_WARN;
    assert_int_equal(verdict_of_findings(findings, 3), VERDICT_FAIL);
    findings[2].severity = VERDICT_WARN;
    findings[0].severity = VERDICT_FAIL;
    assert_int_equal(verdict_of_findings(findings, 3), VERDICT_FAIL);
}

static void totals_are_counted_from_the_verdicts(void **state)
{
    (void)state;
    struct verdict verdicts[] = {
        { .outcome = VERDICT_PASS, .checks = 3, .requests = 2 },
        { .outcome = VERDICT_PASS, .checks = 1, .requests = 1 },
        { .outcome = VERDICT_BLOCKED },
        { .outcome = VERDICT_FAIL, .expected = true },
        { .outcome = VERDICT_FAIL },
    };
    struct verdict_run run = { .verdicts = verdicts,
                               .count = COUNT_OF(verdicts),
                               .totals = { 9, 9, 9, 9, 9, 9 },
                               .expected = { 9, 9, 9, 9, 9, 9 } };
    verdict_run_tally(&run);
    assert_int_equal(run.expected[VERDICT_FAIL], 1);
    assert_int_equal(run.expected[VERDICT_PASS], 0);
    assert_int_equal(run.totals[VERDICT_PASS], 2);
    assert_int_equal(run.totals[VERDICT_FAIL], 2);
    assert_int_equal(run.totals[VERDICT_BLOCKED], 1);
    assert_int_equal(run.checks, 4);
    assert_int_equal(run.requests, 3);
}

static void exit_codes_follow_the_table(void **state)
{
    (void)state;
    static const struct {
        size_t totals[VERDICT_OUTCOMES]; /* pass fail warn skip blocked error */
        const char *setup_error;
        enum verdict_exit wanted;
        size_t expected_fails, expected_errors, min_checks;
        bool stale;
    } rows[] = {
        /* What the baseline expects counts for nothing, and each code gives way to those before. */
        { { 4, 1, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_CONFORMANT, 1, 0, 0, false },
        { { 0, 5, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_CONFORMANT, 5, 0, 0, false },
        { { 0, 0, 0, 0, 0, 2 }, NULL, VERDICT_EXIT_CONFORMANT, 0, 2, 0, false },
        { { 4, 2, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_FAILED, 1, 0, 0, false },
        { { 4, 1, 0, 0, 0, 1 }, NULL, VERDICT_EXIT_UNREACHABLE, 1, 0, 0, false },
        { { 4, 1, 0, 0, 0, 1 }, NULL, VERDICT_EXIT_CONFORMANT, 1, 1, 0, false },
        { { 5, 0, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_CONFORMANT, 0, 0, 7, false },
        { { 5, 0, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_VACUOUS, 0, 0, 8, false },
        { { 5, 0, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_STALE, 0, 0, 0, true },
        { { 5, 0, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_VACUOUS, 0, 0, 8, true },
        { { 5, 0, 0, 0, 0, 1 }, NULL, VERDICT_EXIT_UNREACHABLE, 0, 0, 8, true },
        { { 5, 1, 0, 0, 0, 1 }, NULL, VERDICT_EXIT_FAILED, 0, 0, 8, true },
        { { 5, 1, 0, 0, 0, 1 }, "no", VERDICT_EXIT_UNREACHABLE, 0, 0, 8, true },
        { { 5, 0, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_CONFORMANT, 0, 0, 0, false },
        { { 4, 0, 1, 5, 0, 0 }, NULL, VERDICT_EXIT_CONFORMANT, 0, 0, 0, false },
        { { 5, 1, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_FAILED, 0, 0, 0, false },
        { { 5, 1, 0, 0, 0, 1 }, NULL, VERDICT_EXIT_FAILED, 0, 0, 0, false },
        { { 0, 1, 0, 99, 0, 0 }, NULL, VERDICT_EXIT_FAILED, 0, 0, 0, false },
        { { 5, 0, 0, 0, 0, 1 }, NULL, VERDICT_EXIT_UNREACHABLE, 0, 0, 0, false },
        { { 0, 0, 0, 0, 0, 7 }, NULL, VERDICT_EXIT_UNREACHABLE, 0, 0, 0, false },
        { { 5, 0, 0, 0, 0, 0 }, "no", VERDICT_EXIT_UNREACHABLE, 0, 0, 0, false },
        { { 0, 0, 0, 0, 0, 0 }, NULL, VERDICT_EXIT_VACUOUS, 0, 0, 0, false },
        { { 0, 0, 0, 3, 1, 0 }, NULL, VERDICT_EXIT_VACUOUS, 0, 0, 0, false },
        { { 2, 0, 0, 3, 0, 0 }, NULL, VERDICT_EXIT_VACUOUS, 0, 0, 0, false },
        { { 2, 0, 0, 2, 0, 0 }, NULL, VERDICT_EXIT_CONFORMANT, 0, 0, 0, false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct verdict_notice stale = { .kind = VERDICT_NOTICE_STALE };
        struct verdict_run run = {
            .setup_error = rows[i].setup_error,
            .expected = { [VERDICT_FAIL] = rows[i].expected_fails,
                          [VERDICT_ERROR] = rows[i].expected_errors },
            .checks = 7,
            .min_checks = rows[i].min_checks,
            .notices = rows[i].stale ? &stale : NULL,
        };
        memcpy(run.totals, rows[i].totals, sizeof(run.totals));
        for (size_t j = 0; j < VERDICT_OUTCOMES; j++)
            run.count += rows[i].totals[j];
        assert_int_equal(verdict_run_exit(&run), rows[i].wanted);
    }
}

static void what_one_account_cannot_do_is_no_part_of_the_half(void **state)
{
    (void)state;
    static const struct {
        size_t passed, skipped, out_of_reach;
        enum verdict_exit wanted;
    } rows[] = {
        { 2, 9, 9, VERDICT_EXIT_CONFORMANT }, { 2, 9, 7, VERDICT_EXIT_CONFORMANT },
        { 2, 9, 6, VERDICT_EXIT_VACUOUS },    { 2, 2, 0, VERDICT_EXIT_CONFORMANT },
        { 0, 9, 9, VERDICT_EXIT_VACUOUS },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct verdict verdicts[16] = { 0 };
        struct verdict_run run = { .verdicts = verdicts,
                                   .count = rows[i].passed + rows[i].skipped };
        for (size_t j = rows[i].passed; j < run.count; j++)
            verdicts[j] =
                (struct verdict){ .outcome = VERDICT_SKIP,
                                  .out_of_reach = j < rows[i].passed + rows[i].out_of_reach };
        verdict_run_tally(&run);
        assert_int_equal(run.out_of_reach, rows[i].out_of_reach);
        assert_int_equal(verdict_run_exit(&run), rows[i].wanted);
        bool said = strstr(verdict_run_result(&run), "as far as one account can tell") != NULL;
        assert_true(said ==
                    (rows[i].wanted == VERDICT_EXIT_CONFORMANT && rows[i].out_of_reach > 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_read_back_as_the_level_they_name),
        cmocka_unit_test(names_read_back_as_the_exclusion_they_name),
        cmocka_unit_test(each_outcome_has_its_name),
        cmocka_unit_test(notices_are_kept_in_order_and_counted),
        cmocka_unit_test(the_worst_finding_decides_in_any_order),
        cmocka_unit_test(totals_are_counted_from_the_verdicts),
        cmocka_unit_test(exit_codes_follow_the_table),
        cmocka_unit_test(what_one_account_cannot_do_is_no_part_of_the_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
