#include "core/token_server_users.h"

#include "tests/support/support.h"

#include <stdio.h>

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
        { "keys that were newer than the generation from the first stay so",
          { { "aa", 5, 10, CORE_TOKEN_OK, 0 },
            { "aa", 5, 10, CORE_TOKEN_OK, 0 },
            { "aa", 6, 10, CORE_TOKEN_OK, 0 },
            { "aa", 5, 10, CORE_TOKEN_GENERATION, 0 } } },
        { "1 is a number like any other",
          { { "aa", 1, 1, CORE_TOKEN_OK, 0 },
            { "bb", 1, 2, CORE_TOKEN_STATE_GENERATION, 0 },
            { "bb", 2, 1, CORE_TOKEN_STATE_KEYS, 0 },
            { "aa", 1, 0, CORE_TOKEN_KEYS_MISSING, 0 },
            { "aa", 1, 2, CORE_TOKEN_KEYS_NEWER, 0 },
            { "bb", 2, 2, CORE_TOKEN_OK, 1 } } },
        { "a generation of 1 is one, whatever the keys",
          { { "aa", 1, 5, CORE_TOKEN_OK, 0 }, { "aa", 2, 5, CORE_TOKEN_OK, 0 } } },
        { "a new state without a generation keeps the one that was seen",
          { { "aa", 5, 0, CORE_TOKEN_OK, 0 },
            { "bb", 0, 0, CORE_TOKEN_OK, 1 },
            { "bb", 4, 0, CORE_TOKEN_GENERATION, 0 },
            { "bb", 5, 0, CORE_TOKEN_OK, 1 } } },
        { "a state may be one letter",
          { { "a", 1, 0, CORE_TOKEN_OK, 0 },
            { "a", 1, 0, CORE_TOKEN_OK, 0 },
            { "b", 2, 0, CORE_TOKEN_OK, 1 },
            { "a", 3, 0, CORE_TOKEN_STATE_STALE, 0 } } },
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

/* A uid outlives the server that gave it: whoever derives it another way loses everybody's data. */
static void uids_are_derived_from_secret_account_and_state(void **state)
{
    (void)state;
    struct core_token_users *users = users_of(100, 0);
    const struct core_token_record *record = admitted(users, "ann", "aa");
    assert_true(record->uid == UINT64_C(1587186600));
    assert_int_equal(record->number, 1);
    record = admitted(users, "ann", "bb");
    assert_true(record->uid == UINT64_C(8266051864));
    assert_int_equal(record->number, 2);
    assert_true(admitted(users, "bob", "")->uid == UINT64_C(7189493666));
    core_token_users_free(users);
}

/* So many that some share a place in the tables; the two named ones share the first. */
static void many_accounts_are_told_apart(void **state)
{
    (void)state;
    enum { MANY = 500 };
    static uint64_t uids[MANY];
    static const char *const first[] = { "u10152", "u14848" };
    struct core_token_users *users = users_of(MANY, 0);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < MANY; i++) {
            char name[16];
            (void)snprintf(name, sizeof(name), "%zu", i);
            const char *account = i < COUNT_OF(first) ? first[i] : name;
            uint64_t uid = admitted(users, account, "aa")->uid;
            if (round == 0)
                uids[i] = uid;
            assert_true(uid == uids[i]);
            assert_true(core_token_users_uid(users, slice_text(account)) == uid);
        }
    }
    for (size_t i = 0; i < MANY; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "%zu", i);
        const char *account = i < COUNT_OF(first) ? first[i] : name;
        assert_false(core_token_users_moved(users, uids[i]));
        assert_int_equal(core_token_users_move(users, slice_text(account)), CORE_TOKEN_MOVED);
    }
    for (size_t i = 0; i < MANY; i++)
        assert_true(core_token_users_moved(users, uids[i]));
    core_token_users_free(users);
}

static void who_is_moved_goes_to_another_node_even_if_that_is_fuller(void **state)
{
    (void)state;
    struct core_token_users *users = users_of(10, 0);
    struct core_token_nodes *nodes = core_token_users_nodes(users);
    size_t node = admitted(users, "ann", "aa")->node;
    nodes->at[1 - node].load = 5;
    nodes->at[node].available = 1;
    assert_int_equal(core_token_users_move(users, SLICE("ann")), CORE_TOKEN_MOVED);
    assert_int_equal(admitted(users, "ann", "aa")->node, 1 - node);
    assert_int_equal(nodes->at[node].load, 0);
    core_token_users_free(users);
}

static void the_longest_account_and_state_are_taken(void **state)
{
    (void)state;
    char account[CORE_TOKEN_ACCOUNT], client_state[CORE_TOKEN_STATE];
    memset(account, 'x', sizeof(account));
    memset(client_state, 'a', sizeof(client_state));
    struct core_token_users *users = users_of(10, 1);
    const struct core_token_record *record = NULL;
    struct core_token_claim claim = { .account = slice_of(account, sizeof(account)),
                                      .state = slice_of(client_state, sizeof(client_state)) };
    assert_int_equal(core_token_users_admit(users, &claim, &record), CORE_TOKEN_OK);
    assert_true(core_token_users_uid(users, claim.account) == record->uid);
    claim.account = SLICE("b");
    assert_int_equal(core_token_users_admit(users, &claim, &record), CORE_TOKEN_FULL);
    core_token_users_free(users);
}

static void a_state_that_is_not_there_is_empty(void **state)
{
    (void)state;
    struct core_token_users *users = users_of(10, 0);
    const struct core_token_record *record = NULL;
    struct core_token_claim claim = { .account = SLICE("ann") };
    assert_int_equal(core_token_users_admit(users, &claim, &record), CORE_TOKEN_OK);
    assert_int_equal(record->state_len, 0);
    core_token_users_free(users);
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
        cmocka_unit_test(uids_are_derived_from_secret_account_and_state),
        cmocka_unit_test(many_accounts_are_told_apart),
        cmocka_unit_test(who_is_moved_goes_to_another_node_even_if_that_is_fuller),
        cmocka_unit_test(the_longest_account_and_state_are_taken),
        cmocka_unit_test(a_state_that_is_not_there_is_empty),
        cmocka_unit_test(users_are_spread_over_the_nodes),
        cmocka_unit_test(a_new_state_stays_on_the_node_and_a_lost_node_is_left),
        cmocka_unit_test(a_full_table_takes_nobody_and_loses_nobody),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
