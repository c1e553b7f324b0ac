/* Target descriptions: what is read, what is refused and where, what a declaration means. */
#include "base/alloc.h"
#include "runner/description.h"
#include "tests/support/runs.h"
#include "tests/support/support.h"

#include <stdio.h>

enum { TEXT_MAX = 64 * 1024 };

#define HEAD "{\"format\": \"syncspec-target-1\", \"name\": \"n\""

static struct runner_description *read(const char *text)
{
    AUTO(buf_free) struct buf messages = buf_bounded(TEXT_MAX);
    struct plan_errors errors = { .text = &messages };
    struct runner_description *description =
        runner_description_read("t.json", slice_text(text), &errors);
    if (description == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&messages)));
    return description;
}

static void each_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        { "", "t.json:1:1: " },
        { "{\"name\": \"n\"}", "t.json:1:1: the key \"format\" is missing" },
        { "{\"format\": \"x\", \"name\": \"n\"}", "t.json:1:12: unknown format" },
        { HEAD ",\n\"apis\": [\"1.5\", \"2.0\"]}", "t.json:2:17: unknown API" },
        { HEAD ",\n\"apis\": [1.5]}", "t.json:2:10: wrong type" },
        { HEAD ",\n\"capabilities\": [\"batch\"]}", "t.json:2:18: unknown capability" },
        { HEAD ",\n\"auth\": {}}", "t.json:2:9: expected either" },
        { HEAD ",\n\"auth\": {\"file\": \"a\", \"environment\": \"b\"}}", "expected either" },
        { HEAD ",\n\"auth\": {\"secret\": \"a\"}}", "t.json:2:10: unknown key \"secret\"" },
        { HEAD ",\n\"quota\": -1}", "t.json:2:10: expected a whole number" },
        { HEAD ",\n\"limits\": {\"max_post_record\": 1}}", "did you mean \"max_post_records\"?" },
        { HEAD ",\n\"limits\": {\"max_post_records\": -1}}", "t.json:2:32: expected a whole" },
        { HEAD ",\n\"hooks\": {\"restart\": {}}}", "t.json:2:22: expected either a \"command\"" },
        { HEAD ",\n\"hooks\": {\"restart\": {\"command\": []}}}", "expected a program" },
        { HEAD ",\n\"hooks\": {\"restart\": {\"command\": [\"a\"], \"body\": \"b\"}}}",
          "expected either" },
        { HEAD ",\n\"hooks\": {\"move\": {\"request\": \"http://h\"}}}",
          "t.json:2:31: expected a" },
        { HEAD ",\n\"hooks\": {\"move\": {\"request\": \"POST http://h\", \"timeout\": 601}}}",
          "from 0 to 600" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf_free) struct buf messages = buf_bounded(TEXT_MAX);
        struct plan_errors errors = { .text = &messages };
        assert_null(runner_description_read("t.json", slice_text(rows[i].text), &errors));
        const char *text = buf_text(&messages);
        if (strstr(text, rows[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", text, rows[i].says);
    }
}

static const char whole[] =
    HEAD ", \"note\": \"o\", \"url\": \"http://h\", \"auth\": {\"file\": \"s\"}, \"ca_file\": "
         "\"c\", \"apis\": [\"1.1\", \"1.0\"], \"capabilities\": [\"batches\"], \"limits\": "
         "{\"max_post_records\": 7}, \"quota\": 9, \"hooks\": {\"restart\": {\"command\": [\"a\", "
         "\"b c\"]}, \"move\": {\"request\": \"POST http://x/{uid}\", \"body\": \"{}\", "
         "\"timeout\": 2}}}";

static void all_of_it_reaches_the_target(void **state)
{
    (void)state;
    struct runner_description *description = read(whole);
    struct runner_target target = { 0 };
    assert_string_equal(description->url, "http://h");
    assert_string_equal(description->auth_file, "s");
    assert_string_equal(description->auth_environment, "");
    assert_string_equal(description->ca_file, "c");
    assert_true(runner_description_has_api(description, "1.0"));
    assert_false(runner_description_has_api(description, "1.5"));
    runner_description_apply(description, &target);
    assert_string_equal(target.description, "t.json");
    assert_int_equal(target.quota, 9);
    assert_int_equal(target.declared_count, 1);
    assert_string_equal(target.declared[0], "batches");
    const struct runner_hook *restart = &target.hooks[RUNNER_HOOK_RESTART];
    assert_string_equal(restart->command[0], "a");
    assert_string_equal(restart->command[1], "b c");
    assert_null(restart->command[2]);
    assert_int_equal(restart->timeout_ms, 30000);
    const struct runner_hook *move = &target.hooks[RUNNER_HOOK_MOVE];
    assert_string_equal(move->method, "POST");
    assert_string_equal(move->url, "http://x/{uid}");
    assert_int_equal(move->timeout_ms, 2000);
    assert_false(runner_hook_is_given(&target.hooks[RUNNER_HOOK_QUOTA]));
    target.quota = 5;
    runner_description_apply(description, &target);
    assert_int_equal(target.quota, 5);
    runner_description_free(description);
}

static void those_of_the_repository_are_right(void **state)
{
    (void)state;
    static const char *const files[] = { "built-in", "serve", "syncstorage-rs",
                                         "server-syncstorage", "go-syncstorage" };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[64];
        (void)snprintf(path, sizeof(path), "fixtures/targets/%s.json", files[i]);
        struct buf text = support_read_file(path);
        struct runner_description *description = read(buf_text(&text));
        assert_true(runner_description_has_api(description, "1.5"));
        runner_description_free(description);
        buf_free(&text);
    }
}

