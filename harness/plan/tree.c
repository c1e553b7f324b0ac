#include "plan/tree.h"

#include "base/alloc.h"
#include "record/scan.h"

enum { FIRST_ROOM = 64 };

struct plan_tree plan_tree_of(struct slice text, size_t ceiling)
{
    return (struct plan_tree){ .text = text, .ceiling = ceiling };
}

void plan_tree_free(struct plan_tree *tree)
{
    alloc_release(tree->nodes);
    tree->nodes = NULL;
    tree->count = tree->room = 0;
}

static bool fail(struct plan_tree *tree, const char *wrong, size_t at)
{
    tree->wrong = wrong;
    tree->wrong_at = at;
    return false;
}

static struct plan_node *add(struct plan_tree *tree, enum plan_node_kind kind, size_t at)
{
    if (tree->count == tree->ceiling) {
        (void)fail(tree, "too many values", at);
        return NULL;
    }
    if (tree->count == tree->room) {
        size_t room = tree->room == 0 ? FIRST_ROOM : tree->room * 2;
        struct plan_node *nodes = alloc_resize(tree->nodes, room * sizeof(*nodes));
        if (nodes == NULL) {
            (void)fail(tree, NULL, at);
            return NULL;
        }
        tree->nodes = nodes;
        tree->room = room;
    }
    struct plan_node *node = &tree->nodes[tree->count++];
    *node = (struct plan_node){ .kind = kind, .at = (uint32_t)at, .span = 1 };
    return node;
}

/* One value being read: which containers are open, and the key that waits for its value. */
struct reading {
    struct plan_tree *tree;
    struct record_scan scan;
    size_t base; /* offset of the scanned text in the tree's */
    size_t open[LIMIT_JSON_DEPTH + 1];
    size_t depth;
    struct plan_node key; /* key_at, key_len */
};

static bool open_value(struct reading *reading, enum plan_node_kind kind)
{
    struct plan_tree *tree = reading->tree;
    size_t at = reading->base + reading->scan.start;
    if (reading->depth == COUNT_OF(reading->open))
        return fail(tree, "nested too deep", at);
    struct plan_node *node = add(tree, kind, at);
    if (node == NULL)
        return false;
    node->key_at = reading->key.key_at;
    node->key_len = reading->key.key_len;
    node->len = (uint32_t)(reading->scan.at - reading->scan.start);
    if (reading->depth > 0)
        tree->nodes[reading->open[reading->depth - 1]].count++;
    if (kind == PLAN_NODE_OBJECT || kind == PLAN_NODE_LIST)
        reading->open[reading->depth++] = tree->count - 1;
    return true;
}

static bool close_value(struct reading *reading)
{
    struct plan_tree *tree = reading->tree;
    size_t index = reading->open[--reading->depth];
    struct plan_node *node = &tree->nodes[index];
    node->len = (uint32_t)(reading->base + reading->scan.at - node->at);
    node->span = (uint32_t)(tree->count - index);
    return true;
}

static bool take(struct reading *reading, enum record_token token)
{
    const struct record_scan *scan = &reading->scan;
    switch (token) {
    case RECORD_SCAN_KEY:
        reading->key.key_at = (uint32_t)(scan->raw.ptr - reading->tree->text.ptr);
        reading->key.key_len = (uint32_t)scan->raw.len;
        return true;
    case RECORD_SCAN_OPEN_OBJECT:
        return open_value(reading, PLAN_NODE_OBJECT);
    case RECORD_SCAN_OPEN_LIST:
        return open_value(reading, PLAN_NODE_LIST);
    case RECORD_SCAN_STRING:
        return open_value(reading, PLAN_NODE_STRING);
    case RECORD_SCAN_NUMBER:
        return open_value(reading, PLAN_NODE_NUMBER);
    case RECORD_SCAN_TRUE:
        return open_value(reading, PLAN_NODE_TRUE);
    case RECORD_SCAN_FALSE:
        return open_value(reading, PLAN_NODE_FALSE);
    case RECORD_SCAN_NULL:
        return open_value(reading, PLAN_NODE_NULL);
    case RECORD_SCAN_CLOSE_OBJECT:
    case RECORD_SCAN_CLOSE_LIST:
        return close_value(reading);
    case RECORD_SCAN_END:
    case RECORD_SCAN_BAD:
        break;
    }
    return fail(reading->tree, scan->rule, reading->base + scan->at);
}

