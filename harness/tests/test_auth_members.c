#include "auth/members.h"

#include "tests/support/support.h"

struct thing {
    struct slice name, words;
    uint64_t count;
    int64_t integer, seconds;
    bool flag;
};

static const struct auth_member rows[] = {
    { SLICE_INIT("name"), AUTH_MEMBER_TEXT, offsetof(struct thing, name) },
    { SLICE_INIT("words"), AUTH_MEMBER_WORDS, offsetof(struct thing, words) },
    { SLICE_INIT("count"), AUTH_MEMBER_COUNT, offsetof(struct thing, count) },
    { SLICE_INIT("integer"), AUTH_MEMBER_INTEGER, offsetof(struct thing, integer) },
    { SLICE_INIT("seconds"), AUTH_MEMBER_SECONDS, offsetof(struct thing, seconds) },
    { SLICE_INIT("flag"), AUTH_MEMBER_FLAG, offsetof(struct thing, flag) },
    { SLICE_INIT("any"), AUTH_MEMBER_ANY, 0 },
};
static const struct auth_members table = { rows, COUNT_OF(rows) };

static void each_kind_is_read_into_its_place(void **state)
{
    (void)state;
    struct slice json =
        SLICE("{\"name\":\"a\\u0062c\",\"other\":[{}],\"words\":[\"x\",\"\\u0079\"],"
              "\"count\":18446744073709551615,\"integer\":-12,\"seconds\":3.25,"
              "\"flag\":true,\"any\":{\"name\":1}}");
    struct thing thing = { 0 };
    uint32_t seen;
    struct support_edge edge = support_edge_of(json);
    struct buf scratch = buf_bounded(json.len);
    assert_true(buf_reserve(&scratch, json.len));
    assert_true(auth_members_read(edge.bytes, &table, &scratch, &thing, &seen));
    assert_int_equal(seen, 0x7F);
    assert_slice(thing.name, "abc");
    assert_slice(thing.words, "x y");
    assert_true(thing.count == UINT64_MAX);
    assert_true(thing.integer == -12);
    assert_true(thing.seconds == 325);
    assert_true(thing.flag);
    buf_free(&scratch);
    support_edge_free(&edge);
}

static void what_is_not_as_the_table_says_is_refused(void **state)
{
    (void)state;
    static const struct row {
        const char *json;
        bool good;
        uint32_t seen;
    } texts[] = {
        { "{}", true, 0 },
        { " {\"name\" : \"\"} ", true, 1 },
        { "{\"name\":null,\"flag\":false}", true, 1 << 5 },
        { "{\"words\":\"a b\"}", true, 1 << 1 },
        { "{\"words\":[]}", true, 1 << 1 },
        { "{\"words\":[\"a\",1]}", false, 0 },
        { "{\"words\":[\"a\",[\"b\"]]}", false, 0 },
        { "{\"words\":[\"\\ud800\"]}", false, 0 },
        { "{\"count\":1,\"count\":1}", false, 0 },
        { "{\"other\":x}", false, 0 },
        { "{\"name\":1}", false, 0 },
        { "{\"name\":\"\\ud800\"}", false, 0 },
        { "{\"name\":\"a\",\"name\":\"a\"}", false, 0 },
        { "{\"name\":null,\"name\":\"a\"}", false, 0 },
        { "{\"name\":\"a\",\"n\\u0061me\":\"a\"}", false, 0 },
        { "{\"count\":-1}", false, 0 },
        { "{\"count\":1.0}", false, 0 },
        { "{\"count\":1e3}", false, 0 },
        { "{\"count\":18446744073709551616}", false, 0 },
        { "{\"integer\":9223372036854775807}", true, 1 << 3 },
        { "{\"integer\":-9223372036854775807}", true, 1 << 3 },
        { "{\"integer\":9223372036854775808}", false, 0 },
        { "{\"seconds\":-1}", false, 0 },
        { "{\"seconds\":1e9}", false, 0 },
        { "{\"flag\":1}", false, 0 },
        { "{\"name\":\"a\"", false, 0 },
        { "{\"name\":\"a\"}x", false, 0 },
        { "[]", false, 0 },
        { "", false, 0 },
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct thing thing = { 0 };
        uint32_t seen = 0;
        struct support_edge edge = support_edge_of(slice_text(texts[i].json));
        struct buf scratch = buf_bounded(256);
        assert_true(buf_reserve(&scratch, edge.bytes.len));
        bool good = auth_members_read(edge.bytes, &table, &scratch, &thing, &seen);
        if (good != texts[i].good || (good && seen != texts[i].seen))
            fail_msg("%s", texts[i].json);
        buf_free(&scratch);
        support_edge_free(&edge);
    }
}

/* In a list of objects, what stands behind a broken one might look like the next. */
static void a_broken_object_says_so_itself(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"other\":[}",    "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":1}",     "{\"words\":[\"\\ud800\"]}",
        "{\"words\":[{}]}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct thing thing = { 0 };
        uint32_t seen;
        struct buf scratch = buf_bounded(256);
        struct record_scan scan = record_scan_of(slice_text(texts[i]));
        assert_true(buf_reserve(&scratch, strlen(texts[i])));
        assert_int_equal(record_scan_next(&scan), RECORD_SCAN_OPEN_OBJECT);
        if (auth_members_read_open(&scan, &table, &scratch, &thing, &seen))
            fail_msg("%s", texts[i]);
        buf_free(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_is_read_into_its_place),
        cmocka_unit_test(what_is_not_as_the_table_says_is_refused),
        cmocka_unit_test(a_broken_object_says_so_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
