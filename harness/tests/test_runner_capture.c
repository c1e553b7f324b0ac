#include "runner/capture.h"
#include "tests/support/support.h"

static const struct http_field fields[] = {
    { SLICE_INIT("X-Last-Modified"), SLICE_INIT("1700000000.10") },
};

static struct http_answer answer_of(const char *body)
{
    return (struct http_answer){
        .status = 202,
        .fields = { .at = fields, .count = 1 },
        .body = slice_text(body),
    };
}

static const struct {
    const char *from, *what, *body;
    const char *kept; /* NULL: the response lacks it */
} rows[] = {
    { "header", "x-last-modified", "", "1700000000.10" },
    { "header", "X-Nothing", "", NULL },
    { "status", "", "", "202" },
    { "body", "", "a\nb", "a\nb" },
    { "json", "", "1700000000.10", "1700000000.10" },
    { "json", "/modified", "{\"modified\": 1700000000.10}", "1700000000.10" },
    { "json", "/a~1b/1", "{\"a/b\": [1, 2.50]}", "2.50" },
    { "json", "/{coll}", "{\"mine\": 7}", "7" },
    { "json", "/id", "{\"id\": \"a\\u00e9\\n\"}", "a\xc3\xa9\n" },
    { "json", "/o", "{\"o\": {\"a\":  [1]}}", "{\"a\":  [1]}" },
    { "json", "/missing", "{}", NULL },
    { "json", "", "not JSON", NULL },
    { "json", "", "", NULL },
    { "newlines", "", "1\n{\"a\": 2}\n", "[1,{\"a\": 2}]" },
    { "newlines", "", "", "[]" },
    { "newlines", "", "1\n2", NULL },
    { "somewhere", "", "", NULL },
};

static void each_source_is_kept_as_it_was_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan_scope *scope = plan_scope_new();
        const struct plan_keep keep = { .name = "k", .from = rows[i].from, .what = rows[i].what };
        const struct http_answer answer = answer_of(rows[i].body);
        struct slice kept = { 0 };
        assert_non_null(scope);
        assert_true(plan_scope_set(scope, "coll", SLICE("mine")));
        enum runner_capture result = runner_capture(&keep, &answer, scope);
        assert_int_equal(result, rows[i].kept == NULL ? RUNNER_CAPTURE_LACKS : RUNNER_CAPTURED);
        assert_int_equal(plan_scope_get(scope, "k", &kept), rows[i].kept != NULL);
        if (rows[i].kept != NULL)
            assert_slice(kept, rows[i].kept);
        plan_scope_free(scope);
    }
}

static void collected_lists_grow_from_page_to_page(void **state)
{
    (void)state;
    static const struct {
        const char *from, *what, *body;
        enum runner_capture wanted;
    } pages[] = {
        { "json", "", "[\"a\", \"b\"]", RUNNER_CAPTURED },
        { "json", "/items", "{\"items\": [\"c\"]}", RUNNER_CAPTURED },
        { "newlines", "", "\"d\"\n", RUNNER_CAPTURED },
        { "value", "/modified", "{\"modified\": 1.25}", RUNNER_CAPTURED },
        { "value", "", "[1]", RUNNER_CAPTURED },
        { "header", "X-Last-Modified", "", RUNNER_CAPTURED },
        { "status", "", "", RUNNER_CAPTURED },
        { "json", "", "{}", RUNNER_CAPTURE_LACKS },
        { "value", "/missing", "{}", RUNNER_CAPTURE_LACKS },
        { "header", "X-Nothing", "", RUNNER_CAPTURE_LACKS },
        { "newlines", "", "oops\n", RUNNER_CAPTURE_LACKS },
        { "json", "", "[]", RUNNER_CAPTURED },
    };
    struct plan_scope *scope = plan_scope_new();
    assert_non_null(scope);
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        const struct plan_keep keep = {
            .name = "seen", .from = pages[i].from, .what = pages[i].what, .appends = true
        };
        const struct http_answer answer = answer_of(pages[i].body);
        assert_int_equal(runner_capture(&keep, &answer, scope), pages[i].wanted);
    }
    struct buf text = buf_bounded(1024);
    json_t *list = json_string("{seen}");
    assert_null(plan_expand_body(scope, PLAN_BODY_JSON, list, &text));
    assert_slice(buf_slice(&text), "[\"a\",\"b\",\"c\",\"d\",1.25,[1],\"1700000000.10\",202]");
    json_decref(list);
    buf_free(&text);
    plan_scope_free(scope);
}

/* Hundredths must survive the way through a list: checks compare them digit by digit. */
static void collected_stamps_keep_their_hundredths(void **state)
{
    (void)state;
    struct plan_scope *scope = plan_scope_new();
    struct buf text = buf_bounded(1024);
    const struct plan_keep keep = { .name = "seen", .from = "json", .what = "", .appends = true };
    const struct http_answer answer = answer_of("[1700000000.12, 1700000000.29]");
    json_t *list = json_string("{seen}");
    assert_non_null(scope);
    assert_int_equal(runner_capture(&keep, &answer, scope), RUNNER_CAPTURED);
    assert_null(plan_expand_body(scope, PLAN_BODY_JSON, list, &text));
    assert_slice(buf_slice(&text), "[1700000000.12,1700000000.29]");
    json_decref(list);
    buf_free(&text);
    plan_scope_free(scope);
}

/* A page without records: what is collected then is the empty list, not nothing. */
static void an_empty_page_begins_the_list(void **state)
{
    (void)state;
    struct plan_scope *scope = plan_scope_new();
    struct buf text = buf_bounded(1024);
    const struct plan_keep keep = { .name = "seen", .from = "json", .what = "", .appends = true };
    const struct http_answer answer = answer_of("[]");
    json_t *list = json_string("{seen}");
    assert_non_null(scope);
    assert_int_equal(runner_capture(&keep, &answer, scope), RUNNER_CAPTURED);
    assert_null(plan_expand_body(scope, PLAN_BODY_JSON, list, &text));
    assert_slice(buf_slice(&text), "[]");
    json_decref(list);
    buf_free(&text);
    plan_scope_free(scope);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_source_is_kept_as_it_was_written),
        cmocka_unit_test(collected_lists_grow_from_page_to_page),
        cmocka_unit_test(collected_stamps_keep_their_hundredths),
        cmocka_unit_test(an_empty_page_begins_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
