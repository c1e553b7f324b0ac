#include "base/mac.h"

#include "tests/support/support.h"
#include "tests/vectors.h"

static void hkdf_gives_the_known_answers(void **state)
{
    (void)state;
    json_t *file = vectors_load("fixtures/vectors/hkdf.json");
    size_t index;
    json_t *vector;
    json_array_foreach(json_object_get(file, "derivations"), index, vector)
    {
        struct buf secret = vectors_bytes(vector, "secret_hex");
        struct buf salt = vectors_bytes(vector, "salt_hex");
        struct buf info = vectors_bytes(vector, "info_hex");
        struct buf wanted = vectors_bytes(vector, "okm_hex");
        uint8_t got[MAC_HKDF_MAX];
        for (size_t len = 0; len <= wanted.len; len++) {
            memset(got, 0xEE, sizeof(got));
            assert_true(mac_hkdf(buf_slice(&secret), buf_slice(&salt), buf_slice(&info), got, len));
            if (len > 0)
                assert_memory_equal(got, wanted.ptr, len);
            assert_int_equal(got[len], 0xEE);
        }
        buf_free(&secret);
        buf_free(&salt);
        buf_free(&info);
        buf_free(&wanted);
    }
    assert_int_equal(index, 4);
    json_decref(file);
}

static void expansion_gives_at_most_255_blocks(void **state)
{
    (void)state;
    uint8_t got[MAC_HKDF_MAX + 1];
    assert_true(mac_hkdf(SLICE("k"), SLICE(""), SLICE(""), got, MAC_HKDF_MAX));
    assert_false(mac_hkdf(SLICE("k"), SLICE(""), SLICE(""), got, MAC_HKDF_MAX + 1));
    assert_true(mac_expand(SLICE("k"), SLICE(""), got, MAC_HKDF_MAX));
    assert_false(mac_expand(SLICE("k"), SLICE(""), got, MAC_HKDF_MAX + 1));
}

/* RFC 5869: OKM = HKDF-Expand(HMAC(salt, IKM), info, L). */
static void hkdf_is_a_mac_and_an_expansion(void **state)
{
    (void)state;
    uint8_t key[MAC_SIZE];
    uint8_t whole[80];
    uint8_t half[80];
    assert_true(mac_hmac(SLICE("salt"), SLICE("secret"), key));
    assert_true(mac_expand(slice_of(key, sizeof(key)), SLICE("info"), half, sizeof(half)));
    assert_true(mac_hkdf(SLICE("secret"), SLICE("salt"), SLICE("info"), whole, sizeof(whole)));
    assert_memory_equal(half, whole, sizeof(whole));
}

static void hmac_bears_an_empty_key_and_message(void **state)
{
    (void)state;
    static const uint8_t wanted[] = { 0xb6, 0x13, 0x67, 0x9a, 0x08, 0x14, 0xd9, 0xec };
    uint8_t got[MAC_SIZE];
    assert_true(mac_hmac((struct slice){ 0 }, (struct slice){ 0 }, got));
    assert_memory_equal(got, wanted, sizeof(wanted));
}

static void sha256_is_of_all_parts(void **state)
{
    (void)state;
    const struct slice whole[] = { SLICE("abc") };
    const struct slice parts[] = { SLICE("a"), { 0 }, SLICE("bc") };
    static const uint8_t wanted[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea };
    uint8_t one[MAC_SIZE];
    uint8_t three[MAC_SIZE];
    assert_true(mac_sha256(whole, COUNT_OF(whole), one));
    assert_true(mac_sha256(parts, COUNT_OF(parts), three));
    assert_memory_equal(one, wanted, sizeof(wanted));
    assert_memory_equal(one, three, sizeof(one));
}

/* The answers of FIPS 180. */
static void sha1_gives_the_known_answers(void **state)
{
    (void)state;
    static const uint8_t abc[] = "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e"
                                 "\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d";
    static const uint8_t empty[] = "\xda\x39\xa3\xee\x5e\x6b\x4b\x0d\x32\x55"
                                   "\xbf\xef\x95\x60\x18\x90\xaf\xd8\x07\x09";
    uint8_t got[MAC_SHA1_SIZE];
    assert_true(mac_sha1(SLICE("abc"), got));
    assert_memory_equal(got, abc, sizeof(got));
    assert_true(mac_sha1(slice_of(NULL, 0), got));
    assert_memory_equal(got, empty, sizeof(got));
}

static void equal_is_length_and_bytes(void **state)
{
    (void)state;
    assert_true(mac_equal((struct slice){ 0 }, SLICE("")));
    assert_true(mac_equal(SLICE("abc"), SLICE("abc")));
    assert_false(mac_equal(SLICE("abc"), SLICE("abd")));
    assert_false(mac_equal(SLICE("abc"), SLICE("bbc")));
    assert_false(mac_equal(SLICE("abc"), SLICE("ab")));
}

static void wiping_reaches_every_byte(void **state)
{
    (void)state;
    static const uint8_t none[5];
    uint8_t bytes[] = { 1, 2, 3, 4, 5 };
    mac_wipe(bytes, sizeof(bytes));
    assert_memory_equal(bytes, none, sizeof(none));
    mac_wipe(NULL, 0);
    struct buf buf = buf_bounded(8);
    mac_wipe_buf(&buf);
    buf_add_text(&buf, "secret");
    mac_wipe_buf(&buf);
    assert_null(buf.ptr);
    assert_int_equal(buf.len, 0);
}

static void hkdf_once(void *context)
{
    uint8_t got[64];
    (void)context;
    (void)!mac_hkdf(SLICE("secret"), SLICE("salt"), SLICE("info"), got, sizeof(got));
}

static void hkdf_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(hkdf_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hkdf_gives_the_known_answers),
        cmocka_unit_test(expansion_gives_at_most_255_blocks),
        cmocka_unit_test(hkdf_is_a_mac_and_an_expansion),
        cmocka_unit_test(hmac_bears_an_empty_key_and_message),
        cmocka_unit_test(sha256_is_of_all_parts),
        cmocka_unit_test(sha1_gives_the_known_answers),
        cmocka_unit_test(equal_is_length_and_bytes),
        cmocka_unit_test(wiping_reaches_every_byte),
        cmocka_unit_test(hkdf_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
