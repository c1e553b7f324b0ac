/* The branches of a `parallel` step. */
#include "plan/loading.h"

static void load_copies(struct plan_loading *loading, const struct plan_node *number,
                        const struct plan_node *steps, struct plan_branch *branches,
                        struct plan_step *step)
{
    json_int_t count = json_integer_value(plan_source_json(loading->source, number));
    step->copies = true;
    if (count < 2 || count > PLAN_BRANCHES_MAX) {
        plan_source_wrong(loading->source, number, "branches out of bounds; expected 2 to %d",
                          PLAN_BRANCHES_MAX);
        count = 2;
    }
    if (steps == NULL) {
        plan_source_wrong_key(loading->source, number,
                              "a number of branches without \"steps\"; expected those of each");
        return;
    }
    plan_captures_enter(&loading->captures, 1);
    plan_steps_load(loading, steps, &branches[0].steps, &branches[0].step_count);
    for (json_int_t i = 1; i < count; i++)
        branches[i] = branches[0];
    step->branch_count = (size_t)count;
}

static void load_list(struct plan_loading *loading, const struct plan_node *list,
                      const struct plan_node *steps, struct plan_branch *branches,
                      struct plan_step *step)
{
    if (list->count < 2 || list->count > PLAN_BRANCHES_MAX) {
        plan_source_wrong(loading->source, list, "%u branches; expected 2 to %d", list->count,
                          PLAN_BRANCHES_MAX);
        return;
    }
    if (steps != NULL)
        plan_source_wrong_key(loading->source, steps,
                              "\"steps\" beside a list of branches; expected them in the list");
    const struct plan_node *node = plan_node_first(list);
    for (; node != NULL; node = plan_node_next(list, node)) {
        struct plan_branch *branch = &branches[step->branch_count++];
        if (!plan_source_typed(loading->source, node, PLAN_TYPE_LIST)) {
            loading->captures.broken = true;
            continue;
        }
        plan_captures_enter(&loading->captures, (unsigned)step->branch_count);
        plan_steps_load(loading, node, &branch->steps, &branch->step_count);
    }
}

void plan_branches_load(struct plan_loading *loading, const struct plan_node *parallel,
                        const struct plan_node *steps, struct plan_step *step)
{
    if (loading->parallel) {
        plan_source_wrong_key(loading->source, parallel,
                              "a parallel inside of another; expected one deep");
        loading->captures.broken = true;
        return;
    }
    struct plan_branch *branches =
        plan_source_alloc(loading->source, PLAN_BRANCHES_MAX, sizeof(*branches));
    if (branches == NULL)
        return;
    step->branches = branches;
    loading->parallel = true;
    if (parallel->kind == PLAN_NODE_LIST)
        load_list(loading, parallel, steps, branches, step);
    else
        load_copies(loading, parallel, steps, branches, step);
    plan_captures_leave(&loading->captures, step->copies);
    loading->parallel = false;
}
