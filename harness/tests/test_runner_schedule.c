/* Whole runs against a scripted target. */
#include "base/alloc.h"
#include "base/clock.h"
#include "tests/support/runs.h"
#include "tests/support/support.h"

#include <stdio.h>

#define POST(query, body)                                                                          \
    "{\"send\": \"POST /storage/{coll}/ok" query "\", \"json\": " body EXPECT_200 "}"

static const char *const outcome_cases[] = {
    CASE("a/pass", "must", "", PUT("ok", EXPECT_200)),
    CASE("a/fail", "must", "", PUT("bad", EXPECT_200)),
    CASE("a/should", "should", "", PUT("bad", EXPECT_200)),
    CASE("a/may", "may", "", PUT("bad", EXPECT_200)),
    CASE("a/prefer", "must", "",
         PUT("ok", EXPECT_200 ", \"prefer\": {\"status\": 201}") "," PUT("ok", EXPECT_200)),
    CASE("a/busy", "must", "", PUT("busy", EXPECT_200)),
    CASE("a/conflict", "must", "", PUT("conflict", EXPECT_200)),
    CASE("a/always-busy", "must", "", PUT("always-busy", EXPECT_200)),
    CASE("b/tls", "must", ", \"needs\": [\"tls\"]", PUT("ok", EXPECT_200)),
    CASE("b/quota", "must", ", \"needs\": [\"quota\"]", PUT("ok", EXPECT_200)),
    CASE("b/no-quota", "must", ", \"needs\": [\"no-quota\"]", PUT("ok", EXPECT_200)),
    CASE("b/too-large", "must", ", \"needs\": [\"max_total_bytes\"]", PUT("ok", EXPECT_200)),
    CASE("b/unreported", "must", ", \"needs\": [\"max_post_bytes\"]", PUT("ok", EXPECT_200)),
    CASE("b/limit", "must", ", \"needs\": [\"max_post_records\"]", PUT("ok", EXPECT_200)),
    CASE("b/many", "must", "", POST("", "{\"$bsos\": {\"count\": 100}}") "," POST("", "[1, 2]")),
    CASE("b/too-many", "must", "", POST("", "{\"$bsos\": {\"count\": 101}}")),
    CASE("b/too-many-on-purpose", "must", ", \"needs\": [\"max_post_records\"]",
         POST("", "{\"$bsos\": {\"count\": 101}}")),
    CASE("b/too-many-in-a-repeat", "must", "",
         "{\"repeat\": 2, \"steps\": [" POST("", "{\"$bsos\": {\"count\": 101}}") "]}"),
    CASE("b/too-much-in-a-batch", "must", "",
         POST("?batch=true", "{\"$bsos\": {\"count\": 10, \"payload_bytes\": 26214400}}") "," POST(
             "?batch=1", "{\"$bsos\": {\"count\": 1, \"payload_bytes\": 1}}")),
    CASE("c/on-fail", "must", ", \"depends_on\": [\"a/fail\"]", PUT("ok", EXPECT_200)),
    CASE("c/on-blocked", "must", ", \"depends_on\": [\"c/on-fail\"]", PUT("ok", EXPECT_200)),
    CASE("c/on-pass", "must", ", \"depends_on\": [\"a/pass\"]", PUT("ok", EXPECT_200)),
    CASE("c/on-prefer", "must", ", \"depends_on\": [\"a/prefer\"]", PUT("ok", EXPECT_200)),
    CASE("c/on-should", "must", ", \"depends_on\": [\"a/should\"]", PUT("ok", EXPECT_200)),
    CASE("e/closed", "must", "", PUT("closed", EXPECT_200)),
    CASE("e/may-close", "must", "",
         PUT("closed", EXPECT_200 ", \"or_closed\": true") "," PUT("ok", EXPECT_200)),
    CASE("e/timeout", "must", "", PUT("timeout", EXPECT_200)),
    CASE("e/huge", "must", "", PUT("huge", EXPECT_200)),
    CASE("e/broken", "must", "", PUT("broken", EXPECT_200)),
    CASE("e/garbage", "must", "", PUT("garbage", EXPECT_200)),
    CASE("r/fills", "must", "",
         "{\"repeat\": 9, \"until\": {\"status\": 403}, \"steps\": [" PUT(
             "fill", ", \"expect\": {\"status\": {\"$any\": [200, 403]}}") "]}"),
    CASE("r/endless", "must", "",
         "{\"repeat\": 3, \"until\": {\"status\": 403}, \"steps\": [" PUT("ok", EXPECT_200) "]}"),
    CASE("r/pages", "must", "",
         "{\"repeat\": 3, \"while_header\": \"X-Last-Modified\", \"steps\": [" PUT(
             "ok", EXPECT_200) "]}"),
    CASE("k/keeps", "must", "",
         PUT("ok", EXPECT_200 ", \"keep\": {\"t\": \"header X-Last-Modified\", \"b\": "
                              "\"json\"}") ","
                                           "{\"send\": \"PUT /storage/{coll}/ok\", "
                                           "\"headers\": {\"X-If-Unmodified-Since\": "
                                           "\"{t - 0.01}\", \"X-B\": \"{b}\"}, \"expect\": "
                                           "{\"status\": 200}}"),
    CASE("k/lacks", "must", "",
         PUT("ok", EXPECT_200
             ", \"keep\": {\"t\": \"header X-Nothing\"}") ","
                                                          "{\"send\": \"PUT "
                                                          "/storage/{coll}/{t}\", \"expect\": "
                                                          "{\"status\": 200}}"),
};

