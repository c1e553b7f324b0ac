#include "exchange/secrets.h"

#include "tests/support/support.h"

enum { TEXT_MAX = 128 };

/* The text with a '#' for each byte that is marked. */
static void expect_marked(const struct exchange_secrets *secrets, const char *text,
                          const char *wanted)
{
    uint8_t marks[TEXT_MAX] = { 0 };
    char seen[TEXT_MAX] = { 0 };
    size_t len = strlen(text);
    assert_true(len < TEXT_MAX);
    struct support_edge edge = support_edge_of(slice_text(text));
    exchange_secrets_mark(secrets, edge.bytes, marks);
    support_edge_free(&edge);
    for (size_t i = 0; i < len; i++) {
        assert_in_range(marks[i], 0, 1);
        seen[i] = marks[i] == 1 ? '#' : text[i];
    }
    assert_string_equal(seen, wanted);
}

static void runs_of_eight_and_whole_secrets_are_marked(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *text, *wanted;
    } rows[] = {
        { "pass", "a pass b", "a #### b" },
        { "pass", "pas", "pas" },
        { "passw", "passwpassw", "##########" },
        { "secret", "a secret b", "a ###### b" },
        { "secret", "a secre b", "a secre b" },
        { "0123456789abcdef", "x0123456789abcdefx", "x################x" },
        { "0123456789abcdef", "0123456", "0123456" },
        { "0123456789abcdef", "01234567", "########" },
        { "0123456789abcdef", "-12345678-", "-########-" },
        { "0123456789abcdef", "-23456789-", "-########-" },
        { "0123456789abcdef", "89abcdef", "########" },
        { "0123456789abcdef", "9abcdef", "9abcdef" },
        { "0123456789abcdef", "01234567 89abcdef", "######## ########" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static struct exchange_secrets secrets;
        exchange_secrets_init(&secrets);
        assert_true(exchange_secrets_add(&secrets, slice_text(rows[i].secret)));
        expect_marked(&secrets, rows[i].text, rows[i].wanted);
        exchange_secrets_free(&secrets);
    }
}

static void several_are_looked_for_at_once(void **state)
{
    (void)state;
    static struct exchange_secrets secrets;
    exchange_secrets_init(&secrets);
    expect_marked(&secrets, "nothing is secret", "nothing is secret");
    assert_true(exchange_secrets_add(&secrets, SLICE("first secret")));
    assert_true(exchange_secrets_add(&secrets, SLICE("")));
    assert_true(exchange_secrets_add(&secrets, SLICE("four")));
    assert_true(exchange_secrets_add(&secrets, SLICE("secret of others")));
    assert_int_equal(secrets.count, 3);
    expect_marked(&secrets, "a first secret of others, four", "a ######################, ####");
    exchange_secrets_free(&secrets);
}

static void more_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    static struct exchange_secrets secrets;
    exchange_secrets_init(&secrets);
    for (size_t i = 0; i < EXCHANGE_SECRETS; i++)
        assert_true(exchange_secrets_add(&secrets, SLICE("secret")));
    assert_false(exchange_secrets_add(&secrets, SLICE("secret")));
    assert_int_equal(secrets.count, EXCHANGE_SECRETS);
    exchange_secrets_free(&secrets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_eight_and_whole_secrets_are_marked),
        cmocka_unit_test(several_are_looked_for_at_once),
        cmocka_unit_test(more_than_there_is_room_for_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
