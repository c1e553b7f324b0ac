/* Accounts of the User API outlive the process where there is a store for them. */
#include "core/user_api_row.h"

#include "base/alloc.h"
#include "tests/store_folder.h"
#include "tests/support/support.h"

static struct core_users *users_of(struct store *store)
{
    const struct core_users_config config = { .rng = rng_system(),
                                              .cost = AUTH_PASSWORD_COST_MIN,
                                              .store = store };
    return core_users_new(&config);
}

static void expect_password(struct core_users *users, const char *password, uint64_t uid)
{
    struct auth_identity identity = { 0 };
    assert_int_equal(core_users_check(users, SLICE("Ann"), slice_text(password), &identity),
                     AUTH_OK);
    assert_true(identity.uid == uid);
}

static void accounts_outlive_the_process(void **state)
{
    (void)state;
    static const uint8_t digest[AUTH_DIGEST] = { 1, 2, 3 };
    struct auth_identity identity;
    struct store *store = folder_open(&folder_of_group);
    struct core_users *users = users_of(store);
    struct core_user *ann =
        core_users_add(users, SLICE("Ann"), SLICE("open:sesame"), SLICE("ann@example.com"));
    assert_non_null(ann);
    assert_non_null(core_users_add(users, SLICE("bob"), SLICE("whatever"), SLICE("")));
    uint64_t uid = ann->uid;
    assert_true(uid >> 52 == 1);
    assert_true(core_users_set_password(users, ann, SLICE("better one")));
    assert_true(core_users_set_email(users, ann, SLICE("a b@example.com")));
    assert_true(core_users_set_node(users, ann, SLICE("http://b/")));
    assert_true(core_users_set_reset(users, ann, digest, 5));
    assert_true(core_users_remove(users, core_users_find(users, SLICE("bob"))));
    core_users_free(users);
    store_free(store);

    store = folder_open(&folder_of_group);
    users = users_of(store);
    assert_non_null(users);
    assert_null(core_users_find(users, SLICE("bob")));
    expect_password(users, "better one", uid);
    ann = core_users_find(users, SLICE("ann"));
    assert_slice(slice_of(ann->email, ann->email_len), "a b@example.com");
    assert_slice(slice_of(ann->node, ann->node_len), "http://b/");
    assert_int_equal(ann->reset_until, 5);
    assert_memory_equal(ann->reset, digest, sizeof(digest));
    assert_int_equal(core_users_check_here(users, SLICE("ann"), SLICE("better one"), &identity),
                     AUTH_WRONG_NODE);
    assert_int_equal(core_users_check_here(users, SLICE("ann"), SLICE("worse one"), &identity),
                     AUTH_BAD_MAC);
    assert_true(core_users_set_node(users, ann, SLICE("")));
    assert_int_equal(core_users_check_here(users, SLICE("ann"), SLICE("better one"), &identity),
                     AUTH_OK);
    core_users_free(users);
    store_free(store);
}

static void a_code_is_kept_as_long_as_it_lives(void **state)
{
    (void)state;
    static const uint8_t digest[AUTH_DIGEST] = { 1 };
    static const int64_t untils[] = { 0, 1, INT64_MAX };
    folder_next(&folder_of_group);
    for (size_t i = 0; i < COUNT_OF(untils); i++) {
        struct store *store = folder_open(&folder_of_group);
        struct core_users *users = users_of(store);
        struct core_user *ann = core_users_find(users, SLICE("ann"));
        if (ann == NULL)
            ann = core_users_add(users, SLICE("ann"), SLICE("open:sesame"), SLICE("a@b"));
        assert_true(core_users_set_reset(users, ann, digest, untils[i]));
        core_users_free(users);
        users = users_of(store);
        assert_true(core_users_find(users, SLICE("ann"))->reset_until == untils[i]);
        core_users_free(users);
        store_free(store);
    }
}

/* With a transaction open the store keeps nothing. */
static void what_cannot_be_kept_has_not_happened(void **state)
{
    (void)state;
    folder_next(&folder_of_group);
    struct store *store = folder_open(&folder_of_group);
    struct core_users *users = users_of(store);
    struct core_user *ann = core_users_add(users, SLICE("ann"), SLICE("open:sesame"), SLICE("a@b"));
    assert_non_null(ann);
    struct store_txn *txn;
    assert_int_equal(store_begin(store, 1, STORE_READ, 1, &txn), STORE_OK);
    assert_null(core_users_add(users, SLICE("bob"), SLICE("whatever"), SLICE("a@b")));
    assert_false(core_users_set_password(users, ann, SLICE("another one")));
    assert_false(core_users_set_email(users, ann, SLICE("another@one")));
    assert_false(core_users_set_node(users, ann, SLICE("http://b/")));
    assert_false(core_users_remove(users, ann));
    store_rollback(txn);
    assert_null(core_users_find(users, SLICE("bob")));
    expect_password(users, "open:sesame", ann->uid);
    assert_slice(slice_of(ann->email, ann->email_len), "a@b");
    assert_int_equal(ann->node_len, 0);
    core_users_free(users);
    store_free(store);
}

