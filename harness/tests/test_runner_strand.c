/* Steps under way at the same time, and what a step may say beside its verdict. */
#include "base/alloc.h"
#include "tests/support/runs.h"
#include "tests/support/support.h"

#include <stdio.h>

#define BRANCHES(steps) "{\"parallel\": 3, \"steps\": [" steps "]}"
#define COLLECTED(name, length)                                                                    \
    ", {\"check\": \"{" name "}\", \"expect\": {\"json\": {\"$length\": " length "}}}"

static const char *const branching_cases[] = {
    CASE(
        "p/copies", "must", "",
        BRANCHES(PUT(
            "ok", EXPECT_200
            ", \"keep\": {\"t\": \"header X-Last-Modified\"}, "
            "\"collect\": {\"all\": \"header X-Last-Modified\"}") ","
                                                                  "{\"send\": \"PUT "
                                                                  "/storage/{coll}/{t}/{branch}/"
                                                                  "ok\", \"expect\": "
                                                                  "{\"status\": 200}, \"collect\": "
                                                                  "{\"all\": \"status\"}}")
            COLLECTED("all", "6")),
    CASE("p/list", "must", "",
         "{\"parallel\": [[" PUT("ok", EXPECT_200 ", \"keep\": {\"a\": \"body\"}") "], [" PUT(
             "conflict", EXPECT_200
             ", \"keep\": {\"b\": \"body\"}") "]]},"
                                              "{\"check\": [\"{a}\", \"{b}\"], \"expect\": "
                                              "{\"json\": {\"$length\": 2}}}"),
    CASE(
        "p/rounds", "must", "",
        "{\"repeat\": 2, \"steps\": [" BRANCHES("{\"repeat\": 4, \"steps\": [{\"send\": \"PUT "
                                                "/storage/{coll}/{branch}/{round}/ok\", "
                                                "\"expect\": {\"status\": 200}}]}") ",{\"send\": "
                                                                                    "\"PUT "
                                                                                    "/storage/"
                                                                                    "{coll}/"
                                                                                    "{round}/ok\", "
                                                                                    "\"expect\": "
                                                                                    "{\"status\": "
                                                                                    "200}}]}"),
    CASE("p/fails", "must", "",
         "{\"parallel\": [[" PUT("ok", EXPECT_200) "], [" PUT("bad", EXPECT_200) "]]}," PUT(
             "ok", EXPECT_200)),
    CASE("p/closes", "must", "", BRANCHES(PUT("closed", EXPECT_200))),
};

static const char *every_branching_case(void)
{
    static char text[16 * 1024];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s",
                                  "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", "
                                  "\"cases\": [");
    for (size_t i = 0; i < COUNT_OF(branching_cases); i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ", ",
                                branching_cases[i]);
    (void)snprintf(text + len, sizeof(text) - len, "]}");
    return text;
}

static void branches_run_at_once_and_end_together(void **state)
{
    (void)state;
    static const struct {
        enum verdict_outcome outcome;
        size_t requests; /* 0: it depends on who is first */
        const char *where;
    } wanted[] = {
        { VERDICT_PASS, 6, NULL },  { VERDICT_PASS, 3, NULL },
        { VERDICT_PASS, 26, NULL }, { VERDICT_FAIL, 0, "step 3, branch 2, status" },
        { VERDICT_ERROR, 0, NULL },
    };
    const struct runner_target target = runs_minting_target();
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct plan *plan;
        const struct runner_options options = runs_options(seed, 1);
        fake_target_init(&fake, seed);
        fake.virtual_time = seed % 2 == 0;
        struct verdict_run *run = runs_all(every_branching_case(), &target, &options, &plan);
        assert_null(run->setup_error);
        for (size_t i = 0; i < COUNT_OF(wanted); i++) {
            assert_int_equal(run->verdicts[i].outcome, wanted[i].outcome);
            if (wanted[i].requests > 0)
                assert_int_equal(run->verdicts[i].requests, wanted[i].requests);
            if (wanted[i].where != NULL)
                assert_string_equal(run->verdicts[i].findings[0].where, wanted[i].where);
        }
        assert_true(fake.virtual_time ? fake.pending_most == 1 : fake.pending_most >= 3);
        runner_free_run(run);
        plan_free(plan);
    }
}

/* What a server sees of three branches, as one text. */
static void note_order(uint64_t seed, char *ret_text, size_t size)
{
    static const char cases[] = FILE_OF(
        CASE("p/order", "must", "",
             BRANCHES("{\"repeat\": 4, \"steps\": [{\"send\": \"PUT /{branch}{round}/conflict\", "
                      "\"expect\": {\"status\": 200}}]}")));
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(seed, 1);
    fake_target_init(&fake, 0);
    fake.virtual_time = true;
    struct verdict_run *run = runs_all(cases, &target, &options, &plan);
    assert_int_equal(run->verdicts[0].outcome, VERDICT_PASS);
    size_t len = 0;
    for (size_t i = 0; i < fake.seen_count; i++)
        len += (size_t)snprintf(ret_text + len, size - len, "%.2s ",
                                strstr(fake.seen[i], "/conflict") - 2);
    runner_free_run(run);
    plan_free(plan);
}

static void the_seed_says_how_branches_interleave_on_a_virtual_clock(void **state)
{
    (void)state;
    char first[1024], again[1024], other[1024];
    note_order(1, first, sizeof(first));
    note_order(1, again, sizeof(again));
    note_order(2, other, sizeof(other));
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
}

