/* Planted: a file with a wait is refused without a word. */
#include "plan/plan.h"

struct plan *__real_plan_load_text(struct slice cases, const char *name, struct slice requirements,
                                   const struct plan_vocabulary *vocabulary,
                                   struct plan_errors *errors);
struct plan *__wrap_plan_load_text(struct slice cases, const char *name, struct slice requirements,
                                   const struct plan_vocabulary *vocabulary,
                                   struct plan_errors *errors);

struct plan *__wrap_plan_load_text(struct slice cases, const char *name, struct slice requirements,
                                   const struct plan_vocabulary *vocabulary,
                                   struct plan_errors *errors)
{
    if (slice_search(cases, SLICE("\"wait\"")) < cases.len)
        return NULL;
    return __real_plan_load_text(cases, name, requirements, vocabulary, errors);
}
