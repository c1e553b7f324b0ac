/* What a token server knows outlives its process where there is a store for it. */
#include "core/token_server_row.h"

#include "base/alloc.h"
#include "tests/store_folder.h"
#include "tests/support/support.h"

static struct core_token_users *users_of(struct store *store, const char *first)
{
    struct core_token_users_config config = { .secret = SLICE("s"),
                                              .new_users = true,
                                              .store = store };
    assert_null(core_token_nodes_add(&config.nodes, slice_text(first), 100));
    assert_null(core_token_nodes_add(&config.nodes, SLICE("http://b"), 100));
    struct core_token_users *users = core_token_users_new(&config);
    assert_non_null(users);
    return users;
}

static enum core_token_err admit(struct core_token_users *users, const char *state,
                                 uint64_t generation, struct core_token_record *ret_record)
{
    const struct core_token_claim claim = { SLICE("ann"), slice_text(state), generation,
                                            generation };
    const struct core_token_record *record = NULL;
    enum core_token_err err = core_token_users_admit(users, &claim, &record);
    if (record != NULL)
        *ret_record = *record;
    return err;
}

static void restart(struct store **store, struct core_token_users **users, const char *first)
{
    core_token_users_free(*users);
    store_free(*store);
    *store = folder_open(&folder_of_group);
    *users = users_of(*store, first);
}

static void states_generations_and_uids_outlive_the_process(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of(store, "http://a");
    struct core_token_record first, second, again;
    assert_int_equal(admit(users, "aa", 10, &first), CORE_TOKEN_OK);
    assert_int_equal(admit(users, "bb", 20, &second), CORE_TOKEN_OK);
    assert_int_equal(admit(users, "bb", 30, &second), CORE_TOKEN_OK);
    assert_true(first.uid != second.uid);
    restart(&store, &users, "http://a");
    assert_int_equal(admit(users, "bb", 29, &again), CORE_TOKEN_GENERATION);
    assert_int_equal(admit(users, "aa", 40, &again), CORE_TOKEN_STATE_STALE);
    assert_int_equal(admit(users, "bb", 30, &again), CORE_TOKEN_OK);
    assert_true(again.uid == second.uid);
    assert_int_equal(again.node, second.node);
    assert_int_equal(core_token_users_nodes(users)->at[again.node].load, 1);
    core_token_users_free(users);
    store_free(store);
}

static void a_move_and_the_state_of_a_node_outlive_the_process(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of(store, "http://a");
    struct core_token_record first, second, third;
    assert_int_equal(admit(users, "aa", 10, &first), CORE_TOKEN_OK);
    assert_int_equal(core_token_users_move(users, SLICE("ann")), CORE_TOKEN_MOVED);
    restart(&store, &users, "http://a");
    assert_true(core_token_users_moved(users, first.uid));
    assert_int_equal(admit(users, "aa", 10, &second), CORE_TOKEN_OK);
    assert_true(second.uid != first.uid);
    assert_true(second.node != first.node);
    assert_int_equal(core_token_users_set_node(users, SLICE("http://b"), CORE_TOKEN_NODE_GONE),
                     CORE_TOKEN_MOVED);
    restart(&store, &users, "http://a");
    assert_true(core_token_users_moved(users, first.uid));
    assert_false(core_token_users_moved(users, second.uid));
    assert_int_equal(admit(users, "aa", 10, &third), CORE_TOKEN_OK);
    assert_int_equal(third.node, 0);
    assert_true(third.uid != first.uid);
    core_token_users_free(users);
    store_free(store);
}

static void who_was_on_a_node_that_is_not_there_any_more_gets_another(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of(store, "http://a");
    struct core_token_record first, second;
    assert_int_equal(admit(users, "aa", 10, &first), CORE_TOKEN_OK);
    assert_int_equal(first.node, 0);
    restart(&store, &users, "http://other");
    assert_int_equal(admit(users, "aa", 10, &second), CORE_TOKEN_OK);
    assert_true(second.uid != first.uid);
    core_token_users_free(users);
    store_free(store);
}

/* As many nodes as there may be, the first of them as given. */
static struct core_token_users *users_of_all_nodes(struct store *store, const char *first)
{
    struct core_token_users_config config = { .secret = SLICE("s"),
                                              .new_users = true,
                                              .store = store };
    assert_null(core_token_nodes_add(&config.nodes, slice_text(first), 100));
    while (config.nodes.count < CORE_TOKEN_NODES)
        assert_null(core_token_nodes_add(&config.nodes, SLICE("http://b"), 100));
    return core_token_users_new(&config);
}

static void a_node_that_is_gone_from_a_full_list_is_none_of_it(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of_all_nodes(store, "http://a");
    struct core_token_record first, second;
    assert_int_equal(admit(users, "aa", 10, &first), CORE_TOKEN_OK);
    assert_int_equal(first.node, 0);
    assert_int_equal(core_token_users_set_node(users, SLICE("http://a"), CORE_TOKEN_NODE_BACKOFF),
                     CORE_TOKEN_MOVED);
    core_token_users_free(users);
    users = users_of_all_nodes(store, "http://other");
    assert_non_null(users);
    assert_int_equal(core_token_users_move(users, SLICE("ann")), CORE_TOKEN_MOVED);
    assert_int_equal(admit(users, "aa", 10, &second), CORE_TOKEN_OK);
    assert_true(second.uid != first.uid);
    core_token_users_free(users);
    store_free(store);
}

