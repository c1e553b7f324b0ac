#include "auth/bearer.h"

#include "auth/signer.h"
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
                 { "https://here", AUTH_BEARER_OK },
                 { "https://there", AUTH_BEARER_ISSUER } };
    struct auth_signer *signer = auth_signer_new(SLICE("k"));
    struct buf json = buf_bounded(ROOM);
    struct buf token = buf_bounded(ROOM);
    assert_true(auth_signer_jwks(signer, &json));
    assert_true(auth_signer_sign(signer,
                                 SLICE("{\"sub\":\"a\",\"scope\":\"" AUTH_SCOPE_SYNC
                                       "\",\"exp\":1800000000,\"iss\":\"https://here\"}"),
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
    char asked[256];
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
        { "t", 200, "<html>", AUTH_BEARER_BUSY },
        { "t", 400, "{\"errno\":108}", AUTH_BEARER_FORGED },
        { "t", 503, "", AUTH_BEARER_BUSY },
        { "t", 429, "", AUTH_BEARER_BUSY },
        { "t", 302, "", AUTH_BEARER_BUSY },
        { "t", 0, "", AUTH_BEARER_BUSY },
        { "a b", 200, "{}", AUTH_BEARER_MALFORMED },
        { "", 200, "{}", AUTH_BEARER_MALFORMED },
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
        cmocka_unit_test(no_memory_means_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
