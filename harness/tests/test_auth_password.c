#include "auth/password.h"

#include "tests/support/support.h"

static void only_the_password_that_was_set_is_right(void **state)
{
    (void)state;
    static const struct row {
        const char *set, *checked;
        bool right;
    } rows[] = {
        { "secret", "secret", true },
        { "secret", "Secret", false },
        { "secret", "secre", false },
        { "secret", "", false },
        { "", "", true },
        { "", "x", false },
    };
    struct rng_seeded rng = rng_seeded_with(1);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct auth_password stored;
        assert_true(
            auth_password_set(slice_text(rows[i].set), AUTH_PASSWORD_COST_MIN, &rng.base, &stored));
        assert_int_equal(auth_password_check(&stored, slice_text(rows[i].checked)),
                         rows[i].right ? AUTH_PASSWORD_RIGHT : AUTH_PASSWORD_WRONG);
    }
}

static void the_same_password_is_stored_with_another_salt(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    struct auth_password a, b;
    assert_true(auth_password_set(SLICE("secret"), AUTH_PASSWORD_COST_MIN, &rng.base, &a));
    assert_true(auth_password_set(SLICE("secret"), AUTH_PASSWORD_COST_MIN, &rng.base, &b));
    assert_memory_not_equal(a.salt, b.salt, sizeof(a.salt));
    assert_memory_not_equal(a.hash, b.hash, sizeof(a.hash));
}

static void a_password_longer_than_any_is_never_right(void **state)
{
    (void)state;
    uint8_t text[AUTH_PASSWORD_MAX + 1];
    memset(text, 'x', sizeof(text));
    struct rng_seeded rng = rng_seeded_with(1);
    struct auth_password stored;
    assert_false(auth_password_set(slice_of(text, sizeof(text)), AUTH_PASSWORD_COST_MIN, &rng.base,
                                   &stored));
    assert_true(auth_password_set(slice_of(text, AUTH_PASSWORD_MAX), AUTH_PASSWORD_COST_MIN,
                                  &rng.base, &stored));
    assert_int_equal(auth_password_check(&stored, slice_of(text, AUTH_PASSWORD_MAX)),
                     AUTH_PASSWORD_RIGHT);
    assert_int_equal(auth_password_check(&stored, slice_of(text, sizeof(text))),
                     AUTH_PASSWORD_WRONG);
}

static void the_hash_is_scrypt(void **state)
{
    (void)state;
    /* Computed with Python's hashlib.scrypt(b"secret", salt=bytes(16), n=16, r=8, p=1, dklen=32).
     */
    struct auth_password stored = { .cost = AUTH_PASSWORD_COST_MIN,
                                    .hash = { 0x6a, 0xea, 0xe1, 0xd7, 0x4c, 0xcc, 0x77, 0xfe,
                                              0x6c, 0x40, 0xb7, 0x83, 0xfc, 0x59, 0xdc, 0xfc,
                                              0x30, 0x18, 0x03, 0x1e, 0xc3, 0x41, 0x23, 0x48,
                                              0xb4, 0x5e, 0x7c, 0xe5, 0x11, 0x7c, 0x21, 0xe1 } };
    assert_int_equal(auth_password_check(&stored, SLICE("secret")), AUTH_PASSWORD_RIGHT);
}

static void the_default_cost_works(void **state)
{
    (void)state;
    struct rng_seeded rng = rng_seeded_with(1);
    struct auth_password stored;
    assert_true(auth_password_set(SLICE("secret"), AUTH_PASSWORD_COST, &rng.base, &stored));
    assert_int_equal(auth_password_check(&stored, SLICE("secret")), AUTH_PASSWORD_RIGHT);
}

/* Checks it twice; the second time the hash is none, so that only what is known can be right. */
static void expect_known(struct auth_password *stored, struct slice password,
                         struct auth_password_known *known)
{
    static const uint8_t key[AUTH_DIGEST] = { 1 };
    assert_int_equal(auth_password_check_known(stored, password, key, known), AUTH_PASSWORD_RIGHT);
    memset(stored->hash, 0, sizeof(stored->hash));
    assert_int_equal(auth_password_check_known(stored, password, key, known), AUTH_PASSWORD_RIGHT);
}

