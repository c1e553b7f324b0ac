/* The first look at a token server and at the User API, and who takes it. */
#include "runner/probe_service.h"
#include "runner/prober.h"
#include "tests/support/service.h"
#include "tests/support/support.h"

#include "base/alloc.h"
#include "base/stamp.h"

#define GRANT                                                                                      \
    "{\"id\":\"the-id\",\"key\":\"the-key\",\"uid\":7,\"api_endpoint\":\"http://node:81/1.5/7\"}"

static const struct service_line granting[] = {
    { "/accounts-double/token", 200, "{\"access_token\":\"a.bbb.ccc\"}", NULL, EXCHANGE_PENDING },
    { "/pre/1.0/sync/1.5", 200, GRANT, "1700000000", EXCHANGE_PENDING },
    { "/1.5/7/info/collections", 200, "{}", NULL, EXCHANGE_PENDING },
};

static void a_token_server_is_asked_for_a_token_and_its_node_for_storage(void **state)
{
    (void)state;
    struct service service;
    assert_true(service_init(&service, RUNNER_AUTH_ACCOUNTS, granting, COUNT_OF(granting)));
    assert_true(runner_probe_is_service(&service.world));
    assert_null(runner_probe_service(&service.world));
    assert_true(service.world.storage);
    assert_int_equal(service.world.clock_offset, 0);
    struct slice log = buf_slice(&service.log), line;
    static const char *const starts[] = { "POST /accounts-double/token - {",
                                          "GET /pre/1.0/sync/1.5 Bearer a.bbb.ccc ",
                                          "GET /1.5/7/info/collections Hawk id=\"the-id\"," };
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        assert_true(slice_cut(log, '\n', &line, &log));
        if (!slice_starts(line, slice_text(starts[i])))
            fail_msg("%.*s", SLICE_FMT(line));
    }
    assert_int_equal(log.len, 0);
    service_free(&service);
}

static void one_account_needs_no_double(void **state)
{
    (void)state;
    struct service service;
    assert_true(service_init(&service, RUNNER_AUTH_BEARER, granting, COUNT_OF(granting)));
    assert_null(runner_probe_service(&service.world));
    assert_true(slice_starts(buf_slice(&service.log),
                             SLICE("GET /pre/1.0/sync/1.5 Bearer the.given.token ")));
    service_free(&service);
}

static void a_node_that_does_not_answer_is_no_storage(void **state)
{
    static const struct service_line nodes[][2] = {
        { { "/sync/1.5", 200, GRANT, NULL, EXCHANGE_PENDING },
          { "/info/collections", 401, "0", NULL, EXCHANGE_PENDING } },
        { { "/sync/1.5", 200, GRANT, NULL, EXCHANGE_PENDING },
          { "/info/collections", 0, "", NULL, EXCHANGE_UNREACHABLE } },
        { { "/sync/1.5", 200, "{\"id\":\"i\",\"key\":\"k\"}", NULL, EXCHANGE_PENDING },
          { "/info/collections", 200, "{}", NULL, EXCHANGE_PENDING } },
        { { "/sync/1.5", 200, "{\"id\":\"i\",\"key\":\"k\",\"api_endpoint\":\"node\"}", NULL,
            EXCHANGE_PENDING },
          { "/info/collections", 200, "{}", NULL, EXCHANGE_PENDING } },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(nodes); i++) {
        struct service service;
        assert_true(service_init(&service, RUNNER_AUTH_BEARER, nodes[i], 2));
        assert_null(runner_probe_service(&service.world));
        assert_false(service.world.storage);
        service_free(&service);
    }
}

static void the_clock_is_that_of_the_token_server(void **state)
{
    static const struct {
        const char *told;
        int64_t offset;
    } rows[] = { { "1700000100", 100 * STAMP_SECOND },
                 { "1699999000", -1000 * STAMP_SECOND },
                 { "1700000001", 0 },
                 { "soon", 0 },
                 { NULL, 0 } };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct service_line lines[] = { { "/sync/1.5", 200, GRANT, rows[i].told,
                                                EXCHANGE_PENDING } };
        struct service service;
        assert_true(service_init(&service, RUNNER_AUTH_BEARER, lines, 1));
        assert_null(runner_probe_service(&service.world));
        assert_int_equal(service.world.clock_offset, rows[i].offset);
        service_free(&service);
    }
}

