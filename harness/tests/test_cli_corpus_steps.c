#include "cli/corpus_steps.h"
#include "tests/support/support.h"

static void a_request_is_a_step_below_the_endpoint_of_a_numbered_user(void **state)
{
    (void)state;
    struct http_field field = { SLICE("accept"), SLICE("*/*") };
    struct http_request request = { .method_text = SLICE("PUT"),
                                    .target = SLICE("/1.5/77/storage/a/b?batch=xyz&commit=true"),
                                    .fields = { &field, 1 },
                                    .body = SLICE("{}") };
    struct cli_corpus_steps steps = cli_corpus_steps_of();
    cli_corpus_steps_add(&steps, &request, CLI_SESSION_START);
    request.target = SLICE("/1.1/ann/info/quota");
    request.body = SLICE("");
    request.fields.count = 0;
    request.method_text = SLICE("GET");
    cli_corpus_steps_add(&steps, &request, CLI_SESSION_START + 258);
    static const char wanted[] =
        "\0"                                                        /* configuration */
        "\x0b\x01\x03*/*"                                           /* Accept */
        "\x0a\x03\x20\0\x02\0/storage/a/b?batch=\x01&commit=true{}" /* PUT */
        "\x09\x02\x01\0"                                            /* 2.58 seconds */
        "\x9a\0\x0b\0\0\0/info/quota";                              /* GET, user 1, 1.1 */
    assert_int_equal(steps.requests, 2);
    assert_true(slice_eq(buf_slice(&steps.out), slice_of(wanted, sizeof(wanted) - 1)));
    cli_corpus_steps_clear(&steps);
    assert_int_equal(steps.out.len, 1);
    cli_corpus_steps_free(&steps);
}

static void a_request_from_the_root_is_nobodys(void **state)
{
    (void)state;
    struct http_request request = { .method_text = SLICE("GET"),
                                    .target = SLICE("/__heartbeat__") };
    struct cli_corpus_steps steps = cli_corpus_steps_of();
    cli_corpus_steps_add(&steps, &request, CLI_SESSION_START);
    static const char wanted[] = "\0\x0a\0\x0f\0\0\0//__heartbeat__";
    assert_int_equal(steps.user_count, 0);
    assert_true(slice_eq(buf_slice(&steps.out), slice_of(wanted, sizeof(wanted) - 1)));
    cli_corpus_steps_free(&steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_a_step_below_the_endpoint_of_a_numbered_user),
        cmocka_unit_test(a_request_from_the_root_is_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
