#include "tests/support/support.h"

#include "base/alloc.h"
#include "check/check.h"
#include "check/decimal.h"

enum { MEMORY = 16 * 1024 * 1024 };

static const struct {
    const char *matcher, *yes, *no; /* bodies; NULL: none */
} rows[] = {
    { "5", "5", "6" },
    { "5", "5.0", "\"5\"" },
    { "1.5", "1.50", "1.51" },
    { "0.1", "1e-1", "0.10000000000000001" },
    { "1e2", "100", "101" },
    { "0", "-0.00", "0.001" },
    { "\"a\"", "\"\\u0061\"", "\"b\"" },
    { "\"5\"", "\"5\"", "5" },
    { "true", "true", "false" },
    { "null", "null", "0" },
    { "[1,2]", "[1,2]", "[2,1]" },
    { "[1,2]", "[1,2]", "[1,2,3]" },
    { "[]", "[]", "{}" },
    { "{\"a\":1}", "{\"b\":2,\"a\":1}", "{\"b\":1}" },
    { "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1}}", "{\"a\":[1]}" },
    { "{\"a/b~\":1}", "{\"a\\/b~\":1}", "{\"a\":1}" },
    { "{\"$any\":[1,\"a\"]}", "\"a\"", "2" },
    { "{\"$all\":[{\"$ge\":1},{\"$le\":3}]}", "3", "4" },
    { "{\"$not\":1}", "2", "1" },
    { "{\"$ge\":5}", "5", "4.99" },
    { "{\"$gt\":5}", "5.01", "5.00" },
    { "{\"$le\":5}", "5.000", "5.0001" },
    { "{\"$lt\":5}", "-6", "5" },
    { "{\"$ge\":\"1700000000.12\"}", "1700000000.12", "1700000000.11" },
    { "{\"$ge\":\"1700000000.12\"}", "1.70000000012e9", "\"1700000000.12\"" },
    { "{\"$gt\":\"9007199254740992\"}", "9007199254740993", "9007199254740992" },
    { "{\"$lt\":-1}", "-1.01", "-0.99" },
    { "{\"$eq\":\"1.50\"}", "1.5", "1.49" },
    { "{\"$eq\":\"abc\"}", "\"abc\"", "\"abd\"" },
    { "{\"$ne\":\"1.50\"}", "1.51", "1.5" },
    { "{\"$between\":[1,\"2.5\"]}", "2.50", "2.51" },
    { "{\"$between\":[1,2]}", "1", "0.99" },
    { "{\"$number\":\"1.50\"}", "1.5", "\"1.50\"" },
    { "{\"$stamp\":2}", "1700000000.10", "1700000000.1" },
    { "{\"$stamp\":2}", "0.00", "\"0.00\"" },
    { "{\"$stamp\":2}", "1.23", "1.234" },
    { "{\"$stamp\":2}", "1.23", "1e2" },
    { "{\"$stamp\":2}", "1.23", "-1.23" },
    { "{\"$stamp\":\"0-2\"}", "17", "17.123" },
    { "{\"$stamp\":\"0-2\"}", "17.1", "1.7e1" },
    { "{\"$type\":\"string\"}", "\"\"", "1" },
    { "{\"$type\":\"number\"}", "1.5", "\"1.5\"" },
    { "{\"$type\":\"integer\"}", "-15", "1.0" },
    { "{\"$type\":\"integer\"}", "15", "1e3" },
    { "{\"$type\":\"object\"}", "{}", "[]" },
    { "{\"$type\":\"list\"}", "[]", "{}" },
    { "{\"$type\":\"boolean\"}", "false", "null" },
    { "{\"$type\":\"null\"}", "null", "false" },
    { "{\"$length\":2}", "[1,1]", "[1]" },
    { "{\"$length\":2}", "\"\\u00e9\"", "\"e\"" },
    { "{\"$length\":{\"$ge\":1}}", "{\"a\":1}", "{}" },
    { "{\"$length\":0}", "\"\"", "5" },
    { "{\"$set\":[\"a\",\"b\"]}", "[\"b\",\"\\u0061\"]", "[\"a\",\"a\"]" },
    { "{\"$set\":[1,1,2]}", "[2,1.0,1]", "[1,2,2]" },
    { "{\"$set\":[\"1\",1,null,true]}", "[true,1,null,\"1\"]", "[true,1,null,1]" },
    { "{\"$set\":[]}", "[]", "[1]" },
    { "{\"$set\":[{\"id\":\"a\"},{\"id\":{\"$present\":true}}]}", "[{\"id\":\"b\"},{\"id\":\"a\"}]",
      "[{\"id\":\"b\"},{\"id\":\"b\"}]" },
    { "{\"$set\":[{\"$ge\":1},{\"$ge\":2},{\"$ge\":3}]}", "[3,2,1]", "[2,2,2]" },
    { "{\"$contains\":\"b\"}", "\"abc\"", "\"acd\"" },
    { "{\"$contains\":{\"$ge\":3}}", "[1,2,3]", "[1,2]" },
    { "{\"$each\":{\"$ge\":1}}", "[1,2]", "[1,0]" },
    { "{\"$each\":{\"$ge\":1}}", "{\"a\":1}", "{\"a\":0}" },
    { "{\"$each\":1}", "[]", "5" },
    { "{\"$keys\":{\"$set\":[\"a\",\"b\"]}}", "{\"b\":1,\"a\":2}", "{\"a\":1}" },
    { "{\"$keys\":[]}", "{}", "[]" },
    { "{\"$exact\":{\"a\":1}}", "{\"a\":1}", "{\"a\":1,\"b\":1}" },
    { "{\"$exact\":{\"a\":1,\"b\":{\"$any\":[1,{\"$absent\":true}]}}}", "{\"a\":1}", "{\"b\":1}" },
    { "{\"$unique\":true}", "[1,\"1\",2]", "[1,2,1.0]" },
    { "{\"$unique\":true}", "[{\"a\":1},{\"a\":2}]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]" },
    { "{\"$sorted\":{\"order\":\"ascending\"}}", "[1,2,2,10]", "[1,10,2]" },
    { "{\"$sorted\":{\"order\":\"ascending\"}}", "[\"a\",\"b\"]", "[\"b\",\"a\"]" },
    { "{\"$sorted\":{\"by\":\"/m\",\"order\":\"descending\"}}",
      "[{\"m\":2.10},{\"m\":2.1},{\"m\":2.09}]", "[{\"m\":2},{\"m\":2.01}]" },
    { "{\"$sorted\":{\"by\":\"/m\",\"order\":\"descending\"}}", "[]", "[{\"n\":2}]" },
    { "{\"$pluck\":{\"of\":\"/id\",\"is\":[\"a\",\"b\"]}}", "[{\"id\":\"a\"},{\"id\":\"b\"}]",
      "[{\"id\":\"a\"},{}]" },
    { "{\"$pluck\":{\"of\":\"/a/1\",\"is\":{\"$set\":[2]}}}", "[{\"a\":[1,2]}]", "[{\"a\":[2]}]" },
    { "{\"$match\":\"^[a-z]+$\"}", "\"abc\"", "\"abC\"" },
    { "{\"$match\":\"^a{2}$\"}", "\"aa\"", "5" },
    { "{\"a\":{\"$absent\":true}}", "{}", "{\"a\":null}" },
    { "{\"a\":{\"$present\":true}}", "{\"a\":null}", "{}" },
    { "{\"a\":{\"$not\":1}}", "{}", "{\"a\":1}" },
    { "{\"a\":{\"$ne\":1}}", "{\"a\":2}", "{}" },
};

