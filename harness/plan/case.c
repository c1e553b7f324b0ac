#include "plan/builder.h"
#include "plan/loading.h"
#include "plan/requirement.h"

enum member { ID, TITLE, REQUIRES, NEEDS, DEPENDS_ON, BASIS, NO_TWIN, ROWS, STEPS, MEMBERS };

static const struct plan_key case_keys[MEMBERS] = {
    [ID] = { "id", PLAN_TYPE_TEXT, true },
    [TITLE] = { "title", PLAN_TYPE_TEXT, true },
    [REQUIRES] = { "requires", PLAN_TYPE_LIST, true },
    [NEEDS] = { "needs", PLAN_TYPE_LIST, false },
    [DEPENDS_ON] = { "depends_on", PLAN_TYPE_LIST, false },
    [BASIS] = { "basis", PLAN_TYPE_LIST, false },
    [NO_TWIN] = { "no_twin", PLAN_TYPE_TEXT, false },
    [ROWS] = { "rows", PLAN_TYPE_LIST, false },
    [STEPS] = { "steps", PLAN_TYPE_LIST, true },
};

/* A case being loaded. */
struct context {
    struct plan_builder *builder;
    struct plan_source *source;
    const struct plan_node *at[MEMBERS];
    struct plan_case *made;
};

static void load_id(struct context *context)
{
    struct plan_source *source = context->source;
    const struct plan_node *node = context->at[ID];
    if (node == NULL)
        return;
    const char *id = plan_source_text(source, node);
    context->made->id = plan_source_copy(source, id);
    if (!plan_id_valid(slice_text(id))) {
        plan_source_wrong(source, node,
                          "a bad id; expected words of a-z and 0-9, joined by - and /");
        return;
    }
    const struct plan_case *other = plan_case_find(context->builder->plan, slice_text(id));
    if (other != NULL)
        plan_source_wrong(source, node, "the id \"%s\" is taken by %s:%u; expected a new one", id,
                          other->file, other->line);
}

/* Whether one of the elements before ${node} is the same text. */
static bool is_repeated(const struct plan_source *source, const struct plan_node *list,
                        const struct plan_node *node)
{
    const char *text = plan_source_text(source, node);
    const struct plan_node *other = plan_node_first(list);
    for (; other != node; other = plan_node_next(list, other)) {
        const char *before = plan_source_text(source, other);
        if (before != NULL && strcmp(before, text) == 0)
            return true;
    }
    return false;
}

enum { LIST_MAX = 256 };

/* Hands each text of a list to ${take}. */
static void each_text(struct context *context, const struct plan_node *list,
                      void (*take)(struct context *context, const struct plan_node *node,
                                   const char *text))
{
    struct plan_source *source = context->source;
    if (list == NULL)
        return;
    if (list->count == 0 || list->count > LIST_MAX) {
        plan_source_wrong(source, list, "%u entries; expected 1 to %d", list->count, LIST_MAX);
        return;
    }
    const struct plan_node *node = plan_node_first(list);
    for (; node != NULL; node = plan_node_next(list, node)) {
        if (!plan_source_typed(source, node, PLAN_TYPE_TEXT))
            continue;
        if (is_repeated(source, list, node))
            plan_source_wrong(source, node, "\"%s\" twice; expected each once",
                              plan_source_text(source, node));
        else
            take(context, node, plan_source_text(source, node));
    }
}

static void take_requirement(struct context *context, const struct plan_node *node,
                             const char *text)
{
    const struct verdict_requirement *requirement =
        plan_requirement_find(context->builder->plan, slice_text(text));
    if (requirement == NULL) {
        plan_source_wrong(context->source, node,
                          "unknown requirement \"%s\"; expected an id of requirements/", text);
        return;
    }
    if (requirement->exclusion != VERDICT_NOT_EXCLUDED) {
        plan_source_wrong(
            context->source, node,
            "the requirement \"%s\" is excluded (%s); expected one that cases decide, "
            "or no \"excluded\" there",
            text, verdict_exclusion_name(requirement->exclusion));
        return;
    }
    const struct verdict_requirement **list =
        (const struct verdict_requirement **)context->made->requirements;
    list[context->made->requirement_count++] = requirement;
}

