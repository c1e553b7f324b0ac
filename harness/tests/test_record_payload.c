#include "record/payload.h"

#include "tests/format5.h"
#include "tests/support/support.h"

enum { ROOM = 1024 * 1024 };

static struct record_bundle default_keys(const json_t *file)
{
    return format5_bundle(json_object_get(file, "default"));
}

/* The record opens to its cleartext, and the cleartext seals to its payload. */
static void assert_record(const json_t *record, const struct record_bundle *keys)
{
    struct buf out = buf_bounded(ROOM);
    struct format5_iv iv = format5_iv_of(record);
    struct slice payload = vectors_text(record, "payload");
    struct slice cleartext = vectors_text(record, "cleartext");
    struct support_edge edge = support_edge_of(payload);
    assert_int_equal(record_payload_open(edge.bytes, keys, vectors_text(record, "id"), &out),
                     RECORD_PAYLOAD_OK);
    assert_true(slice_eq(buf_slice(&out), cleartext));
    support_edge_free(&edge);
    buf_clear(&out);
    edge = support_edge_of(cleartext);
    assert_true(record_payload_seal(edge.bytes, keys, &iv.base, &out));
    assert_true(slice_eq(buf_slice(&out), payload));
    support_edge_free(&edge);
    buf_free(&out);
}

static void records_open_and_seal_as_known(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    size_t index;
    json_t *record;
    json_array_foreach(json_object_get(file, "records"), index, record)
        assert_record(record, &keys);
    assert_int_equal(index, 2);
    keys = format5_bundle(json_object_get(file, "master"));
    assert_record(json_object_get(file, "crypto_keys"), &keys);
    json_decref(file);
}

static void the_message_of_the_documents_is_decrypted(void **state)
{
    (void)state;
    json_t *file = format5_load();
    const json_t *vector = json_object_get(file, "documents");
    struct record_bundle keys = format5_bundle(vector);
    struct format5_iv iv = format5_iv_of(vector);
    struct buf payload = buf_bounded(ROOM);
    struct buf out = buf_bounded(ROOM);
    assert_true(record_payload_seal(vectors_text(vector, "cleartext"), &keys, &iv.base, &payload));
    assert_true(slice_search(buf_slice(&payload), vectors_text(vector, "ciphertext")) <
                payload.len);
    assert_true(slice_search(buf_slice(&payload), vectors_text(vector, "hmac")) < payload.len);
    assert_int_equal(record_payload_decrypt(buf_slice(&payload), &keys, &out), RECORD_PAYLOAD_OK);
    assert_slice(buf_slice(&out), "SECRET MESSAGE");
    buf_clear(&out);
    assert_int_equal(record_payload_open(buf_slice(&payload), &keys, SLICE(""), &out),
                     RECORD_PAYLOAD_CLEARTEXT); /* it is no JSON object */
    assert_int_equal(out.len, 0);
    buf_free(&payload);
    buf_free(&out);
    json_decref(file);
}

static void each_wrong_payload_is_refused_at_its_step(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    size_t index;
    json_t *vector;
    static char before[4096]; /* with little room behind it */
    memset(before, 'b', sizeof(before) - 1);
    json_array_foreach(json_object_get(file, "refused"), index, vector)
    {
        struct buf out = buf_bounded(sizeof(before) + 100);
        buf_add_text(&out, before);
        enum record_payload_err err = record_payload_open(vectors_text(vector, "payload"), &keys,
                                                          SLICE("GJN0ojnlXXhU"), &out);
        assert_slice(vectors_text(vector, "step"), record_payload_step(err));
        assert_slice(buf_slice(&out), before);
        buf_free(&out);
    }
    assert_int_equal(index, 8);
    json_decref(file);
}

static void a_cleartext_of_another_record_is_refused(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    const json_t *record = json_object_get(file, "other_id");
    struct slice payload = vectors_text(record, "payload");
    struct buf out = buf_bounded(ROOM);
    assert_int_equal(record_payload_open(payload, &keys, vectors_text(record, "id"), &out),
                     RECORD_PAYLOAD_ID);
    assert_int_equal(out.len, 0);
    assert_int_equal(record_payload_open(payload, &keys, SLICE("0123456"), &out),
                     RECORD_PAYLOAD_OK);
    assert_true(slice_eq(buf_slice(&out), vectors_text(record, "cleartext")));
    buf_free(&out);
    json_decref(file);
}

/* Whatever bit of the ciphertext's text is flipped, the HMAC says no, so that nothing is
 * decrypted; and with other keys none opens. */
