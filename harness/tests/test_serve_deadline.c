#include "serve/deadline.h"
#include "tests/support/support.h"

static const unsigned durations[SERVE_LIMITS] = {
    [SERVE_LIMIT_IDLE] = 100, [SERVE_LIMIT_HEAD] = 10, [SERVE_LIMIT_BODY] = 20,
    [SERVE_LIMIT_SEND] = 20,  [SERVE_LIMIT_DRAIN] = 0,
};

static void the_earliest_of_all_limits_is_due_first(void **state)
{
    (void)state;
    struct serve_deadlines deadlines;
    struct serve_deadline idle = { 0 }, head = { 0 }, late_head = { 0 };
    serve_deadlines_init(&deadlines, durations);
    assert_int_equal(serve_deadlines_next(&deadlines), INT64_MAX);
    serve_deadlines_set(&deadlines, &idle, SERVE_LIMIT_IDLE, 0);
    serve_deadlines_set(&deadlines, &head, SERVE_LIMIT_HEAD, 5);
    serve_deadlines_set(&deadlines, &late_head, SERVE_LIMIT_HEAD, 95);
    assert_int_equal(serve_deadlines_next(&deadlines), 15);
    assert_null(serve_deadlines_due(&deadlines, 14));
    assert_ptr_equal(serve_deadlines_due(&deadlines, 15), &head);
    assert_null(serve_deadlines_due(&deadlines, 99));
    assert_ptr_equal(serve_deadlines_due(&deadlines, 200), &idle);
    assert_ptr_equal(serve_deadlines_due(&deadlines, 200), &late_head);
    assert_null(serve_deadlines_due(&deadlines, 200));
}

static void one_that_is_set_anew_goes_behind_the_others(void **state)
{
    (void)state;
    struct serve_deadlines deadlines;
    struct serve_deadline one = { 0 }, two = { 0 };
    serve_deadlines_init(&deadlines, durations);
    serve_deadlines_set(&deadlines, &one, SERVE_LIMIT_BODY, 0);
    serve_deadlines_set(&deadlines, &two, SERVE_LIMIT_BODY, 1);
    serve_deadlines_set(&deadlines, &one, SERVE_LIMIT_BODY, 2);
    assert_ptr_equal(serve_deadlines_first(&deadlines, SERVE_LIMIT_BODY), &two);
    serve_deadlines_clear(&two);
    serve_deadlines_clear(&two);
    assert_ptr_equal(serve_deadlines_first(&deadlines, SERVE_LIMIT_BODY), &one);
    serve_deadlines_set(&deadlines, &one, SERVE_LIMIT_IDLE, 3);
    assert_null(serve_deadlines_first(&deadlines, SERVE_LIMIT_BODY));
    assert_int_equal(serve_deadlines_next(&deadlines), 103);
}

static void a_duration_of_0_is_not_due_at_once(void **state)
{
    (void)state;
    struct serve_deadlines deadlines;
    struct serve_deadline one = { 0 };
    serve_deadlines_init(&deadlines, durations);
    serve_deadlines_set(&deadlines, &one, SERVE_LIMIT_DRAIN, 7);
    assert_null(serve_deadlines_due(&deadlines, 7));
    assert_ptr_equal(serve_deadlines_due(&deadlines, 8), &one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_of_all_limits_is_due_first),
        cmocka_unit_test(one_that_is_set_anew_goes_behind_the_others),
        cmocka_unit_test(a_duration_of_0_is_not_due_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