static void load_requires(struct context *context)
{
    const struct plan_node *list = context->at[REQUIRES];
    if (list == NULL)
        return;
    const struct verdict_requirement **room = plan_source_alloc(
        context->source, (size_t)list->count + 1, sizeof(const struct verdict_requirement *));
    if (room == NULL)
        return;
    context->made->requirements = room;
    each_text(context, list, take_requirement);
}

static void take_dependency(struct context *context, const struct plan_node *node, const char *text)
{
    struct plan_builder *builder = context->builder;
    struct plan_dependency *dependency = plan_source_alloc(context->source, 1, sizeof(*dependency));
    const char *id = plan_source_copy(context->source, text);
    if (dependency == NULL || id == NULL)
        return;
    *dependency = (struct plan_dependency){ .from = context->made,
                                            .id = id,
                                            .place = plan_source_place(context->source, node) };
    *builder->last = dependency;
    builder->last = &dependency->next;
    ((const char **)context->made->depends_on)[context->made->dependency_count++] = id;
}

static void load_dependencies(struct context *context)
{
    const struct plan_node *list = context->at[DEPENDS_ON];
    if (list == NULL)
        return;
    context->made->depends_on =
        plan_source_alloc(context->source, (size_t)list->count + 1, sizeof(const char *));
    if (context->made->depends_on != NULL)
        each_text(context, list, take_dependency);
}

static void take_basis(struct context *context, const struct plan_node *node, const char *text)
{
    struct slice word, rest;
    if (!slice_cut(slice_text(text), ' ', &word, &rest) || word.len == 0 || rest.len == 0)
        plan_source_wrong(
            context->source, node,
            "a bad pattern; expected METHOD PATH, or as in `keep`: header NAME, json POINTER");
    ((const char **)context->made->basis)[context->made->basis_count++] =
        plan_source_copy(context->source, text);
}

static void load_basis(struct context *context)
{
    const struct plan_node *list = context->at[BASIS];
    if (list == NULL)
        return;
    context->made->basis =
        plan_source_alloc(context->source, (size_t)list->count + 1, sizeof(const char *));
    if (context->made->basis != NULL)
        each_text(context, list, take_basis);
}

static void take_need(struct context *context, const struct plan_node *node, const char *text)
{
    const char *near = plan_need_nearest(slice_text(text));
    if (plan_need_find(slice_text(text)) != NULL)
        return;
    if (near != NULL)
        plan_source_wrong(context->source, node, "unknown capability \"%s\"; did you mean \"%s\"?",
                          text, near);
    else
        plan_source_wrong(context->source, node,
                          "unknown capability \"%s\"; expected one of cases/README.md, Needs",
                          text);
}

/* Those that are written, then those that the steps imply. */
static void load_needs(struct context *context, struct plan_loading *loading)
{
    struct plan_source *source = context->source;
    const struct plan_node *list = context->at[NEEDS];
    each_text(context, list, take_need);
    const struct plan_node *node = list == NULL ? NULL : plan_node_first(list);
    for (; node != NULL; node = plan_node_next(list, node)) {
        const char *text = plan_source_text(source, node);
        if (text != NULL && plan_need_find(slice_text(text)) != NULL)
            plan_loading_need(loading, text);
    }
}

static void keep_needs(struct context *context, const struct plan_loading *loading)
{
    const char **needs =
        plan_source_alloc(context->source, loading->need_count + 1, sizeof(*needs));
    if (needs == NULL)
        return;
    memcpy(needs, loading->needs, loading->need_count * sizeof(*needs));
    context->made->needs = needs;
    context->made->need_count = loading->need_count;
}

