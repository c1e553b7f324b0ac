#include "plan/plan.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "plan/builder.h"
#include "plan/requirement.h"

enum { ARENA_MAX = 512 * 1024 * 1024, ROOM_FIRST = 64 };

static const char requirements_folder[] = "requirements/";

/* Pointers that grow. */
struct list {
    void **at;
    size_t count, room;
};

struct plan {
    struct arena *arena;
    struct list cases, requirements;
    struct list roots;  /* json_t: the cases borrow from them */
    json_t *case_index; /* id to position */
    json_t *requirement_index;
};

static bool add(struct list *list, void *item)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? ROOM_FIRST : list->room * 2;
        void **at = alloc_resize(list->at, room * sizeof(*at));
        if (at == NULL)
            return false;
        list->at = at;
        list->room = room;
    }
    list->at[list->count++] = item;
    return true;
}

static bool find(const json_t *index, struct slice id, size_t *ret_position)
{
    const json_t *position = json_object_getn(index, (const char *)id.ptr, id.len);
    if (id.len == 0 || position == NULL)
        return false;
    *ret_position = (size_t)json_integer_value(position);
    return true;
}

/* The first of that id keeps its place in the index. */
static bool add_indexed(struct list *list, json_t *index, const char *id, void *item)
{
    size_t position;
    if (!add(list, item))
        return false;
    if (find(index, slice_text(id), &position))
        return true;
    return json_object_set_new(index, id, json_integer((json_int_t)list->count - 1)) == 0;
}

bool plan_builder_add_case(struct plan_builder *builder, struct plan_case *added)
{
    struct plan *plan = builder->plan;
    if (add_indexed(&plan->cases, plan->case_index, added->id, added))
        return true;
    builder->ledger.nomem = true;
    return false;
}

bool plan_builder_add_requirement(struct plan_builder *builder, struct verdict_requirement *added)
{
    struct plan *plan = builder->plan;
    if (add_indexed(&plan->requirements, plan->requirement_index, added->id, added))
        return true;
    builder->ledger.nomem = true;
    return false;
}

struct plan_case *plan_builder_case_at(const struct plan_builder *builder, size_t index)
{
    return builder->plan->cases.at[index];
}

static struct plan *make(void)
{
    struct plan *plan = alloc_new(struct plan);
    if (plan == NULL)
        return NULL;
    plan->arena = arena_new(ARENA_MAX);
    plan->case_index = json_object();
    plan->requirement_index = json_object();
    if (plan->arena == NULL || plan->case_index == NULL || plan->requirement_index == NULL) {
        plan_free(plan);
        return NULL;
    }
    return plan;
}

/* A requirements file being read. */
struct context {
    struct plan_builder *builder;
    struct plan_source *source;
};

static bool take_requirement(void *context, struct verdict_requirement *requirement,
                             const struct plan_node *node)
{
    const struct context *this = context;
    if (plan_requirement_find(this->builder->plan, slice_text(requirement->id)) != NULL) {
        plan_source_wrong(this->source, node, "the requirement \"%s\" stands twice; expected once",
                          requirement->id);
        return true;
    }
    return plan_builder_add_requirement(this->builder, requirement);
}

/* Reads a file with ${load}; the plan keeps its JSON. */
static void read_source(struct plan_builder *builder, const char *name, struct slice text,
                        void (*load)(struct plan_builder *builder, struct plan_source *source))
{
    struct plan_source source;
    const char *kept = arena_text(builder->plan->arena, slice_text(name));
    if (kept == NULL) {
        builder->ledger.nomem = true;
        return;
    }
    if (plan_source_read(&source, &builder->ledger, kept, text))
        load(builder, &source);
    if (source.root != NULL) {
        if (add(&builder->plan->roots, source.root))
            source.root = NULL;
        else
            builder->ledger.nomem = true;
    }
    plan_source_free(&source);
}

static void load_requirements(struct plan_builder *builder, struct plan_source *source)
{
    struct context context = { builder, source };
    plan_requirements_load(source, take_requirement, &context);
}