/* A text of more than 4095 bytes is not portable C. */
static const char *every_outcome(void)
{
    static char text[16 * 1024];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s",
                                  "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", "
                                  "\"cases\": [");
    for (size_t i = 0; i < COUNT_OF(outcome_cases); i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i == 0 ? "" : ", ",
                                outcome_cases[i]);
    assert_true(len + 3 < sizeof(text));
    (void)snprintf(text + len, sizeof(text) - len, "]}");
    return text;
}

static const struct {
    const char *id;
    enum verdict_outcome outcome;
    size_t requests;
    const char *reason; /* how it begins */
} outcomes[] = {
    { "a/pass", VERDICT_PASS, 1, "" },
    { "a/fail", VERDICT_FAIL, 1, "" },
    { "a/should", VERDICT_WARN, 1, "" },
    { "a/may", VERDICT_WARN, 1, "" },
    { "a/prefer", VERDICT_WARN, 2, "" },
    { "a/busy", VERDICT_PASS, 3, "" },
    { "a/conflict", VERDICT_PASS, 2, "" },
    { "a/always-busy", VERDICT_FAIL, 3, "" },
    { "b/tls", VERDICT_SKIP, 0, "needs tls: " },
    { "b/quota", VERDICT_SKIP, 0, "needs quota: " },
    { "b/no-quota", VERDICT_PASS, 1, "" },
    { "b/too-large", VERDICT_SKIP, 0, "needs max_total_bytes: it is 262144000" },
    { "b/unreported", VERDICT_SKIP, 0, "needs max_post_bytes: /info/configuration" },
    { "b/limit", VERDICT_PASS, 1, "" },
    { "b/many", VERDICT_PASS, 2, "" },
    { "b/too-many", VERDICT_SKIP, 0,
      "it posts 101 records in one request, and max_post_records is 100" },
    { "b/too-many-on-purpose", VERDICT_PASS, 1, "" },
    { "b/too-many-in-a-repeat", VERDICT_SKIP, 0, "it posts 101 records in one request" },
    { "b/too-much-in-a-batch", VERDICT_SKIP, 0,
      "it posts 262144001 bytes in batches, and max_total_bytes is 262144000" },
    { "c/on-fail", VERDICT_BLOCKED, 0, "depends on a/fail, which ended in fail" },
    { "c/on-blocked", VERDICT_BLOCKED, 0, "depends on c/on-fail, which ended in blocked" },
    { "c/on-pass", VERDICT_PASS, 1, "" },
    { "c/on-prefer", VERDICT_PASS, 1, "" },
    { "c/on-should", VERDICT_BLOCKED, 0, "depends on a/should, which ended in warn" },
    { "e/closed", VERDICT_ERROR, 1, "step 1: the server closed" },
    { "e/may-close", VERDICT_PASS, 2, "" },
    { "e/timeout", VERDICT_ERROR, 1, "step 1: the time limit" },
    { "e/huge", VERDICT_ERROR, 1, "step 1: the response is larger" },
    { "e/broken", VERDICT_ERROR, 1, "step 1: the request could not be sent" },
    { "e/garbage", VERDICT_FAIL, 1, "" },
    { "r/fills", VERDICT_PASS, 6, "" },
    { "r/endless", VERDICT_FAIL, 3, "" },
    { "r/pages", VERDICT_FAIL, 3, "" },
    { "k/keeps", VERDICT_PASS, 2, "" },
    { "k/lacks", VERDICT_FAIL, 1, "" },
};

