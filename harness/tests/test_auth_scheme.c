#include "auth/scheme.h"

#include "auth/cache.h"
#include "auth/hawk.h"
#include "base/alloc.h"
#include "base/stamp.h"
#include "tests/support/support.h"

#include <stdio.h>

static const int64_t now = INT64_C(1700000000) * STAMP_SECOND;
static const struct slice secret = SLICE_INIT("the secret");
static const struct slice node = SLICE_INIT("https://sync.example.com");

/* One request, and what a test changes about it. */
struct sent {
    const char *method, *target, *ts, *nonce, *host;
    const char *content_type, *body, *hashed_body; /* hashed_body NULL: no hash is sent */
    const char *signed_method, *signed_target;     /* NULL: as sent */
    struct slice secret, node;
    uint16_t port;
    int64_t expires;
    uint64_t uid;
};

static struct sent usual(void)
{
    return (struct sent){ .method = "PUT",
                          .target = "/1.5/7/storage/tabs/a?x=%41",
                          .ts = "1700000000",
                          .nonce = "n",
                          .host = "sync.example.com",
                          .content_type = "application/json; charset=utf-8",
                          .body = "{}",
                          .secret = secret,
                          .node = node,
                          .port = 443,
                          .expires = now + 1,
                          .uid = 7 };
}

static struct auth_scheme *scheme_with(uint32_t skew, size_t nonces)
{
    const struct auth_hawk_config config = {
        .secrets = { .at = { SLICE("the next secret"), secret }, .count = 2 },
        .node = node,
        .skew = skew,
        .nonces = nonces,
    };
    return auth_hawk_scheme_new(&config);
}

static bool write_header(const struct sent *sent, struct buf *header)
{
    char key[AUTH_KEY_TEXT];
    char hash[AUTH_MAC_TEXT] = "";
    struct buf text = buf_bounded(LIMIT_TOKEN);
    const struct auth_token token = {
        .uid = sent->uid, .node = sent->node, .expires = sent->expires, .salt = SLICE("salt")
    };
    bool ok =
        auth_token_mint(sent->secret, &token, &text) &&
        auth_token_key(sent->secret, buf_slice(&text), token.salt, key) &&
        (sent->hashed_body == NULL || auth_hawk_payload_hash(slice_text(sent->content_type),
                                                             slice_text(sent->hashed_body), hash));
    const struct auth_hawk_input input = {
        .ts = slice_text(sent->ts),
        .nonce = slice_text(sent->nonce),
        .method = slice_text(sent->signed_method != NULL ? sent->signed_method : sent->method),
        .target = slice_text(sent->signed_target != NULL ? sent->signed_target : sent->target),
        .host = slice_text(sent->host),
        .port = sent->port,
        .hash = slice_text(hash),
    };
    ok = ok && auth_hawk_sign(buf_slice(&text), slice_text(key), &input, header);
    buf_free(&text);
    return ok;
}

static enum auth_result check_with(struct auth_scheme *scheme, const struct sent *sent,
                                   struct slice header, struct auth_identity *identity)
{
    const struct http_field fields[] = { { SLICE("content-type"), slice_text(sent->content_type) },
                                         { SLICE("authorization"), header } };
    const struct http_request request = { .method_text = slice_text(sent->method),
                                          .target = SLICE("/not/looked/at"),
                                          .fields = { fields, header.ptr == NULL ? 1 : 2 },
                                          .body = slice_text(sent->body) };
    const struct auth_origin origin = { .host = SLICE("Sync.Example.COM"),
                                        .port = 443,
                                        .target = slice_text(sent->target) };
    return auth_check(scheme, &request, &origin, now, identity);
}

static enum auth_result check(struct auth_scheme *scheme, struct sent sent)
{
    struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    struct auth_identity identity = { .uid = UINT64_MAX };
    assert_true(write_header(&sent, &header));
    enum auth_result result = check_with(scheme, &sent, buf_slice(&header), &identity);
    bool known = result == AUTH_OK || result == AUTH_EXPIRED;
    assert_int_equal(identity.uid, known ? sent.uid : UINT64_MAX);
    buf_free(&header);
    return result;
}

static void a_signed_request_is_its_users(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    struct sent sent = usual();
    assert_int_equal(check(scheme, sent), AUTH_OK);
    assert_int_equal(check(scheme, sent), AUTH_OK); /* from the cache, and replays are accepted */
    sent.uid = 8;
    assert_int_equal(check(scheme, sent), AUTH_OK);
    sent.secret = SLICE("the next secret");
    assert_int_equal(check(scheme, sent), AUTH_OK);
    sent.ts = "1";
    assert_int_equal(check(scheme, sent), AUTH_OK); /* ts is not compared */
    auth_scheme_free(scheme);
}

