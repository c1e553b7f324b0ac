#include "auth/bearer.h"

#include "auth/signer.h"
#include "base/limits.h"
#include "tests/support/support.h"

#define NOW INT64_C(170000000000)
enum { ROOM = 64 * 1024 };

/* Gives out what it was made with. */
struct fixed {
    struct auth_bearer base;
    struct auth_account account;
};

static enum auth_bearer_err check_fixed(struct auth_bearer *bearer, struct slice token, int64_t now,
                                        struct buf *scratch, struct auth_account *ret_account)
{
    (void)token;
    (void)now;
    (void)scratch;
    *ret_account = CONTAINER_OF(bearer, struct fixed, base)->account;
    return AUTH_BEARER_OK;
}

static const struct auth_bearer_ops fixed_ops = { .check = check_fixed };

static void accounts_that_may_not_sync_are_refused(void **state)
{
    (void)state;
    static const char long_id[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    const struct row {
        struct auth_account account;
        enum auth_bearer_err err;
    } rows[] = {
        { { SLICE("a"), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_OK },
        { { SLICE("a"), SLICE("profile " AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_OK },
        { { SLICE("a"), SLICE(AUTH_SCOPE_SYNC "/x profile"), .expires = NOW + 1 },
          AUTH_BEARER_SCOPE },
        { { SLICE("a"), SLICE(""), .expires = NOW + 1 }, AUTH_BEARER_SCOPE },
        { { SLICE("a"), SLICE(AUTH_SCOPE_SYNC), .expires = NOW }, AUTH_BEARER_EXPIRED },
        { { SLICE(""), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_MALFORMED },
        { { SLICE("azAZ09-_="), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_OK },
        { { SLICE(" a"), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_MALFORMED },
        { { SLICE("a"), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1, .generation = INT64_MAX },
          AUTH_BEARER_OK },
        { { SLICE("a b"), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_MALFORMED },
        { { slice_text(long_id), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 }, AUTH_BEARER_OK },
        { { slice_of(long_id, sizeof(long_id)), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1 },
          AUTH_BEARER_MALFORMED },
        { { SLICE("a"), SLICE(AUTH_SCOPE_SYNC), .expires = NOW + 1, .generation = UINT64_MAX },
          AUTH_BEARER_MALFORMED },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixed fixed = { { &fixed_ops }, rows[i].account };
        struct buf scratch = buf_bounded(ROOM);
        struct auth_account account;
        if (auth_bearer_check(&fixed.base, SLICE("t"), NOW, &scratch, &account) != rows[i].err)
            fail_msg("row %zu", i);
        buf_free(&scratch);
    }
}

static void the_issuer_is_compared_when_one_is_wanted(void **state)
{
    (void)state;
    static const struct row {
        const char *wanted;
        enum auth_bearer_err err;
    } rows[] = { { "", AUTH_BEARER_OK },
                 { "h", AUTH_BEARER_OK },
                 { "t", AUTH_BEARER_ISSUER },
                 { "https://there", AUTH_BEARER_ISSUER } };
    struct auth_signer *signer = auth_signer_new(SLICE("k"));
    struct buf json = buf_bounded(ROOM);
    struct buf token = buf_bounded(ROOM);
    assert_true(auth_signer_jwks(signer, &json));
    assert_true(auth_signer_sign(
        signer,
        SLICE("{\"sub\":\"a\",\"scope\":\"" AUTH_SCOPE_SYNC "\",\"exp\":1800000000,\"iss\":\"h\"}"),
        &token));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *error = NULL;
        struct auth_bearer *bearer = auth_bearer_jwt_new(auth_jwks_read(buf_slice(&json), &error),
                                                         slice_text(rows[i].wanted));
        struct buf scratch = buf_bounded(ROOM);
        struct auth_account account;
        assert_int_equal(auth_bearer_check(bearer, buf_slice(&token), NOW, &scratch, &account),
                         rows[i].err);
        buf_free(&scratch);
        auth_bearer_free(bearer);
    }
    buf_free(&json);
    buf_free(&token);
    auth_signer_free(signer);
}

/* An accounts service that gives one answer. */
struct service {
    int status;
    const char *answer;
    char asked[2 * LIMIT_FIELD_VALUE + 64];
};

static int answer_post(void *context, struct slice body, struct buf *out)
{
    struct service *service = context;
    assert_true(body.len < sizeof(service->asked));
    memcpy(service->asked, body.ptr, body.len);
    service->asked[body.len] = '\0';
    buf_add_text(out, service->answer);
    return service->status;
}

static void the_service_decides_about_tokens_that_it_is_asked_about(void **state)
{
    (void)state;
    static const struct row {
        const char *token;
        int status;
        const char *answer;
        enum auth_bearer_err err;
    } rows[] = {
        { "t", 200,
          "{\"user\":\"a\",\"scope\":[\"profile\",\"" AUTH_SCOPE_SYNC "\"],\"generation\":7}",
          AUTH_BEARER_OK },
        { "t", 200, "{\"user\":\"a\",\"scope\":[\"profile\"]}", AUTH_BEARER_SCOPE },
        { "t", 200, "{\"user\":\"a\"}", AUTH_BEARER_SCOPE },
        { "t", 200, "{\"scope\":[\"" AUTH_SCOPE_SYNC "\"]}", AUTH_BEARER_MALFORMED },
        { "t", 201, "{\"user\":\"a\",\"scope\":\"" AUTH_SCOPE_SYNC "\"}", AUTH_BEARER_BUSY },
        { "t", 500, "", AUTH_BEARER_BUSY },
        { "t", 200, "<html>", AUTH_BEARER_BUSY },
        { "t", 400, "{\"errno\":108}", AUTH_BEARER_FORGED },
        { "t", 503, "", AUTH_BEARER_BUSY },
        { "t", 429, "", AUTH_BEARER_BUSY },
        { "t", 302, "", AUTH_BEARER_BUSY },
        { "t", 0, "", AUTH_BEARER_BUSY },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct service service = { rows[i].status, rows[i].answer, "" };
        struct auth_bearer *bearer = auth_bearer_remote_new(answer_post, &service);
        struct buf scratch = buf_bounded(ROOM);
        struct auth_account account;
        if (auth_bearer_check(bearer, slice_text(rows[i].token), NOW, &scratch, &account) !=
            rows[i].err)
            fail_msg("row %zu", i);
        if (rows[i].err == AUTH_BEARER_OK) {
            assert_string_equal(service.asked, "{\"token\":\"t\"}");
            assert_slice(account.id, "a");
            assert_true(account.generation == 7);
        }
        buf_free(&scratch);
        auth_bearer_free(bearer);
    }
}

#define GOOD "{\"user\":\"a\",\"scope\":\"" AUTH_SCOPE_SYNC "\"}"

static enum auth_bearer_err ask(struct service *service, struct slice token)
{
    struct auth_bearer *bearer = auth_bearer_remote_new(answer_post, service);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_account account;
    enum auth_bearer_err err = auth_bearer_check(bearer, token, NOW, &scratch, &account);
    buf_free(&scratch);
    auth_bearer_free(bearer);
    return err;
}

static void nobody_is_asked_about_what_no_header_can_hold(void **state)
{
    (void)state;
    static const char *const tokens[] = { "", " ", " a", "a b", "a\x1f", "a\x7f", "\xc3\xa9" };
    struct service service = { 200, GOOD, "" };
    for (size_t i = 0; i < COUNT_OF(tokens); i++)
        assert_int_equal(ask(&service, slice_text(tokens[i])), AUTH_BEARER_MALFORMED);
    assert_string_equal(service.asked, "");
    assert_int_equal(ask(&service, SLICE("!~")), AUTH_BEARER_OK);
}

/* Each byte of it takes two in the question. */
static void the_longest_token_is_asked_about_whole(void **state)
{
    (void)state;
    static uint8_t token[LIMIT_FIELD_VALUE + 1];
    static struct service service = { 200, GOOD, "" };
    memset(token, '"', sizeof(token));
    assert_int_equal(ask(&service, slice_of(token, LIMIT_FIELD_VALUE)), AUTH_BEARER_OK);
    assert_int_equal(strlen(service.asked), 2 * LIMIT_FIELD_VALUE + sizeof("{\"token\":\"\"}") - 1);
    assert_int_equal(ask(&service, slice_of(token, sizeof(token))), AUTH_BEARER_MALFORMED);
}

static void an_answer_that_is_too_long_is_none(void **state)
{
    (void)state;
    enum { MOST = 16 * 1024 };
    for (size_t len = MOST; len <= MOST + 1; len++) {
        struct buf answer = buf_bounded(MOST + 2);
        buf_add_text(&answer, GOOD);
        while (answer.len < len)
            buf_add_byte(&answer, ' ');
        struct service service = { 200, buf_text(&answer), "" };
        assert_int_equal(ask(&service, SLICE("t")),
                         len == MOST ? AUTH_BEARER_OK : AUTH_BEARER_BUSY);
        buf_free(&answer);
    }
}

static void every_error_has_a_text(void **state)
{
    (void)state;
    for (int err = AUTH_BEARER_OK; err <= AUTH_BEARER_BUSY; err++) {
        for (int other = AUTH_BEARER_OK; other < err; other++)
            assert_string_not_equal(auth_bearer_text((enum auth_bearer_err)err),
                                    auth_bearer_text((enum auth_bearer_err)other));
    }
    assert_string_equal(auth_bearer_text((enum auth_bearer_err)(AUTH_BEARER_BUSY + 1)), "unknown");
}

static void new_once(void *context)
{
    const char *error = NULL;
    struct auth_jwks *jwks = auth_jwks_read(*(struct slice *)context, &error);
    if (jwks != NULL)
        auth_bearer_free(auth_bearer_jwt_new(jwks, (struct slice){ 0 }));
}

static void a_bearer_without_memory_keeps_no_keys(void **state)
{
    (void)state;
    struct auth_signer *signer = auth_signer_new(SLICE("k"));
    struct buf json = buf_bounded(ROOM);
    assert_true(auth_signer_jwks(signer, &json));
    assert_true(slice_search(buf_slice(&json), SLICE("\"kid\":\"k\"")) < json.len);
    struct slice text = buf_slice(&json);
    support_sweep_allocations(new_once, &text);
    buf_free(&json);
    auth_signer_free(signer);
}

static void check_once(void *context)
{
    struct auth_bearer *bearer = auth_bearer_remote_new(answer_post, context);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_account account;
    if (bearer != NULL) {
        enum auth_bearer_err err = auth_bearer_check(bearer, SLICE("t"), NOW, &scratch, &account);
        assert_true(err == AUTH_BEARER_OK || err == AUTH_BEARER_BUSY);
    }
    buf_free(&scratch);
    auth_bearer_free(bearer);
}

static void no_memory_means_busy(void **state)
{
    (void)state;
    struct service service = { 200, "{\"user\":\"a\",\"scope\":\"" AUTH_SCOPE_SYNC "\"}", "" };
    support_sweep_allocations(check_once, &service);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_that_may_not_sync_are_refused),
        cmocka_unit_test(the_issuer_is_compared_when_one_is_wanted),
        cmocka_unit_test(the_service_decides_about_tokens_that_it_is_asked_about),
        cmocka_unit_test(nobody_is_asked_about_what_no_header_can_hold),
        cmocka_unit_test(the_longest_token_is_asked_about_whole),
        cmocka_unit_test(an_answer_that_is_too_long_is_none),
        cmocka_unit_test(every_error_has_a_text),
        cmocka_unit_test(a_bearer_without_memory_keeps_no_keys),
        cmocka_unit_test(no_memory_means_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
