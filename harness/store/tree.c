#include "store/tree.h"

int store_key_compare(const struct store_key *a, const struct store_key *b)
{
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return slice_cmp(a->text, b->text);
}

/* Equal keys stand in the order of their addresses, so that each node has one place. */
static bool stands_before(const struct store_node *a, const struct store_node *b)
{
    int order = store_key_compare(&a->key, &b->key);
    return order < 0 || (order == 0 && (uintptr_t)a < (uintptr_t)b);
}

/* Hangs what stands before ${pivot} under its left, the rest under its right. */
static void split(struct store_node *node, struct store_node *pivot)
{
    struct store_node **low = &pivot->left;
    struct store_node **high = &pivot->right;
    while (node != NULL) {
        if (stands_before(node, pivot)) {
            *low = node;
            low = &node->right;
            node = node->right;
        } else {
            *high = node;
            high = &node->left;
            node = node->left;
        }
    }
    *low = NULL;
    *high = NULL;
}

/* All of ${low} stands before all of ${high}. */
static struct store_node *merge(struct store_node *low, struct store_node *high)
{
    struct store_node *top = NULL;
    struct store_node **at = &top;
    while (low != NULL && high != NULL) {
        if (low->weight > high->weight) {
            *at = low;
            at = &low->right;
            low = low->right;
        } else {
            *at = high;
            at = &high->left;
            high = high->left;
        }
    }
    *at = low != NULL ? low : high;
    return top;
}

void store_tree_insert(struct store_tree *tree, struct store_node *node, struct store_key key,
                       uint64_t weight)
{
    node->key = key;
    node->weight = weight;
    struct store_node **at = &tree->root;
    while (*at != NULL && (*at)->weight >= weight)
        at = stands_before(*at, node) ? &(*at)->right : &(*at)->left;
    split(*at, node);
    *at = node;
}

void store_tree_remove(struct store_tree *tree, struct store_node *node)
{
    struct store_node **at = &tree->root;
    while (*at != node)
        at = stands_before(*at, node) ? &(*at)->right : &(*at)->left;
    *at = merge(node->left, node->right);
}

struct store_node *store_tree_find(const struct store_tree *tree, struct store_key key)
{
    struct store_node *node = tree->root;
    while (node != NULL) {
        int order = store_key_compare(&key, &node->key);
        if (order == 0)
            break;
        node = order < 0 ? node->left : node->right;
    }
    return node;
}

struct store_node *store_tree_first(const struct store_tree *tree)
{
    struct store_node *node = tree->root;
    while (node != NULL && node->left != NULL)
        node = node->left;
    return node;
}

struct walk {
    const struct store_key *after;
    store_visit_node *visit;
    void *context;
};

/* As deep as the tree is: some tens of calls for a million nodes. */
static bool descend(const struct walk *walk, struct store_node *node)
{
    for (; node != NULL; node = node->right) {
        bool behind = walk->after == NULL || store_key_compare(&node->key, walk->after) > 0;
        if (!behind)
            continue;
        if (!descend(walk, node->left) || !walk->visit(walk->context, node))
            return false;
    }
    return true;
}

bool store_tree_walk(const struct store_tree *tree, const struct store_key *after,
                     store_visit_node *visit, void *context)
{
    struct walk walk = { .after = after, .visit = visit, .context = context };
    return descend(&walk, tree->root);
}
