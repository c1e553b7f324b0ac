/* Failures that are known: a file beside the suite, with an entry for each case and check. */
#ifndef SYNCSPEC_RUNNER_BASELINE_H
#define SYNCSPEC_RUNNER_BASELINE_H

#include "plan/plan.h"

enum { RUNNER_BASELINE_ENTRIES = 10000 };

/* One finding that is known: all three have to be those of the finding. */
struct runner_baseline_entry {
    const char *id;          /* of the case */
    const char *requirement; /* "": of the harness or the network */
    const char *where;
    struct verdict_excuse excuse;
    unsigned line, column; /* 0: of no file */
};

struct runner_baseline {
    struct arena *arena;
    const char *name;                      /* of the file */
    struct runner_baseline_entry *entries; /* by case, requirement and place; no two alike */
    size_t count;
};

/* An empty one; ${name} is copied.  NULL when out of memory. */
MUST_USE struct runner_baseline *runner_baseline_new(const char *name);

/* Reads the text of a file.  NULL when it is wrong (${errors} says all of it) or out of memory. */
MUST_USE struct runner_baseline *runner_baseline_read(const char *name, struct slice text,
                                                      struct plan_errors *errors);

/* Appends the text of the file: JSON that reads back as the same entries, always in one order.
 * False when out of memory. */
MUST_USE bool runner_baseline_write(const struct runner_baseline *baseline, struct buf *out);

/* Gives each finding of ${verdict} that an entry knows its excuse, which is borrowed, and sets
 * `expected`.  ${today}: what begins with YYYY-MM-DD; entries that have expired by then count as
 * not there.  NULL knows nothing. */
void runner_baseline_judge(const struct runner_baseline *baseline, const char *today,
                           struct verdict *verdict);

/* Judges every verdict of ${run}, which borrows from ${baseline} then, and tallies it.  An entry is
 * stale, and told of in a notice, when its case was decided, all of that was expected, and the
 * finding is not there; or when ${plan} has no such case.  An entry that may be there or not is
 * never stale for not being there.  False when out of memory. */
MUST_USE bool runner_baseline_apply(const struct runner_baseline *baseline, const struct plan *plan,
                                    struct verdict_run *run);

/* What runner_baseline_update did, in entries. */
struct runner_baseline_change {
    size_t added, dropped, kept;
    size_t renewed; /* of those kept: had expired, and have no date any more */
};

/* What ${old} becomes by what ${run} has seen: entries of cases that were decided stay when their
 * finding is there (or may be there or not), with reason and link; those of cases that were not run
 * stay; those of cases that ${plan} does not have go; findings that make a case fail or end in
 * error and have no entry get one.  NULL when out of memory or when they are too many. */
MUST_USE struct runner_baseline *runner_baseline_update(const struct runner_baseline *old,
                                                        const struct plan *plan,
                                                        const struct verdict_run *run,
                                                        struct runner_baseline_change *ret_change);

/* Entries by case, requirement and place: for qsort. */
int runner_baseline_compare(const void *a, const void *b);

void runner_baseline_free(struct runner_baseline *baseline);

#endif