static const char cases[] =
    FILE_OF(CASE("a/batches", "must", ", \"needs\": [\"batches\"]", PUT("ok", EXPECT_200)) "," CASE(
        "a/records", "must", ", \"needs\": [\"max_post_bytes\"]",
        PUT("ok", EXPECT_200)) "," CASE("a/plain", "must", "", PUT("ok", EXPECT_200)));

static void what_is_declared_and_not_there_is_a_failure(void **state)
{
    (void)state;
    static const struct {
        const char *declares;
        int batch_status;
        size_t failed, blocked, skipped, passed;
        const char *id; /* of the failure */
    } rows[] = {
        { "", 200, 0, 0, 2, 1, NULL },
        { ", \"capabilities\": [\"batches\"]", 202, 0, 0, 1, 2, NULL },
        { ", \"capabilities\": [\"batches\"]", 200, 1, 1, 1, 1, "target/batches" },
        { ", \"capabilities\": [\"tls\"]", 202, 1, 0, 1, 2, "target/tls" },
        { ", \"limits\": {\"max_post_bytes\": 1000}", 202, 0, 0, 0, 3, NULL },
        { ", \"limits\": {\"max_post_records\": 100}", 202, 0, 0, 1, 2, NULL },
        { ", \"limits\": {\"max_post_records\": 99}", 202, 1, 0, 1, 2, "target/max_post_records" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[256];
        struct plan *plan;
        struct runner_target target = runs_minting_target();
        const struct runner_options options = runs_options(1, 2);
        (void)snprintf(text, sizeof(text), HEAD "%s}", rows[i].declares);
        struct runner_description *description = read(text);
        runner_description_apply(description, &target);
        fake_target_init(&fake, 1);
        fake.batch_status = rows[i].batch_status;
        struct verdict_run *run = runs_all(cases, &target, &options, &plan);
        assert_int_equal(run->totals[VERDICT_FAIL], rows[i].failed);
        assert_int_equal(run->totals[VERDICT_BLOCKED], rows[i].blocked);
        assert_int_equal(run->totals[VERDICT_SKIP], rows[i].skipped);
        assert_int_equal(run->totals[VERDICT_PASS], rows[i].passed);
        assert_int_equal(verdict_run_exit(run), rows[i].failed > 0    ? VERDICT_EXIT_FAILED
                                                : rows[i].skipped > 1 ? VERDICT_EXIT_VACUOUS
                                                                      : VERDICT_EXIT_CONFORMANT);
        if (rows[i].id != NULL)
            assert_string_equal(run->verdicts[0].id, rows[i].id);
        runner_free_run(run);
        plan_free(plan);
        runner_description_free(description);
    }
}

static void read_with_failures(void *context)
{
    struct buf messages = buf_bounded(4096);
    struct plan_errors errors = { .text = &messages };
    struct runner_description *description =
        runner_description_read("t.json", slice_text(context), &errors);
    assert_true(description != NULL || alloc_has_failed());
    runner_description_free(description);
    buf_free(&messages);
}

static void a_failed_allocation_gives_no_description_and_leaks_nothing(void **state)
{
    (void)state;
    static char text[sizeof(whole)];
    memcpy(text, whole, sizeof(whole));
    support_sweep_allocations(read_with_failures, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mistake_is_told_with_its_place),
        cmocka_unit_test(all_of_it_reaches_the_target),
        cmocka_unit_test(those_of_the_repository_are_right),
        cmocka_unit_test(what_is_declared_and_not_there_is_a_failure),
        cmocka_unit_test(a_failed_allocation_gives_no_description_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
