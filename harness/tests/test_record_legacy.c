#include "record/legacy.h"

#include "tests/format5.h"
#include "tests/support/support.h"

static void sync_keys_give_the_known_bundles(void **state)
{
    (void)state;
    json_t *file = format5_load();
    size_t index;
    json_t *vector;
    json_array_foreach(json_object_get(file, "legacy"), index, vector)
    {
        uint8_t key[RECORD_SYNC_KEY];
        struct record_bundle keys;
        assert_true(record_sync_key_read(vectors_text(vector, "friendly"), key));
        assert_true(record_bundle_of_sync_key(key, vectors_text(vector, "username"), &keys));
        format5_assert_bundle(&keys, vector);
    }
    assert_int_equal(index, 2);
    json_decref(file);
}

static void friendly_keys_are_read_and_written(void **state)
{
    (void)state;
    json_t *file = format5_load();
    const json_t *vector = json_array_get(json_object_get(file, "legacy"), 0);
    struct buf wanted = vectors_bytes(vector, "sync_key_hex");
    static const char *const forms[] = { "y4nkps6yxavi75xnuv9dsr472i",
                                         "y-4nkps-6yxav-i75xn-uv9ds-r472i",
                                         "Y-4NKPS-6YXAV-I75XN-UV9DS-R472I",
                                         "y4nkps6yxavi75xnuvodsr472i",
                                         "-y4nkps6yxavi75xnuv9dsr472i-" };
    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        uint8_t key[RECORD_SYNC_KEY];
        assert_true(record_sync_key_read(slice_text(forms[i]), key));
        assert_memory_equal(key, wanted.ptr, sizeof(key));
    }
    char text[RECORD_SYNC_KEY_TEXT];
    record_sync_key_write(wanted.ptr, text);
    assert_slice(vectors_text(vector, "dashed"), text);
    buf_free(&wanted);
    json_decref(file);
}

static void every_sync_key_is_read_as_it_was_written(void **state)
{
    (void)state;
    uint8_t key[RECORD_SYNC_KEY] = { 0 };
    for (size_t bit = 0; bit < 8 * sizeof(key); bit++) {
        char text[RECORD_SYNC_KEY_TEXT + 1];
        uint8_t again[RECORD_SYNC_KEY];
        key[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
        memset(text, 'x', sizeof(text));
        text[RECORD_SYNC_KEY_TEXT] = '\0';
        record_sync_key_write(key, text);
        assert_int_equal(strlen(text), RECORD_SYNC_KEY_TEXT - 1);
        assert_null(strpbrk(text, "lo01"));
        assert_true(record_sync_key_read(slice_text(text), again));
        assert_memory_equal(key, again, sizeof(key));
    }
}

static void what_is_no_sync_key_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "y4nkps6yxavi75xnuv9dsr472",   /* one letter short */
        "y4nkps6yxavi75xnuv9dsr472ia", /* one too many */
        "y4nkps6yxavi75xnuv9dsr472j",  /* a bit behind the last byte */
        "y4nkps6yxavi75xnuv9dsr4721",  /* 1 and 0 are no letters of base32 */
        "04nkps6yxavi75xnuv9dsr472i",
        "y4nkps 6yxavi75xnuv9dsr472i",
        "y4nkps6yxavi75xnuv9dsr47=i",
        "-----",
    };
    uint8_t key[RECORD_SYNC_KEY];
    memset(key, 0xEE, sizeof(key));
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(record_sync_key_read(slice_text(wrong[i]), key));
    assert_false(record_sync_key_read(SLICE("\0y4nkps6yxavi75xnuv9dsr472i"), key));
    assert_false(record_sync_key_read(SLICE("\0"
                                            "4nkps6yxavi75xnuv9dsr472i"),
                                      key));
    assert_int_equal(key[0], 0xEE);
}

static void usernames_are_hashed_addresses(void **state)
{
    (void)state;
    json_t *file = format5_load();
    const json_t *vector = json_object_get(file, "username");
    char username[RECORD_USERNAME_TEXT];
    assert_true(record_username_of(vectors_text(vector, "address"), username));
    assert_slice(vectors_text(vector, "username"), username);
    assert_true(record_username_of(SLICE("JohnDoe@Example.COM"), username));
    assert_slice(vectors_text(vector, "username"), username);
    assert_true(record_username_of(SLICE("ZOE@Z.example"), username));
    assert_string_equal(username, "qotuhpyoqzcthrienegrnmgv7mto7ouz");
    assert_true(record_username_of(SLICE("a"), username));
    assert_string_equal(username, "q336in72uwt7zyk5dxolt2xk5i3xmz5y");
    assert_true(record_username_of((struct slice){ 0 }, username));
    assert_string_equal(username, "3i42h3s6nnfq2msvx7xzkyayscx5qbyj"); /* of no bytes */
    json_decref(file);
}

static void legacy_once(void *context)
{
    static const uint8_t key[RECORD_SYNC_KEY];
    struct record_bundle keys;
    char username[RECORD_USERNAME_TEXT] = "";
    (void)context;
    (void)!record_bundle_of_sync_key(key, SLICE("username"), &keys);
    if (record_username_of(SLICE("a"), username))
        assert_string_equal(username, "q336in72uwt7zyk5dxolt2xk5i3xmz5y");
}

static void deriving_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(legacy_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sync_keys_give_the_known_bundles),
        cmocka_unit_test(friendly_keys_are_read_and_written),
        cmocka_unit_test(every_sync_key_is_read_as_it_was_written),
        cmocka_unit_test(what_is_no_sync_key_is_refused),
        cmocka_unit_test(usernames_are_hashed_addresses),
        cmocka_unit_test(deriving_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
