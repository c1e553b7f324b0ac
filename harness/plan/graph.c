#include "plan/builder.h"

#include "base/alloc.h"

enum colour { UNSEEN, UNDER_WAY, SOUND };

/* A walk along depends_on, depth first, without recursion: chains may be long. */
struct walk {
    const struct plan *plan;
    enum colour *colours; /* of each case */
    size_t *path;         /* the cases under way */
    size_t *next;         /* of each case: its dependency to look at next */
    size_t depth;
};

static void check_known(struct plan_builder *builder)
{
    const struct plan_dependency *dependency = builder->dependencies;
    for (; dependency != NULL; dependency = dependency->next) {
        size_t index;
        if (plan_case_index(builder->plan, slice_text(dependency->id), &index))
            continue;
        const char *text = arena_format(builder->ledger.arena,
                                        "depends on the unknown case \"%.128s\"; expected the id "
                                        "of a case",
                                        dependency->id);
        plan_ledger_wrong(&builder->ledger, dependency->from->file, &dependency->place,
                          text == NULL ? "out of memory" : text);
    }
}

static void report(struct plan_builder *builder, const struct plan_case *from, const char *id)
{
    const struct plan_dependency *dependency = builder->dependencies;
    for (; dependency != NULL; dependency = dependency->next)
        if (dependency->from == from && strcmp(dependency->id, id) == 0)
            plan_ledger_wrong(&builder->ledger, from->file, &dependency->place,
                              "cases that depend on each other in a circle; expected an order in "
                              "which they can run");
}

static void push(struct walk *walk, size_t index)
{
    walk->colours[index] = UNDER_WAY;
    walk->path[walk->depth++] = index;
}

/* One step of the walk.  False when it has come round. */
static bool advance(struct plan_builder *builder, struct walk *walk)
{
    size_t at = walk->path[walk->depth - 1], to;
    const struct plan_case *from = plan_case_at(walk->plan, at);
    if (walk->next[at] == from->dependency_count) {
        walk->colours[at] = SOUND;
        walk->depth--;
        return true;
    }
    const char *id = from->depends_on[walk->next[at]++];
    if (!plan_case_index(walk->plan, slice_text(id), &to))
        return true;
    if (walk->colours[to] == UNDER_WAY) {
        report(builder, from, id);
        return false;
    }
    if (walk->colours[to] == UNSEEN)
        push(walk, to);
    return true;
}

static void check_circles(struct plan_builder *builder, struct walk *walk)
{
    for (size_t i = 0; i < plan_case_count(walk->plan); i++) {
        if (walk->colours[i] != UNSEEN)
            continue;
        push(walk, i);
        while (walk->depth > 0)
            if (!advance(builder, walk))
                return; /* the first circle says enough */
    }
}

void plan_dependencies_check(struct plan_builder *builder)
{
    size_t count = plan_case_count(builder->plan);
    struct walk walk = { .plan = builder->plan,
                         .colours = alloc_zeroed(count, sizeof(*walk.colours)),
                         .path = alloc_zeroed(count, sizeof(*walk.path)),
                         .next = alloc_zeroed(count, sizeof(*walk.next)) };
    check_known(builder);
    if (walk.colours != NULL && walk.path != NULL && walk.next != NULL)
        check_circles(builder, &walk);
    else
        builder->ledger.nomem = true;
    alloc_release(walk.colours);
    alloc_release(walk.path);
    alloc_release(walk.next);
}
