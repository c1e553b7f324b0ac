/* Which captures a case keeps and uses: each is kept before it is used and used after it is kept.
 */
#ifndef SYNCSPEC_PLAN_CAPTURES_H
#define SYNCSPEC_PLAN_CAPTURES_H

#include "plan/source.h"

enum { PLAN_KEPT_MAX = 128 };

/* One `keep` or `collect` of a name; a name may be kept again. */
struct plan_kept {
    const char *name;
    const struct plan_node *node;
    bool list, used;
    unsigned branch; /* that alone sees it; 0: all do */
};

/* What templates may hold where they stand. */
struct plan_captures_where {
    bool lists;       /* a text that is nothing but {name} becomes that list */
    bool raw;         /* {authorization} */
    bool signs;       /* ... has something to sign */
    unsigned repeats; /* how many repeats are around it */
};

struct plan_captures {
    struct plan_source *source;
    const char *api;              /* of the case */
    const struct plan_node *rows; /* of the case, checked; NULL: none */
    struct plan_kept kept[PLAN_KEPT_MAX];
    size_t count;
    unsigned branch; /* that is being loaded, counted from 1; 0: none */
    bool broken;     /* a step could not be read: nothing is concluded from what is missing */
    /* Told of each capability that a predefined capture implies. */
    void (*need)(void *context, const char *capability);
    void *context;
};

/* Checks the templates in the value and everything in it. */
void plan_captures_use(struct plan_captures *captures, const struct plan_node *node,
                       const struct plan_captures_where *where);

/* Counts the uses in a repeat once more: its next round may use what the last one kept. */
void plan_captures_use_again(struct plan_captures *captures, const struct plan_node *node);

/* What is loaded from here on is a branch, the ${branch}th of its step: what the others keep is
 * not seen in it, nor what any of them collects. */
void plan_captures_enter(struct plan_captures *captures, unsigned branch);

/* The branches of a step end: what they collect is seen from here on, and what they keep, unless
 * they are ${copies} of one. */
void plan_captures_leave(struct plan_captures *captures, bool copies);

/* The member ${node} of a `keep` or `collect`; its name, or NULL when that is bad or memory ran
 * out.
 */
const char *plan_captures_keep(struct plan_captures *captures, const struct plan_node *node,
                               bool list);

/* Says which were never used. */
void plan_captures_end(struct plan_captures *captures);

#endif