static void passwords_of_any_length_are_known_again(void **state)
{
    (void)state;
    static const uint8_t key[AUTH_DIGEST] = { 1 };
    static uint8_t right[AUTH_PASSWORD_MAX + 1], wrong[AUTH_PASSWORD_MAX + 1];
    static const size_t lengths[] = { 0, 1, 2, AUTH_PASSWORD_MAX - 1, AUTH_PASSWORD_MAX };
    struct rng_seeded rng = rng_seeded_with(1);
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct auth_password stored;
        struct auth_password_known known = { 0 };
        struct slice password = slice_of(right, lengths[i]);
        assert_true(auth_password_set(password, AUTH_PASSWORD_COST_MIN, &rng.base, &stored));
        expect_known(&stored, password, &known);
        /* A longer one that begins so, and one that differs in its last byte. */
        assert_int_equal(
            auth_password_check_known(&stored, slice_of(right, lengths[i] + 1), key, &known),
            AUTH_PASSWORD_WRONG);
        if (lengths[i] == 0)
            continue;
        wrong[lengths[i] - 1] = 1;
        assert_int_equal(
            auth_password_check_known(&stored, slice_of(wrong, lengths[i]), key, &known),
            AUTH_PASSWORD_WRONG);
        wrong[lengths[i] - 1] = 0;
    }
}

static void a_right_password_is_known_again_and_no_other(void **state)
{
    (void)state;
    static const uint8_t key[AUTH_DIGEST] = { 1 }, other_key[AUTH_DIGEST] = { 2 };
    static char long_text[AUTH_PASSWORD_MAX + 1];
    struct rng_seeded rng = rng_seeded_with(1);
    struct auth_password stored;
    struct auth_password_known known = { 0 };
    assert_true(auth_password_set(SLICE("secret"), AUTH_PASSWORD_COST_MIN, &rng.base, &stored));
    assert_int_equal(auth_password_check_known(&stored, SLICE("wrong"), key, &known),
                     AUTH_PASSWORD_WRONG);
    assert_false(known.set);
    assert_int_equal(auth_password_check_known(&stored, SLICE("secret"), key, &known),
                     AUTH_PASSWORD_RIGHT);
    assert_true(known.set);
    /* A hash that nothing has: what is right now is right because it is known. */
    memset(stored.hash, 0, sizeof(stored.hash));
    assert_int_equal(auth_password_check_known(&stored, SLICE("secret"), key, &known),
                     AUTH_PASSWORD_RIGHT);
    assert_int_equal(auth_password_check_known(&stored, SLICE("secreT"), key, &known),
                     AUTH_PASSWORD_WRONG);
    assert_int_equal(auth_password_check_known(&stored, SLICE(""), key, &known),
                     AUTH_PASSWORD_WRONG);
    assert_int_equal(auth_password_check_known(&stored, SLICE("secret"), other_key, &known),
                     AUTH_PASSWORD_WRONG);
    assert_int_equal(
        auth_password_check_known(&stored, slice_of(long_text, sizeof(long_text)), key, &known),
        AUTH_PASSWORD_WRONG);
    /* The same password of a user with another salt. */
    stored.salt[0] ^= 1;
    assert_int_equal(auth_password_check_known(&stored, SLICE("secret"), key, &known),
                     AUTH_PASSWORD_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_password_that_was_set_is_right),
        cmocka_unit_test(the_same_password_is_stored_with_another_salt),
        cmocka_unit_test(a_password_longer_than_any_is_never_right),
        cmocka_unit_test(the_hash_is_scrypt),
        cmocka_unit_test(the_default_cost_works),
        cmocka_unit_test(a_right_password_is_known_again_and_no_other),
        cmocka_unit_test(passwords_of_any_length_are_known_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
