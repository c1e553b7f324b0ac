/* What a token server has granted, as a request to its storage node needs it. */
#include "runner/grant.h"
#include "tests/support/support.h"

#include "base/alloc.h"

static const char *read(struct runner_grant *grant, struct plan_scope *scope, const char *text)
{
    json_t *granted = json_loads(text, 0, NULL);
    assert_non_null(granted);
    const char *wrong = runner_grant_read(grant, scope, granted);
    json_decref(granted);
    return wrong;
}

static struct plan_scope *scope_with(const char *endpoint)
{
    struct plan_scope *scope = plan_scope_new();
    assert_non_null(scope);
    assert_true(plan_scope_set(scope, "e", slice_text(endpoint)));
    assert_true(plan_scope_set(scope, "k", SLICE("a+key/=")));
    return scope;
}

#define GRANTED "{\"id\":\"id-{k}\",\"key\":\"{k}\",\"endpoint\":\"{e}\"}"

static void hosts_follow_from_the_endpoint(void **state)
{
    static const struct {
        const char *endpoint, *host, *hostname, *path;
        unsigned port;
    } rows[] = {
        { "https://Sync.Example.com/1.5/7", "Sync.Example.com", "sync.example.com", "/1.5/7", 443 },
        { "https://sync.example.com:443/1.5/7", "sync.example.com", "sync.example.com", "/1.5/7",
          443 },
        { "http://sync.example.com/pre/1.5/7", "sync.example.com", "sync.example.com", "/pre/1.5/7",
          80 },
        { "http://sync.example.com:8000/1.5/7", "sync.example.com:8000", "sync.example.com",
          "/1.5/7", 8000 },
        { "https://sync.example.com:80/1.5/7", "sync.example.com:80", "sync.example.com", "/1.5/7",
          80 },
        { "http://[::1]:8000/1.5/7", "[::1]:8000", "::1", "/1.5/7", 8000 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan_scope *scope = scope_with(rows[i].endpoint);
        struct runner_grant grant;
        runner_grant_init(&grant);
        assert_null(read(&grant, scope, GRANTED));
        assert_true(grant.given);
        assert_slice(buf_slice(&grant.id), "id-a+key/=");
        assert_slice(buf_slice(&grant.key), "a+key/=");
        assert_slice(buf_slice(&grant.host), rows[i].host);
        assert_slice(buf_slice(&grant.hostname), rows[i].hostname);
        assert_slice(grant.url.path, rows[i].path);
        assert_int_equal(grant.url.port, rows[i].port);
        runner_grant_free(&grant);
        plan_scope_free(scope);
    }
}

static void what_is_no_endpoint_is_said(void **state)
{
    static const char *const endpoints[] = { "", "/1.5/7", "ftp://h/1.5/7", "http://", "null" };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
        struct plan_scope *scope = scope_with(endpoints[i]);
        struct runner_grant grant;
        runner_grant_init(&grant);
        assert_non_null(read(&grant, scope, GRANTED));
        runner_grant_free(&grant);
        plan_scope_free(scope);
    }
    struct plan_scope *scope = scope_with("http://h/");
    struct runner_grant grant;
    runner_grant_init(&grant);
    assert_non_null(
        read(&grant, scope, "{\"id\":\"{nobody}\",\"key\":\"k\",\"endpoint\":\"{e}\"}"));
    runner_grant_free(&grant);
    plan_scope_free(scope);
}

static void a_grant_is_of_its_step_alone(void **state)
{
    (void)state;
    struct plan_scope *scope = scope_with("http://first.example/1.5/7");
    struct runner_grant grant;
    runner_grant_init(&grant);
    assert_null(read(&grant, scope, GRANTED));
    assert_null(runner_grant_read(&grant, scope, NULL));
    assert_false(grant.given);
    assert_int_equal(grant.host.len, 0);
    assert_true(plan_scope_set(scope, "e", SLICE("http://second.example:81/1.5/8")));
    assert_null(read(&grant, scope, GRANTED));
    assert_slice(buf_slice(&grant.host), "second.example:81");
    assert_slice(buf_slice(&grant.id), "id-a+key/=");
    assert_false(runner_url_host(&grant.url, NULL));
    runner_grant_free(&grant);
    plan_scope_free(scope);
}

static void read_once(void *context)
{
    struct runner_grant grant;
    struct plan_scope *scope = plan_scope_new();
    runner_grant_init(&grant);
    if (scope != NULL && plan_scope_set(scope, "e", SLICE("http://h.example:81/1.5/7")) &&
        plan_scope_set(scope, "k", SLICE("k"))) {
        const char *wrong = runner_grant_read(&grant, scope, context);
        assert_true(wrong != NULL || grant.host.len > 0);
        assert_true(wrong != NULL || alloc_has_failed() == false);
    }
    runner_grant_free(&grant);
    plan_scope_free(scope);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    json_t *granted = json_loads(GRANTED, 0, NULL);
    assert_non_null(granted);
    support_sweep_allocations(read_once, granted);
    json_decref(granted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_follow_from_the_endpoint),
        cmocka_unit_test(what_is_no_endpoint_is_said),
        cmocka_unit_test(a_grant_is_of_its_step_alone),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