static void no_changed_ciphertext_passes_the_hmac(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    struct record_bundle other = keys;
    other.hmac[31] ^= 1;
    struct slice payload =
        vectors_text(json_array_get(json_object_get(file, "records"), 0), "payload");
    struct buf out = buf_bounded(ROOM);
    struct buf changed = buf_bounded(payload.len);
    assert_int_equal(record_payload_open(payload, &other, SLICE(""), &out), RECORD_PAYLOAD_HMAC);
    buf_add(&changed, payload);
    size_t from = sizeof("{\"ciphertext\":\"") - 1;
    size_t to = slice_search(payload, SLICE("\",\"IV\""));
    for (size_t bit = 8 * from; bit < 8 * to; bit++) {
        changed.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
        enum record_payload_err err =
            record_payload_open(buf_slice(&changed), &keys, SLICE(""), &out);
        assert_true(err == RECORD_PAYLOAD_HMAC || err == RECORD_PAYLOAD_SHAPE);
        changed.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(out.len, 0);
    buf_free(&changed);
    buf_free(&out);
    json_decref(file);
}

static void another_encryption_key_is_no_matter_of_the_hmac(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    keys.encryption[0] ^= 1;
    struct buf out = buf_bounded(ROOM);
    enum record_payload_err err = record_payload_open(
        vectors_text(json_array_get(json_object_get(file, "records"), 0), "payload"), &keys,
        SLICE(""), &out);
    assert_true(err == RECORD_PAYLOAD_PADDING || err == RECORD_PAYLOAD_CLEARTEXT);
    assert_int_equal(out.len, 0);
    buf_free(&out);
    json_decref(file);
}

static void every_length_opens_as_it_was_sealed(void **state)
{
    (void)state;
    struct record_bundle keys;
    assert_true(record_bundle_of_master(SLICE("master"), &keys));
    struct rng_seeded rng = rng_seeded_with(1);
    struct buf text = buf_bounded(ROOM);
    for (size_t len = 0; len < 100; len++) {
        struct buf payload = buf_bounded(ROOM);
        struct buf out = buf_bounded(ROOM);
        assert_true(record_payload_seal(buf_slice(&text), &keys, &rng.base, &payload));
        assert_int_equal(record_payload_decrypt(buf_slice(&payload), &keys, &out),
                         RECORD_PAYLOAD_OK);
        assert_true(slice_eq(buf_slice(&out), buf_slice(&text)));
        buf_add_byte(&text, (uint8_t)(len * 37 + 1));
        buf_free(&payload);
        buf_free(&out);
    }
    buf_free(&text);
}

#define CIPHERTEXT                                                                                 \
    "\"ciphertext\":\"T9VUOdm3VMcq2LALY3E4Nmab3odhCSSnHWgDmfeIaAvOsi/FQdUDdDw2HfjCIOyu\""
#define IV   "\"IV\":\"EBESExQVFhcYGRobHB0eHw==\""
#define HMAC "\"hmac\":\"b88675415bc870c9e8a300e1c1ffec5dbc5c98231b0d486f35c1e4e57bcc480c\""

/* Made by the pair `default` of the vectors. */
static const struct {
    const char *payload;
    enum record_payload_err err;
} shapes[] = {
    { "{" CIPHERTEXT "," IV "," HMAC "}", RECORD_PAYLOAD_OK },
    { " {\n" HMAC " , " IV ",\t" CIPHERTEXT " } ", RECORD_PAYLOAD_OK },
    { "{" CIPHERTEXT "," IV "," HMAC ",\"_id\":[{\"hmac\":1}],\"iv\":null}", RECORD_PAYLOAD_OK },
    { "{\"\\u0063iphertext\":\"\\u00549VUOdm3VMcq2LALY3E4Nmab3odhCSSnHWgDmfeIaAvOsi\\/"
      "FQdUDdDw2HfjCIOyu\",\"IV\":\"\\u0045BESExQVFhcYGRobHB0eHw==\"," HMAC "}",
      RECORD_PAYLOAD_OK },
    { "", RECORD_PAYLOAD_SHAPE },
    { "SECRET", RECORD_PAYLOAD_SHAPE },
    { "[" HMAC "]", RECORD_PAYLOAD_SHAPE },
    { "[]", RECORD_PAYLOAD_SHAPE },
    { "{}", RECORD_PAYLOAD_SHAPE },
    { "{", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV "}", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," HMAC "}", RECORD_PAYLOAD_SHAPE },
    { "{" IV "," HMAC "}", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV "," HMAC "," HMAC "}", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV "," HMAC "} x", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV "," HMAC, RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV "," HMAC ",\"x\":{]}", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV ",\"hmac\":5}", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV ",\"hmac\":\"\\ud800\"}", RECORD_PAYLOAD_SHAPE },
    { "{" CIPHERTEXT "," IV ",\"hmac\":\"\"}", RECORD_PAYLOAD_HMAC },
    { "{" CIPHERTEXT ",\"IV\":\"\"," HMAC "}", RECORD_PAYLOAD_ENCODING },
    { "{" CIPHERTEXT ",\"IV\":\"EBESExQVFhcYGRobHB0e\"," HMAC "}", RECORD_PAYLOAD_ENCODING },
    { "{" CIPHERTEXT ",\"IV\":\"EBESExQVFhcYGRobHB0eHx8=\"," HMAC "}", RECORD_PAYLOAD_ENCODING },
    { "{" CIPHERTEXT ",\"IV\":\"EBESExQVFhcYGRobHB0eHw\"," HMAC "}", RECORD_PAYLOAD_ENCODING },
    { "{" CIPHERTEXT ",\"IV\":\"EBESExQVFhcYGRobHB0eHx==\"," HMAC "}", RECORD_PAYLOAD_ENCODING },
};

static void the_shape_of_a_payload_is_strict(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct buf out = buf_bounded(ROOM);
        struct support_edge edge = support_edge_of(slice_text(shapes[i].payload));
        enum record_payload_err err = record_payload_open(edge.bytes, &keys, SLICE(""), &out);
        if (err != shapes[i].err)
            fail_msg("%s: %s", shapes[i].payload, record_payload_step(err));
        support_edge_free(&edge);
        buf_free(&out);
    }
    json_decref(file);
}

