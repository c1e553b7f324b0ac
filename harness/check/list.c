#include "check/matchers.h"

#include "base/alloc.h"

CHECK_MATCHER(contains)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    struct slice text;
    if (check_value_text(value, &scratch, &text)) {
        struct slice part = slice_text(json_string_value(operand));
        return (json_is_string(operand) &&
                (part.len == 0 || slice_search(text, part) < text.len)) ||
               check_mismatch_of(match, value, where, "$contains", operand);
    }
    const struct plan_node **items = value->kind == CHECK_LIST ? check_items(match, value) : NULL;
    bool found = false;
    for (size_t i = 0; items != NULL && !found && i < check_value_count(value); i++) {
        const struct check_value item = check_value_of(match->tree, items[i]);
        found = check_would_match(match, &item, operand);
    }
    alloc_release(items);
    return found || check_mismatch_of(match, value, where, "$contains", operand);
}

CHECK_MATCHER(each)
{
    if (value->kind != CHECK_LIST && value->kind != CHECK_OBJECT)
        return check_mismatch_of(match, value, where, "$each", operand);
    const struct plan_node **items = check_items(match, value);
    bool matched = items != NULL;
    for (size_t i = 0; items != NULL && i < check_value_count(value); i++) {
        const struct plan_where here = { .up = where, .index = i };
        const struct check_value item = check_value_of(match->tree, items[i]);
        matched = check_matches(match, &item, operand, &here) && matched;
    }
    alloc_release(items);
    return matched;
}

/* The keys as strings: nodes that span key and quotes. */
static bool matches_keys(struct check_match *match, const struct check_value *value,
                         const json_t *operand, const struct plan_where *where)
{
    size_t count = check_value_count(value), i = 0;
    struct plan_node *keys = alloc_zeroed(count, sizeof(*keys));
    const struct plan_node **items = alloc_zeroed(count, sizeof(void *));
    bool matched = false;
    if (keys == NULL || items == NULL) {
        match->report->nomem = true;
    } else {
        const struct plan_node *child = plan_node_first(value->node);
        for (; child != NULL; child = plan_node_next(value->node, child), i++) {
            keys[i] = (struct plan_node){ .kind = PLAN_NODE_STRING,
                                          .at = child->key_at - 1,
                                          .len = child->key_len + 2,
                                          .span = 1 };
            items[i] = &keys[i];
        }
        const struct check_value list = {
            .kind = CHECK_LIST, .raw = value->raw, .items = items, .item_count = count
        };
        matched = check_matches(match, &list, operand, where);
    }
    alloc_release(keys);
    alloc_release(items);
    return matched;
}

CHECK_MATCHER(keys)
{
    return value->kind == CHECK_OBJECT ? matches_keys(match, value, operand, where)
                                       : check_mismatch_of(match, value, where, "$keys", operand);
}

static const struct plan_node *at_pointer(const struct check_match *match,
                                          const struct plan_node *item, const char *pointer)
{
    return item == NULL ? NULL : plan_node_find(match->tree, item, slice_text(pointer));
}

/* Two numbers, or two texts in byte order; false when they cannot be compared. */
static bool compare(const struct check_value *a, const struct check_value *b, int *ret_order)
{
    struct check_decimal left, right;
    AUTO(buf_free) struct buf left_scratch = { 0 };
    AUTO(buf_free) struct buf right_scratch = { 0 };
    struct slice left_text, right_text;
    if (a->kind == CHECK_NUMBER && b->kind == CHECK_NUMBER) {
        bool both = check_value_decimal(a, false, &left) && check_value_decimal(b, false, &right);
        *ret_order = both ? check_decimal_compare(&left, &right) : 0;
        return both;
    }
    if (!check_value_text(a, &left_scratch, &left_text) ||
        !check_value_text(b, &right_scratch, &right_text))
        return false;
    *ret_order = slice_cmp(left_text, right_text);
    return true;
}

static bool is_sorted(struct check_match *match, const struct plan_node *const *items, size_t count,
                      const json_t *operand, size_t *ret_at)
{
    const char *by = json_string_value(json_object_get(operand, "by"));
    const char *order = json_string_value(json_object_get(operand, "order"));
    bool descending = strcmp(order == NULL ? "" : order, "descending") == 0;
    for (size_t i = 0; i < count; i++) {
        struct check_value before =
            check_value_of(match->tree, at_pointer(match, items[i == 0 ? 0 : i - 1], by));
        struct check_value here = check_value_of(match->tree, at_pointer(match, items[i], by));
        int step;
        *ret_at = i;
        if (!compare(&before, &here, &step) || (descending ? step < 0 : step > 0))
            return false;
    }
    return true;
}

CHECK_MATCHER(sorted)
{
    if (value->kind != CHECK_LIST)
        return check_mismatch_of(match, value, where, "$sorted", operand);
    const struct plan_node **items = check_items(match, value);
    size_t at = 0;
    bool sorted = items != NULL && is_sorted(match, items, check_value_count(value), operand, &at);
    if (!sorted && items != NULL) {
        const struct plan_where here = { .up = where, .index = at };
        const struct check_value item = check_value_of(match->tree, items[at]);
        (void)check_mismatch_of(match, &item, &here, "$sorted", operand);
    }
    alloc_release(items);
    return sorted;
}

CHECK_MATCHER(pluck)
{
    if (value->kind != CHECK_LIST)
        return check_mismatch_of(match, value, where, "$pluck", operand);
    const char *of = json_string_value(json_object_get(operand, "of"));
    const struct plan_node **items = check_items(match, value);
    size_t count = check_value_count(value);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        items[i] = at_pointer(match, items[i], of);
    const struct check_value list = {
        .kind = CHECK_LIST, .raw = value->raw, .items = items, .item_count = count
    };
    bool matched = check_matches(match, &list, json_object_get(operand, "is"), where);
    alloc_release(items);
    return matched;
}

static bool is_pointer(const json_t *pointer)
{
    const char *text = json_string_value(pointer);
    return text != NULL && (text[0] == '/' || text[0] == '\0');
}

/* Whether the object has other keys than the two. */
static bool has_others(const json_t *operand, const char *first, const char *second)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)operand, key, member)
    {
        if (strcmp(key, first) != 0 && strcmp(key, second) != 0)
            return true;
    }
    return false;
}

CHECK_WRONG(sorted)
{
    const json_t *by = json_object_get(operand, "by");
    const char *order = json_string_value(json_object_get(operand, "order"));
    if (order != NULL && (by == NULL || is_pointer(by)) && !has_others(operand, "by", "order") &&
        (strcmp(order, "ascending") == 0 || strcmp(order, "descending") == 0))
        return NULL;
    return check_wrong_at(where, arena, ret_pointer,
                          "a wrong operand; expected {\"by\": \"/POINTER\", \"order\": "
                          "\"ascending\" or \"descending\"}");
}

CHECK_WRONG(pluck)
{
    const json_t *is = json_object_get(operand, "is");
    if (is == NULL || !is_pointer(json_object_get(operand, "of")) ||
        has_others(operand, "of", "is"))
        return check_wrong_at(where, arena, ret_pointer,
                              "a wrong operand; expected {\"of\": \"/POINTER\", \"is\": matcher}");
    const struct plan_where here = { .up = where, .key = "is" };
    return check_matcher_wrong(is, &here, arena, ret_pointer);
}
