/* Whose data a path of APIs 1.1 and 1.0 leads to, by names and passwords. */
#include "auth/basic.h"
#include "auth/basic_scheme.h"
#include "core/dialect.h"
#include "tests/core_old.h"

#include <stdio.h>

static const struct {
    const char *name, *password;
    uint64_t uid;
} accounts[] = { { "ann", "a:b", 1 }, { "bob", "secret", 2 } };

static enum auth_result check(void *context, struct slice user, struct slice password,
                              struct auth_identity *ret_identity)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        if (slice_is(user, accounts[i].name) && slice_is(password, accounts[i].password)) {
            ret_identity->uid = accounts[i].uid;
            return AUTH_OK;
        }
    }
    return AUTH_BAD_MAC;
}

static int set_up(void **state)
{
    (void)bench_set_up(state);
    struct bench *bench = *state;
    const struct auth_basic_config config = { .check = check, .path_segments = 1 };
    bench->named = auth_basic_scheme_new(&config);
    assert_non_null(bench->named);
    bench_restart(bench);
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    auth_scheme_free(bench->named);
    return bench_tear_down(state);
}

#define USER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* ${line} with a whole path behind "//". */
static int ask_as(struct bench *bench, const char *user, const char *password, const char *line,
                  const char *body)
{
    char fields[256];
    AUTO(buf_free) struct buf header = buf_bounded(128);
    assert_true(auth_basic_sign(slice_text(user), slice_text(password), &header));
    (void)snprintf(fields, sizeof(fields), "Authorization: %.*s", SLICE_FMT(buf_slice(&header)));
    return bench_send_bytes(bench, line, fields, slice_text(body));
}

static void each_user_has_data_of_their_own(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(ask_as(bench, "ann", "a:b", "PUT //1.1/ann/storage/c/x", "{}"), 200);
    assert_int_equal(ask_as(bench, "bob", "secret", "GET //1.1/bob/storage/c", NULL), 200);
    expect_body(bench, "[]");
    assert_int_equal(ask_as(bench, "ann", "a:b", "GET //1.0/ann/storage/c", NULL), 200);
    expect_body(bench, "[\"x\"]");
    /* 1.5 calls the same user by number. */
    assert_int_equal(bench_send(bench, "GET //1.5/1/storage/c", "X-Test-Uid: 1", NULL), 200);
    expect_body(bench, "[\"x\"]");
}

static void bad_credentials_are_401_with_a_challenge(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *user, *password, *line;
    } rows[] = {
        { "ann", "wrong", "GET //1.1/ann/info/collections" },
        { "ann", "", "GET //1.1/ann/info/collections" },
        { "eve", "a:b", "GET //1.1/eve/info/collections" },
        { "bob", "secret", "GET //1.1/ann/info/collections" },
        { "bob", "secret", "DELETE //1.1/ann/storage/c" },
        { "bob", "secret", "PUT //1.1/ann/storage/c/y" },
        { "bob", "secret", "GET //1.1/ann/no/such/page" },
    };
    assert_int_equal(ask_as(bench, "ann", "a:b", "PUT //1.1/ann/storage/c/x", "{}"), 200);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(ask_as(bench, rows[i].user, rows[i].password, rows[i].line, "{}"), 401);
        expect_field(bench, "WWW-Authenticate", "Basic realm=\"Sync\"");
        expect_body(bench, "0");
    }
    assert_int_equal(bench_send(bench, "GET //1.1/ann/info/collections", NULL, NULL), 401);
    assert_int_equal(ask_as(bench, "ann", "a:b", "GET //1.1/ann/storage/c", NULL), 200);
    expect_body(bench, "[\"x\"]");
}

static void a_version_without_its_scheme_is_not_served(void **state)
{
    struct bench *bench = *state;
    struct auth_scheme *named = bench->named;
    bench->named = NULL;
    bench_restart(bench);
    assert_int_equal(ask_as(bench, "ann", "a:b", "GET //1.1/ann/info/collections", NULL), 404);
    assert_int_equal(ask_as(bench, "ann", "a:b", "GET //1.0/ann/info/collections", NULL), 404);
    bench->named = named;
    core_free(bench->core);
    struct core_env env = {
        .store = bench->store, .named = named, .clock = &bench->clock.base, .rng = &bench->rng.base
    };
    bench->core = core_new(&bench->config, &env);
    assert_non_null(bench->core);
    bench_expect(bench, "GET /info/collections", NULL, 404, "0");
    assert_int_equal(ask_as(bench, "ann", "a:b", "GET //1.1/ann/info/collections", NULL), 200);
}

static void names_that_cannot_be_are_404(void **state)
{
    struct bench *bench = *state;
    static const char *const paths[] = {
        "/1.1",
        "/1.1/",
        "/1.1//info/collections",
        "/1.1/a%2Fb/info/collections",
        "/1.1/a%20b/info/collections",
        "/1.1/%4/info/collections",
        "/1.2/ann/info/collections",
        "/1.1/ann@example.com/info/collections",
    };
    char line[128];
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        (void)snprintf(line, sizeof(line), "GET /%s", paths[i]);
        int status = ask_as(bench, "ann", "a:b", line, NULL);
        if (status != 404)
            fail_msg("%s: %d", paths[i], status);
    }
}

static void names_are_of_letters_digits_and_three_marks(void **state)
{
    (void)state;
    static uint8_t text[256];
    memset(text, 'a', sizeof(text));
    for (unsigned c = 0; c < 256; c++) {
        uint8_t byte = (uint8_t)c;
        bool word = c != 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789._-",
                                     (int)c) != NULL;
        assert_int_equal(core_dialect_user_valid(slice_of(&byte, 1)), word);
    }
    for (size_t len = 0; len <= sizeof(text); len++)
        assert_int_equal(core_dialect_user_valid(slice_of(text, len)), len >= 1 && len <= 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        USER_TEST(each_user_has_data_of_their_own),
        USER_TEST(bad_credentials_are_401_with_a_challenge),
        USER_TEST(a_version_without_its_scheme_is_not_served),
        USER_TEST(names_that_cannot_be_are_404),
        cmocka_unit_test(names_are_of_letters_digits_and_three_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
