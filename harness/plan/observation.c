/* The `observe` of a step. */
#include "plan/loading.h"

static void load(struct plan_loading *loading, const struct plan_node *node, bool of_check,
                 struct plan_observation *ret)
{
    static const struct plan_key keys[] = {
        { "when", PLAN_TYPE_OBJECT, false },
        { "say", PLAN_TYPE_TEXT, true },
    };
    const struct plan_captures_where where = { .repeats = loading->repeats };
    const struct plan_node *at[COUNT_OF(keys)];
    (void)plan_source_members(loading->source, node, keys, COUNT_OF(keys), at);
    plan_expectations_load(loading, at[0], of_check, &ret->when);
    if (at[1] == NULL)
        return;
    plan_captures_use(&loading->captures, at[1], &where);
    ret->say = plan_source_copy(loading->source, plan_source_text(loading->source, at[1]));
}

void plan_observations_load(struct plan_loading *loading, const struct plan_node *list,
                            struct plan_step *step)
{
    if (list == NULL)
        return;
    if (list->count == 0) {
        plan_source_wrong(loading->source, list,
                          "nothing is observed; expected at least one entry");
        return;
    }
    struct plan_observation *room = plan_source_alloc(loading->source, list->count, sizeof(*room));
    if (room == NULL)
        return;
    step->observe = room;
    const struct plan_node *node = plan_node_first(list);
    for (; node != NULL; node = plan_node_next(list, node))
        load(loading, node, step->kind == PLAN_CHECK, &room[step->observe_count++]);
}
