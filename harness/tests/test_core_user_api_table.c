#include "core/user_api_table.h"

#include "tests/support/support.h"

/* With seed 1, these three share the first place of the table. */
static const char *const first[] = { "u3372", "u4116", "u4307" };

static struct core_users *users_of(struct rng *rng)
{
    const struct core_users_config config = { .rng = rng, .cost = AUTH_PASSWORD_COST_MIN };
    struct core_users *users = core_users_new(&config);
    assert_non_null(users);
    return users;
}

static struct core_user *add(struct core_users *users, const char *name)
{
    return core_users_add(users, slice_text(name), SLICE("open:sesame"), SLICE("a@b"));
}

static void names_that_share_a_place_are_told_apart(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct core_user *added[COUNT_OF(first)];
    for (size_t i = 0; i < COUNT_OF(first); i++)
        added[i] = add(users, first[i]);
    for (size_t i = 0; i < COUNT_OF(first); i++) {
        assert_ptr_equal(core_users_find(users, slice_text(first[i])), added[i]);
        assert_int_equal(added[i]->uid >> 52, 1);
    }
    assert_true(core_users_remove(users, added[1]));
    assert_ptr_equal(core_users_find(users, slice_text(first[0])), added[0]);
    assert_null(core_users_find(users, slice_text(first[1])));
    assert_ptr_equal(core_users_find(users, slice_text(first[2])), added[2]);
    core_users_free(users);
}

static void a_name_is_the_same_in_either_case(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct support_edge name = support_edge_of(SLICE("AZ[@-az"));
    struct core_user *user = core_users_add(users, name.bytes, SLICE("open:sesame"), SLICE("a@b"));
    assert_non_null(user);
    assert_slice(slice_of(user->name, user->name_len), "az[@-az");
    assert_ptr_equal(core_users_find(users, SLICE("az[@-AZ")), user);
    support_edge_free(&name);
    core_users_free(users);
}

/* Gives the same bytes over and over, and others after a while. */
struct rng_stuck {
    struct rng base;
    unsigned left; /* calls until it is not stuck any more */
};

static void fill_stuck(struct rng *rng, uint8_t *bytes, size_t len)
{
    struct rng_stuck *stuck = CONTAINER_OF(rng, struct rng_stuck, base);
    bool moves = stuck->left == 0;
    stuck->left -= moves ? 0 : 1;
    memset(bytes, moves ? 2 : 1, len);
}

static void a_uid_that_is_taken_is_not_given_again(void **state)
{
    (void)state;
    static const struct {
        unsigned stuck; /* numbers that are the first user's */
        bool good;
    } rows[] = { { 1, true }, { 7, true }, { 8, false } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rng_stuck rng = { { fill_stuck }, UINT32_MAX };
        struct core_users *users = users_of(&rng.base);
        struct core_user *ann = add(users, "ann");
        assert_non_null(ann);
        rng.left = rows[i].stuck;
        struct core_user *bob = add(users, "bob");
        assert_int_equal(bob != NULL, rows[i].good);
        if (bob != NULL)
            assert_true(bob->uid != ann->uid);
        assert_int_equal(core_users_find(users, SLICE("bob")) != NULL, rows[i].good);
        core_users_free(users);
    }
}

static void who_has_the_first_place_has_a_uid_like_any_other(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct core_user *user = add(users, first[0]);
    assert_non_null(user);
    struct rng_seeded from = rng;
    struct core_user *second = add(users, "bob");
    assert_non_null(second);
    user->uid = second->uid; /* what comes next is taken, but not by bob */
    assert_true(core_users_remove(users, second));
    rng = from;
    struct core_user *third = add(users, "bob");
    assert_non_null(third);
    assert_true(third->uid != user->uid);
    core_users_free(users);
}

static void a_code_ends_when_password_or_address_change(void **state)
{
    (void)state;
    static const uint8_t digest[AUTH_DIGEST] = { 1 };
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct core_user *ann = add(users, "ann");
    assert_true(core_users_set_reset(users, ann, digest, 5));
    assert_true(core_users_set_email(users, ann, SLICE("b@c")));
    assert_int_equal(ann->reset_until, 0);
    assert_true(core_users_set_reset(users, ann, digest, 5));
    assert_true(core_users_set_password(users, ann, SLICE("another one")));
    assert_int_equal(ann->reset_until, 0);
    core_users_free(users);
}

static void who_was_moved_is_no_user_here_until_moved_back(void **state)
{
    (void)state;
    static const char *const nodes[] = { "http://b/", "b" };
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct core_user *ann = add(users, "ann");
    struct auth_identity identity = { 0 };
    for (size_t i = 0; i < COUNT_OF(nodes); i++) {
        assert_true(core_users_set_node(users, ann, slice_text(nodes[i])));
        assert_slice(slice_of(ann->node, ann->node_len), nodes[i]);
        assert_int_equal(
            core_users_check_here(users, SLICE("ann"), SLICE("open:sesame"), &identity),
            AUTH_WRONG_NODE);
        assert_true(core_users_set_node(users, ann, (struct slice){ 0 }));
        assert_int_equal(
            core_users_check_here(users, SLICE("ann"), SLICE("open:sesame"), &identity), AUTH_OK);
    }
    core_users_free(users);
}

static void a_password_that_is_too_long_changes_nothing(void **state)
{
    (void)state;
    static const char longest[AUTH_PASSWORD_MAX + 1];
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct core_user *ann = add(users, "ann");
    struct auth_identity identity;
    assert_false(core_users_set_password(users, ann, slice_of(longest, sizeof(longest))));
    assert_int_equal(core_users_check(users, SLICE("ann"), SLICE("open:sesame"), &identity),
                     AUTH_OK);
    assert_null(
        core_users_add(users, SLICE("bob"), slice_of(longest, sizeof(longest)), SLICE("a@b")));
    assert_null(core_users_find(users, SLICE("bob")));
    core_users_free(users);
}

static void a_password_that_was_right_is_not_once_it_is_changed(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_users *users = users_of(&rng.base);
    struct core_user *ann = add(users, "ann");
    struct auth_identity identity;
    for (int i = 0; i < 2; i++)
        assert_int_equal(core_users_check(users, SLICE("ann"), SLICE("open:sesame"), &identity),
                         AUTH_OK);
    assert_true(ann->known.set);
    assert_int_equal(core_users_check(users, SLICE("ann"), SLICE("open:sesamE"), &identity),
                     AUTH_BAD_MAC);
    assert_true(core_users_set_password(users, ann, SLICE("another one")));
    assert_false(ann->known.set);
    assert_int_equal(core_users_check(users, SLICE("ann"), SLICE("open:sesame"), &identity),
                     AUTH_BAD_MAC);
    for (int i = 0; i < 2; i++)
        assert_int_equal(core_users_check(users, SLICE("ann"), SLICE("another one"), &identity),
                         AUTH_OK);
    core_users_free(users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_share_a_place_are_told_apart),
        cmocka_unit_test(a_name_is_the_same_in_either_case),
        cmocka_unit_test(a_uid_that_is_taken_is_not_given_again),
        cmocka_unit_test(who_has_the_first_place_has_a_uid_like_any_other),
        cmocka_unit_test(a_code_ends_when_password_or_address_change),
        cmocka_unit_test(a_password_that_was_right_is_not_once_it_is_changed),
        cmocka_unit_test(who_was_moved_is_no_user_here_until_moved_back),
        cmocka_unit_test(a_password_that_is_too_long_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
