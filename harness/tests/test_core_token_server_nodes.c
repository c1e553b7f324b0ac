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
        /* a full one is not taken, whatever is released of it */
        { { { .capacity = 10, .load = 10, .available = 1 }, { .capacity = 0 }, { .capacity = 0 } },
          3 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        /* What lies behind the last node is none. */
        struct core_token_nodes nodes = { .count = 3, .at[3] = { .capacity = 10, .available = 1 } };
        memcpy(nodes.at, rows[i].at, sizeof(rows[i].at));
        size_t taken = core_token_nodes_take(&nodes, CORE_TOKEN_NODES);
        if (taken != rows[i].taken)
            fail_msg("row %zu: %zu", i, taken);
        if (taken < nodes.count)
            assert_int_equal(nodes.at[taken].load, rows[i].at[taken].load + 1);
        assert_int_equal(nodes.at[3].load, 0);
        assert_int_equal(nodes.at[3].available, 1);
    }
}

static void a_node_is_avoided_as_long_as_another_has_a_place(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { .count = 2,
                                      .at = { { .capacity = 10 }, { .capacity = 10, .load = 9 } } };
    assert_int_equal(core_token_nodes_take(&nodes, 0), 1);
    assert_int_equal(core_token_nodes_take(&nodes, 0), 0);
}

static void nothing_is_released_of_a_node_that_gets_nobody(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { .count = 3,
                                      .at = { { .capacity = 10, .load = 10 },
                                              { .capacity = 10, .state = CORE_TOKEN_NODE_DOWN },
                                              { .capacity = 10, .load = 9 },
                                              { .capacity = 10 } } };
    assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 2);
    for (size_t i = 0; i < CORE_TOKEN_NODES; i++)
        assert_int_equal(nodes.at[i].available, 0);
}

static void who_leaves_makes_room_where_there_was_somebody(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { .count = 1, .at[1].load = 5 };
    core_token_nodes_leave(&nodes, 1);
    assert_int_equal(nodes.at[1].load, 5);
    core_token_nodes_leave(&nodes, 0);
    assert_int_equal(nodes.at[0].load, 0);
    nodes.at[0].load = 1;
    core_token_nodes_leave(&nodes, 0);
    assert_int_equal(nodes.at[0].load, 0);
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
    assert_int_equal(nodes.at[0].available, 0);
}

static void a_small_node_releases_one_place_at_a_time(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { 0 };
    assert_null(core_token_nodes_add(&nodes, SLICE("http://a"), 5));
    for (int i = 0; i < 5; i++) {
        assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 0);
        assert_int_equal(nodes.at[0].available, 0);
    }
}

static void no_more_is_released_than_is_left(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { .count = 1, .at = { { .capacity = 30, .load = 28 } } };
    assert_int_equal(core_token_nodes_take(&nodes, CORE_TOKEN_NODES), 0);
    assert_int_equal(nodes.at[0].available, 1);
}

static void only_the_urls_of_nodes_are_taken(void **state)
{
    (void)state;
    struct core_token_nodes nodes = { 0 };
    assert_non_null(core_token_nodes_add(&nodes, SLICE(""), 1));
    assert_non_null(core_token_nodes_add(&nodes, SLICE("ftp://a"), 1));
    assert_non_null(core_token_nodes_add(&nodes, SLICE("http://a/"), 1));
    char url[CORE_TOKEN_NODE_URL + 1];
    memset(url, 'a', sizeof(url));
    memcpy(url, "http://", 7);
    assert_non_null(core_token_nodes_add(&nodes, slice_of(url, sizeof(url)), 1));
    assert_null(core_token_nodes_add(&nodes, slice_of(url, sizeof(url) - 1), 1));
    for (size_t i = 0; i < CORE_TOKEN_NODES - 1; i++)
        assert_null(core_token_nodes_add(&nodes, SLICE("http://a/b"), 1));
    assert_non_null(core_token_nodes_add(&nodes, SLICE("http://a/b"), 1));
    assert_int_equal(core_token_nodes_find(&nodes, SLICE("http://a")), nodes.count);
    nodes.at[core_token_nodes_find(&nodes, SLICE("http://a/b"))].state = CORE_TOKEN_NODE_DOWN;
}

static void states_are_called_what_they_are(void **state)
{
    (void)state;
    static const char *const names[] = { "up", "backoff", "down", "gone" };
    enum core_token_node_state read = CORE_TOKEN_NODE_UP;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_true(core_token_node_state_read(slice_text(names[i]), &read));
        assert_slice(core_token_node_state_text(read), names[i]);
    }
    assert_false(core_token_node_state_read(SLICE("UP"), &read));
    assert_int_equal(read, CORE_TOKEN_NODE_GONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_loaded_node_that_is_up_is_taken),
        cmocka_unit_test(a_tenth_of_the_capacity_is_released_at_a_time),
        cmocka_unit_test(a_small_node_releases_one_place_at_a_time),
        cmocka_unit_test(no_more_is_released_than_is_left),
        cmocka_unit_test(nothing_is_released_of_a_node_that_gets_nobody),
        cmocka_unit_test(a_node_is_avoided_as_long_as_another_has_a_place),
        cmocka_unit_test(who_leaves_makes_room_where_there_was_somebody),
        cmocka_unit_test(states_are_called_what_they_are),
        cmocka_unit_test(only_the_urls_of_nodes_are_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
