/* Which of the records that the store lists a request before API 1.5 means: sortindex bounds, the
 * relations of records, and paging by number. */
#ifndef SYNCSPEC_CORE_FILTER_H
#define SYNCSPEC_CORE_FILTER_H

#include "record/bso.h"

struct core_filter {
    bool by_index;        /* only above < sortindex < below, so none without a sortindex */
    int64_t above, below; /* INT64_MIN, INT64_MAX: no bound */
    bool by_relation[RECORD_RELATIONS]; /* only those that name this record as theirs */
    struct slice relations[RECORD_RELATIONS];
    uint64_t skip, limit; /* of those that are left: drop the first, then take as many */
};

enum core_filter_verdict {
    CORE_FILTER_TAKE,
    CORE_FILTER_PASS, /* this one is not meant */
    CORE_FILTER_OVER, /* nor is any that follows */
};

/* Takes every record. */
struct core_filter core_filter_none(void);

/* Judges the next record in the order of the query, and counts it. */
enum core_filter_verdict core_filter_judge(struct core_filter *filter,
                                           const struct record_bso *bso);

#endif
