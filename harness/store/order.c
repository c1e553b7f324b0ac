#include "store/order.h"

int64_t store_order_number(enum store_order order, const struct record_bso *bso)
{
    if (order == STORE_BY_ID)
        return 0;
    if (order == STORE_BY_INDEX)
        return bso->has_sortindex ? bso->sortindex : INT64_MIN;
    return bso->modified;
}

/* The first bytes of an id as a number that sorts as they do: it settles most comparisons without a
 * look at the id itself, which lies elsewhere. */
static int64_t leading(struct slice id)
{
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof(number); i++)
        number = number << 8 | (i < id.len ? id.ptr[i] : 0);
    return (int64_t)(number ^ (UINT64_C(1) << 63));
}

struct store_key store_order_key(enum store_order order, int64_t number, struct slice id)
{
    bool descending = order == STORE_NEWEST || order == STORE_BY_INDEX;
    /* Negation turns INT64_MIN, which has no opposite, into the last place. */
    if (descending)
        number = number == INT64_MIN ? INT64_MAX : -number;
    if (order == STORE_BY_ID)
        number = leading(id);
    return (struct store_key){ .number = number, .text = id };
}

bool store_order_strays(const struct store_query *query)
{
    bool timeless = query->order == STORE_BY_ID || query->order == STORE_BY_INDEX;
    return timeless && (query->newer > 0 || query->older != INT64_MAX);
}

int64_t store_expiry(int64_t now, int64_t ttl)
{
    if (ttl > (INT64_MAX - (now > 0 ? now : 0)) / STAMP_SECOND)
        return INT64_MAX;
    return now + ttl * STAMP_SECOND;
}

struct slice store_relation(const struct record_bso *before, const struct record_update *update,
                            enum record_relation which)
{
    if (update->relation_is[which] == RECORD_VALUE)
        return update->relations[which];
    if (update->relation_is[which] == RECORD_NULL || before == NULL)
        return (struct slice){ 0 };
    return before->relations[which];
}
