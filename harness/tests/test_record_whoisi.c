#include "record/list.h"

#include "tests/support/support.h"

static const struct record_bso records[] = {
    { .id = SLICE_INIT("a"), .modified = 100, .payload = SLICE_INIT("x") },
    { .id = SLICE_INIT("b"), .modified = 123, .payload = SLICE_INIT("\xc3\xa9\n") },
};

static void each_record_stands_behind_its_length_in_bytes(void **state)
{
    (void)state;
    AUTO(buf_free) struct buf out = buf_bounded(256);
    struct record_writer writer = record_writer_of(&out, RECORD_WHOISI);
    for (size_t i = 0; i < COUNT_OF(records); i++)
        assert_true(record_writer_bso(&writer, &records[i]));
    assert_true(record_writer_end(&writer));
    /* 0x28 is 40; the second is a character shorter than its bytes. */
    assert_true(
        slice_eq(buf_slice(&out),
                 SLICE("\0\0\0\x28{\"id\":\"a\",\"modified\":1.00,\"payload\":\"x\"}"
                       "\0\0\0\x2b{\"id\":\"b\",\"modified\":1.23,\"payload\":\"\xc3\xa9\\n\"}")));
}

static void ids_are_values_too(void **state)
{
    (void)state;
    AUTO(buf_free) struct buf out = buf_bounded(64);
    struct record_writer writer = record_writer_of(&out, RECORD_WHOISI);
    assert_true(record_writer_id(&writer, SLICE("a\"")));
    assert_true(record_writer_id(&writer, SLICE("bc")));
    assert_true(record_writer_end(&writer));
    assert_true(slice_eq(buf_slice(&out), SLICE("\0\0\0\5\"a\\\"\"\0\0\0\4\"bc\"")));
}

static void nothing_is_no_bytes(void **state)
{
    (void)state;
    AUTO(buf_free) struct buf out = buf_bounded(64);
    struct record_writer writer = record_writer_of(&out, RECORD_WHOISI);
    assert_true(record_writer_end(&writer));
    assert_int_equal(out.len, 0);
    assert_string_equal(record_format_media_type(RECORD_WHOISI), "application/whoisi");
}

static void a_length_of_more_than_a_byte_is_most_significant_first(void **state)
{
    (void)state;
    enum { LENGTH = 0x01020304 };
    static uint8_t payload[LENGTH];
    AUTO(buf_free) struct buf out = buf_bounded(LENGTH + 256);
    struct record_writer writer = record_writer_of(&out, RECORD_WHOISI);
    memset(payload, 'x', sizeof(payload));
    assert_true(record_writer_id(&writer, slice_of(payload, LENGTH - 2)));
    assert_memory_equal(out.ptr, "\1\2\3\4", 4);
    assert_int_equal(out.len, LENGTH + 4);
}

static void what_does_not_fit_is_told_and_touches_nothing(void **state)
{
    (void)state;
    for (size_t room = 0; room < 10; room++) {
        AUTO(buf_free) struct buf out = buf_bounded(room);
        struct record_writer writer = record_writer_of(&out, RECORD_WHOISI);
        assert_int_equal(record_writer_id(&writer, SLICE("abc")), room >= 9);
        assert_int_equal(record_writer_end(&writer), room >= 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_record_stands_behind_its_length_in_bytes),
        cmocka_unit_test(ids_are_values_too),
        cmocka_unit_test(nothing_is_no_bytes),
        cmocka_unit_test(a_length_of_more_than_a_byte_is_most_significant_first),
        cmocka_unit_test(what_does_not_fit_is_told_and_touches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