static void the_mac_covers_the_request(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    struct sent sent = usual();
    sent.signed_method = "GET";
    assert_int_equal(check(scheme, sent), AUTH_BAD_MAC);
    sent = usual();
    sent.signed_target = "/1.5/7/storage/tabs/a?x=A";
    assert_int_equal(check(scheme, sent), AUTH_BAD_MAC);
    sent = usual();
    sent.host = "sync.example.org";
    assert_int_equal(check(scheme, sent), AUTH_BAD_MAC);
    sent = usual();
    sent.port = 80;
    assert_int_equal(check(scheme, sent), AUTH_BAD_MAC);
    assert_int_equal(check(scheme, usual()), AUTH_OK);
    auth_scheme_free(scheme);
}

static void a_changed_byte_of_the_header_is_refused(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(60, 100);
    struct sent sent = usual();
    struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    struct auth_identity identity = { 0 };
    sent.hashed_body = sent.body;
    assert_true(write_header(&sent, &header));
    for (size_t i = 5; i < header.len; i++) {
        header.ptr[i] ^= 1;
        assert_int_not_equal(check_with(scheme, &sent, buf_slice(&header), &identity), AUTH_OK);
        header.ptr[i] ^= 1;
    }
    assert_int_equal(check_with(scheme, &sent, buf_slice(&header), &identity), AUTH_OK);
    buf_free(&header);
    auth_scheme_free(scheme);
}

static void a_payload_hash_counts_when_it_is_sent(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    struct sent sent = usual();
    sent.hashed_body = sent.body;
    assert_int_equal(check(scheme, sent), AUTH_OK);
    sent.hashed_body = "{ }";
    assert_int_equal(check(scheme, sent), AUTH_BAD_HASH);
    auth_scheme_free(scheme);
}

static void tokens_of_others_are_refused(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    struct sent sent = usual();
    sent.secret = SLICE("another secret");
    assert_int_equal(check(scheme, sent), AUTH_BAD_TOKEN);
    sent = usual();
    sent.node = SLICE("https://elsewhere.example.com");
    assert_int_equal(check(scheme, sent), AUTH_WRONG_NODE);
    sent.expires = now;
    assert_int_equal(check(scheme, sent), AUTH_WRONG_NODE);
    auth_scheme_free(scheme);
}

static void an_expired_token_still_says_whose_it_is(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(60, 100);
    struct sent sent = usual();
    sent.expires = now;
    assert_int_equal(check(scheme, sent), AUTH_EXPIRED);
    assert_int_equal(check(scheme, sent), AUTH_REPLAYED);
    sent.nonce = "m";
    sent.signed_method = "GET";
    assert_int_equal(check(scheme, sent), AUTH_BAD_MAC); /* no identity for this one */
    auth_scheme_free(scheme);
}

static void a_kept_token_expires_all_the_same(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    const struct sent sent = usual();
    struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    struct auth_identity identity;
    assert_true(write_header(&sent, &header));
    const struct http_field fields[] = { { SLICE("Authorization"), buf_slice(&header) } };
    const struct http_request request = { .method_text = slice_text(sent.method),
                                          .fields = { fields, 1 } };
    const struct auth_origin origin = { .host = slice_text(sent.host),
                                        .port = 443,
                                        .target = slice_text(sent.target) };
    assert_int_equal(auth_check(scheme, &request, &origin, now, &identity), AUTH_OK);
    assert_int_equal(auth_check(scheme, &request, &origin, now + 1, &identity), AUTH_EXPIRED);
    assert_int_equal(auth_check(scheme, &request, &origin, now, &identity), AUTH_OK);
    buf_free(&header);
    auth_scheme_free(scheme);
}

static void the_skew_is_inclusive(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(60, 0);
    static const struct {
        const char *ts;
        enum auth_result result;
    } rows[] = {
        { "1699999939", AUTH_SKEWED }, { "1699999940", AUTH_OK },
        { "1700000060", AUTH_OK },     { "1700000061", AUTH_SKEWED },
        { "0", AUTH_SKEWED },          { "18446744073709551615", AUTH_SKEWED },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sent sent = usual();
        sent.ts = rows[i].ts;
        assert_int_equal(check(scheme, sent), rows[i].result);
    }
    auth_scheme_free(scheme);
}

