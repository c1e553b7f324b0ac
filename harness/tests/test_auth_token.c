#include "auth/token.h"

#include "base/stamp.h"
#include "tests/support/support.h"
#include "tests/vectors.h"

enum { ROOM = 64 * 1024 };

static const struct auth_secrets ours = { .at = { SLICE_INIT("TED KOPPEL IS A ROBOT") },
                                          .count = 1 };
static const int64_t now = INT64_C(1700000000) * STAMP_SECOND;

static const char *const outcomes[] = {
    [AUTH_TOKEN_OK] = "ok",         [AUTH_TOKEN_MALFORMED] = "malformed",
    [AUTH_TOKEN_FORGED] = "forged", [AUTH_TOKEN_EXPIRED] = "expired",
    [AUTH_TOKEN_NOMEM] = "nomem",
};

static void check_vector(const json_t *vector)
{
    const struct auth_secrets secrets = { .at = { vectors_text(vector, "secret") }, .count = 1 };
    struct support_edge text = support_edge_of(vectors_text(vector, "token"));
    int64_t at = json_integer_value(json_object_get(vector, "now")) * STAMP_SECOND;
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened = { .key = "" };
    enum auth_token_err err = auth_token_open(&secrets, text.bytes, at, &scratch, &opened);
    if (!slice_is(vectors_text(vector, "outcome"), outcomes[err]))
        fail_msg("%s: %s", json_string_value(json_object_get(vector, "name")), outcomes[err]);
    assert_true(slice_eq(slice_text(opened.key), vectors_text(vector, "key")));
    struct slice payload = vectors_text(vector, "payload");
    if (payload.len > 0) {
        struct buf minted = buf_bounded(LIMIT_TOKEN);
        assert_true(auth_token_mint_payload(secrets.at[0], payload, &minted));
        assert_true(slice_eq(buf_slice(&minted), text.bytes));
        buf_free(&minted);
    }
    buf_free(&scratch);
    support_edge_free(&text);
}

static void tokens_give_the_known_answers(void **state)
{
    (void)state;
    json_t *file = vectors_load("fixtures/vectors/tokens.json");
    size_t index;
    json_t *vector;
    json_array_foreach(json_object_get(file, "tokens"), index, vector)
    {
        check_vector(vector);
    }
    assert_int_equal(index, 14);
    json_decref(file);
}

/* What the token of that payload, rightly signed, opens to. */
static enum auth_token_err open_payload(const char *payload, struct auth_token *ret_token,
                                        struct buf *scratch)
{
    struct auth_token_opened opened;
    struct buf text = buf_bounded(ROOM);
    assert_true(auth_token_mint_payload(ours.at[0], slice_text(payload), &text));
    enum auth_token_err err = auth_token_open(&ours, buf_slice(&text), now, scratch, &opened);
    if (err == AUTH_TOKEN_OK)
        *ret_token = opened.token;
    buf_free(&text);
    return err;
}

static void minting_writes_what_the_token_server_writes(void **state)
{
    (void)state;
    json_t *file = vectors_load("fixtures/vectors/tokens.json");
    const json_t *first = json_array_get(json_object_get(file, "tokens"), 0);
    struct buf scratch = buf_bounded(ROOM);
    struct buf minted = buf_bounded(LIMIT_TOKEN);
    struct auth_token_opened opened;
    assert_int_equal(auth_token_open(&ours, vectors_text(first, "token"), now, &scratch, &opened),
                     AUTH_TOKEN_OK);
    const struct auth_token token = opened.token;
    assert_int_equal(token.uid, 12345);
    assert_slice(token.node, "https://sync.example.com");
    assert_int_equal(token.expires, INT64_C(1700003600) * STAMP_SECOND);
    assert_slice(token.salt, "a1b2c3");
    assert_slice(token.fxa_uid, "0123456789abcdef0123456789abcdef");
    assert_slice(token.fxa_kid, "0000000001234-qqo");
    assert_slice(token.hashed_fxa_uid, "ffffffffffffffffffffffffffffffff");
    assert_slice(token.hashed_device_id, "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
    assert_true(auth_token_mint(ours.at[0], &token, &minted));
    assert_true(slice_eq(buf_slice(&minted), vectors_text(first, "token")));
    buf_free(&minted);
    buf_free(&scratch);
    json_decref(file);
}

static const struct payload_row {
    const char *payload;
    enum auth_token_err err;
} payload_rows[] = {
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"}", AUTH_TOKEN_OK },
    { "{\"salt\":\"s\",\"new\":{\"a\":[1]},\"expires\":1700000000.5,\"node\":\"n\",\"uid\":0}",
      AUTH_TOKEN_OK },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000000.00,\"salt\":\"s\"}", AUTH_TOKEN_EXPIRED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"expires\":1700000001,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":-1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1.0,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":\"1\",\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":18446744073709551616,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":null,\"expires\":1700000001,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":\"1700000001\",\"salt\":\"s\"}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":2e9,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":-1,\"salt\":\"s\"}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":5}", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"\\ud800\"}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\",\"fxa_uid\":1}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\",\"\\u0075id\":2}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\",\"salt\":\"s\"}",
      AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"} x", AUTH_TOKEN_MALFORMED },
    { "{\"uid\":1,\"node\":\"n\",\"expires\":1700000001,\"salt\":\"s\"", AUTH_TOKEN_MALFORMED },
    { "[]", AUTH_TOKEN_MALFORMED },
    { "", AUTH_TOKEN_MALFORMED },
};

