#include "core/token_server_users.h"

#include "tests/support/support.h"

static struct core_token_users *users_of(uint32_t capacity, size_t records)
{
    struct core_token_users_config config = { .secret = SLICE("s"),
                                              .new_users = true,
                                              .records = records };
    assert_null(core_token_nodes_add(&config.nodes, SLICE("http://a"), capacity));
    assert_null(core_token_nodes_add(&config.nodes, SLICE("http://b"), capacity));
    return core_token_users_new(&config);
}

static const struct core_token_record *admitted(struct core_token_users *users, const char *account,
                                                const char *state)
{
    struct core_token_claim claim = { slice_text(account), slice_text(state), 0, 0 };
    const struct core_token_record *record = NULL;
    assert_int_equal(core_token_users_admit(users, &claim, &record), CORE_TOKEN_OK);
    return record;
}

struct step {
    const char *state;
    uint64_t generation, keys;
    enum core_token_err err;
    int uid; /* which of the numbers seen so far, by order of appearance */
};

enum { STEPS = 6 };

/* Each row is the history of one account. */
static void numbers_and_states_only_go_forward(void **state)
{
    (void)state;
    static const struct row {
        const char *what;
        struct step steps[STEPS];
    } rows[] = {
        { "a lower generation is refused, an equal or higher one is not",
          { { "aa", 1234, 0, CORE_TOKEN_OK, 0 },
            { "aa", 1234, 0, CORE_TOKEN_OK, 0 },
            { "aa", 1233, 0, CORE_TOKEN_GENERATION, 0 },
            { "aa", 1235, 0, CORE_TOKEN_OK, 0 },
            { "aa", 1234, 0, CORE_TOKEN_GENERATION, 0 },
            { "aa", 0, 0, CORE_TOKEN_OK, 0 } } },
        { "lower keys are refused",
          { { "aa", 2000, 1234, CORE_TOKEN_OK, 0 },
            { "aa", 2000, 1233, CORE_TOKEN_KEYS_LOWER, 0 },
            { "aa", 2000, 1235, CORE_TOKEN_OK, 0 },
            { "aa", 2000, 1234, CORE_TOKEN_KEYS_LOWER, 0 } } },
        { "keys that were seen may not be left out",
          { { "aa", 2000, 1234, CORE_TOKEN_OK, 0 },
            { "aa", 2000, 0, CORE_TOKEN_KEYS_MISSING, 0 } } },
        { "keys may come later",
          { { "aa", 0, 0, CORE_TOKEN_OK, 0 },
            { "aa", 0, 1234, CORE_TOKEN_OK, 0 },
            { "aa", 1233, 1234, CORE_TOKEN_GENERATION, 0 }, /* raised by the keys */
            { "aa", 1234, 1234, CORE_TOKEN_OK, 0 } } },
        { "raised keys are not newer than the generation",
          { { "aa", 1234, 1234, CORE_TOKEN_OK, 0 },
            { "aa", 1235, 1236, CORE_TOKEN_KEYS_NEWER, 0 },
            { "aa", 1236, 1236, CORE_TOKEN_OK, 0 } } },
        { "a new state needs a higher generation and higher keys",
          { { "aa", 1234, 1234, CORE_TOKEN_OK, 0 },
            { "bb", 1234, 1235, CORE_TOKEN_STATE_GENERATION, 0 },
            { "bb", 1235, 1234, CORE_TOKEN_STATE_KEYS, 0 },
            { "bb", 1235, 0, CORE_TOKEN_STATE_KEYS, 0 },
            { "bb", 1235, 1235, CORE_TOKEN_OK, 1 },
            { "bb", 1235, 1235, CORE_TOKEN_OK, 1 } } },
        { "a state that was replaced does not come back",
          { { "aa", 1, 1, CORE_TOKEN_OK, 0 },
            { "bb", 2, 2, CORE_TOKEN_OK, 1 },
            { "aa", 3, 3, CORE_TOKEN_STATE_STALE, 0 },
            { "aa", 1, 1, CORE_TOKEN_STATE_STALE, 0 },
            { "cc", 3, 3, CORE_TOKEN_OK, 2 },
            { "bb", 4, 4, CORE_TOKEN_STATE_STALE, 0 } } },
        { "from no state to one, and not back",
          { { "", 1, 0, CORE_TOKEN_OK, 0 },
            { "bb", 2, 0, CORE_TOKEN_OK, 1 },
            { "", 3, 0, CORE_TOKEN_STATE_EMPTY, 0 },
            { "bb", 2, 0, CORE_TOKEN_OK, 1 } } },
        { "without numbers a new state is taken as it comes",
          { { "aa", 0, 0, CORE_TOKEN_OK, 0 }, { "bb", 0, 0, CORE_TOKEN_OK, 1 } } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct core_token_users *users = users_of(100, 0);
        uint64_t uids[STEPS] = { 0 };
        for (size_t j = 0; j < STEPS && rows[i].steps[j].state != NULL; j++) {
            const struct step *step = &rows[i].steps[j];
            struct core_token_claim claim = { SLICE("ann"), slice_text(step->state),
                                              step->generation, step->keys };
            const struct core_token_record *record = NULL;
            if (core_token_users_admit(users, &claim, &record) != step->err)
                fail_msg("%s: step %zu", rows[i].what, j);
            if (step->err != CORE_TOKEN_OK)
                continue;
            if (uids[step->uid] == 0)
                uids[step->uid] = record->uid;
            if (record->uid != uids[step->uid])
                fail_msg("%s: step %zu has another uid", rows[i].what, j);
        }
        assert_true(uids[0] != uids[1] && uids[0] != 0 && (uids[2] == 0 || uids[2] != uids[1]));
        core_token_users_free(users);
    }
}

static void users_are_spread_over_the_nodes(void **state)
{
    (void)state;
    struct core_token_users *users = users_of(10, 0);
    static const char *const accounts[] = { "a", "b", "c", "d" };
    for (size_t i = 0; i < COUNT_OF(accounts); i++)
        (void)admitted(users, accounts[i], "aa");
    assert_int_equal(core_token_users_nodes(users)->at[0].load, 2);
    assert_int_equal(core_token_users_nodes(users)->at[1].load, 2);
    core_token_users_free(users);
}

static void a_new_state_stays_on_the_node_and_a_lost_node_is_left(void **state)
{
    (void)state;
    struct core_token_users *users = users_of(10, 0);
    struct core_token_nodes *nodes = core_token_users_nodes(users);
    const struct core_token_record *record = admitted(users, "ann", "aa");
    uint64_t first = record->uid;
    size_t node = record->node;
    assert_int_equal(admitted(users, "ann", "bb")->node, node);
    nodes->at[node].state = CORE_TOKEN_NODE_DOWN;
    assert_int_equal(admitted(users, "ann", "bb")->node, node);
    nodes->at[node].state = CORE_TOKEN_NODE_GONE;
    record = admitted(users, "ann", "bb");
    assert_int_not_equal(record->node, node);
    assert_true(record->uid != first);
    assert_int_equal(nodes->at[node].load, 0);
    assert_int_equal(nodes->at[record->node].load, 1);
    core_token_users_free(users);
}

static void a_full_table_takes_nobody_and_loses_nobody(void **state)
{
    (void)state;
    struct core_token_users *users = users_of(10, 2);
    const struct core_token_record *record = NULL;
    uint64_t first = admitted(users, "a", "aa")->uid;
    (void)admitted(users, "b", "aa");
    struct core_token_claim more = { SLICE("c"), SLICE("aa"), 0, 0 };
    struct core_token_claim state_more = { SLICE("a"), SLICE("bb"), 0, 0 };
    assert_int_equal(core_token_users_admit(users, &more, &record), CORE_TOKEN_FULL);
    assert_int_equal(core_token_users_admit(users, &state_more, &record), CORE_TOKEN_FULL);
    assert_true(admitted(users, "a", "aa")->uid == first);
    core_token_users_free(users);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const char x[CORE_TOKEN_ACCOUNT + 1];
    struct core_token_users *users = users_of(10, 0);
    const struct core_token_record *record = NULL;
    struct core_token_claim none = { .state = SLICE("aa") };
    struct core_token_claim long_account = { .account = slice_of(x, sizeof(x)) };
    struct core_token_claim long_state = { SLICE("a"), slice_of(x, CORE_TOKEN_STATE + 1), 0, 0 };
    assert_int_equal(core_token_users_admit(users, &none, &record), CORE_TOKEN_FULL);
    assert_int_equal(core_token_users_admit(users, &long_account, &record), CORE_TOKEN_FULL);
    assert_int_equal(core_token_users_admit(users, &long_state, &record), CORE_TOKEN_FULL);
    core_token_users_free(users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_states_only_go_forward),
        cmocka_unit_test(users_are_spread_over_the_nodes),
        cmocka_unit_test(a_new_state_stays_on_the_node_and_a_lost_node_is_left),
        cmocka_unit_test(a_full_table_takes_nobody_and_loses_nobody),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
