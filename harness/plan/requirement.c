#include "plan/requirement.h"

enum { ID_MAX = 128 };

static bool is_id(struct slice id, const char *extra)
{
    bool separated = true; /* a word has to follow */
    if (id.len > ID_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        uint8_t c = id.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                    (c != '\0' && strchr(extra, c) != NULL);
        if (!word && ((c != '-' && c != '/') || separated))
            return false;
        separated = !word;
    }
    return !separated;
}

bool plan_id_valid(struct slice id)
{
    return is_id(id, "");
}

bool plan_requirement_id_valid(struct slice id)
{
    return is_id(id, "._ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

enum member { ID, LEVEL, STATEMENT, SOURCE, IMPACT, NOTE, EXCLUDED, MEMBERS };

static const struct plan_key keys[MEMBERS] = {
    [ID] = { "id", PLAN_TYPE_TEXT, true },
    [LEVEL] = { "level", PLAN_TYPE_TEXT, true },
    [STATEMENT] = { "statement", PLAN_TYPE_TEXT, true },
    [SOURCE] = { "source", PLAN_TYPE_TEXT, true },
    [IMPACT] = { "impact", PLAN_TYPE_TEXT, false },
    [NOTE] = { "note", PLAN_TYPE_TEXT, false },
    [EXCLUDED] = { "excluded", PLAN_TYPE_OBJECT, false },
};

static const char *copy(struct plan_source *source, const struct plan_node *node)
{
    return node == NULL ? "" : plan_source_copy(source, plan_source_text(source, node));
}

/* Reads `excluded`, when it is there. */
static bool load_exclusion(struct plan_source *source, const struct plan_node *node,
                           struct verdict_requirement *requirement)
{
    static const struct plan_key exclusion_keys[] = {
        { "class", PLAN_TYPE_TEXT, true },
        { "because", PLAN_TYPE_TEXT, true },
    };
    const struct plan_node *at[COUNT_OF(exclusion_keys)];
    if (node == NULL)
        return true;
    if (!plan_source_members(source, node, exclusion_keys, COUNT_OF(exclusion_keys), at))
        return false;
    if (!verdict_exclusion_parse(slice_text(plan_source_text(source, at[0])),
                                 &requirement->exclusion)) {
        plan_source_wrong(source, at[0],
                          "a bad class; expected one of cases/README.md, Requirements");
        return false;
    }
    requirement->because = copy(source, at[1]);
    return true;
}

static struct verdict_requirement *load(struct plan_source *source, const struct plan_node *node)
{
    const struct plan_node *at[MEMBERS];
    enum verdict_level level;
    if (!plan_source_members(source, node, keys, MEMBERS, at))
        return NULL;
    if (!plan_requirement_id_valid(slice_text(plan_source_text(source, at[ID])))) {
        plan_source_wrong(source, at[ID], "a bad id; expected words joined by - and /");
        return NULL;
    }
    if (!verdict_level_parse(slice_text(plan_source_text(source, at[LEVEL])), &level)) {
        plan_source_wrong(source, at[LEVEL], "a bad level; expected must, should, may or de-facto");
        return NULL;
    }
    struct verdict_requirement *requirement = plan_source_alloc(source, 1, sizeof(*requirement));
    if (requirement == NULL)
        return NULL;
    *requirement = (struct verdict_requirement){
        .id = copy(source, at[ID]),
        .level = level,
        .statement = copy(source, at[STATEMENT]),
        .source = copy(source, at[SOURCE]),
        .impact = copy(source, at[IMPACT]),
        .note = copy(source, at[NOTE]),
        .because = "",
    };
    if (!load_exclusion(source, at[EXCLUDED], requirement))
        return NULL;
    return source->ledger->nomem ? NULL : requirement;
}

void plan_requirements_load(struct plan_source *source,
                            bool (*add)(void *context, struct verdict_requirement *requirement,
                                        const struct plan_node *node),
                            void *context)
{
    static const struct plan_key file_keys[] = {
        { "title", PLAN_TYPE_TEXT, true },
        { "document", PLAN_TYPE_TEXT, true },
        { "requirements", PLAN_TYPE_LIST, true },
    };
    const struct plan_node *at[COUNT_OF(file_keys)];
    const struct plan_node *root = plan_source_root(source);
    (void)plan_source_members(source, root, file_keys, COUNT_OF(file_keys), at);
    const struct plan_node *list = at[2];
    const struct plan_node *node = list == NULL ? NULL : plan_node_first(list);
    for (; node != NULL; node = plan_node_next(list, node)) {
        struct verdict_requirement *requirement = load(source, node);
        if (requirement != NULL && !add(context, requirement, node))
            return;
    }
}