static void payloads_are_read_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(payload_rows); i++) {
        struct buf scratch = buf_bounded(ROOM);
        struct auth_token token;
        enum auth_token_err err = open_payload(payload_rows[i].payload, &token, &scratch);
        if (err != payload_rows[i].err)
            fail_msg("%s: %s", payload_rows[i].payload, outcomes[err]);
        buf_free(&scratch);
    }
}

static void escaped_claims_are_decoded(void **state)
{
    (void)state;
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token token = { 0 };
    buf_add_text(&scratch, "before");
    assert_int_equal(open_payload("{\"\\u0075id\":7,\"node\":\"http:\\/\\/h\",\"expires\":1e1,"
                                  "\"salt\":\"\\u00e9\"}",
                                  &token, &scratch),
                     AUTH_TOKEN_MALFORMED);
    assert_int_equal(open_payload("{\"\\u0075id\":7,\"node\":\"http:\\/\\/h\",\"expires\":"
                                  "1700000000.99,\"salt\":\"\\u00e9\"}",
                                  &token, &scratch),
                     AUTH_TOKEN_OK);
    assert_int_equal(token.uid, 7);
    assert_int_equal(token.expires, now + 99);
    assert_slice(token.node, "http://h");
    assert_slice(token.salt, "\xC3\xA9");
    buf_free(&scratch);
}

static void every_valid_secret_opens_and_the_first_mints(void **state)
{
    (void)state;
    const struct auth_secrets rotated = { .at = { SLICE("new"), SLICE("middle"), SLICE("old") },
                                          .count = 3 };
    const struct auth_token token = {
        .uid = 9, .node = SLICE("n"), .expires = now + 1, .salt = SLICE("s")
    };
    for (size_t i = 0; i < rotated.count; i++) {
        struct buf text = buf_bounded(LIMIT_TOKEN);
        struct buf scratch = buf_bounded(ROOM);
        struct auth_token_opened opened;
        char wanted[AUTH_KEY_TEXT];
        assert_true(auth_token_mint(rotated.at[i], &token, &text));
        assert_true(auth_token_key(rotated.at[i], buf_slice(&text), token.salt, wanted));
        assert_int_equal(auth_token_open(&rotated, buf_slice(&text), now, &scratch, &opened), 0);
        assert_string_equal(opened.key, wanted);
        buf_clear(&scratch);
        assert_int_equal(auth_token_open(&ours, buf_slice(&text), now, &scratch, &opened),
                         AUTH_TOKEN_FORGED);
        buf_free(&text);
        buf_free(&scratch);
    }
}

static void a_token_past_the_bound_is_malformed(void **state)
{
    (void)state;
    struct buf text = buf_bounded(LIMIT_TOKEN + 4);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    while (text.len < LIMIT_TOKEN)
        buf_add_text(&text, "AAAA");
    assert_int_equal(auth_token_open(&ours, buf_slice(&text), now, &scratch, &opened),
                     AUTH_TOKEN_FORGED);
    buf_add_text(&text, "AAAA");
    assert_int_equal(auth_token_open(&ours, buf_slice(&text), now, &scratch, &opened),
                     AUTH_TOKEN_MALFORMED);
    buf_free(&text);
    buf_free(&scratch);
}

