#include "base/alloc.h"
#include "http/reply.h"
#include "tests/support/support.h"

#include <stdio.h>

static struct slice value_of(const struct http_reply *reply, const char *name)
{
    struct slice value = { 0 };
    assert_true(http_reply_get(reply, name, &value));
    return value;
}

static void fields_are_set_replaced_and_taken_away(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    assert_true(http_reply_set_text(&reply, "A", "one"));
    assert_true(http_reply_set_u64(&reply, "B", UINT64_MAX));
    assert_true(http_reply_set_stamp(&reply, "C", 170000000012));
    assert_true(http_reply_set(&reply, "D", (struct slice){ 0 }));
    assert_slice(value_of(&reply, "a"), "one");
    assert_slice(value_of(&reply, "B"), "18446744073709551615");
    assert_slice(value_of(&reply, "C"), "1700000000.12");
    assert_slice(value_of(&reply, "D"), "");
    assert_true(http_reply_set_text(&reply, "a", "longer than one"));
    assert_slice(value_of(&reply, "A"), "longer than one");
    assert_true(http_reply_set_text(&reply, "A", "1"));
    assert_slice(value_of(&reply, "A"), "1");
    assert_int_equal(reply.count, 4);
    http_reply_unset(&reply, "b");
    http_reply_unset(&reply, "E");
    assert_int_equal(reply.count, 3);
    struct slice value;
    assert_false(http_reply_get(&reply, "B", &value));
    assert_slice(http_reply_field(&reply, 1).name, "C");
    reply.close = true;
    reply.status = 200;
    http_reply_clear(&reply);
    assert_int_equal(reply.count + (size_t)reply.status + reply.close, 0);
    http_reply_free(&reply);
}

static void what_would_break_out_of_its_field_is_refused(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    assert_true(http_reply_set_text(&reply, "A", "one"));
    static const struct slice values[] = {
        SLICE_INIT("a\r\nSet-Cookie: b"),
        SLICE_INIT("a\r"),
        SLICE_INIT("\na"),
        SLICE_INIT("a\0b"),
        SLICE_INIT("\x7f"),
    };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        assert_false(http_reply_set(&reply, "A", values[i]));
        assert_false(http_reply_set(&reply, "B", values[i]));
    }
    static const char *const names[] = { "", "A B", "A:", "A\r\n", "\xc3\xa9" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_false(http_reply_set_text(&reply, names[i], "b"));
    assert_int_equal(reply.count, 1);
    assert_slice(value_of(&reply, "A"), "one");
    assert_true(http_reply_set_text(&reply, "B", "tab\tand caf\xc3\xa9"));
    http_reply_free(&reply);
}

static void a_reply_holds_its_bound_of_fields_and_no_more(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    for (int i = 0; i < LIMIT_REPLY_FIELD_COUNT; i++) {
        char name[16];
        assert_true(snprintf(name, sizeof(name), "N%d", i) > 0);
        assert_true(http_reply_set_u64(&reply, name, 1));
    }
    assert_false(http_reply_set_text(&reply, "One-More", "b"));
    assert_true(http_reply_set_text(&reply, "N7", "replaced"));
    assert_slice(value_of(&reply, "N7"), "replaced");
    http_reply_unset(&reply, "N20");
    assert_int_equal(reply.count, LIMIT_REPLY_FIELD_COUNT - 1);
    assert_slice(value_of(&reply, "N31"), "1");
    assert_true(http_reply_set_text(&reply, "One-More", "b"));
    http_reply_free(&reply);
}

static void a_value_without_room_leaves_the_reply_as_it_was(void **state)
{
    (void)state;
    static uint8_t big[LIMIT_REPLY_HEAD];
    memset(big, 'v', sizeof(big));
    struct http_reply reply;
    http_reply_init(&reply);
    assert_true(http_reply_set_text(&reply, "A", "one"));
    assert_false(http_reply_set(&reply, "A", slice_of(big, sizeof(big))));
    assert_false(http_reply_set(&reply, "B", slice_of(big, sizeof(big))));
    assert_slice(value_of(&reply, "A"), "one");
    assert_int_equal(reply.count, 1);
    assert_true(http_reply_set(&reply, "B", slice_of(big, sizeof(big) - strlen("AoneB"))));
    assert_false(http_reply_set_text(&reply, "C", ""));
    http_reply_free(&reply);
}

/* A field that is set again and again, in growing and shrinking lengths, takes no more room than
 * its longest value. */
static void setting_a_field_often_does_not_use_the_reply_up(void **state)
{
    (void)state;
    static uint8_t big[100];
    memset(big, 'v', sizeof(big));
    struct http_reply reply;
    http_reply_init(&reply);
    assert_true(http_reply_set_text(&reply, "First", "1"));
    for (size_t i = 0; i < 10000; i++)
        assert_true(http_reply_set(&reply, "A", slice_of(big, i * 37 % (sizeof(big) + 1))));
    assert_slice(value_of(&reply, "First"), "1");
    for (size_t i = 0; i < 10000; i++) {
        assert_true(http_reply_set(&reply, "B", slice_of(big, sizeof(big))));
        assert_true(http_reply_set_text(&reply, "C", "c"));
        http_reply_unset(&reply, "B");
    }
    assert_slice(value_of(&reply, "First"), "1");
    assert_slice(value_of(&reply, "C"), "c");
    assert_slice(http_reply_field(&reply, 2).name, "C");
    http_reply_free(&reply);
}

static void fill(void *context)
{
    (void)context;
    struct http_reply reply;
    http_reply_init(&reply);
    bool all = http_reply_set_text(&reply, "A", "one");
    for (int i = 0; i < 20; i++) {
        char name[16];
        assert_true(snprintf(name, sizeof(name), "N%d", i) > 0);
        size_t before = reply.count;
        bool set = http_reply_set_text(&reply, name, "a value that makes the text grow");
        assert_int_equal(reply.count, before + set);
        all = all && set;
    }
    assert_int_equal(all, !alloc_has_failed());
    http_reply_free(&reply);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    support_sweep_allocations(fill, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_set_replaced_and_taken_away),
        cmocka_unit_test(what_would_break_out_of_its_field_is_refused),
        cmocka_unit_test(a_reply_holds_its_bound_of_fields_and_no_more),
        cmocka_unit_test(a_value_without_room_leaves_the_reply_as_it_was),
        cmocka_unit_test(setting_a_field_often_does_not_use_the_reply_up),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
