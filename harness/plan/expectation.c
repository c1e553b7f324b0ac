#include "plan/loading.h"

/* What `keep` and `collect` take their captures from. */
static const struct from {
    const char *name;
    bool keeps, collects; /* whether `keep`, `collect` may name it */
    bool bare, with_what; /* whether it may stand alone, with a word behind it */
} sources[] = {
    { "header", true, true, false, true },    { "json", true, true, true, true },
    { "newlines", false, true, true, false }, { "body", true, false, true, false },
    { "status", true, true, true, false },    { "value", false, true, true, true },
};

static void load_expectation(struct plan_loading *loading, const struct plan_node *node,
                             bool of_check, struct plan_expectation *ret)
{
    const struct plan_captures_where where = { .lists = true, .repeats = loading->repeats };
    struct plan_place place = plan_source_key_place(loading->source, node);
    struct plan_ledger *ledger = loading->source->ledger;
    const char *pointer = "";
    ret->kind = arena_text(ledger->arena, plan_node_key(&loading->source->tree, node));
    ret->matcher = plan_source_json(loading->source, node);
    ret->line = place.line;
    ret->column = place.column;
    if (ret->kind == NULL) {
        ret->kind = "";
        ledger->nomem = true;
        return;
    }
    plan_captures_use(&loading->captures, node, &where);
    if (of_check && strcmp(ret->kind, "json") != 0) {
        plan_source_wrong_key(loading->source, node, "a check has no %.64s; expected \"json\"",
                              ret->kind);
        return;
    }
    const char *wrong =
        loading->vocabulary->wrong(ret->kind, ret->matcher, ledger->arena, &pointer);
    if (wrong == NULL)
        return;
    const struct plan_node *at = plan_node_find(&loading->source->tree, node, slice_text(pointer));
    plan_source_wrong_key(loading->source, at == NULL ? node : at, "%s", wrong);
}

void plan_expectations_load(struct plan_loading *loading, const struct plan_node *node,
                            bool of_check, struct plan_expectations *ret)
{
    if (node == NULL)
        return;
    if (node->count == 0) {
        plan_source_wrong(loading->source, node, "nothing is expected; expected at least one key");
        return;
    }
    ret->at = plan_source_alloc(loading->source, node->count, sizeof(*ret->at));
    if (ret->at == NULL)
        return;
    const struct plan_node *member = plan_node_first(node);
    for (; member != NULL; member = plan_node_next(node, member))
        load_expectation(loading, member, of_check, &ret->at[ret->count++]);
}

/* RFC 6901; an expression in it has no '~'. */
static bool is_pointer(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '~' &&
            (i + 1 == text.len || (text.ptr[i + 1] != '0' && text.ptr[i + 1] != '1')))
            return false;
    return text.len > 0 && text.ptr[0] == '/';
}

static bool is_good(const struct from *from, struct slice what, bool has_what, bool collect)
{
    if (!(collect ? from->collects : from->keeps) || !(has_what ? from->with_what : from->bare))
        return false;
    if (!has_what)
        return true;
    return strcmp(from->name, "header") == 0 ? plan_token_valid(what) : is_pointer(what);
}

static void load_keep(struct plan_loading *loading, const struct plan_node *node, bool collect,
                      struct plan_keep *keep)
{
    struct slice text = slice_text(plan_source_text(loading->source, node));
    struct slice name, what;
    bool has_what = slice_cut(text, ' ', &name, &what);
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (!slice_is(name, sources[i].name) || !is_good(&sources[i], what, has_what, collect))
            continue;
        keep->from = sources[i].name;
        keep->what = arena_text(loading->source->ledger->arena, what);
        loading->source->ledger->nomem |= keep->what == NULL;
        return;
    }
    plan_source_wrong(loading->source, node, "nothing to %s; expected %s",
                      collect ? "collect from" : "keep",
                      collect ? "\"json\", \"json /POINTER\", \"newlines\", \"value\", \"value "
                                "/POINTER\", \"header NAME\" or \"status\""
                              : "\"header NAME\", \"json\", \"json /POINTER\", \"body\" or "
                                "\"status\"");
}

void plan_keeps_load(struct plan_loading *loading, const struct plan_node *node, bool collect,
                     struct plan_step *step)
{
    const struct plan_captures_where where = { .repeats = loading->repeats };
    if (node == NULL)
        return;
    if (node->count == 0)
        plan_source_wrong(loading->source, node, "nothing is kept; expected at least one key");
    const struct plan_node *member = plan_node_first(node);
    for (; member != NULL; member = plan_node_next(node, member)) {
        if (!plan_source_typed(loading->source, member, PLAN_TYPE_TEXT)) {
            loading->captures.broken = true;
            continue;
        }
        struct plan_keep *keep = &step->keep[step->keep_count++];
        plan_captures_use(&loading->captures, member, &where);
        load_keep(loading, member, collect, keep);
        keep->appends = collect;
        keep->name = plan_captures_keep(&loading->captures, member, collect);
    }
}
