#include "cli/prove_report.h"
#include "tests/prove_bench.h"

#include <stdio.h>

#define MISSING "item-get-404-is-200"
#define HEAD    "method-head-is-500"
#define ALLOWED "allowed-no-quota"
#define TWO     "two-newer-both-ways"

static void a_row_wants_what_claims_a_requirement_that_it_breaks(void **state)
{
    (void)state;
    struct prove_bench bench;
    prove_bench_init(&bench, MISSING " " HEAD " " ALLOWED " token-no-nosniff");
    assert_true(prove_bench_cell(&bench, MISSING, "items/missing")->wanted);
    assert_false(prove_bench_cell(&bench, MISSING, "items/head")->wanted);
    assert_true(prove_bench_cell(&bench, HEAD, "items/head")->wanted);
    /* What is allowed gets all cases of its API. */
    assert_true(prove_bench_cell(&bench, ALLOWED, "items/missing")->wanted);
    assert_true(prove_bench_cell(&bench, ALLOWED, "items/head")->wanted);
    assert_false(prove_bench_cell(&bench, "token-no-nosniff", "items/head")->wanted);
    cli_prove_matrix_want_all(&bench.matrix);
    assert_true(prove_bench_cell(&bench, MISSING, "items/head")->wanted);
    assert_false(prove_bench_cell(&bench, "token-no-nosniff", "items/head")->wanted);
    prove_bench_free(&bench);
}

static void kills_are_findings_about_what_is_broken(void **state)
{
    (void)state;
    static const struct {
        const char *fault, *requirement; /* NULL: of the harness */
        enum verdict_level level;
        enum verdict_outcome severity;
        uint8_t kills;
    } rows[] = {
        { MISSING, "1.5/item/get-404", VERDICT_MUST, VERDICT_FAIL, 1 },
        { MISSING, "1.5/item/get-404", VERDICT_MUST, VERDICT_WARN, 0 }, /* too mild */
        { MISSING, "1.5/item/head", VERDICT_MUST, VERDICT_FAIL, 0 },    /* another reason */
        { MISSING, NULL, VERDICT_MUST, VERDICT_ERROR, 0 },
        { MISSING, "1.5/item/get-404", VERDICT_MUST, VERDICT_ERROR, 0 },
        { HEAD, "1.5/item/head", VERDICT_SHOULD, VERDICT_WARN, 1 },
        { "level-weave-timestamp-is-last-modified", "1.5/headers/x-weave-timestamp-current",
          VERDICT_MUST, VERDICT_WARN, 1 }, /* it says why it is only warned of */
        { TWO, "1.5/get/newer", VERDICT_MUST, VERDICT_FAIL, 1 },
        { TWO, "1.5/get/offset-resume", VERDICT_MUST, VERDICT_FAIL, 2 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct prove_bench bench;
        const struct verdict_requirement requirement = { .id = rows[i].requirement,
                                                         .level = rows[i].level };
        struct verdict_finding finding = {
            .requirement = rows[i].requirement == NULL ? NULL : &requirement,
            .severity = rows[i].severity,
        };
        const struct verdict verdict = { .findings = &finding, .finding_count = 1 };
        prove_bench_init(&bench, rows[i].fault);
        uint8_t kills = cli_prove_kills(prove_bench_row(&bench, rows[i].fault), &verdict);
        if (kills != rows[i].kills)
            fail_msg("row %zu: %u", i, (unsigned)kills);
        prove_bench_free(&bench);
    }
}

static void find(struct prove_bench *bench, const char *fault, const char *id,
                 enum verdict_outcome outcome, unsigned kills)
{
    *prove_bench_cell(bench, fault, id) = (struct cli_prove_cell){
        .wanted = true, .known = true, .outcome = outcome, .kills = (uint8_t)kills
    };
}

static void all_is_well_when_all_are_killed_and_nothing_is_flagged(void **state)
{
    (void)state;
    struct prove_bench bench;
    prove_bench_init(&bench, MISSING " " HEAD " " ALLOWED);
    find(&bench, MISSING, "items/missing", VERDICT_FAIL, 1);
    find(&bench, HEAD, "items/head", VERDICT_WARN, 1);
    find(&bench, ALLOWED, "items/missing", VERDICT_PASS, 0);
    find(&bench, ALLOWED, "items/head", VERDICT_WARN, 0);
    cli_prove_count(&bench.matrix);
    assert_int_equal(bench.matrix.faulty, 2);
    assert_int_equal(bench.matrix.killed, 2);
    assert_int_equal(bench.matrix.conformant, 1);
    assert_int_equal(bench.matrix.flagged, 0);
    assert_int_equal(bench.matrix.cases, 2);
    assert_int_equal(bench.matrix.vacuous, 0);
    assert_true(cli_prove_holds(&bench.matrix, false));
    prove_bench_free(&bench);
}

static void a_survivor_a_flag_and_a_case_without_a_fault_are_each_too_many(void **state)
{
    (void)state;
    struct prove_bench bench;
    prove_bench_init(&bench, MISSING " " HEAD);
    find(&bench, MISSING, "items/missing", VERDICT_FAIL, 1);
    find(&bench, HEAD, "items/head", VERDICT_FAIL, 0); /* for another reason */
    cli_prove_count(&bench.matrix);
    assert_int_equal(bench.matrix.survivors, 1);
    assert_int_equal(bench.matrix.vacuous, 1);
    assert_false(cli_prove_holds(&bench.matrix, false));
    assert_false(cli_prove_holds(&bench.matrix, true));
    prove_bench_free(&bench);

    prove_bench_init(&bench, ALLOWED);
    find(&bench, ALLOWED, "items/missing", VERDICT_FAIL, 0);
    find(&bench, ALLOWED, "items/head", VERDICT_ERROR, 0);
    cli_prove_count(&bench.matrix);
    assert_int_equal(cli_prove_flags(&bench.matrix, prove_bench_row(&bench, ALLOWED)), 2);
    assert_int_equal(bench.matrix.flagged, 1);
    assert_false(cli_prove_holds(&bench.matrix, true));
    prove_bench_free(&bench);
}

static void a_row_that_did_not_run_kills_nothing_and_conforms_to_nothing(void **state)
{
    (void)state;
    static const enum cli_prove_end ends[] = { CLI_PROVE_CRASHED, CLI_PROVE_TIMED_OUT,
                                               CLI_PROVE_UNUSABLE };
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct prove_bench bench;
        prove_bench_init(&bench, MISSING " " ALLOWED);
        find(&bench, MISSING, "items/missing", VERDICT_FAIL, 1);
        prove_bench_row(&bench, MISSING)->end = ends[i];
        prove_bench_row(&bench, ALLOWED)->end = ends[i];
        cli_prove_count(&bench.matrix);
        assert_int_equal(bench.matrix.survivors, 1);
        assert_int_equal(bench.matrix.flagged, 1);
        prove_bench_free(&bench);
    }
}

