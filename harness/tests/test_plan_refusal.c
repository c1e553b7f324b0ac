/* Which statuses an expectation admits. */
#include "plan/refusal.h"
#include "tests/support/support.h"

static const struct {
    const char *matcher;
    bool refuses, accepts;
} rows[] = {
    { "200", false, true },
    { "404", false, true },
    { "400", true, false },
    { "599", true, false },
    { "99", false, false },
    { "600", false, false },
    { "412.0", true, false },
    { "{\"$any\":[200,201]}", false, true },
    { "{\"$any\":[200,404]}", false, true },
    { "{\"$any\":[404]}", false, true },
    { "{\"$any\":[404,400]}", true, false },
    { "{\"$any\":[400,401,403]}", true, false },
    { "{\"$any\":[200,400]}", false, false },
    { "{\"$any\":[99,600]}", false, false },
    { "{\"$any\":[]}", false, false },
    { "{\"$any\":[200.0,404]}", false, true },
    { "{\"$any\":[412,{\"$ge\":500}]}", true, false },
    { "{\"$any\":[412,{\"$lt\":300}]}", false, false },
    { "{\"$lt\":400}", false, true },
    { "{\"$ge\":400}", true, false },
    { "{\"$gt\":399}", true, false },
    { "{\"$not\":200}", false, false },
    { "{\"$not\":{\"$lt\":400}}", true, false },
    { "{\"$between\":[400,499]}", true, false },
    { "{\"$between\":[200,204]}", false, true },
    { "{\"$all\":[{\"$ge\":400},{\"$ne\":404}]}", true, false },
    { "{\"$all\":[{\"$ge\":404},{\"$le\":404}]}", false, true },
    { "{\"$type\":\"number\"}", false, false }, /* nothing is concluded */
    { "\"200\"", false, false },
};

static void refusals_and_twins_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *matcher = json_loads(rows[i].matcher, JSON_DECODE_ANY, NULL);
        assert_non_null(matcher);
        if (plan_status_refuses(matcher) != rows[i].refuses ||
            plan_status_accepts(matcher) != rows[i].accepts)
            fail_msg("%s: refuses %d, accepts %d", rows[i].matcher, plan_status_refuses(matcher),
                     plan_status_accepts(matcher));
        json_decref(matcher);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_and_twins_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
