#include "check/check.h"

#include "check/kinds.h"
#include "plan/generate.h"
#include "plan/nearest.h"

enum { NODES_MAX = 4 * 1024 * 1024 };

static const struct check_kind *const kinds[] = {
    &check_status, &check_headers, &check_json, &check_newlines,
    &check_whoisi, &check_body,    &check_hex,  &check_type,
};

const struct check_kind *check_kind_at(size_t index)
{
    return index < COUNT_OF(kinds) ? kinds[index] : NULL;
}

const struct check_kind *check_kind_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

const char *check_kind_wrong(const json_t *matcher, struct arena *arena, const char **ret_pointer)
{
    const struct plan_where root = { 0 };
    const char *key = plan_dollar_key(matcher);
    if (key != NULL && strcmp(key, "$absent") == 0)
        return check_wrong_at(&root, arena, ret_pointer,
                              "$absent of what every response has; expected another matcher");
    return check_matcher_wrong(matcher, &root, arena, ret_pointer);
}

void check_kind_tree(struct check_match *match, struct slice body, const json_t *matcher,
                     bool lines)
{
    const struct plan_where root = { 0 };
    AUTO(plan_tree_free) struct plan_tree tree = plan_tree_of(body, NODES_MAX);
    if (lines ? plan_tree_read_lines(&tree) : plan_tree_read(&tree)) {
        const struct check_value value = check_value_of(&tree, tree.nodes);
        match->tree = &tree;
        (void)check_matches(match, &value, matcher, &root);
        return;
    }
    match->report->checks++;
    if (tree.wrong == NULL) {
        match->report->nomem = true;
        return;
    }
    AUTO(buf_free) struct buf expected = buf_bounded(256);
    const struct check_value value = { .kind = CHECK_TEXT, .raw = body };
    buf_add_format(&expected, "%s (%s at byte %zu)", lines ? "JSON values, one a line" : "JSON",
                   tree.wrong, tree.wrong_at);
    const char *text = buf_text(&expected);
    (void)check_mismatch(match, &value, NULL, text == NULL ? "JSON" : text);
}

static const char *wrong(const char *kind, const json_t *matcher, struct arena *arena,
                         const char **ret_pointer)
{
    const struct check_kind *row = check_kind_find(kind);
    *ret_pointer = "";
    if (row != NULL)
        return row->wrong(matcher, arena, ret_pointer);
    const char *names[COUNT_OF(kinds)];
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        names[i] = kinds[i]->name;
    const char *near = plan_nearest(slice_text(kind), names, COUNT_OF(names));
    const char *text =
        near == NULL
            ? arena_format(arena,
                           "unknown expectation \"%.64s\"; expected status, headers, json, "
                           "newlines, whoisi, body, hex or type",
                           kind)
            : arena_format(arena, "unknown expectation \"%.64s\"; did you mean \"%s\"?", kind,
                           near);
    return text == NULL ? "out of memory" : text;
}

const struct plan_vocabulary *check_vocabulary(void)
{
    static const struct plan_vocabulary vocabulary = { .wrong = wrong };
    return &vocabulary;
}
