#include "check/value.h"

#include "base/alloc.h"
#include "record/scan.h"

#include <stdlib.h>

enum { CANONICAL_MAX = 256 * 1024 * 1024 };

static bool add_sized(struct slice bytes, struct buf *out)
{
    buf_add_format(out, "%zu:", bytes.len);
    return buf_add(out, bytes);
}

static bool add_string(struct slice escaped, char mark, struct buf *out)
{
    AUTO(buf_free) struct buf plain = buf_bounded(escaped.len);
    buf_add_byte(out, (uint8_t)mark);
    if (slice_find(escaped, '\\') == escaped.len)
        return add_sized(escaped, out);
    return record_scan_unescape(escaped, &plain) && add_sized(buf_slice(&plain), out);
}

static int by_bytes(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* Each member written apart, then all in byte order. */
static bool add_object(const struct plan_tree *tree, const struct plan_node *node, struct buf *out)
{
    AUTO(buf_free) struct buf text = buf_bounded(CANONICAL_MAX);
    size_t count = 0;
    size_t *ends = alloc_zeroed(node->count, sizeof(*ends));
    struct slice *members = alloc_zeroed(node->count, sizeof(*members));
    bool good = ends != NULL && members != NULL;
    const struct plan_node *child = plan_node_first(node);
    for (; good && child != NULL; child = plan_node_next(node, child)) {
        good = add_string(plan_node_key(tree, child), 'k', &text) &&
               check_value_canonical(tree, child, &text);
        ends[count++] = text.len;
    }
    for (size_t i = 0; good && i < count; i++) {
        size_t start = i == 0 ? 0 : ends[i - 1];
        members[i] = slice_head(slice_from(buf_slice(&text), start), ends[i] - start);
    }
    if (good && count > 0)
        qsort(members, count, sizeof(*members), by_bytes);
    buf_add_byte(out, '{');
    for (size_t i = 0; good && i < count; i++)
        buf_add(out, members[i]);
    buf_add_byte(out, '}');
    alloc_release(ends);
    alloc_release(members);
    return good && !out->failed;
}

static bool add_list(const struct plan_tree *tree, const struct plan_node *node, struct buf *out)
{
    buf_add_byte(out, '[');
    const struct plan_node *child = plan_node_first(node);
    for (; child != NULL; child = plan_node_next(node, child))
        if (!check_value_canonical(tree, child, out))
            return false;
    return buf_add_byte(out, ']');
}

static bool add_number(struct slice text, struct buf *out)
{
    struct check_decimal decimal;
    return check_decimal_parse(text, &decimal) && check_decimal_write(&decimal, out);
}

bool check_value_canonical(const struct plan_tree *tree, const struct plan_node *node,
                           struct buf *out)
{
    struct slice raw = plan_node_raw(tree, node);
    switch ((enum plan_node_kind)node->kind) {
    case PLAN_NODE_OBJECT:
        return add_object(tree, node, out);
    case PLAN_NODE_LIST:
        return add_list(tree, node, out);
    case PLAN_NODE_STRING:
        return add_string(slice_head(slice_from(raw, 1), raw.len - 2), 's', out);
    case PLAN_NODE_NUMBER:
        return add_number(raw, out);
    case PLAN_NODE_TRUE:
    case PLAN_NODE_FALSE:
    case PLAN_NODE_NULL:
        break;
    }
    return buf_add(out, raw);
}

bool check_is_scalar(const json_t *matcher)
{
    if (json_is_object(matcher))
        return json_object_size(matcher) == 1 && json_object_get(matcher, "$number") != NULL;
    return !json_is_array(matcher);
}

bool check_scalar_canonical(const json_t *scalar, struct buf *out)
{
    char scratch[CHECK_DECIMAL_SCRATCH];
    struct check_decimal decimal;
    if (json_is_string(scalar)) {
        buf_add_byte(out, 's');
        return add_sized(slice_of(json_string_value(scalar), json_string_length(scalar)), out);
    }
    if (json_is_boolean(scalar))
        return buf_add_text(out, json_is_true(scalar) ? "true" : "false");
    if (json_is_null(scalar))
        return buf_add_text(out, "null");
    return check_decimal_of(scalar, scratch, &decimal) && check_decimal_write(&decimal, out);
}
