#include "tests/support/support.h"

#include "base/clock.h"
#include "check/check.h"

enum { MEMORY = 16 * 1024 * 1024, HOSTILE_BYTES = 10 * 1024 * 1024, HOSTILE_MS_MAX = 60000 };

static const struct http_field fields[] = {
    { SLICE_INIT("Content-Type"), SLICE_INIT("Application/JSON; charset=utf-8") },
    { SLICE_INIT("X-Last-Modified"), SLICE_INIT("1700000000.10") },
    { SLICE_INIT("X-Twice"), SLICE_INIT("a") },
    { SLICE_INIT("x-twice"), SLICE_INIT("b") },
    { SLICE_INIT("X-Empty"), SLICE_INIT("") },
};

static const struct http_answer answer = { .status = 404, .fields = { fields, COUNT_OF(fields) } };

static size_t findings_of(const char *kind, const char *matcher_text, struct slice body)
{
    const struct check_subject subject = { .answer = &answer, .body = body };
    struct check_report report = { .arena = arena_new(MEMORY) };
    const char *pointer;
    json_t *matcher = json_loads(matcher_text, JSON_DECODE_ANY, NULL);
    assert_non_null(matcher);
    assert_null(check_vocabulary()->wrong(kind, matcher, report.arena, &pointer));
    check_kind_find(kind)->run(&subject, matcher, &report);
    assert_false(report.nomem);
    assert_true(report.checks > 0);
    json_decref(matcher);
    arena_free(report.arena);
    return report.count;
}

static void each_kind_looks_at_its_part(void **state)
{
    static const struct {
        const char *kind, *matcher, *body;
        size_t findings;
    } rows[] = {
        { "status", "404", "", 0 },
        { "status", "200", "", 1 },
        { "status", "{\"$any\":[200,404]}", "", 0 },
        { "status", "{\"$lt\":500}", "", 0 },
        { "headers", "{\"x-last-modified\":{\"$stamp\":2}}", "", 0 },
        { "headers", "{\"X-Last-Modified\":{\"$stamp\":1}}", "", 1 },
        { "headers", "{\"X-Last-Modified\":\"1700000000.10\"}", "", 0 },
        { "headers", "{\"X-Last-Modified\":{\"$ge\":\"1700000000.1\"}}", "", 0 },
        { "headers", "{\"X-Last-Modified\":{\"$gt\":\"1700000000.1\"}}", "", 1 },
        { "headers", "{\"X-Last-Modified\":1700000000.1}", "", 0 },
        { "headers", "{\"X-None\":{\"$absent\":true}}", "", 0 },
        { "headers", "{\"X-Empty\":{\"$absent\":true}}", "", 1 },
        { "headers", "{\"X-Empty\":\"\"}", "", 0 },
        { "headers", "{\"X-Twice\":\"a, b\"}", "", 0 },
        { "headers", "{\"X-Twice\":\"a\",\"X-None\":\"b\"}", "", 2 },
        { "type", "\"application/json\"", "", 0 },
        { "type", "\"text/plain\"", "", 1 },
        { "body", "\"abc\"", "abc", 0 },
        { "body", "{\"$match\":\"^a\"}", "abc", 0 },
        { "body", "{\"$contains\":\"x\"}", "abc", 1 },
        { "body", "{\"$length\":0}", "", 0 },
        { "hex", "\"61c3a9\"", "a\xC3\xA9", 0 },
        { "hex", "{\"$match\":\"^61\"}", "ab", 0 },
        { "hex", "\"61\"", "ab", 1 },
        { "hex", "\"\"", "", 0 },
        { "json", "{\"a\":1}", "{\"a\":1}", 0 },
        { "json", "{\"a\":1}", " {\"a\":1}\n", 0 },
        { "json", "{\"a\":1}", "{\"a\":1", 1 },
        { "json", "{\"a\":1}", "", 1 },
        { "json", "\"a\"", "\"\xFF\"", 1 },
        { "newlines", "[1,{\"a\":2}]", "1\n{\"a\":2}\n", 0 },
        { "newlines", "[]", "", 0 },
        { "newlines", "[1]", "1", 1 },
        { "newlines", "[1]", "1\n\n", 1 },
        { "newlines", "[1]", "[1]", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge edge = support_edge_of(slice_text(rows[i].body));
        size_t count = findings_of(rows[i].kind, rows[i].matcher, edge.bytes);
        if (count != rows[i].findings)
            fail_msg("%s %s: %zu findings", rows[i].kind, rows[i].matcher, count);
        support_edge_free(&edge);
    }
}

static void a_check_step_takes_texts_for_numbers(void **state)
{
    (void)state;
    const struct check_subject subject = { .body = SLICE("\"1700000000.10\"") };
    struct check_report report = { .arena = arena_new(MEMORY) };
    json_t *matcher = json_loads("{\"$all\":[{\"$ge\":\"1700000000.1\"},{\"$stamp\":2}]}", 0, NULL);
    check_kind_find("json")->run(&subject, matcher, &report);
    assert_int_equal(report.count, 0);
    json_decref(matcher);
    arena_free(report.arena);
}

/* ${unit} over and over between ${open} and ${close}. */
static struct buf hostile(const char *open, const char *unit, const char *close)
{
    struct buf body = buf_bounded(HOSTILE_BYTES + 1024);
    assert_true(buf_reserve(&body, HOSTILE_BYTES + 512));
    buf_add_text(&body, open);
    while (body.len < HOSTILE_BYTES)
        buf_add_text(&body, unit);
    buf_add_text(&body, close);
    assert_false(body.failed);
    return body;
}

static void hostile_bodies_are_found_out_in_bounded_time(void **state)
{
    static const struct {
        const char *open, *unit, *close, *matcher;
        size_t findings;
    } rows[] = {
        { "", "[", "", "[]", 1 },
        { "", "{\"a\":", "", "{}", 1 },
        { "[", "1,", "1]", "{\"$set\":[1]}", 1 },
        { "[", "1,", "1]", "{\"$unique\":true}", 1 },
        { "[", "\"aaaaaaaaaaaaaaaaaaaaaaaaa\",", "1]", "{\"$unique\":true}", 1 },
        { "[", "\"aaaaaaaaaaaaaaaaaaaaaaaaa\",", "1]", "{\"$set\":[\"a\"]}", 1 },
        { "[", "\"aaaaaaaaaaaaaaaaaaaaaaaaa\",", "1]", "{\"$sorted\":{\"order\":\"ascending\"}}",
          1 },
        { "{", "\"aaaaaaaaaaaaaaaaaaaaaa\":1,", "\"b\":2}", "{\"b\":2}", 0 },
        { "", "9", "", "{\"$ge\":5}", 0 },
        { "\"", "a", "\"", "{\"$match\":\"(a*)*b\"}", 1 },
        { "\"", "\\u00e9", "\"", "\"x\"", 1 },
    };
    (void)state;
    int64_t start = clock_monotonic_ms();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf body = hostile(rows[i].open, rows[i].unit, rows[i].close);
        size_t count = findings_of("json", rows[i].matcher, buf_slice(&body));
        if (count != rows[i].findings)
            fail_msg("row %zu: %zu findings", i, count);
        buf_free(&body);
    }
    assert_true(clock_monotonic_ms() - start < HOSTILE_MS_MAX);
}