static void replays_are_refused_with_and_without_a_skew(void **state)
{
    (void)state;
    for (uint32_t skew = 0; skew <= 60; skew += 60) {
        struct auth_scheme *scheme = scheme_with(skew, 2);
        struct sent sent = usual();
        assert_int_equal(check(scheme, sent), AUTH_OK);
        assert_int_equal(check(scheme, sent), AUTH_REPLAYED);
        sent.ts = "1700000001";
        assert_int_equal(check(scheme, sent), AUTH_OK);
        sent.nonce = "m";
        assert_int_equal(check(scheme, sent), AUTH_BUSY);
        auth_scheme_free(scheme);
    }
}

static void without_a_skew_nonces_are_kept_until_the_token_expires(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 1);
    struct sent sent = usual();
    sent.ts = "1";
    assert_int_equal(check(scheme, sent), AUTH_OK);
    sent.nonce = "m";
    assert_int_equal(check(scheme, sent), AUTH_BUSY); /* however old ts is */
    auth_scheme_free(scheme);
}

static void ts_and_nonce_are_two_things_without_a_skew(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 10);
    struct sent sent = usual();
    sent.ts = "12";
    sent.nonce = "3";
    assert_int_equal(check(scheme, sent), AUTH_OK);
    sent.ts = "1";
    sent.nonce = "23";
    assert_int_equal(check(scheme, sent), AUTH_OK);
    auth_scheme_free(scheme);
}

static void a_skew_of_one_second_is_one(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(1, 0);
    struct sent sent = usual();
    sent.ts = "1700000001";
    assert_int_equal(check(scheme, sent), AUTH_OK);
    sent.ts = "1700000002";
    assert_int_equal(check(scheme, sent), AUTH_SKEWED);
    auth_scheme_free(scheme);
}

static void a_nonce_is_noted_only_once_the_mac_held(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(60, 1);
    struct sent sent = usual();
    sent.signed_method = "GET";
    assert_int_equal(check(scheme, sent), AUTH_BAD_MAC);
    assert_int_equal(check(scheme, usual()), AUTH_OK);
    auth_scheme_free(scheme);
}

static void headers_that_are_not_ours_are_told_apart(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    const struct sent sent = usual();
    struct auth_identity identity;
    assert_int_equal(check_with(scheme, &sent, (struct slice){ 0 }, &identity), AUTH_MISSING);
    assert_int_equal(check_with(scheme, &sent, SLICE("Basic QTpC"), &identity), AUTH_MISSING);
    assert_int_equal(check_with(scheme, &sent, SLICE(""), &identity), AUTH_MISSING);
    assert_int_equal(check_with(scheme, &sent, SLICE("Hawk"), &identity), AUTH_MALFORMED);
    assert_int_equal(check_with(scheme, &sent, SLICE("Hawk id=\"x\""), &identity), AUTH_MALFORMED);
    assert_int_equal(check_with(scheme, &sent,
                                SLICE("Hawk id=\"x\", ts=\"1\", nonce=\"n\", mac=\"m\""),
                                &identity),
                     AUTH_BAD_TOKEN);
    auth_scheme_free(scheme);
}

static void two_authorization_headers_are_malformed(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    const struct sent sent = usual();
    struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    struct auth_identity identity;
    assert_true(write_header(&sent, &header));
    const struct http_field fields[] = { { SLICE("Authorization"), buf_slice(&header) },
                                         { SLICE("Authorization"), buf_slice(&header) } };
    const struct http_request request = { .method_text = slice_text(sent.method),
                                          .fields = { fields, 2 } };
    const struct auth_origin origin = { .host = slice_text(sent.host),
                                        .port = 443,
                                        .target = slice_text(sent.target) };
    assert_int_equal(auth_check(scheme, &request, &origin, now, &identity), AUTH_MALFORMED);
    buf_free(&header);
    auth_scheme_free(scheme);
}

static void more_tokens_than_the_cache_holds_all_work(void **state)
{
    (void)state;
    struct auth_scheme *scheme = scheme_with(0, 0);
    for (int round = 0; round < 2; round++) {
        for (uint64_t uid = 0; uid < AUTH_CACHE_TOKENS + 100; uid++) {
            struct sent sent = usual();
            sent.uid = uid;
            assert_int_equal(check(scheme, sent), AUTH_OK);
        }
    }
    auth_scheme_free(scheme);
}