static void the_newest_of_many_states_is_found_again(void **state)
{
    (void)state;
    static const char *const states[] = { "aa", "bb", "cc", "dd", "ee", "ff" };
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of(store, "http://a");
    struct core_token_record last, again;
    for (size_t i = 0; i < COUNT_OF(states); i++)
        assert_int_equal(admit(users, states[i], i + 1, &last), CORE_TOKEN_OK);
    restart(&store, &users, "http://a");
    for (size_t i = 0; i + 1 < COUNT_OF(states); i++)
        assert_int_equal(admit(users, states[i], 100, &again), CORE_TOKEN_STATE_STALE);
    assert_int_equal(admit(users, "ff", 6, &again), CORE_TOKEN_OK);
    assert_true(again.uid == last.uid);
    core_token_users_free(users);
    store_free(store);
}

/* The two share a place in the table of accounts, the first one. */
static void each_node_bears_its_accounts_again(void **state)
{
    (void)state;
    static const char *const accounts[] = { "u10152", "u14848", "ann" };
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of(store, "http://a");
    const struct core_token_record *record = NULL;
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        struct core_token_claim claim = { .account = slice_text(accounts[i]) };
        assert_int_equal(core_token_users_admit(users, &claim, &record), CORE_TOKEN_OK);
    }
    restart(&store, &users, "http://a");
    const struct core_token_nodes *nodes = core_token_users_nodes(users);
    assert_int_equal(nodes->at[0].load, 2);
    assert_int_equal(nodes->at[1].load, 1);
    core_token_users_free(users);
    store_free(store);
}

static void a_state_of_a_node_that_is_none_is_refused(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of_all_nodes(store, "http://a");
    struct core_token_record record;
    assert_int_equal(admit(users, "aa", 10, &record), CORE_TOKEN_OK);
    core_token_users_free(users);
    const struct store_kept bad = { CORE_TOKEN_KIND_NODE, SLICE("http://a"), SLICE("lost") };
    assert_int_equal(store_keep(store, &bad), STORE_OK);
    assert_null(users_of_all_nodes(store, "http://a"));
    store_free(store);
}

static void every_part_of_a_row_is_read(void **state)
{
    (void)state;
#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    struct core_token_row row;
    const struct store_kept kept = { { 0 }, SLICE("7"), SLICE("2 3 5 1 0 a http://a " X32 X32) };
    assert_true(core_token_row_read(&kept, &row));
    assert_int_equal(row.record.uid, 7);
    assert_int_equal(row.record.number, 2);
    assert_int_equal(row.record.generation, 3);
    assert_int_equal(row.record.keys_changed_at, 5);
    assert_true(row.record.replaced);
    assert_false(row.record.moved);
    assert_slice(slice_of(row.record.state, row.record.state_len), "a");
    assert_slice(row.node, "http://a");
    assert_slice(row.account, X32 X32);
    const struct store_kept longest = { { 0 }, SLICE("7"), SLICE("1 2 3 0 1 " X32 " http://a x") };
    assert_true(core_token_row_read(&longest, &row));
    assert_false(row.record.replaced);
    assert_true(row.record.moved);
    assert_slice(slice_of(row.record.state, row.record.state_len), X32);
    const struct store_kept longer = { { 0 }, SLICE("7"), SLICE("2 3 5 1 0 a http://a x" X32 X32) };
    assert_false(core_token_row_read(&longer, &row));
}

static void what_is_no_row_of_ours_is_refused(void **state)
{
    (void)state;
    static const struct store_kept rows[] = {
        { { 0 }, SLICE_INIT("x"), SLICE_INIT("1 2 3 0 0 aa http://a ann") },
        { { 0 }, SLICE_INIT("7"), SLICE_INIT("1 2 3 0 aa http://a ann") },
        { { 0 }, SLICE_INIT("7"), SLICE_INIT("1 2 3 0 0 aa http://a ") },
        { { 0 }, SLICE_INIT("7"), SLICE_INIT("") },
        { { 0 },
          SLICE_INIT("7"),
          SLICE_INIT("1 2 3 0 0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa http://a ann") },
    };
    struct core_token_row row;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_false(core_token_row_read(&rows[i], &row));
    const struct store_kept good = { { 0 }, SLICE("7"), SLICE("1 2 3 0 1  http://a ann") };
    assert_true(core_token_row_read(&good, &row));
    assert_int_equal(row.record.state_len, 0);
    assert_true(row.record.moved);
    assert_slice(row.account, "ann");
    struct store *store = folder_open(&folder_of_group);
    const struct store_kept bad = { CORE_TOKEN_KIND_RECORD, SLICE("7"), SLICE("nonsense") };
    struct core_token_users_config config = { .secret = SLICE("s"), .store = store };
    assert_int_equal(store_keep(store, &bad), STORE_OK);
    assert_null(core_token_users_new(&config));
    store_free(store);
}