static void whoisi_is_read_in_either_order_of_bytes(void **state)
{
    static const struct {
        const char *matcher;
        struct slice body;
        size_t findings;
    } rows[] = {
        { "[]", SLICE_INIT(""), 0 },
        { "[\"a\",12]", SLICE_INIT("\0\0\0\3\"a\"\0\0\0\00212"), 0 },
        { "[\"a\",12]", SLICE_INIT("\3\0\0\0\"a\"\2\0\0\00012"), 0 },
        { "[{\"a\":1}]", SLICE_INIT("\0\0\0\11{\"a\":\n1}\n"), 0 },
        { "[\"a\"]", SLICE_INIT("\0\0\0\3\"b\""), 1 },
        { "[\"a\"]", SLICE_INIT("\0\0\0\2\"a\""), 1 },
        { "[\"a\"]", SLICE_INIT("\0\0\0\4\"a\""), 1 },
        { "[\"a\"]", SLICE_INIT("\0\0\3\"a\""), 1 },
        { "[\"a\"]", SLICE_INIT("\0\0\0\3\"a\"\0"), 1 },
        { "[]", SLICE_INIT("\377\377\377\377"), 1 },
        { "[\"\"]", SLICE_INIT("\0\0\0\0"), 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge edge = support_edge_of(rows[i].body);
        size_t count = findings_of("whoisi", rows[i].matcher, edge.bytes);
        if (count != rows[i].findings)
            fail_msg("row %zu: %zu findings", i, count);
        support_edge_free(&edge);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_looks_at_its_part),
        cmocka_unit_test(whoisi_is_read_in_either_order_of_bytes),
        cmocka_unit_test(a_check_step_takes_texts_for_numbers),
        cmocka_unit_test(hostile_bodies_are_found_out_in_bounded_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
