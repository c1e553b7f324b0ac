#include "base/clock.h"

#include "tests/support/support.h"

#include <time.h>

static void a_virtual_clock_moves_when_it_is_moved(void **state)
{
    (void)state;
    struct clock_virtual clock = clock_virtual_at(100);
    assert_int_equal(clock_now(&clock.base), 100);
    assert_int_equal(clock_now(&clock.base), 100);
    clock_virtual_advance(&clock, 5);
    assert_int_equal(clock_now(&clock.base), 105);
    clock_virtual_advance(&clock, -200);
    assert_int_equal(clock_now(&clock.base), -95);
}

static void the_real_clock_is_the_systems_in_hundredths(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL);
    int64_t now = clock_now(clock_real());
    int64_t after = (int64_t)time(NULL);
    /* time() may lag the precise clock by a tick. */
    assert_true(now / 100 >= before - 1 && now / 100 <= after + 1);
}

static void the_monotonic_clock_never_steps_back(void **state)
{
    (void)state;
    int64_t last = clock_monotonic_ms();
    for (int i = 0; i < 10000; i++) {
        int64_t now = clock_monotonic_ms();
        assert_true(now >= last);
        last = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_virtual_clock_moves_when_it_is_moved),
        cmocka_unit_test(the_real_clock_is_the_systems_in_hundredths),
        cmocka_unit_test(the_monotonic_clock_never_steps_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
