#include "tests/support/support.h"

#include "base/limits.h"
#include "base/rng.h"
#include "check/check.h"
#include "plan/plan.h"

#include <dirent.h>
#include <stdio.h>

enum { ERRORS_ROOM = 256 * 1024, WRONG_FILES_MIN = 110 };

static const char requirements_path[] = "fixtures/cases-wrong/requirements.json";

static struct plan *load(struct slice cases, const char *name, struct plan_errors *errors)
{
    struct buf requirements = support_read_file(requirements_path);
    struct plan *plan =
        plan_load_text(cases, name, buf_slice(&requirements), check_vocabulary(), errors);
    buf_free(&requirements);
    return plan;
}

static void same_errors(const char *name)
{
    char path[512];
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    assert_true(snprintf(path, sizeof(path), "fixtures/cases-wrong/%s.json", name) > 0);
    struct buf cases = support_read_file(path);
    assert_true(snprintf(path, sizeof(path), "fixtures/cases-wrong/%s.txt", name) > 0);
    struct buf wanted = support_read_file(path);
    assert_true(snprintf(path, sizeof(path), "%s.json", name) > 0);
    assert_null(load(buf_slice(&cases), path, &errors));
    assert_true(errors.count > 0);
    if (!slice_eq(buf_slice(&said), buf_slice(&wanted)))
        fail_msg("%s: said\n%.*swanted\n%.*s", name, SLICE_FMT(buf_slice(&said)),
                 SLICE_FMT(buf_slice(&wanted)));
    buf_free(&said);
    buf_free(&cases);
    buf_free(&wanted);
}

static void every_mistake_is_said_with_its_place(void **state)
{
    (void)state;
    size_t count = 0;
    DIR *folder = opendir(SYNCSPEC_ROOT "/fixtures/cases-wrong");
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct slice name = slice_text(entry->d_name);
        char stem[256];
        if (!slice_ends(name, SLICE(".txt")))
            continue;
        assert_true(
            snprintf(stem, sizeof(stem), "%.*s", SLICE_FMT(slice_head(name, name.len - 4))) > 0);
        same_errors(stem);
        count++;
    }
    assert_int_equal(closedir(folder), 0);
    assert_true(count >= WRONG_FILES_MIN);
}

static void no_more_than_a_hundred_mistakes_are_said(void **state)
{
    (void)state;
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    struct buf cases = support_read_file("fixtures/cases-wrong/a-hundred-errors.json");
    size_t lines = 0;
    assert_null(load(buf_slice(&cases), "many.json", &errors));
    for (size_t i = 0; i < said.len; i++)
        lines += said.ptr[i] == '\n';
    assert_int_equal(lines, 100);
    assert_int_equal(errors.count, 120);
    buf_free(&said);
    buf_free(&cases);
}

#define CASE(needs, steps)                                                                         \
    "{\"title\":\"t\",\"document\":\"d\",\"api\":\"1.5\",\"cases\":[{\"id\":\"a/b\",\"title\":"    \
    "\"t\",\"requires\":[\"1.5/x/first\",\"1.5/x/second\"]," needs "\"steps\":[" steps "]}]}"
#define OK "\"expect\":{\"status\":200}"