static void assert_outcomes(const struct verdict_run *run)
{
    assert_null(run->setup_error);
    assert_int_equal(run->count, COUNT_OF(outcomes));
    for (size_t i = 0; i < run->count; i++) {
        const struct verdict *verdict = &run->verdicts[i];
        assert_string_equal(verdict->id, outcomes[i].id);
        if (verdict->outcome != outcomes[i].outcome || verdict->requests != outcomes[i].requests ||
            !slice_starts(slice_text(verdict->reason), slice_text(outcomes[i].reason)))
            fail_msg("seed %llu: %s: %s, %zu requests, \"%s\" %s", (unsigned long long)run->seed,
                     verdict->id, verdict_outcome_name(verdict->outcome), verdict->requests,
                     verdict->reason, verdict->finding_count > 0 ? verdict->findings[0].seen : "");
        assert_true((verdict->outcome == VERDICT_PASS) ==
                    (verdict->finding_count == 0 && verdict->requests > 0));
        for (size_t j = 0; j < verdict->finding_count; j++)
            assert_true(verdict->findings[j].exchange < verdict->exchange_count);
    }
}

static void every_seed_and_every_order_gives_the_same_verdicts(void **state)
{
    (void)state;
    const struct runner_target target = runs_minting_target();
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct plan *plan;
        struct runner_options options = runs_options(seed, 1 + (size_t)seed % 5);
        fake_target_init(&fake, seed);
        fake.virtual_time = seed % 2 == 0;
        struct verdict_run *run = runs_all(every_outcome(), &target, &options, &plan);
        assert_outcomes(run);
        assert_int_equal(run->totals[VERDICT_PASS], 12);
        assert_true(fake.pending_most <= (fake.virtual_time ? 1 : options.jobs));
        assert_true(fake.wipes > 0);
        runner_free_run(run);
        plan_free(plan);
    }
}

static const char *waiting_cases(void)
{
    static char text[16 * 1024];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s",
                                  "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", "
                                  "\"cases\": [");
    for (int i = 0; i < 20; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s{\"id\": \"w/case-%c\", \"title\": \"t\", \"requires\": "
                                "[\"1.5/a/must\"], \"steps\": [{\"wait\": 0.3}, {\"send\": \"PUT "
                                "/storage/{coll}/ok\", \"expect\": {\"status\": 200}}]}",
                                i == 0 ? "" : ", ", 'a' + i);
    (void)snprintf(text + len, sizeof(text) - len, "]}");
    return text;
}

/* One after the other they would take 6 s. */
static void waits_overlap_on_a_live_target(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 1);
    fake_target_init(&fake, 1);
    int64_t started = clock_monotonic_ms();
    struct verdict_run *run = runs_all(waiting_cases(), &target, &options, &plan);
    int64_t took = clock_monotonic_ms() - started;
    assert_int_equal(run->totals[VERDICT_PASS], 20);
    assert_true(took >= 300 && took < 3000);
    runner_free_run(run);
    plan_free(plan);
}

static void waits_take_no_time_on_a_virtual_clock(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 4);
    fake_target_init(&fake, 1);
    fake.virtual_time = true;
    int64_t started = clock_monotonic_ms();
    struct verdict_run *run = runs_all(waiting_cases(), &target, &options, &plan);
    assert_int_equal(run->totals[VERDICT_PASS], 20);
    assert_int_equal(fake.skipped, 20 * 30);
    assert_true(clock_monotonic_ms() - started < 3000);
    runner_free_run(run);
    plan_free(plan);
}

static void each_case_has_users_of_its_own(void **state)
{
    (void)state;
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 2);
    static const char cases[] = FILE_OF(
        CASE("u/a", "must", "",
             PUT("busy", EXPECT_200) ","
                                     "{\"send\": \"PUT /storage/{coll}/busy\", \"as\": \"other\", "
                                     "\"expect\": {\"status\": "
                                     "200}}") "," CASE("u/b", "must", "", PUT("busy", EXPECT_200)));
    fake_target_init(&fake, 1);
    struct verdict_run *run = runs_all(cases, &target, &options, &plan);
    assert_int_equal(run->totals[VERDICT_PASS], 2);
    assert_int_equal(fake.seen_count, 9);
    assert_int_equal(fake.wipes, 3);
    for (size_t i = 0; i < fake.seen_count; i++) {
        size_t same = 0;
        for (size_t j = 0; j < fake.seen_count; j++)
            same += strcmp(fake.seen[i], fake.seen[j]) == 0;
        assert_int_equal(same, 3); /* its own two retries, and nobody else's */
    }
    runner_free_run(run);
    plan_free(plan);
}