static void a_token_of_a_signature_alone_is_malformed(void **state)
{
    (void)state;
    struct buf text = buf_bounded(ROOM);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    for (size_t i = 0; i < 10; i++)
        buf_add_text(&text, "AAAA");
    buf_add_text(&text, "AAA="); /* 32 bytes */
    buf_add_text(&scratch, "before");
    assert_int_equal(auth_token_open(&ours, buf_slice(&text), now, &scratch, &opened),
                     AUTH_TOKEN_MALFORMED);
    buf_free(&text);
    buf_free(&scratch);
}

static void a_claim_that_is_empty_is_left_out(void **state)
{
    (void)state;
    const struct auth_token token = {
        .uid = 1, .node = SLICE("n"), .expires = now, .salt = SLICE("s"), .fxa_uid = SLICE("f")
    };
    struct buf minted = buf_bounded(LIMIT_TOKEN);
    struct buf wanted = buf_bounded(LIMIT_TOKEN);
    assert_true(auth_token_mint(ours.at[0], &token, &minted));
    assert_true(
        auth_token_mint_payload(ours.at[0],
                                SLICE("{\"uid\": 1, \"node\": \"n\", \"expires\": 1700000000, "
                                      "\"fxa_uid\": \"f\", \"salt\": \"s\"}"),
                                &wanted));
    assert_true(slice_eq(buf_slice(&minted), buf_slice(&wanted)));
    buf_free(&minted);
    buf_free(&wanted);
}

static void a_short_token_has_a_key_too(void **state)
{
    (void)state;
    char key[AUTH_KEY_TEXT];
    assert_true(auth_token_key(ours.at[0], SLICE("0123456789012345678901234"), SLICE("s"), key));
}

static void secrets_are_lines(void **state)
{
    (void)state;
    struct auth_secrets secrets = { 0 };
    assert_null(auth_secrets_read(SLICE("# ours\n\n new one \r\nold\n#x\nlast"), &secrets));
    assert_int_equal(secrets.count, 3);
    assert_slice(secrets.at[0], "new one");
    assert_slice(secrets.at[1], "old");
    assert_slice(secrets.at[2], "last");
    assert_non_null(auth_secrets_read(SLICE(""), &secrets));
    assert_non_null(auth_secrets_read(SLICE("\n#only\n"), &secrets));
    assert_null(auth_secrets_read(SLICE("x"), &secrets));
    assert_int_equal(secrets.count, 1);
    assert_null(auth_secrets_read(SLICE("old\r\n"), &secrets));
    assert_slice(secrets.at[0], "old");
    assert_null(auth_secrets_read(SLICE("1\n2\n3\n4\n5\n6\n7\n8\n"), &secrets));
    assert_int_equal(secrets.count, LIMIT_SECRETS);
    assert_non_null(auth_secrets_read(SLICE("1\n2\n3\n4\n5\n6\n7\n8\n9\n"), &secrets));
}

static void mint_and_open(void *context)
{
    (void)context;
    const struct auth_token token = { .uid = 9, .expires = now + 1 };
    struct buf text = buf_bounded(LIMIT_TOKEN);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    if (auth_token_mint(ours.at[0], &token, &text)) {
        enum auth_token_err err = auth_token_open(&ours, buf_slice(&text), now, &scratch, &opened);
        assert_true(err == AUTH_TOKEN_OK || err == AUTH_TOKEN_NOMEM);
    }
    buf_free(&text);
    buf_free(&scratch);
}

static void tokens_survive_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(mint_and_open, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_give_the_known_answers),
        cmocka_unit_test(minting_writes_what_the_token_server_writes),
        cmocka_unit_test(payloads_are_read_strictly),
        cmocka_unit_test(escaped_claims_are_decoded),
        cmocka_unit_test(every_valid_secret_opens_and_the_first_mints),
        cmocka_unit_test(a_token_past_the_bound_is_malformed),
        cmocka_unit_test(a_token_of_a_signature_alone_is_malformed),
        cmocka_unit_test(a_claim_that_is_empty_is_left_out),
        cmocka_unit_test(a_short_token_has_a_key_too),
        cmocka_unit_test(secrets_are_lines),
        cmocka_unit_test(tokens_survive_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
