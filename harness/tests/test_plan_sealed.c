#include "tests/format5.h"
#include "tests/support/support.h"

#include "base/limits.h"
#include "plan/sealed.h"
#include "record/payload.h"
#include "record/scan.h"

static json_t *json_of(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static struct record_bundle read_keys(const char *text)
{
    struct record_bundle keys;
    json_t *value = json_of(text);
    assert_null(plan_keys_read(value, &keys));
    json_decref(value);
    return keys;
}

static void keys_are_a_pair_or_a_master_key(void **state)
{
    (void)state;
    json_t *vectors = format5_load();
    struct record_bundle pair = read_keys(FORMAT5_PAIR), of_master = read_keys(FORMAT5_MASTER);
    format5_assert_bundle(&pair, json_object_get(vectors, "default"));
    format5_assert_bundle(&of_master, json_object_get(vectors, "master"));
    json_decref(vectors);
}

static void what_is_no_keys_is_refused(void **state)
{
    static const char *const wrong[] = {
        "1",
        "null",
        "{}",
        "[]",
        "\"\"",
        "\"{master}\"",
        "\"0001\"",
        "\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g\"",
        "\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00\"",
        "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4=\"]",
        "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4=\",5]",
        "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4=\",\"{key}\"]",
        "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4\",\"eWV0\"]",
        "[\"AAAA\",\"eWV0LWFub3RoZXItc2V0LW9mLTMyLWNoYXJhY3RlcnM=\"]",
        "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4=\","
        "\"eWV0LWFub3RoZXItc2V0LW9mLTMyLWNoYXJhY3RlcnMh\"]",
        "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4=\","
        "\"eWV0LWFub3RoZXItc2V0LW9mLTMyLWNoYXJhY3RlcnM=\","
        "\"eWV0LWFub3RoZXItc2V0LW9mLTMyLWNoYXJhY3RlcnM=\"]",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        json_t *value = json_of(wrong[i]);
        if (plan_keys_wrong(value) == NULL)
            fail_msg("%s is taken for keys", wrong[i]);
        json_decref(value);
    }
    assert_non_null(plan_keys_wrong(NULL));
}

/* The payload, which stands in a JSON string; free with buf_free. */
static struct buf sealed_from(struct plan_scope *scope, const char *operand_text)
{
    struct buf written = buf_bounded(LIMIT_GENERATED), payload = buf_bounded(LIMIT_GENERATED);
    struct plan_expansion expansion = { .scope = scope, .out = &written };
    json_t *operand = json_of(operand_text);
    assert_null(plan_sealed_write(&expansion, operand));
    assert_true(written.len > 2 && written.ptr[0] == '"' && written.ptr[written.len - 1] == '"');
    assert_true(record_scan_unescape(slice_of(written.ptr + 1, written.len - 2), &payload));
    json_decref(operand);
    buf_free(&written);
    return payload;
}

static void assert_opens(const char *operand, const char *keys_text, const char *cleartext)
{
    struct plan_scope *scope = plan_scope_new();
    struct record_bundle keys = read_keys(keys_text);
    struct buf opened = buf_bounded(LIMIT_GENERATED);
    assert_true(scope != NULL && plan_scope_set(scope, "t", SLICE("5.00")));
    struct buf payload = sealed_from(scope, operand), again = sealed_from(scope, operand);
    assert_true(slice_eq(buf_slice(&payload), buf_slice(&again)));
    assert_int_equal(record_payload_decrypt(buf_slice(&payload), &keys, &opened),
                     RECORD_PAYLOAD_OK);
    assert_slice(buf_slice(&opened), cleartext);
    buf_free(&payload);
    buf_free(&again);
    buf_free(&opened);
    plan_scope_free(scope);
}

static void what_is_sealed_opens_to_its_compact_json(void **state)
{
    (void)state;
    assert_opens("{\"keys\":" FORMAT5_PAIR
                 ",\"cleartext\":{\"id\" : \"a\", \"n\": [1, 1.5, null]}}",
                 FORMAT5_PAIR, "{\"id\":\"a\",\"n\":[1,1.5,null]}");
    assert_opens("{\"keys\":" FORMAT5_MASTER ",\"cleartext\":{\"default\":" FORMAT5_PAIR "}}",
                 FORMAT5_MASTER, "{\"default\":" FORMAT5_PAIR "}");
    assert_opens("{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"at\":\"{t + 0.01}\",\"x\":{\"$text\":"
                 "{\"bytes\":3}},\"n\":{\"$number\":\"1.50\"}}}",
                 FORMAT5_PAIR, "{\"at\":\"5.01\",\"x\":\"xxx\",\"n\":1.50}");
    assert_opens("{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"t\":\"h\xC3\xA9 \xE2\x98\x83\"}}",
                 FORMAT5_PAIR, "{\"t\":\"h\xC3\xA9 \xE2\x98\x83\"}");
    assert_opens("{\"keys\":" FORMAT5_PAIR ",\"cleartext\":\"\"}", FORMAT5_PAIR, "\"\"");
}

/* IV and hmac are the last members of a payload: 22 letters and 2 signs of padding, 64 digits. */
static struct slice iv_of(const struct buf *payload)
{
    static const char behind[] = "\",\"hmac\":\"";
    enum { IV_TEXT = 24, TAIL = sizeof(behind) - 1 + 64 + 2 };
    assert_true(payload->len > TAIL + IV_TEXT);
    return slice_head(slice_from(buf_slice(payload), payload->len - TAIL - IV_TEXT), IV_TEXT);
}

static void each_cleartext_and_each_key_has_an_iv_of_its_own(void **state)
{
    static const char *const operands[] = {
        "{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"id\":\"a\"}}",
        "{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"id\":\"b\"}}",
        "{\"keys\":" FORMAT5_MASTER ",\"cleartext\":{\"id\":\"a\"}}",
    };
    struct buf payloads[COUNT_OF(operands)];
    struct plan_scope *scope = plan_scope_new();
    (void)state;
    assert_non_null(scope);
    for (size_t i = 0; i < COUNT_OF(operands); i++)
        payloads[i] = sealed_from(scope, operands[i]);
    for (size_t i = 0; i < COUNT_OF(operands); i++)
        for (size_t j = 0; j < i; j++)
            assert_false(slice_eq(iv_of(&payloads[i]), iv_of(&payloads[j])));
    for (size_t i = 0; i < COUNT_OF(operands); i++)
        buf_free(&payloads[i]);
    plan_scope_free(scope);
}

static void a_cleartext_that_cannot_be_written_is_said(void **state)
{
    static const char *const operands[] = {
        "{\"keys\":" FORMAT5_PAIR ",\"cleartext\":\"{nothing}\"}",
        "{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"$opens\":1}}",
        "{\"keys\":\"\",\"cleartext\":1}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(operands); i++) {
        struct plan_scope *scope = plan_scope_new();
        struct buf out = buf_bounded(LIMIT_GENERATED);
        struct plan_expansion expansion = { .scope = scope, .out = &out };
        json_t *operand = json_of(operands[i]);
        assert_non_null(plan_sealed_write(&expansion, operand));
        assert_int_equal(out.len, 0);
        json_decref(operand);
        buf_free(&out);
        plan_scope_free(scope);
    }
}

static void seal_once(void *context)
{
    struct plan_scope *scope = plan_scope_new();
    struct buf out = buf_bounded(LIMIT_GENERATED);
    if (scope != NULL) {
        const char *wrong = plan_expand_body(scope, PLAN_BODY_JSON, context, &out);
        assert_true(wrong != NULL || out.len > 0);
    }
    buf_free(&out);
    plan_scope_free(scope);
}

static void any_allocation_may_fail(void **state)
{
    static const char *const values[] = {
        "{\"$sealed\":{\"keys\":" FORMAT5_PAIR ",\"cleartext\":{\"a\":\"b\"}}}",
        "{\"$sealed\":{\"keys\":" FORMAT5_MASTER ",\"cleartext\":{\"a\":\"b\"}}}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        json_t *value = json_of(values[i]);
        support_sweep_allocations(seal_once, value);
        json_decref(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_a_pair_or_a_master_key),
        cmocka_unit_test(what_is_no_keys_is_refused),
        cmocka_unit_test(what_is_sealed_opens_to_its_compact_json),
        cmocka_unit_test(each_cleartext_and_each_key_has_an_iv_of_its_own),
        cmocka_unit_test(a_cleartext_that_cannot_be_written_is_said),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