static void needs_follow_from_the_steps(void **state)
{
    static const struct {
        const char *cases;
        const char *needs; /* joined by blanks */
    } rows[] = {
        { CASE("", "{\"send\":\"GET /a\"," OK "}"), "" },
        { CASE("\"needs\":[\"tls\"],", "{\"send\":\"GET /a\"," OK "}"), "tls" },
        { CASE("", "{\"send\":\"GET /a\",\"as\":\"other\"," OK "}"), "users" },
        { CASE("", "{\"send\":\"GET /a\",\"endpoint_of\":\"third\"," OK "}"), "users" },
        { CASE("", "{\"send\":\"GET /a\",\"text\":\"{other.uid}\"," OK "}"), "users" },
        { CASE("", "{\"raw\":\"x\"," OK "}"), "raw" },
        { CASE("", "{\"send\":\"GET /a\",\"auth\":{\"token\":{\"salt\":\"a\"}}," OK "}"), "mint" },
        { CASE("", "{\"send\":\"GET /a\",\"auth\":{\"token\":{\"secret\":\"rotated\"}}," OK "}"),
          "mint rotated-secret" },
        { CASE("", "{\"send\":\"GET /a\",\"auth\":{\"token\":{\"uid\":\"other\"}}," OK "}"),
          "mint users" },
        { CASE("", "{\"send\":\"POST /a\",\"json\":{\"$bsos\":{\"count\":"
                   "\"{limit.max_post_records + 1}\"}}," OK "}"),
          "max_post_records" },
        { CASE("\"needs\":[\"quota\"],", "{\"send\":\"GET /a\",\"text\":\"{quota.bytes}\"," OK "}"),
          "quota" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf said = buf_bounded(ERRORS_ROOM);
        struct buf needs = buf_bounded(1024);
        struct plan_errors errors = { .text = &said };
        struct plan *plan = load(slice_text(rows[i].cases), "a.json", &errors);
        if (plan == NULL)
            fail_msg("%.*s", SLICE_FMT(buf_slice(&said)));
        const struct plan_case *found = plan_case_find(plan, SLICE("a/b"));
        assert_non_null(found);
        for (size_t j = 0; j < found->need_count; j++)
            buf_add_format(&needs, "%s%s", j > 0 ? " " : "", found->needs[j]);
        assert_slice(buf_slice(&needs), rows[i].needs);
        buf_free(&said);
        buf_free(&needs);
        plan_free(plan);
    }
}

static const char loaded_case[] = CASE(
    "", "{\"send\":\"PUT ^/a/{coll}\",\"json\":{\"payload\":\"x\"},\"headers\":{\"X\":null}," OK
        ",\"keep\":{\"t0\":\"header X-Last-Modified\"}},"
        "{\"wait\":2.5},"
        "{\"repeat\":3,\"until\":{\"status\":404},\"while_header\":\"X-Next\",\"steps\":["
        "{\"send\":\"GET /a?x={t0 - 0.01}\",\"requirement\":\"1.5/x/second\"," OK "}]},"
        "{\"check\":\"{t0}\",\"expect\":{\"json\":{\"$eq\":\"{t0}\"}}}");

static void a_case_is_loaded_as_written(void **state)
{
    (void)state;
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    struct plan *plan = load(slice_text(loaded_case), "a.json", &errors);
    if (plan == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&said)));
    const struct plan_case *loaded = plan_case_at(plan, 0);
    assert_string_equal(loaded->file, "a.json");
    assert_int_equal(loaded->step_count, 4);
    assert_int_equal(loaded->waits, 250);
    const struct plan_step *put = &loaded->steps[0];
    assert_string_equal(put->method, "PUT");
    assert_string_equal(put->target, "/a/{coll}");
    assert_true(put->from_root);
    assert_int_equal(put->body, PLAN_BODY_JSON);
    assert_string_equal(put->keep[0].from, "header");
    assert_string_equal(put->keep[0].what, "X-Last-Modified");
    assert_string_equal(put->requirement->id, "1.5/x/first");
    const struct plan_step *repeat = &loaded->steps[2];
    assert_string_equal(repeat->rounds, "3");
    assert_string_equal(repeat->while_header, "X-Next");
    assert_int_equal(repeat->steps[0].number, 4);
    assert_string_equal(repeat->steps[0].requirement->id, "1.5/x/second");
    assert_int_equal(loaded->steps[3].number, 5);
    assert_string_equal(loaded->steps[3].expect.at[0].kind, "json");
    plan_free(plan);
    buf_free(&said);
}

static void cases_depend_on_the_bases_of_what_they_do(void **state)
{
    static const struct {
        const char *id, *depends_on; /* joined by blanks */
    } rows[] = {
        { "a", "put list" },    { "put", "" },  { "list", "put" }, { "kept", "put" },
        { "b", "list a kept" }, { "c", "put" }, { "d", "" },       { "e", "" },
        { "p", "put" },
    };
    (void)state;
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    struct buf cases = support_read_file("fixtures/cases/basis.json");
    struct plan *plan = load(buf_slice(&cases), "basis.json", &errors);
    buf_free(&cases);
    if (plan == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&said)));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf ids = buf_bounded(1024);
        const struct plan_case *found = plan_case_find(plan, slice_text(rows[i].id));
        assert_non_null(found);
        for (size_t j = 0; j < found->dependency_count; j++)
            buf_add_format(&ids, "%s%s", j > 0 ? " " : "", found->depends_on[j]);
        assert_slice(buf_slice(&ids), rows[i].depends_on);
        buf_free(&ids);
    }
    plan_free(plan);
    buf_free(&said);
}

#define REQUIREMENTS(more)                                                                         \
    "{\"title\":\"t\",\"document\":\"d\",\"requirements\":[{\"id\":\"1.5/x/"                       \
    "first\",\"level\":\"must\","                                                                  \
    "\"statement\":\"s\",\"source\":\"h\"},{\"id\":\"1.5/x/second\"," more "}]}"
#define RULE "\"level\":\"must\",\"statement\":\"s\",\"source\":\"h\""