static void of_two_at_once_both_have_to_be_killed(void **state)
{
    (void)state;
    struct prove_bench bench;
    prove_bench_init(&bench, TWO);
    assert_int_equal(prove_bench_row(&bench, TWO)->part_count, 2);
    find(&bench, TWO, "items/missing", VERDICT_FAIL, 1);
    assert_false(cli_prove_is_killed(&bench.matrix, prove_bench_row(&bench, TWO)));
    find(&bench, TWO, "items/head", VERDICT_FAIL, 2);
    assert_true(cli_prove_is_killed(&bench.matrix, prove_bench_row(&bench, TWO)));
    prove_bench_free(&bench);
}

static void reasons_excuse_what_is_so_and_are_stale_for_what_is_not(void **state)
{
    (void)state;
    struct prove_bench bench;
    prove_bench_init(&bench, MISSING " " HEAD);
    prove_bench_write(&bench, "reasons",
                      SLICE("{\"survivors\": {\"" HEAD "\": \"nobody sends HEAD\"}, \"vacuous\": "
                            "{\"items/head\": \"likewise\"}}"));
    assert_true(cli_prove_read_reasons(&bench.matrix, prove_bench_path(&bench, "reasons")));
    find(&bench, MISSING, "items/missing", VERDICT_FAIL, 1);
    cli_prove_count(&bench.matrix);
    assert_int_equal(bench.matrix.vacuous_with_reason, 1);
    assert_true(cli_prove_holds(&bench.matrix, false));
    /* Now it is killed: the reasons have to go. */
    find(&bench, HEAD, "items/head", VERDICT_WARN, 1);
    bench.matrix.stale = 0;
    cli_prove_count(&bench.matrix);
    assert_int_equal(bench.matrix.stale, 2);
    assert_false(cli_prove_holds(&bench.matrix, false));
    prove_bench_free(&bench);
}

