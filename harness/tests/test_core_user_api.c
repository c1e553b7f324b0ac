#include "tests/user_bench.h"

#include "auth/basic_scheme.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

static void an_account_is_made_used_and_deleted(void **state)
{
    struct user_bench *bench = *state;
    bench->env.hooks.gone = user_gone;
    user_start(bench);
    user_expect(bench, "GET " USER_ANN, NULL, NULL, 200, "0");
    assert_slice(user_field(bench, "Content-Type"), "text/plain");
    user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 404, "");
    user_expect(bench, "PUT /user/1.0/Ann", NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "GET " USER_ANN, NULL, NULL, 200, "1");
    user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 200, "http://127.0.0.1:8000/");
    struct auth_identity identity = { 0 };
    assert_int_equal(core_users_check(core_user_api_users(bench->api), SLICE("ann"),
                                      SLICE("open:sesame"), &identity),
                     AUTH_OK);
    user_expect(bench, "POST " USER_ANN "/password", "ann:open:sesame", "new password", 200,
                "success");
    user_expect(bench, "POST " USER_ANN "/email", "ann:open:sesame", "a@b", 401, "");
    user_expect(bench, "POST " USER_ANN "/email", "ann:new password", "a@b", 200, "a@b");
    user_expect(bench, "DELETE " USER_ANN, "ann:open:sesame", NULL, 401, "");
    assert_slice(user_field(bench, "WWW-Authenticate"), "Basic realm=\"Sync\"");
    user_expect(bench, "DELETE " USER_ANN, "ann:new password", NULL, 200, "0");
    assert_true(bench->gone == identity.uid);
    user_expect(bench, "GET " USER_ANN, NULL, NULL, 200, "0");
    user_expect(bench, "DELETE " USER_ANN, "ann:new password", NULL, 404, "");
    assert_int_equal(core_users_check(core_user_api_users(bench->api), SLICE("ann"),
                                      SLICE("new password"), &identity),
                     AUTH_BAD_MAC);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    uint64_t first = identity.uid;
    assert_int_equal(core_users_check(core_user_api_users(bench->api), SLICE("ann"),
                                      SLICE("open:sesame"), &identity),
                     AUTH_OK);
    assert_true(identity.uid != first); /* the new account does not get the old one's data */
}

static void what_an_account_cannot_be_made_of_is_told_by_code(void **state)
{
    struct user_bench *bench = *state;
    static const struct row {
        const char *line, *body;
        const char *code;
    } rows[] = {
        { "PUT /user/1.0/taken", USER_ORDER, "4" },
        { "PUT /user/1.0/TAKEN", USER_ORDER, "4" },
        { "PUT " USER_ANN, "", "6" },
        { "PUT " USER_ANN, "[]", "6" },
        { "PUT " USER_ANN, USER_ORDER "x", "6" },
        { "PUT " USER_ANN, "{\"password\":1,\"e-mail\":\"a@b\"}", "6" },
        { "PUT " USER_ANN, "{\"e-mail\":\"a@b\"}", "7" },
        { "PUT " USER_ANN, "{\"password\":\"\",\"e-mail\":\"a@b\"}", "7" },
        { "PUT " USER_ANN, "{\"password\":\"1234567\",\"e-mail\":\"a@b\"}", "9" },
        { "PUT /user/1.0/longname", "{\"password\":\"LongName\",\"e-mail\":\"a@b\"}", "9" },
        { "PUT " USER_ANN, "{\"password\":\"12345678\\u0000\",\"e-mail\":\"a@b\"}", "9" },
        { "PUT " USER_ANN, "{\"password\":\"12345678\"}", "12" },
        { "PUT " USER_ANN, "{\"password\":\"12345678\",\"e-mail\":\"ab\"}", "12" },
        { "PUT " USER_ANN, "{\"password\":\"12345678\",\"e-mail\":\"a@b c\"}", "12" },
        { "PUT /user/1.0/a%20b", USER_ORDER, "3" },
        { "PUT /user/1.0/a%2", USER_ORDER, "3" },
        { "PUT /user/1.0/", USER_ORDER, "3" },
    };
    user_expect(bench, "PUT /user/1.0/taken", NULL, USER_ORDER, 200, "taken");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        user_expect(bench, rows[i].line, NULL, rows[i].body, 400, rows[i].code);
        assert_slice(user_field(bench, "Content-Type"), "application/json");
    }
    user_expect(bench, "GET " USER_ANN, NULL, NULL, 200, "0");
    user_expect(bench, "PUT " USER_ANN, NULL, "{\"password\":\"12345678\",\"email\":\"a@b\"}", 200,
                "ann");
}

