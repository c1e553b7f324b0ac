#include "core/filter.h"

struct core_filter core_filter_none(void)
{
    return (struct core_filter){ .above = INT64_MIN, .below = INT64_MAX, .limit = UINT64_MAX };
}

static bool means(const struct core_filter *filter, const struct record_bso *bso)
{
    for (size_t i = 0; i < RECORD_RELATIONS; i++) {
        if (filter->by_relation[i] && !slice_eq(bso->relations[i], filter->relations[i]))
            return false;
    }
    return !filter->by_index ||
           (bso->has_sortindex && bso->sortindex > filter->above && bso->sortindex < filter->below);
}

enum core_filter_verdict core_filter_judge(struct core_filter *filter, const struct record_bso *bso)
{
    if (filter->limit == 0)
        return CORE_FILTER_OVER;
    if (!means(filter, bso))
        return CORE_FILTER_PASS;
    if (filter->skip > 0) {
        filter->skip--;
        return CORE_FILTER_PASS;
    }
    if (filter->limit != UINT64_MAX)
        filter->limit--;
    return CORE_FILTER_TAKE;
}
