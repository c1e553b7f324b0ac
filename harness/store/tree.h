/* A balanced search tree (a treap) over nodes that live inside the things they order: putting a
 * thing into a tree or taking it out allocates nothing, so it cannot fail, and neither can undoing
 * it. */
#ifndef SYNCSPEC_STORE_TREE_H
#define SYNCSPEC_STORE_TREE_H

#include "base/slice.h"

/* Order: number, then text in byte order.  ${text} has to live as long as the node is in a tree. */
struct store_key {
    int64_t number;
    struct slice text;
};

/* < 0, 0 or > 0. */
int store_key_compare(const struct store_key *a, const struct store_key *b);

/* Fields are private to tree.c but for key. */
struct store_node {
    struct store_node *left, *right;
    struct store_key key;
    uint64_t weight;
};

/* Zero-initialised: empty. */
struct store_tree {
    struct store_node *root;
};

/* The node must not be in a tree.  ${weight} is random: it keeps the tree balanced whatever keys a
 * client chooses, provided that clients cannot foresee it.  Equal keys are allowed. */
void store_tree_insert(struct store_tree *tree, struct store_node *node, struct store_key key,
                       uint64_t weight);

/* The node must be in the tree. */
void store_tree_remove(struct store_tree *tree, struct store_node *node);

/* A node of that key, or NULL. */
struct store_node *store_tree_find(const struct store_tree *tree, struct store_key key);

/* The node with the least key; NULL when the tree is empty. */
struct store_node *store_tree_first(const struct store_tree *tree);

/* Called with the nodes behind ${after} (all, when it is NULL) in ascending order; false stops.
 * The tree must not change meanwhile.  Returns false when it was stopped. */
typedef bool store_visit_node(void *context, struct store_node *node);
bool store_tree_walk(const struct store_tree *tree, const struct store_key *after,
                     store_visit_node *visit, void *context);

#endif
