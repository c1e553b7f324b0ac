#include "core/token_server_nodes.h"

#include "tests/support/support.h"

static void the_least_loaded_node_that_is_up_is_taken(void **state)
{
    (void)state;
    static const struct row {
        struct core_token_node at[3];
        size_t taken; /* 3: none */
    } rows[] = {
        { { { .capacity = 10, .load = 3, .available = 1 },
            { .capacity = 10, .load = 2, .available = 1 },
            { .capacity = 10, .load = 4, .available = 1 } },
          1 },
        /* relative to the capacity */
        { { { .capacity = 10, .load = 3, .available = 1 },
            { .capacity = 100, .load = 20, .available = 1 },
            { .capacity = 10, .load = 10, .available = 1 } },
          1 },
        { { { .capacity = 10, .load = 3, .available = 1 },
            { .capacity = 10, .available = 1, .state = CORE_TOKEN_NODE_BACKOFF },
            { .capacity = 10, .available = 1, .state = CORE_TOKEN_NODE_DOWN } },
          0 },
        /* what is not released yet waits until nobody has room */
        { { { .capacity = 10, .load = 3, .available = 1 }, { .capacity = 10 }, { .capacity = 0 } },
          0 },
        { { { .capacity = 10, .load = 3 }, { .capacity = 10 }, { .capacity = 0 } }, 1 },
        { { { .capacity = 10, .load = 10 },
            { .capacity = 0 },
            { .capacity = 5, .state = CORE_TOKEN_NODE_GONE } },
          3 },
        { { { .capacity = UINT32_MAX, .load = UINT32_MAX - 1 },
            { .capacity = UINT32_MAX, .load = UINT32_MAX - 2 },
            { .capacity = 0 } },
          1 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct core_token_nodes nodes = { .count = 3 };
        memcpy(nodes.at, rows[i].at, sizeof(rows[i].at));
        size_t taken = core_token_nodes_take(&nodes, CORE_TOKEN_NODES);
        if (taken != rows[i].taken)
            fail_msg("row %zu: %zu", i, taken);
        if (taken < nodes.count)
            assert_int_equal(nodes.at[taken].load, rows[i].at[taken].load + 1);
    }
}

static void a_tenth_of_the_capacity_is_released_at_a_time(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { 0 };
    assert_null(core_token_nodes_add(&nodes, SLICE("http://a"), 30));
    assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 0);
    assert_int_equal(nodes.at[0].available, 2);
    for (int i = 1; i < 30; i++)
        assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 0);
    assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 1);
    core_token_nodes_leave(&nodes, 0);
    assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 0);
}

static void only_the_urls_of_nodes_are_taken(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { 0 };
    assert_non_null(core_token_nodes_add(&nodes, SLICE(""), 1));
    assert_non_null(core_token_nodes_add(&nodes, SLICE("ftp://a"), 1));
    assert_non_null(core_token_nodes_add(&nodes, SLICE("http://a/"), 1));
    for (size_t i = 0; i < CORE_TOKEN_NODES; i++)
        assert_null(core_token_nodes_add(&nodes, SLICE("http://a/b"), 1));
    assert_non_null(core_token_nodes_add(&nodes, SLICE("http://a/b"), 1));
    assert_int_equal(core_token_nodes_find(&nodes, SLICE("http://a")), nodes.count);
    nodes.at[core_token_nodes_find(&nodes, SLICE("http://a/b"))].state = CORE_TOKEN_NODE_DOWN;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_loaded_node_that_is_up_is_taken),
        cmocka_unit_test(a_tenth_of_the_capacity_is_released_at_a_time),
        cmocka_unit_test(only_the_urls_of_nodes_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