/* Payloads with a right HMAC over a ciphertext that cannot be decrypted. */
static void ciphertext_is_whole_blocks_in_base64(void **state)
{
    (void)state;
    static const char *const wrong[] = { "",
                                         "=",
                                         "AAAA",
                                         "AAAAAAAAAAAAAAAAAAAAAA",
                                         "AAAAAAAAAAAAAAAAAAAA_A==",
                                         "AAAAAAAAAAAAAAAAAAAAAAA=" };
    static const struct record_bundle keys;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        uint8_t mac[MAC_SIZE];
        struct buf payload = buf_bounded(ROOM);
        struct buf out = buf_bounded(ROOM);
        assert_true(mac_hmac(slice_of(keys.hmac, sizeof(keys.hmac)), slice_text(wrong[i]), mac));
        (void)buf_add_format(&payload, "{\"ciphertext\":\"%s\"," IV ",\"hmac\":\"", wrong[i]);
        for (size_t k = 0; k < sizeof(mac); k++)
            (void)buf_add_format(&payload, "%02x", mac[k]);
        buf_add_text(&payload, "\"}");
        assert_int_equal(record_payload_open(buf_slice(&payload), &keys, SLICE(""), &out),
                         RECORD_PAYLOAD_ENCODING);
        assert_int_equal(out.len, 0);
        buf_free(&payload);
        buf_free(&out);
    }
}

static const struct {
    const char *cleartext, *id;
    enum record_payload_err err;
    bool deleted;
} cleartexts[] = {
    { "{}", "a", RECORD_PAYLOAD_OK, false },
    { "{\"id\":\"a\"}", "a", RECORD_PAYLOAD_OK, false },
    { "{\"id\":\"a\",\"deleted\":true}", "a", RECORD_PAYLOAD_OK, true },
    { "{\"deleted\":\"true\"}", "a", RECORD_PAYLOAD_OK, false },
    { "{\"x\":true}", "a", RECORD_PAYLOAD_OK, false },
    { "{\"x\":{\"id\":\"b\",\"deleted\":true}}", "a", RECORD_PAYLOAD_OK, false },
    { "{\"\\u0069d\":\"\\u0061\"}", "a", RECORD_PAYLOAD_OK, false },
    { "{\"id\":\"b\"}", "", RECORD_PAYLOAD_OK, false },
    { "{\"id\":\"b\"}", "a", RECORD_PAYLOAD_ID, false },
    { "{\"id\":\"aa\"}", "a", RECORD_PAYLOAD_ID, false },
    { "{\"id\":\"\"}", "a", RECORD_PAYLOAD_ID, false },
    { "{\"id\":5}", "5", RECORD_PAYLOAD_ID, false },
    { "{\"id\":{}}", "a", RECORD_PAYLOAD_ID, false },
    { "{\"id\":\"a\",\"id\":\"b\"}", "a", RECORD_PAYLOAD_ID, false },
    { "{\"id\":\"b\",\"id\":\"a\"}", "a", RECORD_PAYLOAD_ID, false },
    { "{\"id\":\"b\"", "a", RECORD_PAYLOAD_CLEARTEXT, false },
    { "{\"id\":\"a\"} {}", "a", RECORD_PAYLOAD_CLEARTEXT, false },
    { "{\"a\":\"\xff\"}", "a", RECORD_PAYLOAD_CLEARTEXT, false },
    { "\xef\xbb\xbf{}", "a", RECORD_PAYLOAD_CLEARTEXT, false },
    { "[]", "a", RECORD_PAYLOAD_CLEARTEXT, false },
    { "\"a\"", "a", RECORD_PAYLOAD_CLEARTEXT, false },
    { "", "a", RECORD_PAYLOAD_CLEARTEXT, false },
};

