#include "check/matchers.h"

CHECK_MATCHER(any)
{
    for (size_t i = 0; i < json_array_size(operand); i++)
        if (check_would_match(match, value, json_array_get(operand, i)))
            return true;
    return check_mismatch_of(match, value, where, "$any", operand);
}

CHECK_MATCHER(all)
{
    bool matched = true;
    for (size_t i = 0; i < json_array_size(operand); i++)
        matched = check_matches(match, value, json_array_get(operand, i), where) && matched;
    return matched;
}

CHECK_MATCHER(not )
{
    if (!check_would_match(match, value, operand))
        return true;
    return check_mismatch_of(match, value, where, "$not", operand);
}

CHECK_MATCHER(absent)
{
    (void)operand;
    return value->kind == CHECK_ABSENT || check_mismatch(match, value, where, "nothing");
}

CHECK_MATCHER(present)
{
    (void)operand;
    return value->kind != CHECK_ABSENT || check_mismatch(match, value, where, "something");
}

CHECK_WRONG(matchers)
{
    if (!json_is_array(operand) || json_array_size(operand) == 0)
        return check_wrong_at(where, arena, ret_pointer,
                              "a wrong operand; expected a list of matchers");
    return check_matcher_wrong(operand, where, arena, ret_pointer);
}

CHECK_WRONG(true)
{
    if (json_is_true(operand))
        return NULL;
    return check_wrong_at(where, arena, ret_pointer, "a wrong operand; expected true");
}
