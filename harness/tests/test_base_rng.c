#include "base/rng.h"

#include "tests/support/support.h"

static void the_same_seed_gives_the_same_sequence(void **state)
{
    (void)state;
    struct rng_seeded one = rng_seeded_with(7);
    struct rng_seeded two = rng_seeded_with(7);
    struct rng_seeded other = rng_seeded_with(8);
    bool differs = false;
    for (int i = 0; i < 100; i++) {
        uint64_t value = rng_u64(&one.base);
        assert_true(value == rng_u64(&two.base));
        differs |= value != rng_u64(&other.base);
    }
    assert_true(differs);
}

static void splitmix_gives_its_published_numbers(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(0);
    assert_true(rng_u64(&rng.base) == UINT64_C(0xE220A8397B1DCDAF));
    assert_true(rng_u64(&rng.base) == UINT64_C(0x6E789E6AA1B965F4));
}

static void numbers_stay_below_their_bound_and_reach_all_of_it(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    for (uint64_t bound = 1; bound <= 10; bound++) {
        unsigned seen = 0;
        for (int i = 0; i < 1000; i++) {
            uint64_t value = rng_below(&rng.base, bound);
            assert_true(value < bound);
            seen |= 1U << value;
        }
        assert_int_equal(seen, (1U << bound) - 1);
    }
    assert_true(rng_below(&rng.base, UINT64_MAX) < UINT64_MAX);
}

static void fill_writes_just_what_it_was_given(void **state)
{
    (void)state;
    struct rng_seeded seeded = rng_seeded_with(3);
    struct rng *const generators[] = { &seeded.base, rng_system() };
    for (size_t g = 0; g < COUNT_OF(generators); g++) {
        for (size_t len = 0; len <= 40; len++) {
            uint8_t bytes[42] = { 0 };
            bytes[0] = bytes[len + 1] = 0xEE;
            rng_fill(generators[g], bytes + 1, len);
            assert_int_equal(bytes[0], 0xEE);
            assert_int_equal(bytes[len + 1], 0xEE);
        }
    }
}

static void the_system_does_not_repeat_itself(void **state)
{
    (void)state;
    uint8_t one[32] = { 0 };
    uint8_t two[32] = { 0 };
    rng_fill(rng_system(), one, sizeof(one));
    rng_fill(rng_system(), two, sizeof(two));
    assert_memory_not_equal(one, two, sizeof(one));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_sequence),
        cmocka_unit_test(splitmix_gives_its_published_numbers),
        cmocka_unit_test(numbers_stay_below_their_bound_and_reach_all_of_it),
        cmocka_unit_test(fill_writes_just_what_it_was_given),
        cmocka_unit_test(the_system_does_not_repeat_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
