#include "tests/fault_bench.h"

#include "fault/call.h"

#include <stdio.h>

/* A hook's view of one request to a core with nothing in it: each test brings its own. */
static void through(fault_hook *before, fault_hook *after, const char *line, const char *field)
{
    const struct fault fault = { .name = "f", .what = "w", .before = before, .after = after };
    const struct fault_set set = { .at = { &fault }, .count = 1 };
    struct fault_bench bench;
    fault_bench_init(&bench, &set);
    (void)fault_bench_send(&bench, line, field, NULL);
    fault_bench_free(&bench);
}

static void look_at_item(struct fault_call *call)
{
    assert_int_equal(call->resource, FAULT_ITEM);
    assert_int_equal(call->method, FAULT_GET);
    assert_slice(call->version, "1.5");
    assert_slice(call->user, "7");
    assert_slice(call->collection, "c");
    assert_slice(call->id, "a%2Fb");
    assert_slice(call->query, "x=1");
    assert_int_equal(call->now, FAULT_BENCH_T0);
}

static void the_target_is_taken_apart(void **state)
{
    (void)state;
    through(look_at_item, NULL, "GET /1.5/7/storage/c/a%2Fb?x=1", NULL);
    through(look_at_item, NULL, "GET /prefix/1.5/7/storage/c/a%2Fb?x=1", NULL);
}

static void change_fields(struct fault_call *call)
{
    assert_slice(*fault_call_field(call, "x-one"), "1");
    fault_call_set_field(call, "X-One", SLICE("2"));
    assert_slice(*fault_call_field(call, "X-ONE"), "2");
    assert_int_equal(http_fields_count(&call->request.fields, "x-one"), 1);
    fault_call_drop_field(call, "X-One");
    assert_null(fault_call_field(call, "X-One"));
    assert_non_null(fault_call_field(call, "Content-Type"));
}

static void fields_are_changed_and_dropped(void **state)
{
    (void)state;
    through(change_fields, NULL, "GET /1.5/7/storage/c", "X-One: 1");
}

static void change_parameters(struct fault_call *call)
{
    struct slice value;
    assert_true(fault_call_parameter(call, "b", &value));
    assert_slice(value, "2");
    assert_false(fault_call_parameter(call, "d", &value));
    fault_call_drop_parameter(call, "b");
    assert_slice(call->request.target, "/1.5/7/storage/c?a=1&full&c=3");
    fault_call_set_parameter(call, "a", SLICE("4"));
    assert_slice(call->request.target, "/1.5/7/storage/c?full&c=3&a=4");
    fault_call_drop_parameter(call, "full");
    fault_call_drop_parameter(call, "c");
    fault_call_drop_parameter(call, "a");
    assert_slice(call->request.target, "/1.5/7/storage/c");
    fault_call_set_parameter(call, "n", SLICE("1"));
    assert_slice(call->request.target, "/1.5/7/storage/c?n=1");
    assert_slice(call->query, "n=1");
}

static void parameters_are_changed_and_dropped(void **state)
{
    (void)state;
    through(change_parameters, NULL, "GET /1.5/7/storage/c?a=1&b=2&full&c=3", NULL);
}

static void set_body(struct fault_call *call, const char *text)
{
    fault_call_set_reply(call, slice_text(text));
}

static void change_json(struct fault_call *call)
{
    static const struct {
        const char *body, *member, *without;
    } rows[] = {
        { "{\"a\":1,\"b\":[2],\"c\":\"3\"}", "a", "{\"b\":[2],\"c\":\"3\"}" },
        { "{\"a\":1,\"b\":[2],\"c\":\"3\"}", "b", "{\"a\":1,\"c\":\"3\"}" },
        { "{\"a\":1,\"b\":[2],\"c\":\"3\"}", "c", "{\"a\":1,\"b\":[2]}" },
        { "{\"a\":1}", "a", "{}" },
        { "{\"a\":1}", "x", "{\"a\":1}" },
        { "[1]", "a", "[1]" },
        { "{\"a\":", "a", "{\"a\":" },
    };
    struct slice raw;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_body(call, rows[i].body);
        fault_call_drop_member(call, rows[i].member);
        assert_slice(buf_slice(&call->reply->body), rows[i].without);
    }
    set_body(call, "{\"a\":{\"b\":[1,\"two\"]}}");
    assert_true(fault_call_json(call, "/a/b/1", &raw));
    assert_slice(raw, "\"two\"");
    fault_call_set_json(call, "/a/b/1", SLICE("2"));
    assert_slice(buf_slice(&call->reply->body), "{\"a\":{\"b\":[1,2]}}");
    fault_call_set_json(call, "/a/x", SLICE("2"));
    fault_call_replace(call, SLICE("1,2"), SLICE("3"));
    fault_call_replace(call, SLICE("nowhere"), SLICE("4"));
    assert_slice(buf_slice(&call->reply->body), "{\"a\":{\"b\":[3]}}");
}

static void json_is_changed_as_text(void **state)
{
    (void)state;
    through(NULL, change_json, "GET /1.5/7/storage/c", NULL);
}

static struct slice without_b(struct fault_call *call, struct slice element)
{
    (void)call;
    return slice_is(element, "\"b\"") ? (struct slice){ 0 } : element;
}

static void change_elements(struct fault_call *call)
{
    static const char *const rows[][2] = {
        { "[\"a\",\"b\",{\"c\":[1,2]}]", "[\"a\",{\"c\":[1,2]}]" },
        { "[\"b\"]", "[]" },
        { "[]", "[]" },
        { "\"a\"\n\"b\"\n\"c\"\n", "\"a\"\n\"c\"\n" },
        { "[\"a\",", "[\"a\"," },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_body(call, rows[i][0]);
        fault_call_each(call, without_b);
        assert_slice(buf_slice(&call->reply->body), rows[i][1]);
    }
}

static void elements_of_lists_and_lines_are_changed(void **state)
{
    (void)state;
    through(NULL, change_elements, "GET /1.5/7/storage/c", NULL);
}

static void memory_keeps_the_newest_cells(void **state)
{
    (void)state;
    struct fault_memory memory = { 0 };
    char key[FAULT_MEMORY_KEY + 2];
    for (int i = 0; i < FAULT_MEMORY_CELLS + 1; i++) {
        (void)snprintf(key, sizeof(key), "%d", i);
        struct fault_cell *cell = fault_memory_cell(&memory, slice_text(key));
        assert_non_null(cell);
        assert_int_equal(cell->number, 0);
        cell->number = i + 1;
    }
    assert_null(fault_memory_find(&memory, SLICE("0")));
    assert_int_equal(fault_memory_find(&memory, SLICE("1"))->number, 2);
    fault_memory_drop(&memory, SLICE("1"));
    assert_null(fault_memory_find(&memory, SLICE("1")));
    memset(key, 'k', sizeof(key));
    assert_null(fault_memory_cell(&memory, slice_of(key, sizeof(key))));
    fault_memory_clear(&memory);
    assert_null(fault_memory_find(&memory, SLICE("2")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_target_is_taken_apart),
        cmocka_unit_test(fields_are_changed_and_dropped),
        cmocka_unit_test(parameters_are_changed_and_dropped),
        cmocka_unit_test(json_is_changed_as_text),
        cmocka_unit_test(elements_of_lists_and_lines_are_changed),
        cmocka_unit_test(memory_keeps_the_newest_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