/* Of a server that closes eight times in a row it is not said that it has gone, when it may. */
static void what_is_right_either_way_is_told(void **state)
{
    (void)state;
    static const char cases[] =
        FILE_OF(CASE("o/seen", "must", "",
                     "{\"repeat\": 3, \"steps\": [" PUT(
                         "ok", EXPECT_200
                         ", \"keep\": {\"t\": \"body\"}, \"observe\": [{\"when\": "
                         "{\"status\": 503}, \"say\": \"busy\"}, {\"say\": \"it is {t}\"}, "
                         "{\"say\": \"never\"}]") "]},"
                                                  "{\"check\": \"{t}\", \"expect\": {\"json\": "
                                                  "{\"$gt\": 1}}, \"observe\": [{\"when\": "
                                                  "{\"json\": {\"$gt\": 9}}, \"say\": "
                                                  "\"large\"}]}") "," CASE("o/closes", "must", "",
                                                                           "{\"repeat\": 9, "
                                                                           "\"steps\": [" PUT(
                                                                               "closed", EXPECT_200
                                                                               ", \"or_closed\": "
                                                                               "true") "]}"));
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 1);
    fake_target_init(&fake, 1);
    struct verdict_run *run = runs_all(cases, &target, &options, &plan);
    assert_int_equal(run->totals[VERDICT_PASS], 2);
    assert_int_equal(run->verdicts[0].info_count, 2);
    assert_string_equal(run->verdicts[0].info[0], "step 2: it is 1700000000.12");
    assert_string_equal(run->verdicts[0].info[1], "step 3: large");
    assert_int_equal(run->verdicts[1].info_count, 1);
    assert_string_equal(run->verdicts[1].info[0],
                        "step 2: the server closed the connection without an answer");
    runner_free_run(run);
    plan_free(plan);
}

/* A row that does not hold is no end of the others. */
static void each_row_is_run_and_those_that_fail_are_named(void **state)
{
    (void)state;
    static const char cases[] = FILE_OF(CASE(
        "r/rows", "must",
        ", \"rows\": [{\"name\": \"good\", \"word\": \"ok\", \"status\": 200}, {\"name\": "
        "\"bad\", \"word\": \"bad\", \"status\": 200}, {\"name\": \"other\", \"word\": \"bad\", "
        "\"status\": 404}]",
        "{\"send\": \"PUT /storage/{coll}/{row.word}\", \"json\": {\"payload\": \"x\"}, "
        "\"expect\": {\"status\": {\"$eq\": \"{row.status}\"}}, \"collect\": {\"all\": "
        "\"status\"}}, {\"check\": \"{all}\", \"expect\": {\"json\": [\"{row.status}\"]}}"));
    const struct runner_target target = runs_minting_target();
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct plan *plan;
        const struct runner_options options = runs_options(seed, 1);
        fake_target_init(&fake, seed);
        fake.virtual_time = seed % 2 == 0;
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        const struct verdict *verdict = &run->verdicts[0];
        assert_int_equal(verdict->outcome, VERDICT_FAIL);
        assert_int_equal(verdict->requests, 3);
        assert_int_equal(verdict->finding_count, 1);
        assert_string_equal(verdict->findings[0].where, "row bad, step 1, status");
        assert_int_equal(verdict->info_count, 1);
        assert_string_equal(verdict->info[0], "rows: 2 of 3 hold; not: bad");
        runner_free_run(run);
        plan_free(plan);
    }
}

static const char sweep_cases[] = FILE_OF(
    CASE("s/branches", "must", "",
         "{\"parallel\": [[" PUT("ok", EXPECT_200 ", \"keep\": {\"t\": \"body\"}") "], [" PUT(
             "ok", EXPECT_200
             ", \"collect\": {\"l\": \"status\"}") "]]},"
                                                   "{\"send\": \"PUT /storage/{coll}/{t}/bad\", "
                                                   "\"expect\": {\"status\": 200}},"
                                                   "{\"check\": \"{l}\", \"expect\": {\"json\": "
                                                   "[200]}}"));

static void run_with_failures(void *context)
{
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 1);
    fake_target_init(&fake, 1);
    fake.virtual_time = true;
    struct verdict_run *run = runner_run(context, &target, &options, &fake.base);
    if (run != NULL && !alloc_has_failed()) {
        assert_null(run->setup_error);
        assert_int_equal(run->totals[VERDICT_FAIL], 1);
    }
    /* Whatever failed on our side, no verdict may come of it but that of the server. */
    if (run != NULL && run->setup_error == NULL && run->count > 0)
        assert_true(run->totals[VERDICT_FAIL] + run->totals[VERDICT_ERROR] +
                        run->totals[VERDICT_SKIP] ==
                    run->count);
    runner_free_run(run);
}

static void a_failed_allocation_ends_in_an_error_and_leaks_nothing(void **state)
{
    (void)state;
    struct plan *plan = runs_load(sweep_cases);
    support_sweep_allocations(run_with_failures, plan);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(branches_run_at_once_and_end_together),
        cmocka_unit_test(the_seed_says_how_branches_interleave_on_a_virtual_clock),
        cmocka_unit_test(each_row_is_run_and_those_that_fail_are_named),
        cmocka_unit_test(what_is_right_either_way_is_told),
        cmocka_unit_test(a_failed_allocation_ends_in_an_error_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
