#include "store/tree.h"

#include "tests/support/support.h"

enum { NODES = 500, STEPS = 20000 };

struct thing {
    struct store_node node;
    int64_t number;
    char text[2];
    bool linked;
};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

static struct store_key key_of(const struct thing *thing)
{
    return (struct store_key){ thing->number, slice_of(thing->text, 1) };
}

static int compare(const struct store_key *a, const struct store_key *b)
{
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return slice_cmp(a->text, b->text);
}

struct check {
    const struct store_node *last;
    size_t count;
};

static bool in_order(void *context, struct store_node *node)
{
    struct check *check = context;
    assert_true(check->last == NULL || compare(&check->last->key, &node->key) <= 0);
    check->last = node;
    check->count++;
    return true;
}

static void expect_tree(const struct store_tree *tree, const struct thing *things)
{
    struct check check = { 0 };
    assert_true(store_tree_walk(tree, NULL, in_order, &check));
    size_t linked = 0;
    const struct store_key middle = { 5, SLICE("m") };
    size_t behind = 0;
    for (size_t i = 0; i < NODES; i++) {
        if (!things[i].linked)
            continue;
        linked++;
        struct store_key key = key_of(&things[i]);
        behind += compare(&key, &middle) > 0 ? 1 : 0;
        struct store_node *found = store_tree_find(tree, key);
        assert_non_null(found);
        assert_int_equal(compare(&found->key, &key), 0);
    }
    assert_int_equal(check.count, linked);
    struct check rest = { 0 };
    assert_true(store_tree_walk(tree, &middle, in_order, &rest));
    assert_int_equal(rest.count, behind);
}

/* Keys out of 50, so that many are equal. */
static void what_was_put_in_is_in_and_in_order(void **state)
{
    (void)state;
    static struct thing things[NODES];
    struct store_tree tree = { 0 };
    uint64_t random = 3;
    for (int step = 0; step < STEPS; step++) {
        struct thing *thing = &things[next_random(&random) % NODES];
        if (thing->linked) {
            store_tree_remove(&tree, &thing->node);
        } else {
            thing->number = (int64_t)(next_random(&random) % 10);
            thing->text[0] = (char)('k' + next_random(&random) % 5);
            store_tree_insert(&tree, &thing->node, key_of(thing), next_random(&random) % 64);
        }
        thing->linked = !thing->linked;
        if (step % 200 == 0)
            expect_tree(&tree, things);
    }
    expect_tree(&tree, things);
    struct store_node *node;
    while ((node = store_tree_first(&tree)) != NULL) {
        store_tree_remove(&tree, node);
        CONTAINER_OF(node, struct thing, node)->linked = false;
    }
    expect_tree(&tree, things);
}

static size_t depth_of(const struct store_node *node)
{
    if (node == NULL)
        return 0;
    size_t left = depth_of(node->left), right = depth_of(node->right);
    return 1 + (left > right ? left : right);
}

static void ascending_keys_do_not_make_it_deep(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    static struct store_node nodes[MANY];
    struct store_tree tree = { 0 };
    uint64_t random = 11;
    for (int64_t i = 0; i < MANY; i++)
        store_tree_insert(&tree, &nodes[i], (struct store_key){ .number = i },
                          next_random(&random));
    assert_in_range(depth_of(tree.root), 17, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_is_in_and_in_order),
        cmocka_unit_test(ascending_keys_do_not_make_it_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
