#include "record/bundle.h"

#include "tests/format5.h"
#include "tests/support/support.h"

static void masters_give_the_known_bundles(void **state)
{
    (void)state;
    static const char *const names[] = { "master", "master_of_the_documents" };
    json_t *file = format5_load();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const json_t *vector = json_object_get(file, names[i]);
        struct buf master = vectors_bytes(vector, "kb_hex");
        struct record_bundle keys;
        assert_true(record_bundle_of_master(buf_slice(&master), &keys));
        format5_assert_bundle(&keys, vector);
        buf_free(&master);
    }
    json_decref(file);
}

static void client_state_is_half_a_digest(void **state)
{
    (void)state;
    json_t *file = format5_load();
    const json_t *vector = json_object_get(file, "master");
    struct buf master = vectors_bytes(vector, "kb_hex");
    char hex[RECORD_CLIENT_STATE_TEXT];
    assert_true(record_client_state(buf_slice(&master), hex));
    assert_slice(vectors_text(vector, "client_state"), hex);
    buf_free(&master);
    json_decref(file);
}

static void assert_key_ids(const json_t *vector, struct slice client_state)
{
    struct buf out = buf_bounded(64);
    uint64_t at = (uint64_t)json_integer_value(json_object_get(vector, "keys_changed_at"));
    assert_true(record_key_id(at, client_state, &out));
    assert_true(slice_eq(buf_slice(&out), vectors_text(vector, "key_id")));
    buf_clear(&out);
    assert_true(record_key_id_wide(at, client_state, &out));
    assert_true(slice_eq(buf_slice(&out), vectors_text(vector, "key_id_wide")));
    buf_free(&out);
}

static void key_ids_are_the_known_ones(void **state)
{
    (void)state;
    static const uint8_t state_of_master[] = { 0x63, 0x0d, 0xcd, 0x29, 0x66, 0xc4, 0x33, 0x66,
                                               0x91, 0x12, 0x54, 0x48, 0xbb, 0xb2, 0x5b, 0x4f };
    json_t *file = format5_load();
    const json_t *short_one = json_object_get(file, "key_id");
    struct buf bytes = vectors_bytes(short_one, "client_state_hex");
    assert_key_ids(short_one, buf_slice(&bytes));
    assert_key_ids(json_object_get(file, "master"),
                   slice_of(state_of_master, sizeof(state_of_master)));
    buf_free(&bytes);
    json_decref(file);
}

static void key_id_of_the_latest_time_is_whole(void **state)
{
    (void)state;
    struct buf out = buf_bounded(64);
    assert_true(record_key_id(UINT64_MAX, (struct slice){ 0 }, &out));
    assert_slice(buf_slice(&out), "18446744073709551615-");
    buf_free(&out);
}

static void a_full_buffer_takes_no_key_id(void **state)
{
    (void)state;
    const struct slice wanted = SLICE("1-c3RhdGU");
    for (size_t ceiling = 0; ceiling <= wanted.len + 1; ceiling++) {
        struct buf out = buf_bounded(ceiling);
        /* One more than it has in the end: base64 is padded at first. */
        bool whole = record_key_id(1, SLICE("state"), &out);
        assert_int_equal(whole, ceiling > wanted.len);
        if (whole)
            assert_true(slice_eq(buf_slice(&out), wanted));
        buf_free(&out);
    }
}

static void wiped_keys_are_gone(void **state)
{
    (void)state;
    static const struct record_bundle none;
    struct record_bundle keys;
    memset(&keys, 0xEE, sizeof(keys));
    record_bundle_wipe(&keys);
    assert_memory_equal(&keys, &none, sizeof(none));
}

static void derive_once(void *context)
{
    struct record_bundle keys;
    struct buf out = buf_bounded(64);
    (void)context;
    (void)!record_bundle_of_master(SLICE("master"), &keys);
    (void)record_key_id(1, SLICE("state"), &out);
    buf_free(&out);
}

static void deriving_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(derive_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masters_give_the_known_bundles),
        cmocka_unit_test(client_state_is_half_a_digest),
        cmocka_unit_test(key_ids_are_the_known_ones),
        cmocka_unit_test(key_id_of_the_latest_time_is_whole),
        cmocka_unit_test(a_full_buffer_takes_no_key_id),
        cmocka_unit_test(wiped_keys_are_gone),
        cmocka_unit_test(deriving_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
