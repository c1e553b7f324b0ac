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

/* Which kinds of status are admitted. */
struct kinds {
    bool fine, absent, refused;
};

static void add_kind(struct kinds *kinds, json_int_t status)
{
    if (status < STATUS_FIRST || status > STATUS_LAST)
        return;
    kinds->fine |= status < STATUS_REFUSED;
    kinds->absent |= status == STATUS_ABSENT;
    kinds->refused |= status >= STATUS_REFUSED && status != STATUS_ABSENT;
}

/* A status, or one of several: what most cases have, and for which not every status needs to be
 * tried.  False: it is something else, and nothing was added. */
static bool add_plain(struct kinds *kinds, const json_t *matcher)
{
    const json_t *list = json_object_size(matcher) == 1 ? json_object_get(matcher, "$any") : NULL;
    if (json_is_integer(matcher))
        add_kind(kinds, json_integer_value(matcher));
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_integer(json_array_get(list, i)))
            return false;
    for (size_t i = 0; i < json_array_size(list); i++)
        add_kind(kinds, json_integer_value(json_array_get(list, i)));
    return json_is_integer(matcher) || json_array_size(list) > 0;
}

static struct kinds kinds_of(const json_t *matcher)
{
    struct kinds kinds = { false, false, false };
    if (add_plain(&kinds, matcher))
        return kinds;
    for (int status = STATUS_FIRST; status <= STATUS_LAST; status++)
        if (admits(matcher, status, 0))
            add_kind(&kinds, status);
    return kinds;
}

bool plan_status_refuses(const json_t *matcher)
{
    struct kinds kinds = kinds_of(matcher);
    return kinds.refused && !kinds.fine;
}

bool plan_status_accepts(const json_t *matcher)
{
    struct kinds kinds = kinds_of(matcher);
    return (kinds.fine || kinds.absent) && !kinds.refused;
}
