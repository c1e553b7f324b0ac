/* JSON as it was written: every value with its place and its raw text, which jansson does not keep.
 * For positions in case files, and for looks at the digits that a server sent. */
#ifndef SYNCSPEC_PLAN_TREE_H
#define SYNCSPEC_PLAN_TREE_H

#include "base/buf.h"

enum plan_node_kind {
    PLAN_NODE_OBJECT,
    PLAN_NODE_LIST,
    PLAN_NODE_STRING,
    PLAN_NODE_NUMBER,
    PLAN_NODE_TRUE,
    PLAN_NODE_FALSE,
    PLAN_NODE_NULL,
};

/* Nodes stand in the order of the text, a value before what is in it: the first child is node + 1,
 * the next sibling node + node->span. */
struct plan_node {
    uint32_t at, len;         /* of the value in the text, quotes included */
    uint32_t key_at, key_len; /* of a member's key, without quotes, still escaped */
    uint32_t count;           /* children */
    uint32_t span;            /* nodes: this one and all below it */
    uint32_t kind;            /* enum plan_node_kind */
};

struct plan_tree {
    struct slice text; /* borrowed */
    struct plan_node *nodes;
    size_t count, room;
    size_t ceiling;    /* of nodes */
    const char *wrong; /* static text, after a failure; NULL: out of memory */
    size_t wrong_at;   /* its offset */
};

/* An empty tree over ${text}, which it borrows and which has at most UINT32_MAX bytes; free with
 * plan_tree_free, whatever came of it. */
struct plan_tree plan_tree_of(struct slice text, size_t ceiling);

/* Reads one JSON value, RFC 8259, at most LIMIT_JSON_DEPTH deep; the root is nodes[0].  False:
 * `wrong` and `wrong_at` say why. */
MUST_USE bool plan_tree_read(struct plan_tree *tree);

/* Reads application/newlines: JSON values each ended by one LF.  The root is a list of them. */
MUST_USE bool plan_tree_read_lines(struct plan_tree *tree);

struct slice plan_node_raw(const struct plan_tree *tree, const struct plan_node *node);
struct slice plan_node_key(const struct plan_tree *tree, const struct plan_node *node);

/* The first child, or NULL; the sibling behind ${child}, or NULL. */
const struct plan_node *plan_node_first(const struct plan_node *parent);
const struct plan_node *plan_node_next(const struct plan_node *parent,
                                       const struct plan_node *child);

/* The value that a JSON pointer (RFC 6901) leads to from ${node}, or NULL. */
const struct plan_node *plan_node_find(const struct plan_tree *tree, const struct plan_node *node,
                                       struct slice pointer);

/* Whether the member's key, unescaped, is ${key}. */
bool plan_node_key_is(const struct plan_tree *tree, const struct plan_node *node, struct slice key);

void plan_tree_free(struct plan_tree *tree);

#endif
