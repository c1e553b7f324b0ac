/* The `rows` of a case: values with which its steps are run, one row after the other. */
#include "plan/loading.h"
#include "plan/requirement.h"
#include "plan/template.h"

enum { ROWS_MAX = 64 };

static const struct plan_node *find_member(const struct plan_source *source,
                                           const struct plan_node *row, struct slice key)
{
    const struct plan_node *member = plan_node_first(row);
    while (member != NULL && !plan_node_key_is(&source->tree, member, key))
        member = plan_node_next(row, member);
    return member;
}

static void check_name(struct plan_loading *loading, const struct plan_node *list,
                       const struct plan_node *row)
{
    struct plan_source *source = loading->source;
    const struct plan_node *name = find_member(source, row, SLICE("name"));
    const char *text = name == NULL ? NULL : plan_source_text(source, name);
    if (text == NULL || !plan_id_valid(slice_text(text))) {
        plan_source_wrong(
            source, name == NULL ? row : name,
            "a row without a name; expected \"name\": words of a-z and 0-9, joined by "
            "- and /");
        return;
    }
    for (const struct plan_node *other = plan_node_first(list); other != row;
         other = plan_node_next(list, other)) {
        const struct plan_node *before = find_member(source, other, SLICE("name"));
        const char *taken = before == NULL ? NULL : plan_source_text(source, before);
        if (taken != NULL && strcmp(taken, text) == 0)
            plan_source_wrong(source, name, "two rows of the name \"%s\"; expected each once",
                              text);
    }
}

/* The same keys as in the first row, each the name of a capture. */
static void check_keys(struct plan_loading *loading, const struct plan_node *first,
                       const struct plan_node *row)
{
    struct plan_source *source = loading->source;
    const struct plan_node *member = plan_node_first(row);
    for (; member != NULL; member = plan_node_next(row, member)) {
        struct slice key = plan_node_key(&source->tree, member);
        if (!plan_capture_name_valid(key))
            plan_source_wrong_key(source, member,
                                  "a bad name for a value of a row; expected a letter, then "
                                  "letters, digits and _, at most 32");
        else if (find_member(source, first, key) == NULL)
            plan_source_wrong_key(source, member, "a key that the first row does not have");
    }
    if (row->count < first->count)
        plan_source_wrong(source, row, "a row of %u keys; expected the %u of the first one",
                          row->count, first->count);
}

void plan_rows_load(struct plan_loading *loading, const struct plan_node *list,
                    struct plan_case *made)
{
    const struct plan_node *first = list == NULL ? NULL : plan_node_first(list);
    if (list == NULL)
        return;
    if (list->count < 2 || list->count > ROWS_MAX) {
        plan_source_wrong(loading->source, list, "%u rows; expected 2 to %d", list->count,
                          ROWS_MAX);
        return;
    }
    for (const struct plan_node *row = first; row != NULL; row = plan_node_next(list, row)) {
        if (!plan_source_typed(loading->source, row, PLAN_TYPE_OBJECT))
            return;
        check_name(loading, list, row);
        check_keys(loading, first, row);
    }
    made->rows = plan_source_json(loading->source, list);
    loading->captures.rows = list;
}
