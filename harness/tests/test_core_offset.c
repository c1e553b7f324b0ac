#include "core/offset.h"

#include "tests/support/support.h"

static void what_was_written_reads_back(void **state)
{
    (void)state;
    static const int64_t numbers[] = { 0,         1,        -1, 999999999, -999999999, 170000000012,
                                       INT64_MIN, INT64_MAX };
    uint8_t longest[LIMIT_BSO_ID];
    memset(longest, '~', sizeof(longest));
    const struct slice ids[] = { SLICE("a"), SLICE(" +/="), slice_of(longest, sizeof(longest)) };
    for (size_t i = 0; i < COUNT_OF(numbers) * COUNT_OF(ids) * 4; i++) {
        struct core_offset offset = { .order = (enum store_order)(i % 4),
                                      .number = numbers[i / 4 % COUNT_OF(numbers)],
                                      .id = ids[i / 4 / COUNT_OF(numbers)] };
        struct buf text = buf_bounded(256), scratch = buf_bounded(256);
        assert_true(core_offset_write(&offset, &text));
        struct core_offset again;
        assert_true(core_offset_read(buf_slice(&text), offset.order, &scratch, &again));
        assert_int_equal(again.order, offset.order);
        assert_int_equal(again.number, offset.number);
        assert_true(slice_eq(again.id, offset.id));
        enum store_order other = (enum store_order)((i + 1) % 4);
        assert_false(core_offset_read(buf_slice(&text), other, &scratch, &again));
        buf_free(&text);
        buf_free(&scratch);
    }
}

static void every_cut_or_longer_token_is_refused(void **state)
{
    (void)state;
    struct core_offset offset = { .order = STORE_NEWEST, .number = 5, .id = SLICE("x") };
    struct buf text = buf_bounded(256), scratch = buf_bounded(1024);
    assert_true(core_offset_write(&offset, &text));
    for (size_t len = 0; len < text.len; len++) {
        struct support_edge edge = support_edge_of(slice_head(buf_slice(&text), len));
        assert_false(core_offset_read(edge.bytes, STORE_NEWEST, &scratch, &offset));
        support_edge_free(&edge);
    }
    buf_add_text(&text, "=");
    assert_false(core_offset_read(buf_slice(&text), STORE_NEWEST, &scratch, &offset));
    buf_free(&text);
    buf_free(&scratch);
}

static void an_id_that_cannot_be_is_refused(void **state)
{
    (void)state;
    uint8_t long_id[LIMIT_BSO_ID + 1];
    memset(long_id, 'a', sizeof(long_id));
    struct buf text = buf_bounded(256), scratch = buf_bounded(256);
    struct core_offset offset = { .id = slice_of(long_id, sizeof(long_id)) };
    assert_false(core_offset_write(&offset, &text));
    offset.id = SLICE("\x01");
    assert_true(core_offset_write(&offset, &text));
    assert_false(core_offset_read(buf_slice(&text), STORE_BY_ID, &scratch, &offset));
    buf_free(&text);
    buf_free(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_reads_back),
        cmocka_unit_test(every_cut_or_longer_token_is_refused),
        cmocka_unit_test(an_id_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
