#include "core/user_api.h"

#include "auth/basic.h"
#include "auth/basic_scheme.h"
#include "tests/support/support.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>

#define T0   INT64_C(170000000000)
#define ANN  "{\"password\":\"open:sesame\",\"e-mail\":\"ann@example.com\"}"
#define USER "/user/1.0/ann"

struct bench {
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core_user_api_config config;
    struct core_user_api_env env;
    struct core_user_api *api;
    struct http_reply reply;
    char code[CORE_USER_API_CODE_TEXT]; /* mailed last */
    uint64_t gone;
};

static bool mail(void *context, const struct core_user *user, const char *code)
{
    struct bench *bench = context;
    assert_slice(slice_of(user->email, user->email_len), "ann@example.com");
    assert_int_equal(strlen(code), CORE_USER_API_CODE_TEXT - 1);
    memcpy(bench->code, code, sizeof(bench->code));
    return true;
}

static bool captcha(void *context, struct slice challenge, struct slice response)
{
    (void)context;
    return slice_is(challenge, "2+2") && slice_is(response, "4");
}

static bool gone(void *context, uint64_t uid)
{
    ((struct bench *)context)->gone = uid;
    return true;
}

static void start(struct bench *bench)
{
    core_user_api_free(bench->api);
    bench->api = core_user_api_new(&bench->config, &bench->env);
    assert_non_null(bench->api);
}

static int set_up(void **state)
{
    static struct bench bench;
    bench = (struct bench){ .clock = clock_virtual_at(T0), .rng = rng_seeded_with(1) };
    bench.config = (struct core_user_api_config){
        .users = { .rng = &bench.rng.base, .cost = AUTH_PASSWORD_COST_MIN },
        .node = SLICE("http://127.0.0.1:8000/"),
        .secret = SLICE("open up"),
    };
    bench.env.clock = &bench.clock.base;
    bench.env.hooks.context = &bench;
    http_reply_init(&bench.reply);
    start(&bench);
    *state = &bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    core_user_api_free(bench->api);
    http_reply_free(&bench->reply);
    return 0;
}

static enum http_method method_of(struct slice text)
{
    int method = HTTP_METHOD_GET;
    while (method < HTTP_METHOD_OTHER &&
           !slice_is(text, http_method_name((enum http_method)method)))
        method++;
    return (enum http_method)method;
}

/* ${who}: "name:password" for Basic, "!code" for a reset code, NULL for nobody. */
static int send(struct bench *bench, const char *line, const char *who, const char *body)
{
    struct http_field field;
    size_t count = 0;
    struct slice method, target, name, password;
    struct buf header = buf_bounded(1024);
    assert_true(slice_cut(slice_text(line), ' ', &method, &target));
    if (who != NULL && who[0] == '!') {
        field = (struct http_field){ SLICE("X-Weave-Password-Reset"), slice_text(who + 1) };
        count = 1;
    } else if (who != NULL) {
        assert_true(slice_cut(slice_text(who), ':', &name, &password));
        assert_true(auth_basic_sign(name, password, &header));
        field = (struct http_field){ SLICE("Authorization"), buf_slice(&header) };
        count = 1;
    }
    struct http_request request = { .method = method_of(method),
                                    .method_text = method,
                                    .target = target,
                                    .fields = { &field, count },
                                    .body = slice_text(body) };
    core_user_api_handle(bench->api, &request, &bench->reply);
    buf_free(&header);
    return bench->reply.status;
}

static void expect(struct bench *bench, const char *line, const char *who, const char *body,
                   int status, const char *reply)
{
    int got = send(bench, line, who, body);
    if (got != status || !slice_is(buf_slice(&bench->reply.body), reply))
        fail_msg("%s %s: %d \"%.*s\"", line, body == NULL ? "" : body, got,
                 SLICE_FMT(buf_slice(&bench->reply.body)));
}

static struct slice field(const struct bench *bench, const char *name)
{
    struct slice value = { 0 };
    (void)http_reply_get(&bench->reply, name, &value);
    return value;
}

