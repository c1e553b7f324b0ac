/* --auth: how a run reads its credentials. */
#include "cli/identity.h"

#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void expect_basic(const char *value, const char *user, const char *password)
{
    struct cli_identity identity = cli_identity_empty();
    struct runner_target target = { 0 };
    const char *error = cli_identity_read(&identity, value, &target);
    if (user == NULL) {
        assert_non_null(error);
    } else {
        assert_null(error);
        assert_int_equal(target.auth, RUNNER_AUTH_BASIC);
        assert_slice(target.user, user);
        assert_slice(target.password, password);
    }
    cli_identity_free(&identity);
}

static void an_address_is_hashed_as_clients_did(void **state)
{
    (void)state;
    expect_basic("basic:ann:pass:word", "ann", "pass:word");
    expect_basic("basic:ann:", "ann", "");
    expect_basic("basic:ann@example.com:pw", "qxra7ik7kah2c7a3nf24mzduiueuyjwz", "pw");
    expect_basic("basic:Ann@Example.COM:p@w", "qxra7ik7kah2c7a3nf24mzduiueuyjwz", "p@w");
    expect_basic("basic:ann", NULL, NULL);
    expect_basic("basic::pw", NULL, NULL);
    expect_basic("basically:a:b", NULL, NULL);
}

/* Reads --auth bearer:FILE with a file of that text; ${bearer} NULL: it is refused. */
static void expect_bearer(const char *text, const char *bearer, const char *key_id)
{
    char option[] = "bearer:/tmp/syncspec-identity-XXXXXX";
    struct cli_identity identity = cli_identity_empty();
    struct runner_target target = { 0 };
    FILE *file = fdopen(mkstemp(option + 7), "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    const char *error = cli_identity_read(&identity, option, &target);
    (void)unlink(option + 7);
    if (bearer == NULL) {
        assert_non_null(strstr(error, "X-KeyID"));
    } else {
        assert_null(error);
        assert_int_equal(target.auth, RUNNER_AUTH_BEARER);
        assert_slice(target.bearer, bearer);
        assert_slice(target.key_id, key_id);
    }
    cli_identity_free(&identity);
}

static void a_bearer_token_and_its_key_id_stand_on_two_lines(void **state)
{
    (void)state;
    expect_bearer("abc.def.ghi\n1-q6urqw\n", "abc.def.ghi", "1-q6urqw");
    expect_bearer("abc\n1-q6", "abc", "1-q6");
    expect_bearer(" abc \n 1-q6 \nof ann\n", "abc", "1-q6");
    expect_bearer("", NULL, NULL);
    expect_bearer("abc", NULL, NULL);
    expect_bearer("abc\n", NULL, NULL);
    expect_bearer("\n1-q6\n", NULL, NULL);
    expect_bearer("abc\n \n1-q6\n", NULL, NULL);
}

static void a_file_that_is_not_there_is_said_to_be_missing(void **state)
{
    struct cli_identity identity = cli_identity_empty();
    struct runner_target target = { 0 };
    (void)state;
    assert_string_equal(cli_identity_read(&identity, "bearer:/nowhere/at/all", &target),
                        "its file cannot be opened");
    assert_string_equal(cli_identity_read(&identity, "secret:@/nowhere/at/all", &target),
                        "its file cannot be opened");
    cli_identity_free(&identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_hashed_as_clients_did),
        cmocka_unit_test(a_bearer_token_and_its_key_id_stand_on_two_lines),
        cmocka_unit_test(a_file_that_is_not_there_is_said_to_be_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