static bool read_value(struct plan_tree *tree, struct slice text)
{
    struct reading reading = { .tree = tree, .scan = record_scan_of(text) };
    reading.base = text.len > 0 ? (size_t)(text.ptr - tree->text.ptr) : 0;
    for (;;) {
        enum record_token token = record_scan_next(&reading.scan);
        if (token == RECORD_SCAN_END)
            return true;
        if (!take(&reading, token))
            return false;
    }
}

bool plan_tree_read(struct plan_tree *tree)
{
    if (tree->text.len > UINT32_MAX)
        return fail(tree, "too long", 0);
    return read_value(tree, tree->text);
}

bool plan_tree_read_lines(struct plan_tree *tree)
{
    if (tree->text.len > UINT32_MAX)
        return fail(tree, "too long", 0);
    if (add(tree, PLAN_NODE_LIST, 0) == NULL)
        return false;
    struct slice rest = tree->text;
    uint32_t lines = 0;
    while (rest.len > 0) {
        struct slice line;
        if (!slice_cut(rest, '\n', &line, &rest))
            return fail(tree, "the last line is not ended by LF", tree->text.len);
        if (!read_value(tree, line))
            return false;
        lines++;
    }
    tree->nodes[0].count = lines;
    tree->nodes[0].len = (uint32_t)tree->text.len;
    tree->nodes[0].span = (uint32_t)tree->count;
    return true;
}

struct slice plan_node_raw(const struct plan_tree *tree, const struct plan_node *node)
{
    return slice_head(slice_from(tree->text, node->at), node->len);
}

struct slice plan_node_key(const struct plan_tree *tree, const struct plan_node *node)
{
    return slice_head(slice_from(tree->text, node->key_at), node->key_len);
}

const struct plan_node *plan_node_first(const struct plan_node *parent)
{
    return parent->span > 1 ? parent + 1 : NULL;
}

const struct plan_node *plan_node_next(const struct plan_node *parent,
                                       const struct plan_node *child)
{
    const struct plan_node *next = child + child->span;
    return next < parent + parent->span ? next : NULL;
}

bool plan_node_key_is(const struct plan_tree *tree, const struct plan_node *node, struct slice key)
{
    struct slice raw = plan_node_key(tree, node);
    if (raw.ptr == NULL || key.ptr == NULL)
        return raw.len == key.len;
    if (slice_find(raw, '\\') == raw.len)
        return slice_eq(raw, key);
    AUTO(buf_free) struct buf plain = buf_bounded(raw.len);
    return record_scan_unescape(raw, &plain) && slice_eq(buf_slice(&plain), key);
}

/* Whether the key is what a step of a pointer names: "~1" is '/', "~0" is '~'. */
static bool is_step(const struct plan_tree *tree, const struct plan_node *node, struct slice step)
{
    if (slice_find(step, '~') == step.len)
        return plan_node_key_is(tree, node, step);
    AUTO(buf_free) struct buf plain = buf_bounded(step.len);
    for (size_t i = 0; i < step.len; i++) {
        bool escape = step.ptr[i] == '~' && i + 1 < step.len;
        if (!escape) {
            buf_add_byte(&plain, step.ptr[i]);
            continue;
        }
        i++;
        buf_add_byte(&plain, step.ptr[i] == '1' ? '/' : '~');
    }
    return !plain.failed && plan_node_key_is(tree, node, buf_slice(&plain));
}

static const struct plan_node *find_child(const struct plan_tree *tree,
                                          const struct plan_node *parent, struct slice step)
{
    uint64_t index = 0;
    bool list = parent->kind == PLAN_NODE_LIST;
    if (list && (!slice_to_u64(step, &index) || (step.len > 1 && step.ptr[0] == '0')))
        return NULL;
    const struct plan_node *child = plan_node_first(parent);
    for (; child != NULL; child = plan_node_next(parent, child), index--)
        if (list ? index == 0 : is_step(tree, child, step))
            return child;
    return NULL;
}

const struct plan_node *plan_node_find(const struct plan_tree *tree, const struct plan_node *node,
                                       struct slice pointer)
{
    if (pointer.len > 0 && pointer.ptr[0] != '/')
        return NULL;
    while (node != NULL && pointer.len > 0) {
        struct slice step;
        bool more = slice_cut(slice_from(pointer, 1), '/', &step, &pointer);
        if (more)
            pointer = slice_of(pointer.ptr - 1, pointer.len + 1);
        node = find_child(tree, node, step);
    }
    return node;
}