static void an_account_is_made_used_and_deleted(void **state)
{
    struct bench *bench = *state;
    bench->env.hooks.gone = gone;
    start(bench);
    expect(bench, "GET " USER, NULL, NULL, 200, "0");
    assert_slice(field(bench, "Content-Type"), "text/plain");
    expect(bench, "GET " USER "/node/weave", NULL, NULL, 404, "");
    expect(bench, "PUT /user/1.0/Ann", NULL, ANN, 200, "ann");
    expect(bench, "GET " USER, NULL, NULL, 200, "1");
    expect(bench, "GET " USER "/node/weave", NULL, NULL, 200, "http://127.0.0.1:8000/");
    struct auth_identity identity = { 0 };
    assert_int_equal(core_users_check(core_user_api_users(bench->api), SLICE("ann"),
                                      SLICE("open:sesame"), &identity),
                     AUTH_OK);
    expect(bench, "POST " USER "/password", "ann:open:sesame", "new password", 200, "success");
    expect(bench, "POST " USER "/email", "ann:open:sesame", "a@b", 401, "");
    expect(bench, "POST " USER "/email", "ann:new password", "a@b", 200, "a@b");
    expect(bench, "DELETE " USER, "ann:open:sesame", NULL, 401, "");
    assert_slice(field(bench, "WWW-Authenticate"), "Basic realm=\"Sync\"");
    expect(bench, "DELETE " USER, "ann:new password", NULL, 200, "0");
    assert_true(bench->gone == identity.uid);
    expect(bench, "GET " USER, NULL, NULL, 200, "0");
    expect(bench, "DELETE " USER, "ann:new password", NULL, 404, "");
    assert_int_equal(core_users_check(core_user_api_users(bench->api), SLICE("ann"),
                                      SLICE("new password"), &identity),
                     AUTH_BAD_MAC);
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    uint64_t first = identity.uid;
    assert_int_equal(core_users_check(core_user_api_users(bench->api), SLICE("ann"),
                                      SLICE("open:sesame"), &identity),
                     AUTH_OK);
    assert_true(identity.uid != first); /* the new account does not get the old one's data */
}

static void what_an_account_cannot_be_made_of_is_told_by_code(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        const char *line, *body;
        const char *code;
    } rows[] = {
        { "PUT /user/1.0/taken", ANN, "4" },
        { "PUT /user/1.0/TAKEN", ANN, "4" },
        { "PUT " USER, "", "6" },
        { "PUT " USER, "[]", "6" },
        { "PUT " USER, ANN "x", "6" },
        { "PUT " USER, "{\"password\":1,\"e-mail\":\"a@b\"}", "6" },
        { "PUT " USER, "{\"e-mail\":\"a@b\"}", "7" },
        { "PUT " USER, "{\"password\":\"\",\"e-mail\":\"a@b\"}", "7" },
        { "PUT " USER, "{\"password\":\"1234567\",\"e-mail\":\"a@b\"}", "9" },
        { "PUT /user/1.0/longname", "{\"password\":\"LongName\",\"e-mail\":\"a@b\"}", "9" },
        { "PUT " USER, "{\"password\":\"12345678\\u0000\",\"e-mail\":\"a@b\"}", "9" },
        { "PUT " USER, "{\"password\":\"12345678\"}", "12" },
        { "PUT " USER, "{\"password\":\"12345678\",\"e-mail\":\"ab\"}", "12" },
        { "PUT " USER, "{\"password\":\"12345678\",\"e-mail\":\"a@b c\"}", "12" },
        { "PUT /user/1.0/a%20b", ANN, "3" },
        { "PUT /user/1.0/a%2", ANN, "3" },
        { "PUT /user/1.0/", ANN, "3" },
    };
    expect(bench, "PUT /user/1.0/taken", NULL, ANN, 200, "taken");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect(bench, rows[i].line, NULL, rows[i].body, 400, rows[i].code);
        assert_slice(field(bench, "Content-Type"), "application/json");
    }
    expect(bench, "GET " USER, NULL, NULL, 200, "0");
    expect(bench, "PUT " USER, NULL, "{\"password\":\"12345678\",\"email\":\"a@b\"}", 200, "ann");
}

