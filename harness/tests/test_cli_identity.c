/* --auth: how a run reads its credentials. */
#include "cli/identity.h"

#include "tests/support/support.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_hashed_as_clients_did),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