static void what_is_no_row_of_ours_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {
        "", "1", "1 99 x", "1 4 AAAA AAAA 0 AAAA  a@b", "1 4 AAAAAAAAAAAAAAAAAAAAAA== x 0 y  a@b",
    };
    folder_next(&folder_of_group);
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct store *store = folder_open(&folder_of_group);
        const struct store_kept row = { CORE_USER_KIND, SLICE("ann"), slice_text(values[i]) };
        assert_int_equal(store_keep(store, &row), STORE_OK);
        assert_null(users_of(store));
        store_free(store);
    }
}

#define SALT "AAAAAAAAAAAAAAAAAAAAAA=="
#define HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* The row of ann with that value; false when it is refused. */
static bool reads(const struct buf *value, struct core_user *user)
{
    const struct store_kept row = { CORE_USER_KIND, SLICE("ann"), buf_slice(value) };
    *user = (struct core_user){ 0 };
    return core_user_row_read(&row, user);
}

static void numbers_of_a_row_have_their_bounds(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        bool good;
    } rows[] = {
        { "18446744073709551615 14 " SALT " " HASH " 9223372036854775807 " HASH " n e@f", true },
        { "1 4 " SALT " " HASH " 0 " HASH "  ", true },
        { "1 15 " SALT " " HASH " 0 " HASH " n e@f", false },
        { "1 3 " SALT " " HASH " 0 " HASH " n e@f", false },
        { "1 14 " SALT " " HASH " 9223372036854775808 " HASH " n e@f", false },
        { "1 14 " HASH " " HASH " 0 " HASH " n e@f", false },
        { "1 14 " SALT " " SALT " 0 " HASH " n e@f", false },
    };
    struct core_user user;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf value = buf_bounded(1024);
        buf_add_text(&value, rows[i].value);
        if (reads(&value, &user) != rows[i].good)
            fail_msg("%s", rows[i].value);
        buf_free(&value);
    }
}

/* Of a node and an address so long. */
static bool reads_lengths(size_t node, size_t email, struct core_user *user)
{
    struct buf value = buf_bounded(1024);
    buf_add_text(&value, "1 4 " SALT " " HASH " 0 " HASH " ");
    for (size_t i = 0; i < node; i++)
        buf_add_byte(&value, 'n');
    buf_add_byte(&value, ' ');
    for (size_t i = 0; i < email; i++)
        buf_add_byte(&value, 'e');
    bool good = reads(&value, user);
    buf_free(&value);
    return good;
}

static void texts_of_a_row_have_their_lengths(void **state)
{
    (void)state;
    static const struct {
        size_t node, email;
        bool good;
    } rows[] = {
        { CORE_USER_NODE, CORE_USER_EMAIL, true },
        { CORE_USER_NODE + 1, 1, false },
        { 0, CORE_USER_EMAIL + 1, false },
        { 1, 1, true },
        { 0, 0, true },
    };
    struct core_user user;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(reads_lengths(rows[i].node, rows[i].email, &user), rows[i].good);
        if (!rows[i].good)
            continue;
        assert_int_equal(user.node_len, rows[i].node);
        assert_int_equal(user.email_len, rows[i].email);
        assert_true(rows[i].node == 0 || user.node[rows[i].node - 1] == 'n');
        assert_true(rows[i].email == 0 || user.email[rows[i].email - 1] == 'e');
    }
}

static void live_once(void *context)
{
    (void)context;
    const char *error = NULL;
    folder_next(&folder_of_group);
    struct store *store = folder_try(&folder_of_group, &error);
    struct core_users *users = store == NULL ? NULL : users_of(store);
    struct core_user *ann =
        users == NULL ? NULL
                      : core_users_add(users, SLICE("ann"), SLICE("open:sesame"), SLICE("a@b"));
    uint64_t uid = ann == NULL ? 0 : ann->uid;
    bool moved = ann != NULL && core_users_set_node(users, ann, SLICE("http://b/"));
    core_users_free(users);
    bool failed = alloc_has_failed();
    users = store == NULL ? NULL : users_of(store);
    assert_true(users != NULL || store == NULL || !failed);
    ann = users == NULL ? NULL : core_users_find(users, SLICE("ann"));
    if (users != NULL && uid != 0) {
        assert_non_null(ann);
        assert_true(ann->uid == uid);
        assert_int_equal(ann->node_len > 0, moved);
    }
    core_users_free(users);
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
        cmocka_unit_test(accounts_outlive_the_process),
        cmocka_unit_test(what_cannot_be_kept_has_not_happened),
        cmocka_unit_test(what_is_no_row_of_ours_is_refused),
        cmocka_unit_test(numbers_of_a_row_have_their_bounds),
        cmocka_unit_test(texts_of_a_row_have_their_lengths),
        cmocka_unit_test(a_code_is_kept_as_long_as_it_lives),
        cmocka_unit_test(a_failing_allocation_loses_nothing_that_was_said),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