static void mistakes_in_requirements_are_said(void **state)
{
    static const struct {
        const char *requirements;
        const char *said; /* after "requirements/given.json:1:"; "": it loads */
    } rows[] = {
        { REQUIREMENTS(RULE), "" },
        { REQUIREMENTS("\"level\":\"Must\",\"statement\":\"s\",\"source\":\"h\""),
          "139: a bad level; expected must, should, may or de-facto" },
        { REQUIREMENTS(RULE ",\"excluded\":\"No case yet.\""),
          "186: wrong type; expected an object" },
        { REQUIREMENTS(RULE ",\"excluded\":{\"class\":\"not yet\",\"because\":\"b\"}"),
          "195: a bad class; expected one of cases/README.md, Requirements" },
        { REQUIREMENTS(RULE ",\"excluded\":{\"class\":\"not-yet\",\"because\":\"\"}"),
          "215: \"because\" is empty; expected a text" },
        { REQUIREMENTS(RULE ",\"excluded\":{\"class\":\"not-yet\"}"),
          "186: the key \"because\" is missing; it is required" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf said = buf_bounded(ERRORS_ROOM);
        struct plan_errors errors = { .text = &said };
        struct plan *plan =
            plan_load_text(slice_text(CASE("", "{\"send\":\"GET /a\"," OK "}")), "a.json",
                           slice_text(rows[i].requirements), check_vocabulary(), &errors);
        struct slice line = buf_slice(&said), rest;
        (void)slice_cut(line, '\n', &line, &rest);
        struct slice place = SLICE("requirements/given.json:1:");
        assert_int_equal(plan != NULL, rows[i].said[0] == '\0');
        assert_slice(slice_starts(line, place) ? slice_from(line, place.len) : line, rows[i].said);
        plan_free(plan);
        buf_free(&said);
    }
}

static void the_cases_of_this_repository_load(void **state)
{
    (void)state;
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    struct plan *plan = plan_load(SYNCSPEC_ROOT "/cases", check_vocabulary(), &errors);
    if (plan == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&said)));
    assert_true(plan_case_count(plan) > 0);
    assert_true(plan_requirement_count(plan) > 0);
    plan_free(plan);
    buf_free(&said);
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    (void)state;
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    assert_null(plan_load(SYNCSPEC_ROOT "/no-such-folder", check_vocabulary(), &errors));
    assert_int_equal(errors.count, 1);
    assert_true(slice_ends(buf_slice(&said),
                           SLICE("the folder cannot be read; No such file or directory\n")));
    buf_free(&said);
}

/* Ours, that is: the parser of jansson 2.14 does not survive a failure of its own. */
static void load_once(void *context)
{
    struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said };
    const struct slice *texts = context;
    struct plan *plan = plan_load_text(texts[0], "a.json", texts[1], check_vocabulary(), &errors);
    plan_free(plan);
    buf_free(&said);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    struct buf requirements = support_read_file(requirements_path);
    struct slice texts[] = { slice_text(loaded_case), buf_slice(&requirements) };
    support_sweep_allocations(load_once, texts);
    buf_free(&requirements);
}

/* Bytes of a good file exchanged at random: never a crash, and what loads is whole. */
static void random_bytes_do_no_harm(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    char text[sizeof(loaded_case)];
    for (size_t round = 0; round < 3000; round++) {
        struct buf said = buf_bounded(ERRORS_ROOM);
        struct plan_errors errors = { .text = &said };
        memcpy(text, loaded_case, sizeof(text));
        size_t len =
            rng_below(&rng.base, 4) == 0 ? rng_below(&rng.base, sizeof(text)) : sizeof(text) - 1;
        for (uint64_t i = rng_below(&rng.base, 4); i > 0; i--)
            text[rng_below(&rng.base, sizeof(text) - 1)] =
                "\"{}[]:,$\\0 aZ\x7F\xC3"[rng_below(&rng.base, 16)];
        struct support_edge edge = support_edge_of(slice_of(text, len));
        struct plan *plan = load(edge.bytes, "a.json", &errors);
        assert_true((plan == NULL) == (errors.count > 0));
        plan_free(plan);
        support_edge_free(&edge);
        buf_free(&said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake_is_said_with_its_place),
        cmocka_unit_test(no_more_than_a_hundred_mistakes_are_said),
        cmocka_unit_test(needs_follow_from_the_steps),
        cmocka_unit_test(a_case_is_loaded_as_written),
        cmocka_unit_test(cases_depend_on_the_bases_of_what_they_do),
        cmocka_unit_test(mistakes_in_requirements_are_said),
        cmocka_unit_test(the_cases_of_this_repository_load),
        cmocka_unit_test(a_folder_that_is_not_there_is_said),
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(random_bytes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