static void a_captcha_is_asked_for_when_there_is_one(void **state)
{
    struct bench *bench = *state;
#define BEGIN "{\"password\":\"12345678\",\"e-mail\":\"a@b\""
    expect(bench, "GET /misc/1.0/captcha_html", NULL, NULL, 200,
           "<!DOCTYPE html><title>Captcha</title><p>This server asks for no captcha.</p>\n");
    assert_slice(field(bench, "Content-Type"), "text/html; charset=utf-8");
    bench->env.hooks.captcha = captcha;
    start(bench);
    expect(bench, "PUT " USER, NULL, BEGIN "}", 400, "2");
    expect(bench, "PUT " USER, NULL,
           BEGIN ",\"captcha-challenge\":\"2+2\",\"captcha-response\":\"5\"}", 400, "2");
    expect(bench, "PUT " USER, NULL, BEGIN ",\"secret\":\"open\"}", 400, "2");
    expect(bench, "PUT " USER, NULL,
           BEGIN ",\"captcha-challenge\":\"2+2\",\"captcha-response\":\"4\"}", 200, "ann");
    expect(bench, "PUT /user/1.0/bob", NULL, BEGIN ",\"secret\":\"open up\"}", 200, "bob");
}

static void only_the_user_changes_the_account(void **state)
{
    struct bench *bench = *state;
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    expect(bench, "PUT /user/1.0/bob", NULL, BEGIN "}", 200, "bob");
    static const char *const lines[] = { ("POST " USER "/password"), ("POST " USER "/email"),
                                         ("DELETE " USER) };
    static const char *const others[] = { NULL, "ann:wrong password", "bob:12345678",
                                          "nobody:12345678", "ann:" };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        for (size_t j = 0; j < COUNT_OF(others); j++)
            expect(bench, lines[i], others[j], "new@password", 401, "");
    }
    expect(bench, "POST " USER "/password", "ann:open:sesame", "", 400, "7");
    expect(bench, "POST " USER "/password", "ann:open:sesame", "short", 400, "9");
    expect(bench, "POST " USER "/email", "ann:open:sesame", "", 400, "12");
    expect(bench, "POST /user/1.0/nobody/password", "ann:open:sesame", "new password", 404, "");
    expect(bench, "DELETE " USER, "Ann:open:sesame", NULL, 200, "0");
}

static void a_mailed_code_replaces_the_password_once(void **state)
{
    struct bench *bench = *state;
    char who[CORE_USER_API_CODE_TEXT + 1];
    bench->env.hooks.mail = mail;
    start(bench);
    expect(bench, "GET " USER "/password_reset", NULL, NULL, 400, "3");
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    expect(bench, "POST " USER "/password", "!", "new password", 400, "10");
    expect(bench, "GET " USER "/password_reset", NULL, NULL, 200, "success");
    assert_in_range(snprintf(who, sizeof(who), "!%s", bench->code), 2, sizeof(who) - 1);
    expect(bench, "POST " USER "/password", "!0123", "new password", 400, "10");
    expect(bench, "POST " USER "/password", who, "weak", 400, "9");
    expect(bench, "POST " USER "/password", who, "new password", 200, "success");
    expect(bench, "POST " USER "/password", who, "newer password", 400, "10");
    expect(bench, "GET " USER "/password_reset", NULL, NULL, 200, "success");
    expect(bench, "POST " USER "/password", who, "newer password", 400, "10");
    assert_in_range(snprintf(who, sizeof(who), "!%s", bench->code), 2, sizeof(who) - 1);
    clock_virtual_advance(&bench->clock, INT64_C(100) * CORE_USER_API_RESET);
    expect(bench, "POST " USER "/password", who, "newer password", 400, "10");
    expect(bench, "DELETE " USER, "ann:new password", NULL, 200, "0");
}