/* With a transaction open the store keeps nothing. */
static void what_cannot_be_kept_has_not_happened(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct core_token_users *users = users_of(store, "http://a");
    struct core_token_record first, again;
    struct store_txn *txn;
    assert_int_equal(store_begin(store, 1, STORE_READ, 1, &txn), STORE_OK);
    assert_int_equal(admit(users, "aa", 10, &first), CORE_TOKEN_FULL);
    store_rollback(txn);
    assert_int_equal(core_token_users_uid(users, SLICE("ann")), 0);
    assert_int_equal(core_token_users_nodes(users)->at[0].load, 0);
    assert_int_equal(admit(users, "aa", 10, &first), CORE_TOKEN_OK);
    assert_int_equal(store_begin(store, 1, STORE_READ, 1, &txn), STORE_OK);
    assert_int_equal(admit(users, "aa", 20, &again), CORE_TOKEN_FULL);
    assert_int_equal(admit(users, "bb", 20, &again), CORE_TOKEN_FULL);
    assert_int_equal(core_token_users_move(users, SLICE("ann")), CORE_TOKEN_NOT_KEPT);
    assert_int_equal(core_token_users_set_node(users, SLICE("http://b"), CORE_TOKEN_NODE_GONE),
                     CORE_TOKEN_NOT_KEPT);
    /* A claim that changes nothing is not kept again. */
    assert_int_equal(admit(users, "aa", 10, &again), CORE_TOKEN_OK);
    const struct core_token_record *record = NULL;
    struct core_token_claim generation_alone = { SLICE("ann"), SLICE("aa"), 11, 10 };
    struct core_token_claim keys_alone = { SLICE("ann"), SLICE("aa"), 0, 11 };
    assert_int_equal(core_token_users_admit(users, &generation_alone, &record), CORE_TOKEN_FULL);
    assert_int_equal(core_token_users_admit(users, &keys_alone, &record), CORE_TOKEN_FULL);
    store_rollback(txn);
    assert_int_equal(admit(users, "aa", 10, &again), CORE_TOKEN_OK);
    assert_true(again.uid == first.uid);
    assert_int_equal(again.generation, 10);
    assert_int_equal(again.keys_changed_at, 10);
    core_token_users_free(users);
    store_free(store);
}

/* Everything that a token server does with a store: whatever fails, what it said is what it
 * kept. */
static void live_once(void *context)
{
    (void)context;
    const char *error = NULL;
    folder_next(&folder_of_group);
    struct store *store = folder_try(&folder_of_group, &error);
    struct core_token_users_config config = { .secret = SLICE("s"),
                                              .new_users = true,
                                              .store = store };
    struct core_token_record first = { 0 }, again = { 0 };
    assert_null(core_token_nodes_add(&config.nodes, SLICE("http://a"), 100));
    struct core_token_users *users = store == NULL ? NULL : core_token_users_new(&config);
    bool known = users != NULL && admit(users, "aa", 10, &first) == CORE_TOKEN_OK;
    bool moved = known && core_token_users_move(users, SLICE("ann")) == CORE_TOKEN_MOVED;
    if (users != NULL)
        assert_int_equal(core_token_users_nodes(users)->at[0].load, known);
    core_token_users_free(users);
    bool failed = alloc_has_failed();
    users = store == NULL ? NULL : core_token_users_new(&config);
    assert_true(users != NULL || store == NULL || !failed);
    if (users != NULL && !known)
        assert_int_equal(core_token_users_uid(users, SLICE("ann")), 0);
    if (users != NULL && known) {
        assert_true(core_token_users_uid(users, SLICE("ann")) == first.uid);
        assert_int_equal(core_token_users_moved(users, first.uid), moved);
        if (admit(users, "aa", 10, &again) == CORE_TOKEN_OK)
            assert_int_equal(again.uid == first.uid, !moved);
    }
    core_token_users_free(users);
    store_free(store);
}

static void a_failing_allocation_loses_nothing_that_was_said(void **state)
{
    (void)state;
    support_sweep_allocations(live_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(states_generations_and_uids_outlive_the_process, folder_renew),
        cmocka_unit_test_setup(a_move_and_the_state_of_a_node_outlive_the_process, folder_renew),
        cmocka_unit_test_setup(who_was_on_a_node_that_is_not_there_any_more_gets_another,
                               folder_renew),
        cmocka_unit_test_setup(a_node_that_is_gone_from_a_full_list_is_none_of_it, folder_renew),
        cmocka_unit_test_setup(the_newest_of_many_states_is_found_again, folder_renew),
        cmocka_unit_test_setup(each_node_bears_its_accounts_again, folder_renew),
        cmocka_unit_test_setup(a_state_of_a_node_that_is_none_is_refused, folder_renew),
        cmocka_unit_test(every_part_of_a_row_is_read),
        cmocka_unit_test_setup(what_is_no_row_of_ours_is_refused, folder_renew),
        cmocka_unit_test_setup(what_cannot_be_kept_has_not_happened, folder_renew),
        cmocka_unit_test(a_failing_allocation_loses_nothing_that_was_said),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
