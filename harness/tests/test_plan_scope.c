#include "tests/support/support.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "plan/scope.h"

static struct plan_scope *scope_with(const char *name, const char *value)
{
    struct plan_scope *scope = plan_scope_new();
    assert_non_null(scope);
    assert_true(plan_scope_set(scope, name, slice_text(value)));
    return scope;
}

static void expressions_are_exact(void **state)
{
    static const struct {
        const char *value, *template_text, *result; /* NULL: refused */
    } rows[] = {
        { "1700000000.00", "{t}", "1700000000.00" },
        { "1700000000.00", "{t - 0.01}", "1699999999.99" },
        { "1700000000.00", "a{t + 0.01}b", "a1700000000.01b" },
        { "1700000000", "{t - 1}", "1699999999" },
        { "1700000000", "{t - 0.01}", "1699999999.99" },
        { "1700000000.5", "{t + 1}", "1700000001.50" },
        { "1700000000.129", "{t + 0.01}", "1700000000.13" },
        { "0.00", "{t - 0.01}", "-0.01" },
        { "-5", "{t + 3}", "-2" },
        { "0.1", "{t+0.2}", "0.30" },
        { "92233720368547758.07", "{t + 0}", "92233720368547758.07" },
        { "92233720368547758.07", "{t + 0.01}", NULL },
        { "abc", "{t + 1}", NULL },
        { "1e3", "{t + 1}", NULL },
        { "", "{t + 1}", NULL },
        { "x", "{{{t}}}", "{x}" },
        { "x", "{{t}}", "{t}" },
        { "x", "{u}", NULL },
        { "x", "{t", NULL },
        { "x", "t}", NULL },
        { "x", "{}", NULL },
        { "x", "{t * 2}", NULL },
        { "x", "{$ids:r:9:3}", "r000009,r000010,r000011" },
        { "x", "{$ids:r:0:0}", "" },
        { "x", "{$ids:r:0:10001}", NULL },
        { "x", "{$ids:r:0}", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan_scope *scope = scope_with("t", rows[i].value);
        struct buf out = buf_bounded(1024);
        const char *wrong = plan_expand_text(scope, rows[i].template_text, PLAN_AS_IS, &out);
        if (rows[i].result == NULL)
            assert_non_null(wrong);
        else if (wrong != NULL)
            fail_msg("%s: %s", rows[i].template_text, wrong);
        else
            assert_slice(buf_slice(&out), rows[i].result);
        buf_free(&out);
        plan_scope_free(scope);
    }
}

static void captures_in_a_target_are_percent_encoded(void **state)
{
    (void)state;
    struct plan_scope *scope = scope_with("next", "a b/%&+\xC3\xA9~");
    struct buf out = buf_bounded(1024);
    assert_null(plan_expand_text(scope, "/x?o={next}&y=%20", PLAN_PERCENT_ENCODED, &out));
    assert_slice(buf_slice(&out), "/x?o=a%20b%2F%25%26%2B%C3%A9~&y=%20");
    buf_free(&out);
    plan_scope_free(scope);
}

static const struct {
    enum plan_body kind;
    const char *value, *result; /* NULL: refused */
} bodies[] = {
    { PLAN_BODY_JSON, "{\"a\":[1,-2,1.5,0.1,1e30,true,false,null,\"x\"]}",
      "{\"a\":[1,-2,1.5,0.1,1e+30,true,false,null,\"x\"]}" },
    { PLAN_BODY_JSON, "{\"{t}\":\"{t - 0.01}\"}", "{\"5.00\":\"4.99\"}" },
    { PLAN_BODY_JSON, "{\"$number\":\"{t - 0.01}\"}", "4.99" },
    { PLAN_BODY_JSON, "{\"$number\":\"1.500\"}", "1.500" },
    { PLAN_BODY_JSON, "{\"$number\":\"123456789012345678901234567890\"}",
      "123456789012345678901234567890" },
    { PLAN_BODY_JSON, "{\"$number\":\"01\"}", NULL },
    { PLAN_BODY_JSON, "{\"$number\":\"x\"}", NULL },
    { PLAN_BODY_JSON, "{\"$text\":{\"bytes\":5,\"of\":\"ab\"}}", "\"ababa\"" },
    { PLAN_BODY_JSON, "{\"$text\":{\"bytes\":2}}", "\"xx\"" },
    { PLAN_BODY_JSON, "{\"$text\":{\"bytes\":3,\"of\":\"\xC3\xA9\"}}", NULL },
    { PLAN_BODY_JSON, "{\"$text\":{\"bytes\":\"{n}\"}}", "\"xxx\"" },
    { PLAN_BODY_JSON, "{\"$text\":{\"bytes\":\"{t}\"}}", NULL },
    { PLAN_BODY_JSON, "{\"$ids\":{\"count\":2,\"prefix\":\"q\",\"first\":7}}",
      "[\"q000007\",\"q000008\"]" },
    { PLAN_BODY_JSON, "{\"$bsos\":{\"count\":2}}",
      "[{\"id\":\"r000000\",\"payload\":\"xx\"},{\"id\":\"r000001\",\"payload\":\"xx\"}]" },
    { PLAN_BODY_JSON,
      "{\"$bsos\":{\"count\":\"{n - 2}\",\"payload_bytes\":0,\"with\":{\"ttl\":5,\"m\":\"{t}\"}}}",
      "[{\"id\":\"r000000\",\"payload\":\"\",\"ttl\":5,\"m\":\"5.00\"}]" },
    { PLAN_BODY_JSON, "{\"$bsos\":{\"count\":1,\"with\":{\"payload\":\"p\"}}}",
      "[{\"id\":\"r000000\",\"payload\":\"p\"}]" },
    { PLAN_BODY_JSON, "{\"$bsos\":{\"count\":1000000,\"payload_bytes\":1000}}", NULL },
    { PLAN_BODY_JSON, "{\"$json\":{\"a\":{\"$number\":\"1.0\"}}}", "\"{\\\"a\\\":1.0}\"" },
    { PLAN_BODY_JSON, "{\"$ge\":5}", NULL },
    { PLAN_BODY_JSON, "\"{all}\"", "[\"a\",\"b\"]" },
    { PLAN_BODY_JSON, "\"x{all}\"", NULL },
    { PLAN_BODY_NEWLINES, "[1,{\"a\":\"{n}\"}]", "1\n{\"a\":\"3\"}\n" },
    { PLAN_BODY_NEWLINES, "{\"$ids\":{\"count\":2}}", "\"r000000\"\n\"r000001\"\n" },
    { PLAN_BODY_NEWLINES, "[{\"$number\":\"1.50\"}]", "1.50\n" },
    { PLAN_BODY_NEWLINES, "\"{all}\"", "\"a\"\n\"b\"\n" },
    { PLAN_BODY_NEWLINES, "[]", "" },
    { PLAN_BODY_NEWLINES, "\"{n}\"", NULL },
    { PLAN_BODY_TEXT, "\"{{\\\"a\\\":{n}}}\"", "{\"a\":3}" },
    { PLAN_BODY_HEX, "\"00ffAb\"", NULL }, /* by length, below */
    { PLAN_BODY_HEX, "\"abc\"", NULL },
    { PLAN_BODY_NONE, "null", "" },
};

static struct plan_scope *full_scope(void)
{
    struct plan_scope *scope = scope_with("t", "5.00");
    json_t *a = json_string("a"), *b = json_string("b");
    assert_true(plan_scope_set(scope, "n", SLICE("3")));
    assert_true(plan_scope_append(scope, "all", a));
    assert_true(plan_scope_append(scope, "all", b));
    json_decref(a);
    json_decref(b);
    return scope;
}

static void bodies_are_written_to_the_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct plan_scope *scope = full_scope();
        struct buf out = buf_bounded(LIMIT_GENERATED);
        json_t *value = json_loads(bodies[i].value, JSON_DECODE_ANY, NULL);
        assert_non_null(value);
        const char *wrong = plan_expand_body(scope, bodies[i].kind, value, &out);
        if (strcmp(bodies[i].value, "\"00ffAb\"") == 0)
            assert_true(wrong == NULL && slice_eq(buf_slice(&out), SLICE("\0\xFF\xAB")));
        else if (bodies[i].result == NULL)
            assert_non_null(wrong);
        else if (wrong != NULL)
            fail_msg("%s: %s", bodies[i].value, wrong);
        else
            assert_slice(buf_slice(&out), bodies[i].result);
        json_decref(value);
        buf_free(&out);
        plan_scope_free(scope);
    }
}

