#include "tests/format5.h"
#include "tests/support/support.h"

#include "base/alloc.h"
#include "check/check.h"

enum { MEMORY = 16 * 1024 * 1024 };

static json_t *json_of(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

/* What the matcher finds in a record's JSON; the report's arena is the caller's. */
static struct check_report look_at(const char *matcher_text, struct slice body)
{
    struct check_report report = { .arena = arena_new(MEMORY) };
    const struct check_subject subject = { .body = body };
    const char *pointer;
    json_t *matcher = json_of(matcher_text);
    assert_non_null(report.arena);
    assert_null(check_vocabulary()->wrong("json", matcher, report.arena, &pointer));
    check_kind_find("json")->run(&subject, matcher, &report);
    assert_false(report.nomem);
    json_decref(matcher);
    return report;
}

static void assert_found(const char *matcher, struct slice body, size_t findings)
{
    struct check_report report = look_at(matcher, body);
    if (report.count != findings)
        fail_msg("%s: %zu findings: %s", matcher, report.count,
                 report.count > 0 ? report.findings[0].expected : "");
    arena_free(report.arena);
}

#define OPENS(keys, cleartext)                                                                     \
    "{\"payload\":{\"$opens\":{\"keys\":" keys ",\"cleartext\":" cleartext "}}}"

static void a_payload_is_opened_and_looked_into(void **state)
{
    (void)state;
    json_t *vectors = format5_load();
    json_t *records = json_object_get(vectors, "records");
    struct slice fields = vectors_text(json_array_get(records, 0), "bso");
    struct slice utf8 = vectors_text(json_array_get(records, 1), "bso");
    struct slice keys = vectors_text(json_object_get(vectors, "crypto_keys"), "bso");
    assert_found(OPENS(FORMAT5_PAIR, "{\"foo\":\"supersecret\",\"bar\":\"anothersecret\"}"), fields,
                 0);
    assert_found(OPENS(FORMAT5_PAIR, "{\"$keys\":[\"foo\",\"bar\"]}"), fields, 0);
    assert_found(OPENS(FORMAT5_PAIR, "{\"foo\":\"x\",\"bar\":\"y\"}"), fields, 2);
    assert_found(OPENS(FORMAT5_PAIR, "{\"foo\":{\"$absent\":true}}"), fields, 1);
    assert_found(OPENS(FORMAT5_PAIR, "{\"title\":\"h\\u00e9 \\u2603 \\ud83d\\ude00\"}"), utf8, 0);
    assert_found(OPENS(FORMAT5_MASTER, "{\"id\":\"keys\",\"default\":" FORMAT5_PAIR "}"), keys, 0);
    assert_found("{\"payload\":{\"$not\":{\"$opens\":{\"keys\":" FORMAT5_MASTER
                 ",\"cleartext\":{\"$present\":true}}}}}",
                 fields, 0);
    json_decref(vectors);
}

static void assert_said(struct slice body, const char *where, const char *expected)
{
    struct check_report report = look_at(OPENS(FORMAT5_PAIR, "{\"foo\":\"x\"}"), body);
    assert_int_equal(report.count, 1);
    assert_string_equal(report.findings[0].where, where);
    assert_non_null(strstr(report.findings[0].expected, expected));
    assert_true(report.checks > 0);
    arena_free(report.arena);
}

/* {"payload": the text} */
static void assert_refused(const char *payload, const char *expected)
{
    struct check_report report;
    json_t *record = json_pack("{s:s}", "payload", payload);
    char *body = json_dumps(record, JSON_COMPACT);
    report = look_at(OPENS(FORMAT5_PAIR, "{\"$present\":true}"), slice_text(body));
    assert_int_equal(report.count, 1);
    if (strstr(report.findings[0].expected, expected) == NULL)
        fail_msg("%s: %s", payload, report.findings[0].expected);
    arena_free(report.arena);
    free(body);
    json_decref(record);
}

static void a_failure_says_at_which_step(void **state)
{
    size_t index;
    json_t *refused;
    (void)state;
    json_t *vectors = format5_load();
    json_array_foreach(json_object_get(vectors, "refused"), index, refused)
    {
        char said[64];
        struct slice step = vectors_text(refused, "step");
        if (slice_is(step, "cleartext"))
            (void)snprintf(said, sizeof(said), "a cleartext that is JSON (at byte 0: ");
        else
            (void)snprintf(said, sizeof(said), "(it does not at step %.*s: ", SLICE_FMT(step));
        assert_refused(json_string_value(json_object_get(refused, "payload")), said);
    }
    assert_refused("", "at step shape: ");
    assert_refused("{\"ciphertext\":\"\",\"IV\":\"\"}", "at step shape: ");
    assert_said(SLICE("{\"payload\":5}"), "json /payload", "at step shape: ");
    assert_said(SLICE("{}"), "json /payload", "at step shape: ");
    struct slice fields =
        vectors_text(json_array_get(json_object_get(vectors, "records"), 0), "bso");
    assert_said(fields, "json /payload/$opens/foo", "\"x\"");
    json_decref(vectors);
}

static void operands_are_checked_when_a_case_is_read(void **state)
{
    static const struct {
        const char *matcher, *pointer, *wrong;
    } rows[] = {
        { "{\"$opens\":5}", "/$opens", "a wrong operand" },
        { "{\"$opens\":{\"keys\":" FORMAT5_PAIR "}}", "/$opens", "a wrong operand" },
        { "{\"$opens\":{\"cleartext\":1}}", "/$opens", "a wrong operand" },
        { "{\"$opens\":{\"keys\":" FORMAT5_PAIR ",\"cleartext\":1,\"id\":\"a\"}}", "/$opens",
          "a wrong operand" },
        { "{\"$opens\":{\"keys\":[\"a\",\"b\"],\"cleartext\":1}}", "/$opens/keys",
          "keys has the wrong value" },
        { "{\"$opens\":{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"a\":{\"$gee\":1}}}}",
          "/$opens/cleartext/a/$gee", "unknown matcher" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new(MEMORY);
        json_t *matcher = json_of(rows[i].matcher);
        const char *pointer = "";
        const char *wrong = check_vocabulary()->wrong("json", matcher, arena, &pointer);
        assert_non_null(wrong);
        assert_non_null(strstr(wrong, rows[i].wrong));
        assert_string_equal(pointer, rows[i].pointer);
        json_decref(matcher);
        arena_free(arena);
    }
}

static void *seam_malloc(size_t size)
{
    return alloc_zeroed(1, size);
}

static void open_once(void *context)
{
    static const char matcher_text[] =
        OPENS(FORMAT5_PAIR, "{\"foo\":\"supersecret\",\"bar\":\"wrong\"}");
    const struct check_subject subject = { .body = slice_text(context) };
    struct check_report report = { .arena = arena_new(MEMORY) };
    json_t *matcher = json_loads(matcher_text, JSON_DECODE_ANY, NULL);
    if (report.arena != NULL && matcher != NULL) {
        check_kind_find("json")->run(&subject, matcher, &report);
        assert_true(report.count > 0 || report.nomem);
    }
    json_decref(matcher);
    arena_free(report.arena);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    json_t *vectors = format5_load();
    json_t *record = json_array_get(json_object_get(vectors, "records"), 0);
    char *body = strdup(json_string_value(json_object_get(record, "bso")));
    json_decref(vectors);
    json_set_alloc_funcs(seam_malloc, alloc_release);
    support_sweep_allocations(open_once, body);
    json_set_alloc_funcs(malloc, free);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payload_is_opened_and_looked_into),
        cmocka_unit_test(a_failure_says_at_which_step),
        cmocka_unit_test(operands_are_checked_when_a_case_is_read),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