static void a_captcha_is_asked_for_when_there_is_one(void **state)
{
    struct user_bench *bench = *state;
#define BEGIN "{\"password\":\"12345678\",\"e-mail\":\"a@b\""
    user_expect(bench, "GET /misc/1.0/captcha_html", NULL, NULL, 200,
                "<!DOCTYPE html><title>Captcha</title><p>This server asks for no captcha.</p>\n");
    assert_slice(user_field(bench, "Content-Type"), "text/html; charset=utf-8");
    bench->env.hooks.captcha = user_captcha;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, BEGIN "}", 400, "2");
    user_expect(bench, "PUT " USER_ANN, NULL,
                BEGIN ",\"captcha-challenge\":\"2+2\",\"captcha-response\":\"5\"}", 400, "2");
    user_expect(bench, "PUT " USER_ANN, NULL, BEGIN ",\"secret\":\"open\"}", 400, "2");
    user_expect(bench, "PUT " USER_ANN, NULL,
                BEGIN ",\"captcha-challenge\":\"2+2\",\"captcha-response\":\"4\"}", 200, "ann");
    user_expect(bench, "PUT /user/1.0/bob", NULL, BEGIN ",\"secret\":\"open up\"}", 200, "bob");
}

static void only_the_user_changes_the_account(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "PUT /user/1.0/bob", NULL, BEGIN "}", 200, "bob");
    static const char *const lines[] = { ("POST " USER_ANN "/password"),
                                         ("POST " USER_ANN "/email"), ("DELETE " USER_ANN) };
    static const char *const others[] = { NULL, "ann:wrong password", "bob:12345678",
                                          "nobody:12345678", "ann:" };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        for (size_t j = 0; j < COUNT_OF(others); j++)
            user_expect(bench, lines[i], others[j], "new@password", 401, "");
    }
    user_expect(bench, "POST " USER_ANN "/password", "ann:open:sesame", "", 400, "7");
    user_expect(bench, "POST " USER_ANN "/password", "ann:open:sesame", "short", 400, "9");
    user_expect(bench, "POST " USER_ANN "/email", "ann:open:sesame", "", 400, "12");
    user_expect(bench, "POST /user/1.0/nobody/password", "ann:open:sesame", "new password", 404,
                "");
    user_expect(bench, "DELETE " USER_ANN, "Ann:open:sesame", NULL, 200, "0");
}

static void a_mailed_code_replaces_the_password_once(void **state)
{
    struct user_bench *bench = *state;
    char who[CORE_USER_API_CODE_TEXT + 1];
    bench->env.hooks.mail = user_mail;
    user_start(bench);
    user_expect(bench, "GET " USER_ANN "/password_reset", NULL, NULL, 400, "3");
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "POST " USER_ANN "/password", "!", "new password", 400, "10");
    user_expect(bench, "GET " USER_ANN "/password_reset", NULL, NULL, 200, "success");
    assert_in_range(snprintf(who, sizeof(who), "!%s", bench->code), 2, sizeof(who) - 1);
    user_expect(bench, "POST " USER_ANN "/password", "!0123", "new password", 400, "10");
    user_expect(bench, "POST " USER_ANN "/password", who, "weak", 400, "9");
    user_expect(bench, "POST " USER_ANN "/password", who, "new password", 200, "success");
    user_expect(bench, "POST " USER_ANN "/password", who, "newer password", 400, "10");
    user_expect(bench, "GET " USER_ANN "/password_reset", NULL, NULL, 200, "success");
    user_expect(bench, "POST " USER_ANN "/password", who, "newer password", 400, "10");
    assert_in_range(snprintf(who, sizeof(who), "!%s", bench->code), 2, sizeof(who) - 1);
    clock_virtual_advance(&bench->clock, INT64_C(100) * CORE_USER_API_RESET);
    user_expect(bench, "POST " USER_ANN "/password", who, "newer password", 400, "10");
    user_expect(bench, "DELETE " USER_ANN, "ann:new password", NULL, 200, "0");
}

static void without_mail_the_client_is_told_so(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "GET " USER_ANN "/password_reset", NULL, NULL, 503, "");
    assert_slice(user_field(bench, "X-Weave-Alert"), "This server sends no mail.");
    assert_slice(user_field(bench, "Retry-After"), "10");
}