static void matchers_keep_their_keys_and_their_digits(void **state)
{
    static const struct {
        const char *matcher, *result;
    } rows[] = {
        { "{\"a\":{\"$ge\":\"{t - 0.01}\"}}", "{\"a\":{\"$ge\":\"4.99\"}}" },
        { "{\"$number\":\"{t}\"}", "{\"$number\":\"5.00\"}" },
        { "{\"$set\":\"{all}\"}", "{\"$set\":[\"a\",\"b\"]}" },
        { "{\"$set\":{\"$ids\":{\"count\":1}}}", "{\"$set\":[\"r000000\"]}" },
        { "{\"{t}\":{\"$absent\":true}}", "{\"5.00\":{\"$absent\":true}}" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan_scope *scope = full_scope();
        json_t *value = json_loads(rows[i].matcher, JSON_DECODE_ANY, NULL), *expanded = NULL;
        assert_null(plan_expand_json(scope, value, &expanded));
        char *text = json_dumps(expanded, JSON_COMPACT);
        assert_string_equal(text, rows[i].result);
        free(text);
        json_decref(value);
        json_decref(expanded);
        plan_scope_free(scope);
    }
}

static void *seam_malloc(size_t size)
{
    return alloc_zeroed(1, size);
}

static void expand_once(void *context)
{
    struct plan_scope *scope = plan_scope_new();
    struct buf out = buf_bounded(4096);
    json_t *value = json_loads(context, JSON_DECODE_ANY, NULL), *expanded = NULL;
    if (scope != NULL && value != NULL && plan_scope_set(scope, "t", SLICE("5.00")) &&
        plan_scope_append(scope, "all", value)) {
        const char *wrong = plan_expand_body(scope, PLAN_BODY_NEWLINES, value, &out);
        wrong = wrong != NULL ? wrong : plan_expand_json(scope, value, &expanded);
        assert_true(wrong != NULL || expanded != NULL);
    }
    json_decref(value);
    json_decref(expanded);
    buf_free(&out);
    plan_scope_free(scope);
}

static void assert_text(struct plan_scope *scope, const char *name, const char *wanted)
{
    struct slice value;
    assert_true(plan_scope_get(scope, name, &value));
    assert_slice(value, wanted);
}

static void a_branch_keeps_to_itself_until_it_is_merged(void **state)
{
    (void)state;
    struct plan_scope *scope = scope_with("t", "before");
    struct plan_scope *branch = plan_scope_new_under(scope);
    struct slice value;
    json_t *element = json_integer(1);
    assert_non_null(branch);
    assert_text(branch, "t", "before");
    assert_true(plan_scope_set(branch, "t", SLICE("after")));
    assert_true(plan_scope_set(branch, "new", SLICE("x")));
    assert_true(plan_scope_append(branch, "all", element));
    assert_text(branch, "t", "after");
    assert_text(scope, "t", "before");
    assert_false(plan_scope_get(scope, "new", &value));
    struct buf out = buf_bounded(64);
    json_t *all = json_string("{all}");
    assert_null(plan_expand_body(scope, PLAN_BODY_JSON, all, &out));
    assert_slice(buf_slice(&out), "[1]");
    assert_true(plan_scope_merge(branch));
    plan_scope_free(branch);
    assert_text(scope, "t", "after");
    assert_text(scope, "new", "x");
    json_decref(all);
    json_decref(element);
    buf_free(&out);
    plan_scope_free(scope);
}

static void any_allocation_may_fail(void **state)
{
    static char text[] = "[{\"$bsos\":{\"count\":2,\"with\":{\"a\":\"{t + 1}\"}}},{\"$json\":"
                         "{\"$text\":{\"bytes\":3}}},{\"$number\":\"{t}\"},\"{all}\"]";
    (void)state;
    json_set_alloc_funcs(seam_malloc, alloc_release);
    support_sweep_allocations(expand_once, text);
    json_set_alloc_funcs(malloc, free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_exact),
        cmocka_unit_test(captures_in_a_target_are_percent_encoded),
        cmocka_unit_test(bodies_are_written_to_the_byte),
        cmocka_unit_test(matchers_keep_their_keys_and_their_digits),
        cmocka_unit_test(a_branch_keeps_to_itself_until_it_is_merged),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