struct told {
    size_t count, total;
};

static void note_progress(void *context, const struct verdict *verdict, size_t done, size_t total)
{
    struct told *told = context;
    assert_non_null(verdict->id);
    told->count++;
    told->total = total;
    assert_int_equal(done, told->count);
}

static void selection_follows_globs_and_level(void **state)
{
    (void)state;
    static const char *const select[] = { "a/*", "c/on-pass" };
    static const char *const skip[] = { "*busy" };
    static const struct {
        enum verdict_level level;
        size_t count;
    } rows[] = { { VERDICT_MUST, 5 }, { VERDICT_SHOULD, 6 }, { VERDICT_MAY, 7 } };
    const struct runner_target target = runs_minting_target();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan;
        struct told told = { 0 };
        struct runner_options options = runs_options(1, 1);
        options.select = select;
        options.select_count = COUNT_OF(select);
        options.skip = skip;
        options.skip_count = COUNT_OF(skip);
        options.level = rows[i].level;
        options.progress = note_progress;
        options.progress_context = &told;
        options.replay = "syncspec run 'http://h'";
        fake_target_init(&fake, 1);
        struct verdict_run *run = runs_all(every_outcome(), &target, &options, &plan);
        assert_int_equal(run->count, rows[i].count);
        assert_int_equal(told.count, rows[i].count);
        assert_int_equal(told.total, rows[i].count);
        assert_string_equal(run->verdicts[0].replay,
                            "syncspec run 'http://h' --seed 1 --select 'a/pass' -v");
        runner_free_run(run);
        plan_free(plan);
    }
}

/* However many rounds warn before, the failure and its exchange are told. */
static void a_long_case_keeps_what_decided_it(void **state)
{
    (void)state;
    static const char cases[] = FILE_OF(
        CASE("l/long", "must", "",
             "{\"repeat\": 200, \"steps\": [" PUT(
                 "ok", EXPECT_200 ", \"prefer\": {\"status\": 201}") "]}," PUT("bad", EXPECT_200)));
    struct plan *plan;
    const struct runner_target target = runs_minting_target();
    const struct runner_options options = runs_options(1, 1);
    fake_target_init(&fake, 1);
    struct verdict_run *run = runs_all(cases, &target, &options, &plan);
    const struct verdict *verdict = &run->verdicts[0];
    assert_int_equal(verdict->outcome, VERDICT_FAIL);
    assert_int_equal(verdict->requests, 201);
    assert_int_equal(verdict->finding_count, 64);
    assert_int_equal(verdict->exchange_count, 32);
    const struct verdict_finding *last = &verdict->findings[63];
    assert_int_equal(last->severity, VERDICT_FAIL);
    assert_string_equal(last->where, "step 3, status");
    assert_int_equal(last->exchange, 31);
    assert_string_equal(verdict->exchanges[31].title, "step 3");
    for (size_t i = 0; i < verdict->finding_count; i++)
        assert_true(verdict->findings[i].exchange == SIZE_MAX ||
                    verdict->findings[i].exchange < verdict->exchange_count);
    runner_free_run(run);
    plan_free(plan);
}

static const char sweep_cases[] = FILE_OF(CASE(
    "s/fail", "must", "",
    PUT("ok", EXPECT_200
        ", \"keep\": {\"t\": \"header X-Last-Modified\"}") ","
                                                           "{\"wait\": 0.5},"
                                                           "{\"send\": \"PUT "
                                                           "/storage/{coll}/bad\", \"headers\": "
                                                           "{\"X-T\": \"{t + 1}\"}, "
                                                           "\"as\": \"other\", \"expect\": "
                                                           "{\"status\": 200}}"));

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
        cmocka_unit_test(every_seed_and_every_order_gives_the_same_verdicts),
        cmocka_unit_test(waits_overlap_on_a_live_target),
        cmocka_unit_test(waits_take_no_time_on_a_virtual_clock),
        cmocka_unit_test(each_case_has_users_of_its_own),
        cmocka_unit_test(selection_follows_globs_and_level),
        cmocka_unit_test(a_long_case_keeps_what_decided_it),
        cmocka_unit_test(a_failed_allocation_ends_in_an_error_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