static void take_requirements(void *context, const char *name, struct slice text)
{
    if (slice_starts(slice_text(name), slice_text(requirements_folder)))
        read_source(context, name, text, load_requirements);
}

static void take_cases(void *context, const char *name, struct slice text)
{
    if (!slice_starts(slice_text(name), slice_text(requirements_folder)) &&
        strcmp(name, "schema.json") != 0)
        read_source(context, name, text, plan_cases_load);
}

static bool begin(struct plan_builder *builder, const struct plan_vocabulary *vocabulary,
                  struct plan_errors *errors)
{
    *builder = (struct plan_builder){ .plan = make(), .vocabulary = vocabulary };
    builder->last = &builder->dependencies;
    builder->ledger.errors = errors;
    if (builder->plan == NULL)
        return false;
    builder->ledger.arena = builder->plan->arena;
    return true;
}

static struct plan *finish(struct plan_builder *builder)
{
    if (!builder->ledger.nomem)
        plan_bases_add(builder);
    if (!builder->ledger.nomem)
        plan_dependencies_check(builder);
    if (!builder->ledger.nomem && builder->ledger.errors->count == 0)
        return builder->plan;
    plan_free(builder->plan);
    return NULL;
}

struct plan *plan_load(const char *folder, const struct plan_vocabulary *vocabulary,
                       struct plan_errors *errors)
{
    struct plan_builder builder;
    if (!begin(&builder, vocabulary, errors))
        return NULL;
    plan_files_read(&builder.ledger, folder, take_requirements, &builder);
    if (errors->count == 0)
        plan_files_read(&builder.ledger, folder, take_cases, &builder);
    return finish(&builder);
}

struct plan *plan_load_text(struct slice cases, const char *name, struct slice requirements,
                            const struct plan_vocabulary *vocabulary, struct plan_errors *errors)
{
    struct plan_builder builder;
    if (!begin(&builder, vocabulary, errors))
        return NULL;
    read_source(&builder, "requirements/given.json", requirements, load_requirements);
    if (!builder.ledger.nomem && errors->count == 0)
        read_source(&builder, name, cases, plan_cases_load);
    return finish(&builder);
}

size_t plan_case_count(const struct plan *plan)
{
    return plan->cases.count;
}

const struct plan_case *plan_case_at(const struct plan *plan, size_t index)
{
    return plan->cases.at[index];
}

bool plan_case_index(const struct plan *plan, struct slice id, size_t *ret_index)
{
    return find(plan->case_index, id, ret_index);
}

const struct plan_case *plan_case_find(const struct plan *plan, struct slice id)
{
    size_t index;
    return find(plan->case_index, id, &index) ? plan_case_at(plan, index) : NULL;
}

bool plan_case_decides(const struct plan_case *plan_case,
                       const struct verdict_requirement *requirement)
{
    for (size_t i = 0; i < plan_case->requirement_count; i++) {
        if (plan_case->requirements[i] == requirement)
            return true;
    }
    return false;
}

size_t plan_requirement_count(const struct plan *plan)
{
    return plan->requirements.count;
}

const struct verdict_requirement *plan_requirement_at(const struct plan *plan, size_t index)
{
    return plan->requirements.at[index];
}

const struct verdict_requirement *plan_requirement_find(const struct plan *plan, struct slice id)
{
    size_t index;
    return find(plan->requirement_index, id, &index) ? plan_requirement_at(plan, index) : NULL;
}

void plan_free(struct plan *plan)
{
    if (plan == NULL)
        return;
    for (size_t i = 0; i < plan->roots.count; i++)
        json_decref(plan->roots.at[i]);
    alloc_release(plan->cases.at);
    alloc_release(plan->requirements.at);
    alloc_release(plan->roots.at);
    json_decref(plan->case_index);
    json_decref(plan->requirement_index);
    arena_free(plan->arena);
    alloc_release(plan);
}

void plan_freep(struct plan **plan)
{
    plan_free(*plan);
}