static void a_token_is_opened_once(void **state)
{
    (void)state;
    const struct auth_secrets secrets = { .at = { secret }, .count = 1 };
    const struct auth_token token = { .uid = 5, .node = node, .expires = now };
    struct buf text = buf_bounded(LIMIT_TOKEN);
    struct auth_cache *cache = auth_cache_new(&secrets, node);
    const struct auth_opened *first;
    const struct auth_opened *again;
    assert_true(auth_token_mint(secret, &token, &text));
    assert_int_equal(auth_cache_open(cache, buf_slice(&text), &first), AUTH_TOKEN_OK);
    int64_t live = alloc_live();
    assert_int_equal(auth_cache_open(cache, buf_slice(&text), &again), AUTH_TOKEN_OK);
    assert_ptr_equal(first, again);
    assert_int_equal(alloc_live(), live);
    assert_int_equal(first->uid, 5);
    assert_true(first->right_node);
    text.ptr[0] ^= 1;
    assert_int_equal(auth_cache_open(cache, buf_slice(&text), &again), AUTH_TOKEN_FORGED);
    auth_cache_free(cache);
    buf_free(&text);
}

static void a_cache_has_its_own_copy_of_as_many_secrets_as_may_be(void **state)
{
    (void)state;
    uint8_t letters[LIMIT_SECRETS];
    struct auth_secrets secrets = { .count = LIMIT_SECRETS };
    for (size_t i = 0; i < LIMIT_SECRETS; i++) {
        letters[i] = (uint8_t)('A' + i);
        secrets.at[i] = slice_of(&letters[i], 1);
    }
    struct auth_cache *cache = auth_cache_new(&secrets, (struct slice){ 0 });
    assert_non_null(cache);
    memset(letters, 'x', sizeof(letters));
    for (size_t i = 0; i < LIMIT_SECRETS; i++) {
        const uint8_t letter = (uint8_t)('A' + i);
        const struct auth_token token = { .uid = i, .node = node, .expires = now };
        const struct auth_opened *opened;
        struct buf text = buf_bounded(LIMIT_TOKEN);
        assert_true(auth_token_mint(slice_of(&letter, 1), &token, &text));
        assert_int_equal(auth_cache_open(cache, buf_slice(&text), &opened), AUTH_TOKEN_OK);
        assert_true(opened->uid == i && opened->right_node);
        buf_free(&text);
    }
    auth_cache_free(cache);
}

static void every_result_has_a_text(void **state)
{
    (void)state;
    assert_string_equal(auth_result_text(AUTH_RESULTS), "unknown");
    for (int result = AUTH_OK; result <= AUTH_BUSY; result++) {
        assert_non_null(auth_result_text((enum auth_result)result));
        for (int other = AUTH_OK; other < result; other++)
            assert_string_not_equal(auth_result_text((enum auth_result)result),
                                    auth_result_text((enum auth_result)other));
    }
}

static void check_once(void *context)
{
    const struct sent *sent = context;
    struct auth_scheme *scheme = scheme_with(60, 1);
    struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    struct auth_identity identity;
    if (scheme != NULL && write_header(sent, &header)) {
        enum auth_result result = check_with(scheme, sent, buf_slice(&header), &identity);
        assert_true(result == AUTH_OK || result == AUTH_BUSY);
        if (result == AUTH_OK)
            assert_int_not_equal(check_with(scheme, sent, buf_slice(&header), &identity), AUTH_OK);
    }
    buf_free(&header);
    auth_scheme_free(scheme);
}

static void the_scheme_survives_without_memory(void **state)
{
    (void)state;
    struct sent sent = usual();
    sent.hashed_body = sent.body;
    support_sweep_allocations(check_once, &sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_request_is_its_users),
        cmocka_unit_test(the_mac_covers_the_request),
        cmocka_unit_test(a_changed_byte_of_the_header_is_refused),
        cmocka_unit_test(a_payload_hash_counts_when_it_is_sent),
        cmocka_unit_test(tokens_of_others_are_refused),
        cmocka_unit_test(an_expired_token_still_says_whose_it_is),
        cmocka_unit_test(a_kept_token_expires_all_the_same),
        cmocka_unit_test(the_skew_is_inclusive),
        cmocka_unit_test(replays_are_refused_with_and_without_a_skew),
        cmocka_unit_test(without_a_skew_nonces_are_kept_until_the_token_expires),
        cmocka_unit_test(ts_and_nonce_are_two_things_without_a_skew),
        cmocka_unit_test(a_skew_of_one_second_is_one),
        cmocka_unit_test(a_nonce_is_noted_only_once_the_mac_held),
        cmocka_unit_test(headers_that_are_not_ours_are_told_apart),
        cmocka_unit_test(two_authorization_headers_are_malformed),
        cmocka_unit_test(more_tokens_than_the_cache_holds_all_work),
        cmocka_unit_test(a_token_is_opened_once),
        cmocka_unit_test(a_cache_has_its_own_copy_of_as_many_secrets_as_may_be),
        cmocka_unit_test(every_result_has_a_text),
        cmocka_unit_test(the_scheme_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
