#include "auth/nonce.h"

#include "tests/support/support.h"

#include <stdio.h>

enum { NOW = 1000000, SKEW = 60 };

static enum auth_nonce_seen note_as(struct auth_nonces *nonces, const char *id, const char *nonce)
{
    const struct auth_nonce triple = { .id = slice_text(id),
                                       .nonce = slice_text(nonce),
                                       .ts = NOW };
    return auth_nonces_note(nonces, &triple, NOW, SKEW);
}

static enum auth_nonce_seen note(struct auth_nonces *nonces, const char *nonce, uint64_t ts,
                                 uint64_t now)
{
    const struct auth_nonce triple = { .id = SLICE("id"), .nonce = slice_text(nonce), .ts = ts };
    return auth_nonces_note(nonces, &triple, now, SKEW);
}

static void a_triple_is_new_once(void **state)
{
    (void)state;
    struct auth_nonces *nonces = auth_nonces_new(100);
    assert_int_equal(note(nonces, "a", NOW, NOW), AUTH_NONCE_NEW);
    assert_int_equal(note(nonces, "a", NOW, NOW), AUTH_NONCE_REPLAYED);
    assert_int_equal(note(nonces, "b", NOW, NOW), AUTH_NONCE_NEW);
    assert_int_equal(note(nonces, "a", NOW + 1, NOW), AUTH_NONCE_NEW);
    assert_int_equal(note_as(nonces, "other", "a"), AUTH_NONCE_NEW);
    assert_int_equal(note_as(nonces, "di", "a"), AUTH_NONCE_NEW); /* of the same length */
    /* The same letters, cut elsewhere. */
    assert_int_equal(note_as(nonces, "ida", "b"), AUTH_NONCE_NEW);
    assert_int_equal(note_as(nonces, "id", "ab"), AUTH_NONCE_NEW);
    auth_nonces_free(nonces);
}

static void a_full_cache_refuses_until_something_is_old(void **state)
{
    (void)state;
    enum { CAPACITY = 1000 };
    struct auth_nonces *nonces = auth_nonces_new(CAPACITY);
    char nonce[16];
    for (unsigned i = 0; i < CAPACITY; i++) {
        (void)snprintf(nonce, sizeof(nonce), "%u", i);
        assert_int_equal(note(nonces, nonce, NOW + i % 2, NOW), AUTH_NONCE_NEW);
    }
    assert_int_equal(note(nonces, "more", NOW, NOW), AUTH_NONCE_FULL);
    assert_int_equal(note(nonces, "0", NOW, NOW), AUTH_NONCE_REPLAYED);
    assert_int_equal(note(nonces, "more", NOW, NOW + SKEW), AUTH_NONCE_FULL);
    /* One second on, the half with the lower ts may go, and nothing of the other half. */
    for (unsigned i = 0; i < CAPACITY / 2; i++) {
        (void)snprintf(nonce, sizeof(nonce), "more %u", i);
        assert_int_equal(note(nonces, nonce, NOW + 2, NOW + SKEW + 1), AUTH_NONCE_NEW);
    }
    assert_int_equal(note(nonces, "too many", NOW + 2, NOW + SKEW + 1), AUTH_NONCE_FULL);
    for (unsigned i = 1; i < CAPACITY; i += 2) {
        (void)snprintf(nonce, sizeof(nonce), "%u", i);
        assert_int_equal(note(nonces, nonce, NOW + 1, NOW + SKEW + 1), AUTH_NONCE_REPLAYED);
    }
    auth_nonces_free(nonces);
}

static void each_one_is_forgotten_in_its_time(void **state)
{
    (void)state;
    struct auth_nonces *nonces = auth_nonces_new(2);
    assert_int_equal(note(nonces, "a", NOW, NOW), AUTH_NONCE_NEW);
    assert_int_equal(note(nonces, "b", NOW + 5, NOW + 5), AUTH_NONCE_NEW);
    uint64_t later = NOW + SKEW + 1;
    assert_int_equal(note(nonces, "c", later, later), AUTH_NONCE_NEW); /* for a */
    assert_int_equal(note(nonces, "d", later, later + 4), AUTH_NONCE_FULL);
    assert_int_equal(note(nonces, "d", later, later + 5), AUTH_NONCE_NEW); /* for b */
    auth_nonces_free(nonces);
}

static void a_clock_that_steps_back_forgets_nothing(void **state)
{
    (void)state;
    struct auth_nonces *nonces = auth_nonces_new(1);
    assert_int_equal(note(nonces, "a", NOW, NOW), AUTH_NONCE_NEW);
    assert_int_equal(note(nonces, "a", NOW, 0), AUTH_NONCE_REPLAYED);
    assert_int_equal(note(nonces, "b", NOW, 0), AUTH_NONCE_FULL);
    assert_int_equal(note(nonces, "a", NOW, NOW), AUTH_NONCE_REPLAYED);
    auth_nonces_free(nonces);
}

static void a_cache_of_nothing_is_always_full(void **state)
{
    (void)state;
    struct auth_nonces *nonces = auth_nonces_new(0);
    assert_int_equal(note(nonces, "a", NOW, NOW), AUTH_NONCE_FULL);
    auth_nonces_free(nonces);
    auth_nonces_free(NULL);
}

static void fill(void *context)
{
    (void)context;
    struct auth_nonces *nonces = auth_nonces_new(1000);
    char nonce[16];
    for (unsigned i = 0; nonces != NULL && i < 140; i++) {
        (void)snprintf(nonce, sizeof(nonce), "%u", i);
        assert_int_not_equal(note(nonces, nonce, NOW, NOW), AUTH_NONCE_REPLAYED);
    }
    auth_nonces_free(nonces);
}

static void the_cache_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(fill, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_triple_is_new_once),
        cmocka_unit_test(a_full_cache_refuses_until_something_is_old),
        cmocka_unit_test(each_one_is_forgotten_in_its_time),
        cmocka_unit_test(a_clock_that_steps_back_forgets_nothing),
        cmocka_unit_test(a_cache_of_nothing_is_always_full),
        cmocka_unit_test(the_cache_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
