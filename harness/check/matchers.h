/* The rows of the table in match.c: one pair of functions for each $key, as struct check_matcher
 * declares them. */
#ifndef SYNCSPEC_CHECK_MATCHERS_H
#define SYNCSPEC_CHECK_MATCHERS_H

#include "check/match.h"

#define CHECK_MATCHER(name)                                                                        \
    bool check_matches_##name(struct check_match *match, const struct check_value *value,          \
                              const json_t *operand, const struct plan_where *where)

#define CHECK_WRONG(name)                                                                          \
    const char *check_wrong_##name(const json_t *operand, const struct plan_where *where,          \
                                   struct arena *arena, const char **ret_pointer)

/* logic.c */
CHECK_MATCHER(any);
CHECK_MATCHER(all);
CHECK_MATCHER(not );
CHECK_MATCHER(absent);
CHECK_MATCHER(present);
CHECK_WRONG(matchers);
CHECK_WRONG(true);

/* number.c */
CHECK_MATCHER(ge);
CHECK_MATCHER(gt);
CHECK_MATCHER(le);
CHECK_MATCHER(lt);
CHECK_MATCHER(eq);
CHECK_MATCHER(ne);
CHECK_MATCHER(between);
CHECK_MATCHER(number);
CHECK_MATCHER(stamp);
CHECK_WRONG(decimal);
CHECK_WRONG(plain);
CHECK_WRONG(between);
CHECK_WRONG(number);
CHECK_WRONG(stamp);

/* shape.c */
CHECK_MATCHER(type);
CHECK_MATCHER(length);
CHECK_MATCHER(exact);
CHECK_MATCHER(match);
CHECK_WRONG(type);
CHECK_WRONG(exact);
CHECK_WRONG(match);

/* list.c */
CHECK_MATCHER(contains);
CHECK_MATCHER(each);
CHECK_MATCHER(keys);
CHECK_MATCHER(sorted);
CHECK_MATCHER(pluck);
CHECK_WRONG(sorted);
CHECK_WRONG(pluck);

/* set.c */
CHECK_MATCHER(set);
CHECK_MATCHER(unique);
CHECK_WRONG(list);

/* sealed.c */
CHECK_MATCHER(opens);
CHECK_WRONG(opens);

#endif