static void check_twin(struct context *context, const struct plan_loading *loading)
{
    if (loading->refusal == NULL || loading->has_twin || loading->captures.broken ||
        context->at[NO_TWIN] != NULL)
        return;
    plan_source_wrong(context->source, loading->refusal,
                      "a refusal without its twin; expected a step with \"twin\": true that "
                      "succeeds, or \"no_twin\" with the reason");
}

static void load_steps(struct context *context)
{
    struct plan_loading *loading = plan_source_alloc(context->source, 1, sizeof(*loading));
    if (loading == NULL)
        return;
    *loading = (struct plan_loading){
        .source = context->source,
        .vocabulary = context->builder->vocabulary,
        .api = context->made->api,
        .captures = { .source = context->source,
                      .api = context->made->api,
                      .need = plan_loading_need,
                      .context = loading },
        .requirements = context->made->requirements,
        .requirement_count = context->made->requirement_count,
    };
    load_needs(context, loading);
    plan_rows_load(loading, context->at[ROWS], context->made);
    if (context->at[STEPS] != NULL)
        plan_steps_load(loading, context->at[STEPS], &context->made->steps,
                        &context->made->step_count);
    plan_captures_end(&loading->captures);
    check_twin(context, loading);
    context->made->waits = loading->waits;
    keep_needs(context, loading);
}

static void load_case(struct plan_builder *builder, struct plan_source *source,
                      const struct plan_node *node, const char *api)
{
    struct plan_place place = plan_source_place(source, node);
    struct context context = { .builder = builder, .source = source };
    context.made = plan_source_alloc(source, 1, sizeof(*context.made));
    if (context.made == NULL)
        return;
    (void)plan_source_members(source, node, case_keys, MEMBERS, context.at);
    *context.made = (struct plan_case){
        .file = source->name, .line = place.line, .column = place.column, .api = api
    };
    load_id(&context);
    if (context.at[TITLE] != NULL)
        context.made->title = plan_source_copy(source, plan_source_text(source, context.at[TITLE]));
    if (context.at[NO_TWIN] != NULL && plan_source_text(source, context.at[NO_TWIN])[0] == '\0')
        plan_source_wrong(source, context.at[NO_TWIN], "\"no_twin\" is empty; expected the reason");
    load_requires(&context);
    load_dependencies(&context);
    load_basis(&context);
    load_steps(&context);
    if (context.made->id != NULL && !builder->ledger.nomem &&
        !plan_builder_add_case(builder, context.made))
        return;
}

static const char *load_api(struct plan_source *source, const struct plan_node *node)
{
    static const char *const apis[] = { "1.5", "1.1", "1.0", "token", "user" };
    const char *text = plan_source_text(source, node);
    for (size_t i = 0; text != NULL && i < COUNT_OF(apis); i++)
        if (strcmp(apis[i], text) == 0)
            return apis[i];
    if (text != NULL)
        plan_source_wrong(source, node,
                          "unknown API; expected \"1.5\", \"1.1\", \"1.0\", \"token\" or \"user\"");
    return apis[0];
}

void plan_cases_load(struct plan_builder *builder, struct plan_source *source)
{
    static const struct plan_key keys[] = {
        { "title", PLAN_TYPE_TEXT, true },
        { "document", PLAN_TYPE_TEXT, true },
        { "api", PLAN_TYPE_TEXT, true },
        { "cases", PLAN_TYPE_LIST, true },
    };
    const struct plan_node *at[COUNT_OF(keys)];
    const struct plan_node *root = plan_source_root(source);
    (void)plan_source_members(source, root, keys, COUNT_OF(keys), at);
    const char *api = load_api(source, at[2]);
    const struct plan_node *list = at[3];
    if (list != NULL && list->count == 0)
        plan_source_wrong(source, list, "no cases; expected at least one");
    const struct plan_node *node = list == NULL ? NULL : plan_node_first(list);
    for (; node != NULL && !builder->ledger.nomem; node = plan_node_next(list, node))
        load_case(builder, source, node, api);
}
