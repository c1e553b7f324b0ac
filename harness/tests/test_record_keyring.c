#include "record/keyring.h"

#include "record/payload.h"
#include "tests/format5.h"
#include "tests/support/support.h"

enum { ROOM = 1024 * 1024 };

#define ONES  "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\""
#define TWOS  "\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\""
#define PAIR  "[" ONES "," TWOS "]"
#define OTHER "[" TWOS "," ONES "]"

static void assert_pair(const struct record_bundle *keys, uint8_t encryption, uint8_t hmac)
{
    for (size_t i = 0; i < RECORD_KEY; i++) {
        assert_int_equal(keys->encryption[i], encryption);
        assert_int_equal(keys->hmac[i], hmac);
    }
}

static void crypto_keys_open_the_records(void **state)
{
    (void)state;
    json_t *file = format5_load();
    const json_t *vector = json_object_get(file, "crypto_keys");
    struct record_bundle keys = format5_bundle(json_object_get(file, "master"));
    struct buf out = buf_bounded(ROOM);
    struct record_keyring *keyring = NULL;
    assert_int_equal(
        record_payload_open(vectors_text(vector, "payload"), &keys, SLICE("keys"), &out),
        RECORD_PAYLOAD_OK);
    assert_null(record_keyring_read(buf_slice(&out), &keyring));
    format5_assert_bundle(record_keyring_find(keyring, SLICE("bookmarks")),
                          json_object_get(file, "default"));
    assert_int_equal(record_keyring_count(keyring), 0);
    record_keyring_free(keyring);
    mac_wipe_buf(&out);
    json_decref(file);
}

static void a_collection_has_its_own_pair_or_the_default_one(void **state)
{
    (void)state;
    struct record_keyring *keyring = NULL;
    assert_null(record_keyring_read(
        SLICE("{\"id\":\"keys\",\"collection\":\"cr\\u0079pto\",\"more\":[{\"default\":1}],"
              "\"collections\":{\"tabs\":" OTHER ",\"b\\u006fokmarks\":" OTHER "},"
              "\"default\":[\"AQ\\u0045BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\"," TWOS "]}"),
        &keyring));
    assert_pair(record_keyring_find(keyring, SLICE("history")), 1, 2);
    assert_pair(record_keyring_find(keyring, SLICE("")), 1, 2);
    assert_pair(record_keyring_find(keyring, SLICE("tabs")), 2, 1);
    assert_pair(record_keyring_find(keyring, SLICE("bookmarks")), 2, 1);
    assert_int_equal(record_keyring_count(keyring), 2);
    assert_slice(record_keyring_name(keyring, 0), "tabs");
    assert_slice(record_keyring_name(keyring, 1), "bookmarks");
    record_keyring_free(keyring);
}

#define WITH(members) "{\"collection\":\"crypto\"," members "}"

static const char *const wrong[] = {
    "",
    "[]",
    "{}",
    "{\"collection\":\"crypto\"}",
    "{\"default\":" PAIR "}",
    "{\"collection\":\"tabs\",\"default\":" PAIR "}",
    "{\"collection\":null,\"default\":" PAIR "}",
    WITH("\"default\":" PAIR) " x",
    WITH("\"default\":" PAIR ",\"default\":" PAIR),
    WITH("\"default\":" PAIR ",\"collection\":\"crypto\""),
    WITH("\"default\":" PAIR ",\"collections\":{},\"collections\":{}"),
    WITH("\"default\":" PAIR ",\"x\":"),
    WITH("\"default\":null"),
    WITH("\"default\":[]"),
    WITH("\"default\":[" ONES "]"),
    WITH("\"default\":[" ONES "," ONES "," ONES "]"),
    WITH("\"default\":{\"0\":" ONES "}"),
    WITH("\"default\":[" ONES ",5]"),
    WITH("\"default\":[" ONES ",\"\"]"),
    WITH("\"default\":[" ONES ",\"AQEBAQEBAQEBAQEBAQEBAQ==\"]"),
    WITH("\"default\":[" ONES ",\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\"]"),
    WITH("\"default\":[" ONES ",\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI\"]"),
    WITH("\"default\":[" ONES ",\"\\ud800\"]"),
    WITH("\"default\":" PAIR ",\"collections\":null"),
    WITH("\"default\":" PAIR ",\"collections\":[]"),
    WITH("\"default\":" PAIR ",\"collections\":{\"tabs\":[]}"),
    WITH("\"default\":" PAIR ",\"collections\":{\"tabs\":{}}"),
    WITH("\"default\":" PAIR ",\"collections\":{\"tabs\":" PAIR ",\"tabs\":" PAIR "}"),
    WITH("\"default\":" PAIR ",\"collections\":{\"\":" PAIR "}"),
    WITH("\"default\":" PAIR ",\"collections\":{\"a/b\":" PAIR "}"),
    WITH("\"default\":" PAIR ",\"collections\":{\"123456789012345678901234567890123\":" PAIR "}"),
    WITH("\"default\":" PAIR ",\"collections\":{\"tabs\":" PAIR),
};

static void what_is_no_keyring_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct record_keyring *keyring = NULL;
        struct support_edge edge = support_edge_of(slice_text(wrong[i]));
        if (record_keyring_read(edge.bytes, &keyring) == NULL)
            fail_msg("%s was taken", wrong[i]);
        assert_null(keyring);
        support_edge_free(&edge);
    }
}

static void collections_are_bounded(void **state)
{
    (void)state;
    for (size_t count = RECORD_KEYRING_MAX; count <= RECORD_KEYRING_MAX + 1; count++) {
        struct buf text = buf_bounded(ROOM);
        struct record_keyring *keyring = NULL;
        buf_add_text(&text, "{\"collection\":\"crypto\",\"default\":" PAIR ",\"collections\":{");
        for (size_t i = 0; i < count; i++)
            (void)buf_add_format(&text, "%s\"c%zu\":" PAIR, i == 0 ? "" : ",", i);
        buf_add_text(&text, "}}");
        assert_false(text.failed);
        bool taken = record_keyring_read(buf_slice(&text), &keyring) == NULL;
        assert_int_equal(taken, count == RECORD_KEYRING_MAX);
        record_keyring_free(keyring);
        buf_free(&text);
    }
}

static void read_once(void *context)
{
    (void)context;
    struct record_keyring *keyring = NULL;
    const char *rule = record_keyring_read(SLICE(WITH("\"default\":" PAIR)), &keyring);
    assert_true((rule == NULL) == (keyring != NULL));
    record_keyring_free(keyring);
}

static void keyrings_survive_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(read_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crypto_keys_open_the_records),
        cmocka_unit_test(a_collection_has_its_own_pair_or_the_default_one),
        cmocka_unit_test(what_is_no_keyring_is_refused),
        cmocka_unit_test(collections_are_bounded),
        cmocka_unit_test(keyrings_survive_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