static void without_mail_the_client_is_told_so(void **state)
{
    struct bench *bench = *state;
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    expect(bench, "GET " USER "/password_reset", NULL, NULL, 503, "");
    assert_slice(field(bench, "X-Weave-Alert"), "This server sends no mail.");
    assert_slice(field(bench, "Retry-After"), "10");
}

static void other_paths_and_methods_are_refused(void **state)
{
    struct bench *bench = *state;
    static const struct row {
        const char *line;
        int status;
        const char *allow;
    } rows[] = {
        { "GET /", 404, "" },
        { "GET /user/1.0", 404, "" },
        { "GET /user/1.1/ann", 404, "" },
        { "GET /other/1.0/ann", 404, "" },
        { "GET " USER "/", 404, "" },
        { "GET " USER "/node", 404, "" },
        { "GET " USER "/node/weave/x", 404, "" },
        { "POST " USER, 405, "GET, PUT, DELETE" },
        { "PUT " USER "/node/weave", 405, "GET" },
        { "GET " USER "/password", 405, "POST" },
        { "PUT /misc/1.0/captcha_html", 405, "GET" },
        { "GET /misc/1.0/other", 404, "" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        expect(bench, rows[i].line, NULL, NULL, rows[i].status, "");
        assert_slice(field(bench, "Allow"), rows[i].allow);
    }
    static char large[CORE_USER_API_BODY + 2];
    memset(large, 'x', sizeof(large) - 1);
    expect(bench, "PUT " USER, NULL, large, 413, "");
}

static void a_node_that_is_not_known_is_null(void **state)
{
    struct bench *bench = *state;
    bench->config.node = (struct slice){ 0 };
    start(bench);
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    expect(bench, "GET " USER "/node/weave", NULL, NULL, 200, "null");
}

static void a_full_table_takes_nobody(void **state)
{
    struct bench *bench = *state;
    bench->config.users.users = 1;
    start(bench);
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    expect(bench, "PUT /user/1.0/bob", NULL, ANN, 503, "");
    expect(bench, "DELETE " USER, "ann:open:sesame", NULL, 200, "0");
    expect(bench, "PUT /user/1.0/bob", NULL, ANN, 200, "bob");
}

static void the_basic_scheme_asks_the_accounts(void **state)
{
    struct bench *bench = *state;
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
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
    struct bench *bench = *state;
    bench->config.users.cost = 11;
    start(bench);
    expect(bench, "PUT " USER, NULL, ANN, 200, "ann");
    struct core_users *users = core_user_api_users(bench->api);
    clock_t known = cost_of(users, SLICE("ann"));
    clock_t unknown = cost_of(users, SLICE("bob"));
    assert_true(known > 0);
    assert_true(unknown > known / 2 && unknown < known * 2);
}

static void live_once(void *context)
{
    struct bench *bench = context;
    struct core_user_api *kept = bench->api;
    bench->api = core_user_api_new(&bench->config, &bench->env);
    if (bench->api != NULL) {
        int status = send(bench, "PUT " USER, NULL, ANN);
        assert_true(status == 200 || status == 503);
        int exists = send(bench, "GET " USER, NULL, NULL);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_account_is_made_used_and_deleted),
        TEST(what_an_account_cannot_be_made_of_is_told_by_code),
        TEST(a_captcha_is_asked_for_when_there_is_one),
        TEST(only_the_user_changes_the_account),
        TEST(a_mailed_code_replaces_the_password_once),
        TEST(without_mail_the_client_is_told_so),
        TEST(other_paths_and_methods_are_refused),
        TEST(a_node_that_is_not_known_is_null),
        TEST(a_full_table_takes_nobody),
        TEST(the_basic_scheme_asks_the_accounts),
        TEST(an_unknown_name_takes_as_long_as_a_wrong_password),
        TEST(no_memory_means_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
