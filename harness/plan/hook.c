/* The `hook` of a step. */
#include "plan/loading.h"

#include "plan/nearest.h"
#include "plan/template.h"

static const struct row {
    const char *name, *need;
    bool has_value;
} rows[] = {
    { "restart", "restart-hook", false },
    { "quota", "quota-hook", true },
    { "move", "move-hook", false },
};

static const struct row *find(struct plan_loading *loading, const struct plan_node *hook)
{
    const char *name = plan_source_text(loading->source, hook);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    plan_source_wrong(loading->source, hook,
                      "unknown hook \"%.64s\"; expected \"restart\", \"quota\" or \"move\"", name);
    return NULL;
}

static void load_value(struct plan_loading *loading, const struct plan_node *value,
                       struct plan_step *step)
{
    const struct plan_captures_where where = { .repeats = loading->repeats };
    const char *text = plan_source_text(loading->source, value);
    struct plan_part part;
    plan_captures_use(&loading->captures, value, &where);
    if (text == NULL) {
        struct slice raw = plan_node_raw(&loading->source->tree, value);
        step->amount = arena_text(loading->source->ledger->arena, raw);
        loading->source->ledger->nomem |= step->amount == NULL;
        return;
    }
    step->amount = plan_source_copy(loading->source, text);
    if (!plan_part_alone(slice_text(text), &part))
        plan_source_wrong(loading->source, value, "no value; expected a number or an expression");
}

void plan_hook_load(struct plan_loading *loading, const struct plan_node *hook,
                    const struct plan_node *as, const struct plan_node *value,
                    struct plan_step *step)
{
    const struct row *row = find(loading, hook);
    if (as != NULL)
        step->as = plan_user_load(loading, as);
    if (value != NULL)
        load_value(loading, value, step);
    if (row == NULL)
        return;
    step->hook = row->name;
    plan_loading_need(loading, row->need);
    if (row->has_value && value == NULL)
        plan_source_wrong_key(loading->source, hook,
                              "a hook without its \"value\"; expected the quota in bytes");
    if (!row->has_value && value != NULL)
        plan_source_wrong_key(loading->source, value, "\"value\" in a hook that takes none");
}