static void reasons_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "{", "{\"survivors\": {}, \"survivors\": {}}" };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct prove_bench bench;
        prove_bench_init(&bench, MISSING);
        prove_bench_write(&bench, "reasons", slice_text(texts[i]));
        assert_false(cli_prove_read_reasons(&bench.matrix, prove_bench_path(&bench, "reasons")));
        assert_false(cli_prove_read_reasons(&bench.matrix, prove_bench_path(&bench, "none")));
        prove_bench_free(&bench);
    }
}

/* Whether the report of that format holds each of the texts, NULL past the last. */
static void assert_tells(struct prove_bench *bench, const char *format, bool verbose,
                         const char *const *texts)
{
    const struct cli_prove_style style = { .verbose = verbose };
    struct buf out = buf_bounded(1024 * 1024);
    assert_true(cli_prove_format_find(slice_text(format))->write(&bench->matrix, &style, &out));
    for (; *texts != NULL; texts++) {
        if (slice_search(buf_slice(&out), slice_text(*texts)) == out.len)
            fail_msg("%s: no \"%s\" in %.*s", format, *texts, SLICE_FMT(buf_slice(&out)));
    }
    buf_free(&out);
}

static void reports_tell_survivors_flags_and_cases_without_a_fault(void **state)
{
    (void)state;
    static const char *const text[] = { "survives    " HEAD "\n",
                                        "breaks 1.5/item/head\n",
                                        "flagged     " ALLOWED "\n",
                                        "no fault    items/head\n",
                                        "2 faults: 1 killed, 1 survive\n",
                                        "1 conformant profiles: 1 flagged\n",
                                        "2 cases: 1 can fail, 1 cannot, 0 of them with a reason\n",
                                        NULL };
    static const char *const verbose[] = { "killed      " MISSING "\n", "          items/missing\n",
                                           NULL };
    static const char *const json[] = { "\"standing\": \"survives\"",
                                        "\"standing\": \"killed\"",
                                        "\"items/missing\": \"kill\"",
                                        "\"items/head\": null",
                                        "\"faults\": 2",
                                        "\"api\": \"1.5\"",
                                        NULL };
    static const char *const html[] = { "<tr class=\"survives\">", "<tr class=\"flagged\">",
                                        "<span class=\"kill\">items/missing</span>",
                                        "2 faults, 1 killed", NULL };
    struct prove_bench bench;
    prove_bench_init(&bench, MISSING " " HEAD " " ALLOWED);
    find(&bench, MISSING, "items/missing", VERDICT_FAIL, 1);
    find(&bench, HEAD, "items/head", VERDICT_PASS, 0);
    find(&bench, ALLOWED, "items/missing", VERDICT_FAIL, 0);
    cli_prove_count(&bench.matrix);
    assert_tells(&bench, "text", false, text);
    assert_tells(&bench, "text", true, verbose);
    assert_tells(&bench, "json", false, json);
    assert_tells(&bench, "html", false, html);
    assert_null(cli_prove_format_find(SLICE("xml")));
    prove_bench_free(&bench);
}

static void reports_tell_how_a_row_ended_that_did_not_run(void **state)
{
    (void)state;
    static const char *const text[] = { "crashed     " MISSING "\n", "signal 11\n", NULL };
    struct prove_bench bench;
    prove_bench_init(&bench, MISSING);
    struct cli_prove_row *row = prove_bench_row(&bench, MISSING);
    row->end = CLI_PROVE_CRASHED;
    (void)snprintf(row->message, sizeof(row->message), "signal 11");
    cli_prove_count(&bench.matrix);
    assert_tells(&bench, "text", false, text);
    prove_bench_free(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_wants_what_claims_a_requirement_that_it_breaks),
        cmocka_unit_test(kills_are_findings_about_what_is_broken),
        cmocka_unit_test(all_is_well_when_all_are_killed_and_nothing_is_flagged),
        cmocka_unit_test(a_survivor_a_flag_and_a_case_without_a_fault_are_each_too_many),
        cmocka_unit_test(a_row_that_did_not_run_kills_nothing_and_conforms_to_nothing),
        cmocka_unit_test(of_two_at_once_both_have_to_be_killed),
        cmocka_unit_test(reasons_excuse_what_is_so_and_are_stale_for_what_is_not),
        cmocka_unit_test(reasons_that_cannot_be_read_are_refused),
        cmocka_unit_test(reports_tell_survivors_flags_and_cases_without_a_fault),
        cmocka_unit_test(reports_tell_how_a_row_ended_that_did_not_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