static void what_cannot_be_used_says_what_to_look_at(void **state)
{
    static const struct {
        enum runner_auth auth;
        struct service_line lines[2];
        const char *says;
    } rows[] = {
        { RUNNER_AUTH_ACCOUNTS,
          { { "/token", 200, "{\"access_token\":\"a.b.c\"}", NULL, EXCHANGE_PENDING },
            { "/sync/1.5", 401, "{}", NULL, EXCHANGE_PENDING } },
          "no token but status 401" },
        { RUNNER_AUTH_ACCOUNTS,
          { { "/token", 200, "{\"access_token\":\"a.b.c\"}", NULL, EXCHANGE_PENDING },
            { "/sync/1.5", 401, "{}", NULL, EXCHANGE_PENDING } },
          "/v1/jwks" },
        { RUNNER_AUTH_ACCOUNTS,
          { { "/token", 500, "", NULL, EXCHANGE_PENDING },
            { "/sync/1.5", 200, GRANT, NULL, EXCHANGE_PENDING } },
          "the accounts double does not give one" },
        { RUNNER_AUTH_BEARER,
          { { "/sync/1.5", 401, "{}", NULL, EXCHANGE_PENDING } },
          "has the token expired?" },
        { RUNNER_AUTH_BEARER,
          { { "/sync/1.5", 0, "", NULL, EXCHANGE_UNREACHABLE } },
          "does not answer" },
        { RUNNER_AUTH_NAMES,
          { { "/user/1.0/syncspec-0", 0, "", NULL, EXCHANGE_TIMEOUT } },
          "Is the server running there?" },
        { RUNNER_AUTH_NAMES,
          { { "/user/1.0/syncspec-0", 404, "", NULL, EXCHANGE_PENDING } },
          "status 404, not with 0 or 1" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct service service;
        size_t count = rows[i].lines[1].target == NULL ? 1 : 2;
        assert_true(service_init(&service, rows[i].auth, rows[i].lines, count));
        const char *wrong = runner_probe_service(&service.world);
        assert_non_null(wrong);
        if (strstr(wrong, rows[i].says) == NULL)
            fail_msg("row %zu: %s", i, wrong);
        service_free(&service);
    }
}

static void the_user_api_answers_of_a_name_that_nobody_has(void **state)
{
    (void)state;
    static const struct service_line lines[] = { { "/pre/user/1.0/syncspec-0", 200, "0", NULL,
                                                   EXCHANGE_PENDING } };
    struct service service;
    assert_true(service_init(&service, RUNNER_AUTH_NAMES, lines, 1));
    assert_true(runner_probe_is_service(&service.world));
    assert_null(runner_probe_service(&service.world));
    service.options.api = "1.5";
    assert_false(runner_probe_is_service(&service.world));
    service_free(&service);
}

/* A transport that keeps a call may still write to it: prober and call are left to it. */
static void a_call_that_does_not_come_back_is_left_to_the_transport(void **state)
{
    (void)state;
    static struct runner_prober *left; /* not lost to a checker of leaks */
    static const char *const request[2] = { "GET", "/info/collections" };
    struct service service;
    assert_true(service_init(&service, RUNNER_AUTH_NAMES, NULL, 0));
    service.loses = true;
    service.options.timeout_ms = -10000; /* the time is over before it begins */
    left = runner_prober_new(&service.world);
    assert_non_null(left);
    const struct runner_sending sending = runner_prober_sending(left);
    assert_string_equal(sending.correlation, "the first look at the target");
    assert_true(runner_request_own(&left->request, &sending, RUNNER_ME, request, &left->call));
    assert_false(runner_prober_await(left));
    assert_true(left->lost);
    assert_string_equal(runner_prober_wrong(left), "the transport lost a request");
    runner_prober_free(left);
    assert_true(left->lost); /* still there */
    left->lost = false;
    runner_prober_free(left);
    service_free(&service);
}

static void an_anonymous_run_says_nothing_of_itself(void **state)
{
    (void)state;
    struct service service;
    assert_true(service_init(&service, RUNNER_AUTH_NAMES, NULL, 0));
    service.options.anonymous = true;
    struct runner_prober *prober = runner_prober_new(&service.world);
    assert_non_null(prober);
    assert_null(runner_prober_sending(prober).correlation);
    assert_string_equal(runner_prober_text(NULL), "out of memory");
    runner_prober_free(prober);
    service_free(&service);
}

static void look_once(void *context)
{
    const enum runner_auth *auth = context;
    struct service service;
    if (service_init(&service, *auth, granting, COUNT_OF(granting))) {
        const char *wrong = runner_probe_service(&service.world);
        assert_true(wrong == NULL || wrong[0] != '\0');
    }
    service_free(&service);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    enum runner_auth kinds[] = { RUNNER_AUTH_ACCOUNTS, RUNNER_AUTH_BEARER, RUNNER_AUTH_NAMES };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        support_sweep_allocations(look_once, &kinds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_server_is_asked_for_a_token_and_its_node_for_storage),
        cmocka_unit_test(one_account_needs_no_double),
        cmocka_unit_test(a_node_that_does_not_answer_is_no_storage),
        cmocka_unit_test(the_clock_is_that_of_the_token_server),
        cmocka_unit_test(what_cannot_be_used_says_what_to_look_at),
        cmocka_unit_test(the_user_api_answers_of_a_name_that_nobody_has),
        cmocka_unit_test(a_call_that_does_not_come_back_is_left_to_the_transport),
        cmocka_unit_test(an_anonymous_run_says_nothing_of_itself),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
