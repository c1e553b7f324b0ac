/* The `rows` of a case. */
#include "tests/support/support.h"

#include "base/alloc.h"
#include "check/check.h"
#include "plan/plan.h"

#include <stdio.h>

enum { ERRORS_ROOM = 64 * 1024, TEXT_ROOM = 16 * 1024 };

static const char requirements[] =
    "{\"title\":\"t\",\"document\":\"d\",\"requirements\":[{\"id\":\"1.5/a\",\"level\":\"must\","
    "\"statement\":\"s\",\"source\":\"s\"}]}";

/* The rows stand on a line of their own, the third one. */
static void write_cases(const char *rows, struct buf *out)
{
    (void)buf_add_format(
        out,
        "{ \"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", \"cases\": [\n"
        "{ \"id\": \"a/b\", \"title\": \"t\", \"requires\": [\"1.5/a\"], \"rows\":\n%s,\n"
        "\"steps\": [{ \"send\": \"GET /{row.name}\", \"expect\": { \"status\": 200 } }] }] }",
        rows);
}

static struct plan *load(const char *rows, struct buf *said)
{
    AUTO(buf_free) struct buf text = buf_bounded(TEXT_ROOM);
    struct plan_errors errors = { .text = said };
    write_cases(rows, &text);
    return text.failed ? NULL
                       : plan_load_text(buf_slice(&text), "f.json", SLICE(requirements),
                                        check_vocabulary(), &errors);
}

static void write_many(size_t count, struct buf *out)
{
    (void)buf_add_byte(out, '[');
    for (size_t i = 0; i < count; i++)
        (void)buf_add_format(out, "%s{\"name\":\"row-%zu\"}", i == 0 ? "" : ",", i);
    (void)buf_add_text(out, "]");
}

static void two_to_64_rows_are_kept_in_their_order(void **state)
{
    static const struct {
        size_t count;
        bool good;
    } rows[] = {
        { 0, false }, { 1, false }, { 2, true }, { 3, true }, { 64, true }, { 65, false }
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(buf_free) struct buf said = buf_bounded(ERRORS_ROOM);
        AUTO(buf_free) struct buf list = buf_bounded(TEXT_ROOM);
        write_many(rows[i].count, &list);
        struct plan *plan = load(buf_text(&list), &said);
        assert_int_equal(plan != NULL, rows[i].good);
        for (size_t j = 0; plan != NULL && j < rows[i].count; j++) {
            char name[32];
            const json_t *row = json_array_get(plan_case_at(plan, 0)->rows, j);
            (void)snprintf(name, sizeof(name), "row-%zu", j);
            assert_string_equal(json_string_value(json_object_get(row, "name")), name);
        }
        if (!rows[i].good)
            assert_true(slice_search(buf_slice(&said), SLICE("rows; expected 2 to 64")) < said.len);
        plan_free(plan);
    }
}

/* Whatever JSON is, in whatever order of keys. */
static void a_value_may_be_anything(void **state)
{
    (void)state;
    AUTO(buf_free) struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan *plan = load(
        "[{\"name\":\"a\",\"v\":1.50,\"w\":null},{\"w\":[{\"x\":{}}],\"v\":\"\",\"name\":\"b\"}]",
        &said);
    if (plan == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&said)));
    const json_t *rows = plan_case_at(plan, 0)->rows;
    assert_true(json_is_real(json_object_get(json_array_get(rows, 0), "v")));
    assert_true(json_is_null(json_object_get(json_array_get(rows, 0), "w")));
    assert_int_equal(json_array_size(json_object_get(json_array_get(rows, 1), "w")), 1);
    plan_free(plan);
}

static void each_mistake_is_said_with_its_place(void **state)
{
    static const struct {
        const char *rows, *says;
    } cases[] = {
        { "5", "f.json:3:1: " },
        { "[1, 2]", "f.json:3:2: " },
        { "[{\"name\":\"a\"}, []]", "f.json:3:16: " },
        { "[{\"v\":1}, {\"v\":2}]", "f.json:3:2: a row without a name" },
        { "[{\"name\":\"a\"}, {\"name\":5}]", "f.json:3:24: a row without a name" },
        { "[{\"name\":\"a\"}, {\"name\":\"\"}]", "f.json:3:24: a row without a name" },
        { "[{\"name\":\"a\"}, {\"name\":\"B\"}]", "f.json:3:24: a row without a name" },
        { "[{\"name\":\"a b\"}, {\"name\":\"c\"}]", "f.json:3:10: a row without a name" },
        { "[{\"name\":\"a\"}, {\"name\":\"b\"}, {\"name\":\"a\"}]",
          "f.json:3:38: two rows of the name \"a\"" },
        { "[{\"name\":\"a\",\"1v\":1}, {\"name\":\"b\",\"1v\":1}]",
          "f.json:3:14: a bad name for a value of a row" },
        { "[{\"name\":\"a\",\"v-w\":1}, {\"name\":\"b\",\"v-w\":1}]",
          "f.json:3:14: a bad name for a value of a row" },
        { "[{\"name\":\"a\",\"v\":1}, {\"name\":\"b\"}]",
          "f.json:3:22: a row of 1 keys; expected the 2 of the first one" },
        { "[{\"name\":\"a\"}, {\"name\":\"b\",\"v\":1}]",
          "f.json:3:28: a key that the first row does not have" },
        { "[{\"name\":\"a\",\"v\":1}, {\"name\":\"b\",\"w\":1}]",
          "f.json:3:34: a key that the first row does not have" },
        { "[{\"name\":\"a\",\"name\":\"a\"}, {\"name\":\"b\"}]", "f.json:3:" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        AUTO(buf_free) struct buf said = buf_bounded(ERRORS_ROOM);
        struct plan *plan = load(cases[i].rows, &said);
        if (plan != NULL || slice_search(buf_slice(&said), slice_text(cases[i].says)) == said.len)
            fail_msg("%s: %.*s", cases[i].rows, SLICE_FMT(buf_slice(&said)));
    }
}

static void load_once(void *context)
{
    AUTO(buf_free) struct buf said = buf_bounded(ERRORS_ROOM);
    struct plan *plan = load(context, &said);
    assert_true(plan != NULL || alloc_has_failed() || said.len > 0);
    plan_free(plan);
}

static void any_allocation_may_fail(void **state)
{
    static char good[] = "[{\"name\":\"a\",\"v\":[1]},{\"name\":\"b\",\"v\":2}]";
    static char bad[] = "[{\"name\":\"a\",\"v\":[1]},{\"name\":\"a\",\"w\":2}]";
    (void)state;
    support_sweep_allocations(load_once, good);
    support_sweep_allocations(load_once, bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_to_64_rows_are_kept_in_their_order),
        cmocka_unit_test(a_value_may_be_anything),
        cmocka_unit_test(each_mistake_is_said_with_its_place),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