static void other_paths_and_methods_are_refused(void **state)
{
    struct user_bench *bench = *state;
    static const struct row {
        const char *line;
        int status;
        const char *allow;
    } rows[] = {
        { "GET /", 404, "" },
        { "GET /user/1.0", 404, "" },
        { "GET /user/1.1/ann", 404, "" },
        { "GET /other/1.0/ann", 404, "" },
        { "GET " USER_ANN "/", 404, "" },
        { "GET " USER_ANN "/node", 404, "" },
        { "GET " USER_ANN "/node/weave/x", 404, "" },
        { "POST " USER_ANN, 405, "GET, PUT, DELETE" },
        { "PUT " USER_ANN "/node/weave", 405, "GET" },
        { "GET " USER_ANN "/password", 405, "POST" },
        { "PUT /misc/1.0/captcha_html", 405, "GET" },
        { "GET /misc/1.0/other", 404, "" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        user_expect(bench, rows[i].line, NULL, NULL, rows[i].status, "");
        assert_slice(user_field(bench, "Allow"), rows[i].allow);
    }
    static char large[CORE_USER_API_BODY + 2];
    memset(large, 'x', sizeof(large) - 1);
    user_expect(bench, "PUT " USER_ANN, NULL, large, 413, "");
}

static void a_node_that_is_not_known_is_null(void **state)
{
    struct user_bench *bench = *state;
    bench->config.node = (struct slice){ 0 };
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 200, "null");
}

static void a_full_table_takes_nobody(void **state)
{
    struct user_bench *bench = *state;
    bench->config.users.users = 1;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "PUT /user/1.0/bob", NULL, USER_ORDER, 503, "");
    user_expect(bench, "DELETE " USER_ANN, "ann:open:sesame", NULL, 200, "0");
    user_expect(bench, "PUT /user/1.0/bob", NULL, USER_ORDER, 200, "bob");
}

static void the_basic_scheme_asks_the_accounts(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    const struct auth_basic_config config = { .check = core_users_check,
                                              .context = core_user_api_users(bench->api),
                                              .path_segments = 1 };
    struct auth_scheme *scheme = auth_basic_scheme_new(&config);
    struct http_field fields[] = { { SLICE("Authorization"),
                                     SLICE("Basic YW5uOm9wZW46c2VzYW1l") } };
    struct http_request request = { .fields = { fields, 1 } };
    struct auth_origin own = { .target = SLICE("/1.1/ann/info/collections") };
    struct auth_origin other = { .target = SLICE("/1.1/bob/info/collections") };
    struct auth_identity identity = { 0 };
    assert_int_equal(auth_check(scheme, &request, &own, 0, &identity), AUTH_OK);
    assert_true(identity.uid > 0);
    assert_int_equal(auth_check(scheme, &request, &other, 0, &identity), AUTH_WRONG_USER);
    auth_scheme_free(scheme);
}

/* CPU time of a check that fails, the least of a few. */
static clock_t cost_of(struct core_users *users, struct slice name)
{
    enum { TRIES = 5 };
    clock_t least = LONG_MAX;
    for (int i = 0; i < TRIES; i++) {
        struct auth_identity identity;
        clock_t begin = clock();
        assert_int_equal(core_users_check(users, name, SLICE("wrong"), &identity), AUTH_BAD_MAC);
        clock_t took = clock() - begin;
        least = took < least ? took : least;
    }
    return least;
}

static void an_unknown_name_takes_as_long_as_a_wrong_password(void **state)
{
    struct user_bench *bench = *state;
    bench->config.users.cost = 11;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    struct core_users *users = core_user_api_users(bench->api);
    clock_t known = cost_of(users, SLICE("ann"));
    clock_t unknown = cost_of(users, SLICE("bob"));
    assert_true(known > 0);
    assert_true(unknown > known / 8 && unknown < known * 8);
}

static void live_once(void *context)
{
    struct user_bench *bench = context;
    struct core_user_api *kept = bench->api;
    bench->api = core_user_api_new(&bench->config, &bench->env);
    if (bench->api != NULL) {
        int status = user_send(bench, "PUT " USER_ANN, NULL, USER_ORDER);
        assert_true(status == 200 || status == 503);
        int exists = user_send(bench, "GET " USER_ANN, NULL, NULL);
        assert_true(exists == 200 || exists == 503);
        if (exists == 200)
            assert_slice(buf_slice(&bench->reply.body), status == 200 ? "1" : "0");
    }
    core_user_api_free(bench->api);
    http_reply_free(&bench->reply);
    bench->api = kept;
}

static void no_memory_means_503(void **state)
{
    support_sweep_allocations(live_once, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        USER_TEST(an_account_is_made_used_and_deleted),
        USER_TEST(what_an_account_cannot_be_made_of_is_told_by_code),
        USER_TEST(a_captcha_is_asked_for_when_there_is_one),
        USER_TEST(only_the_user_changes_the_account),
        USER_TEST(a_mailed_code_replaces_the_password_once),
        USER_TEST(without_mail_the_client_is_told_so),
        USER_TEST(other_paths_and_methods_are_refused),
        USER_TEST(a_node_that_is_not_known_is_null),
        USER_TEST(a_full_table_takes_nobody),
        USER_TEST(the_basic_scheme_asks_the_accounts),
        USER_TEST(an_unknown_name_takes_as_long_as_a_wrong_password),
        USER_TEST(no_memory_means_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
