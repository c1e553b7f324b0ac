#include "plan/refusal.h"

#include "base/limits.h"
#include "base/try.h"

#include <string.h>

enum { STATUS_FIRST = 100, STATUS_LAST = 599, STATUS_ABSENT = 404, STATUS_REFUSED = 400 };

static bool admits(const json_t *matcher, int status, unsigned depth);

static bool any_admits(const json_t *list, int status, unsigned depth)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (admits(json_array_get(list, i), status, depth))
            return true;
    return false;
}

static bool all_admit(const json_t *list, int status, unsigned depth)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!admits(json_array_get(list, i), status, depth))
            return false;
    return true;
}

static bool compares(const char *key, const json_t *operand, int status)
{
    static const struct {
        const char *key;
        bool less, equal, more;
    } rows[] = {
        { "$eq", false, true, false }, { "$ne", true, false, true },  { "$lt", true, false, false },
        { "$le", true, true, false },  { "$gt", false, false, true }, { "$ge", false, true, true },
    };
    double bound = json_number_value(operand);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].key, key) == 0)
            return status < bound ? rows[i].less : status > bound ? rows[i].more : rows[i].equal;
    return true; /* of what is not understood here nothing is concluded */
}

static bool admits_dollar(const char *key, const json_t *operand, int status, unsigned depth)
{
    if (strcmp(key, "$any") == 0)
        return any_admits(operand, status, depth);
    if (strcmp(key, "$all") == 0)
        return all_admit(operand, status, depth);
    if (strcmp(key, "$not") == 0)
        return !admits(operand, status, depth);
    if (strcmp(key, "$between") == 0)
        return status >= json_number_value(json_array_get(operand, 0)) &&
               status <= json_number_value(json_array_get(operand, 1));
    return compares(key, operand, status);
}

static bool admits(const json_t *matcher, int status, unsigned depth)
{
    if (depth > LIMIT_JSON_DEPTH)
        return true;
    if (json_is_number(matcher))
        return json_number_value(matcher) == status;
    if (json_object_size(matcher) != 1)
        return true;
    const char *key = json_object_iter_key(json_object_iter((json_t *)matcher));
    return admits_dollar(key, json_object_get(matcher, key), status, depth + 1);
}

bool plan_status_refuses(const json_t *matcher)
{
    bool refuses = false;
    for (int status = STATUS_FIRST; status <= STATUS_LAST; status++) {
        if (!admits(matcher, status, 0))
            continue;
        if (status < STATUS_REFUSED)
            return false;
        refuses = refuses || status != STATUS_ABSENT;
    }
    return refuses;
}

bool plan_status_accepts(const json_t *matcher)
{
    bool accepts = false;
    for (int status = STATUS_FIRST; status <= STATUS_LAST; status++) {
        if (!admits(matcher, status, 0))
            continue;
        if (status >= STATUS_REFUSED && status != STATUS_ABSENT)
            return false;
        accepts = true;
    }
    return accepts;
}
