#include "store/order.h"

#include "tests/support/support.h"

/* In byte order; ids that differ before, at and behind the bytes that stand in the number. */
static const struct slice ids[] = {
    SLICE_INIT("\x01"),
    SLICE_INIT("a"),
    SLICE_INIT("a\0"),
    SLICE_INIT("a\0b"),
    SLICE_INIT("aaaaaaa"),
    SLICE_INIT("aaaaaaa\0"),
    SLICE_INIT("aaaaaaaa"),
    SLICE_INIT("aaaaaaaaa"),
    SLICE_INIT("aaaaaaaab"),
    SLICE_INIT("aaaaaaab"),
    SLICE_INIT("b"),
    SLICE_INIT("\x7f"),
    SLICE_INIT("\x80zzzzzzzzz"),
    SLICE_INIT("\xff"),
    SLICE_INIT("\xff\xff\xff\xff\xff\xff\xff\xff"),
};

static int sign_of(int order)
{
    return (order > 0) - (order < 0);
}

static void ids_stand_in_the_order_of_their_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        struct store_key a = store_order_key(STORE_BY_ID, 0, ids[i]);
        for (size_t k = 0; k < COUNT_OF(ids); k++) {
            struct store_key b = store_order_key(STORE_BY_ID, 0, ids[k]);
            assert_int_equal(sign_of(store_key_compare(&a, &b)), (i > k) - (i < k));
        }
    }
}

static void a_record_without_a_sortindex_is_the_last(void **state)
{
    (void)state;
    struct record_bso none = { 0 }, least = { .has_sortindex = true, .sortindex = -999999999 };
    struct store_key last =
        store_order_key(STORE_BY_INDEX, store_order_number(STORE_BY_INDEX, &none), SLICE("a"));
    struct store_key before =
        store_order_key(STORE_BY_INDEX, store_order_number(STORE_BY_INDEX, &least), SLICE("b"));
    assert_true(store_key_compare(&before, &last) < 0);
}

static void times_stand_as_the_order_says(void **state)
{
    (void)state;
    struct record_bso early = { .modified = 100 }, late = { .modified = 200 };
    static const struct {
        enum store_order order;
        int sign;
    } rows[] = { { STORE_OLDEST, -1 }, { STORE_NEWEST, 1 } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum store_order order = rows[i].order;
        struct store_key a = store_order_key(order, store_order_number(order, &early), SLICE("a"));
        struct store_key b = store_order_key(order, store_order_number(order, &late), SLICE("a"));
        assert_int_equal(sign_of(store_key_compare(&a, &b)), rows[i].sign);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_stand_in_the_order_of_their_bytes),
        cmocka_unit_test(a_record_without_a_sortindex_is_the_last),
        cmocka_unit_test(times_stand_as_the_order_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