static void cleartexts_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cleartexts); i++) {
        bool deleted = false;
        struct support_edge edge = support_edge_of(slice_text(cleartexts[i].cleartext));
        enum record_payload_err err =
            record_cleartext_check(edge.bytes, slice_text(cleartexts[i].id), &deleted);
        if (err != cleartexts[i].err || deleted != cleartexts[i].deleted)
            fail_msg("%s: %s", cleartexts[i].cleartext, record_payload_step(err));
        support_edge_free(&edge);
    }
}

static void every_step_has_a_name_and_a_reason(void **state)
{
    (void)state;
    for (int err = RECORD_PAYLOAD_OK; err <= RECORD_PAYLOAD_NOMEM; err++) {
        assert_non_null(record_payload_step((enum record_payload_err)err));
        assert_non_null(record_payload_reason((enum record_payload_err)err));
    }
}

/* Where ${out} has room, what is decrypted never moves, and an error leaves none of it. */
static void a_refused_cleartext_is_wiped(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    const json_t *record = json_object_get(file, "other_id");
    struct slice payload = vectors_text(record, "payload");
    struct buf out = buf_bounded(ROOM);
    assert_true(buf_reserve(&out, payload.len));
    const uint8_t *place = out.ptr;
    assert_int_equal(record_payload_open(payload, &keys, SLICE("another"), &out),
                     RECORD_PAYLOAD_ID);
    assert_ptr_equal(out.ptr, place);
    assert_true(slice_search(slice_of(place, payload.len), SLICE("0123456")) == payload.len);
    buf_free(&out);
    json_decref(file);
}

static void without_memory_once(void *context)
{
    static const char escaped[] =
        "{\"ciphertext\":\"\\u00549VUOdm3VMcq2LALY3E4Nmab3odhCSSnHWgDmfeIaAvOsi/"
        "FQdUDdDw2HfjCIOyu\"," IV "," HMAC "}";
    const struct record_bundle *keys = context;
    struct rng_seeded rng = rng_seeded_with(1);
    struct buf payload = buf_bounded(ROOM);
    struct buf out = buf_bounded(ROOM);
    enum record_payload_err err = record_payload_open(slice_text(escaped), keys, SLICE(""), &out);
    assert_true(err == RECORD_PAYLOAD_OK || err == RECORD_PAYLOAD_NOMEM);
    buf_free(&out);
    if (record_payload_seal(SLICE("{}"), keys, &rng.base, &payload)) {
        out = buf_bounded(ROOM);
        err = record_payload_open(buf_slice(&payload), keys, SLICE(""), &out);
        assert_true(err == RECORD_PAYLOAD_OK || err == RECORD_PAYLOAD_NOMEM);
    } else {
        assert_int_equal(payload.len, 0);
    }
    buf_free(&payload);
    buf_free(&out);
}

static void payloads_survive_without_memory(void **state)
{
    (void)state;
    json_t *file = format5_load();
    struct record_bundle keys = default_keys(file);
    json_decref(file);
    support_sweep_allocations(without_memory_once, &keys);
}

static void a_full_buffer_takes_no_half_payload(void **state)
{
    (void)state;
    static const struct record_bundle keys;
    struct rng_seeded rng = rng_seeded_with(1);
    for (size_t ceiling = 0; ceiling < 160; ceiling++) {
        struct buf out = buf_bounded(ceiling);
        if (!record_payload_seal(SLICE("{}"), &keys, &rng.base, &out))
            assert_int_equal(out.len, 0);
        else
            assert_int_equal(out.len, 147); /* of which 24 are one block, 24 the IV, 64 the HMAC */
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_open_and_seal_as_known),
        cmocka_unit_test(the_message_of_the_documents_is_decrypted),
        cmocka_unit_test(each_wrong_payload_is_refused_at_its_step),
        cmocka_unit_test(a_cleartext_of_another_record_is_refused),
        cmocka_unit_test(no_changed_ciphertext_passes_the_hmac),
        cmocka_unit_test(another_encryption_key_is_no_matter_of_the_hmac),
        cmocka_unit_test(every_length_opens_as_it_was_sealed),
        cmocka_unit_test(the_shape_of_a_payload_is_strict),
        cmocka_unit_test(ciphertext_is_whole_blocks_in_base64),
        cmocka_unit_test(cleartexts_are_checked),
        cmocka_unit_test(every_step_has_a_name_and_a_reason),
        cmocka_unit_test(a_refused_cleartext_is_wiped),
        cmocka_unit_test(payloads_survive_without_memory),
        cmocka_unit_test(a_full_buffer_takes_no_half_payload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