static size_t findings_of(const char *matcher_text, struct slice body, struct check_report *report)
{
    const struct http_answer answer = { .status = 200 };
    const struct check_subject subject = { .answer = &answer, .body = body };
    json_t *matcher = json_loads(matcher_text, JSON_DECODE_ANY, NULL);
    const char *pointer;
    assert_non_null(matcher);
    assert_null(check_kind_find("json")->wrong(matcher, report->arena, &pointer));
    check_kind_find("json")->run(&subject, matcher, report);
    json_decref(matcher);
    return report->count;
}

static void each_matcher_admits_and_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct check_report yes = { .arena = arena_new(MEMORY) };
        struct check_report no = { .arena = yes.arena };
        struct support_edge good = support_edge_of(slice_text(rows[i].yes));
        struct support_edge bad = support_edge_of(slice_text(rows[i].no));
        if (findings_of(rows[i].matcher, good.bytes, &yes) != 0)
            fail_msg("%s refuses %s: %s, seen %s", rows[i].matcher, rows[i].yes,
                     yes.findings[0].expected, yes.findings[0].seen);
        if (findings_of(rows[i].matcher, bad.bytes, &no) == 0)
            fail_msg("%s admits %s", rows[i].matcher, rows[i].no);
        assert_true(yes.nomem == false && no.nomem == false);
        support_edge_free(&good);
        support_edge_free(&bad);
        arena_free(yes.arena);
    }
}

static void findings_say_where_and_what(void **state)
{
    static const struct {
        const char *matcher, *body, *where, *expected, *seen;
    } said[] = {
        { "{\"a\":[{\"$stamp\":2}]}", "{\"a\":[1.5]}", "json /a/0",
          "a number with exactly 2 decimals", "1.5" },
        { "{\"a/b\":1}", "{}", "json /a~1b", "1", "nothing" },
        { "{\"$ge\":\"5.00\"}", "4", "json", "at least \"5.00\"", "4" },
        { "{\"$any\":[1,{\"$absent\":true}]}", "2", "json", "one of 1, nothing", "2" },
        { "{\"$length\":3}", "[1]", "json", "a length of 3 (it is 1)", "[1]" },
        { "{\"$exact\":{}}", "{\"x\":1}", "json", "no other key", "x" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(said); i++) {
        struct check_report report = { .arena = arena_new(MEMORY) };
        assert_int_equal(findings_of(said[i].matcher, slice_text(said[i].body), &report), 1);
        assert_string_equal(report.findings[0].where, said[i].where);
        assert_string_equal(report.findings[0].expected, said[i].expected);
        assert_string_equal(report.findings[0].seen, said[i].seen);
        arena_free(report.arena);
    }
}

static void findings_are_cut_and_printable(void **state)
{
    (void)state;
    struct check_report report = { .arena = arena_new(MEMORY) };
    char body[1000];
    memset(body, '\x01', sizeof(body));
    assert_int_equal(findings_of("1", slice_of(body, sizeof(body)), &report), 1);
    assert_true(strlen(report.findings[0].seen) < 600);
    for (const char *at = report.findings[0].seen; *at != '\0'; at++)
        assert_true(*at >= 0x20 && *at < 0x7F);
    arena_free(report.arena);
}

static void findings_are_bounded(void **state)
{
    (void)state;
    struct check_report report = { .arena = arena_new(MEMORY) };
    assert_int_equal(
        findings_of("{\"$each\":2}", SLICE("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"), &report),
        CHECK_FINDINGS_MAX);
    arena_free(report.arena);
}

static void decimals_compare_by_their_digits(void **state)
{
    static const char *const ascending[] = {
        "-1e400", "-10.5",  "-10.49", "-1",   "-1e-400",
        "0",      "1e-400", "0.009",  "0.01", "0.1",
        "1",      "1.01",   "9",      "10",   "99999999999999999999",
        "1e20",   "1e400",
    };
    struct check_decimal a, b;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ascending); i++)
        for (size_t j = 0; j < COUNT_OF(ascending); j++) {
            assert_true(check_decimal_parse(slice_text(ascending[i]), &a));
            assert_true(check_decimal_parse(slice_text(ascending[j]), &b));
            int order = check_decimal_compare(&a, &b);
            assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
        }
    static const char *const bad[] = {
        "", "-", ".5", "5.", "1e", "1e+", "0x1", "1 ", "+1", "1.2.3"
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(check_decimal_parse(slice_text(bad[i]), &a));
}

static void *seam_malloc(size_t size)
{
    return alloc_zeroed(1, size);
}

static void match_once(void *context)
{
    const struct check_subject subject = {
        .answer = NULL, .body = SLICE("{\"a\":[\"x\",\"\\u0079\"],\"b\":[{\"c\":1}]}")
    };
    struct check_report report = { .arena = arena_new(MEMORY) };
    json_t *matcher = json_loads(context, JSON_DECODE_ANY, NULL);
    if (report.arena != NULL && matcher != NULL)
        check_kind_find("json")->run(&subject, matcher, &report);
    json_decref(matcher);
    arena_free(report.arena);
}

static void any_allocation_may_fail(void **state)
{
    static char text[] =
        "{\"a\":{\"$all\":[{\"$set\":[\"y\",\"x\"]},{\"$set\":[{\"$match\":\"x\"},\"y\"]},"
        "{\"$unique\":true},{\"$sorted\":{\"order\":\"descending\"}},\"wrong\"]},"
        "\"b\":{\"$pluck\":{\"of\":\"/c\",\"is\":{\"$unique\":true}}}}";
    (void)state;
    json_set_alloc_funcs(seam_malloc, alloc_release);
    support_sweep_allocations(match_once, text);
    json_set_alloc_funcs(malloc, free);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_matcher_admits_and_refuses),
        cmocka_unit_test(findings_say_where_and_what),
        cmocka_unit_test(findings_are_cut_and_printable),
        cmocka_unit_test(findings_are_bounded),
        cmocka_unit_test(decimals_compare_by_their_digits),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
