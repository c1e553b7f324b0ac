/* Bearer tokens that an accounts double mints before a step's request. */
#include "runner/bearer.h"
#include "runner/prober.h"
#include "tests/support/service.h"
#include "tests/support/support.h"

#include "base/alloc.h"
#include "base/stamp.h"

#define PATH  "/accounts-double/token"
#define TOKEN "aGVhZGVy.cGF5bG9hZA.c2lnbmF0dXJl"

static const struct service_line minting[] = {
    { PATH, 200, "{\"access_token\":\"" TOKEN "\",\"x\":1}", NULL, EXCHANGE_PENDING },
};

static struct plan_step step_with(const json_t *auth, const json_t *headers)
{
    return (struct plan_step){ .kind = PLAN_SEND,
                               .as = "me",
                               .endpoint_of = "me",
                               .method = "GET",
                               .target = "/1.0/sync/1.5",
                               .from_root = true,
                               .auth = auth,
                               .headers = headers };
}

static json_t *json_of(const char *text)
{
    json_t *value = text == NULL ? NULL : json_loads(text, 0, NULL);
    assert_true(text == NULL || value != NULL);
    return value;
}

static void a_token_is_minted_where_the_step_needs_one(void **state)
{
    static const struct {
        enum runner_auth auth;
        const char *recipe, *headers;
        bool granted, wanted;
    } rows[] = {
        { RUNNER_AUTH_ACCOUNTS, NULL, NULL, false, true },
        { RUNNER_AUTH_ACCOUNTS, NULL, "{\"X-KeyID\":\"1-AA\"}", false, true },
        { RUNNER_AUTH_ACCOUNTS, NULL, "{\"authorization\":\"Bearer x\"}", false, false },
        { RUNNER_AUTH_ACCOUNTS, NULL, "{\"Authorization\":null}", false, false },
        { RUNNER_AUTH_ACCOUNTS, NULL, NULL, true, false },
        { RUNNER_AUTH_ACCOUNTS, "{\"bearer\":{\"generation\":1}}", NULL, false, true },
        { RUNNER_AUTH_ACCOUNTS, "{\"header\":\"Bearer x\"}", NULL, false, false },
        { RUNNER_AUTH_BEARER, NULL, NULL, false, false },
        { RUNNER_AUTH_NAMES, NULL, NULL, false, false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct service service;
        json_t *recipe = json_of(rows[i].recipe), *headers = json_of(rows[i].headers);
        json_t *granted = json_of("{}");
        struct plan_step step = step_with(recipe, headers);
        step.granted = rows[i].granted ? granted : NULL;
        assert_true(service_init(&service, rows[i].auth, minting, COUNT_OF(minting)));
        struct runner_prober *prober = runner_prober_new(&service.world);
        assert_non_null(prober);
        const struct runner_sending sending = runner_prober_sending(prober);
        if (runner_bearer_wanted(&sending, &step) != rows[i].wanted)
            fail_msg("row %zu", i);
        runner_prober_free(prober);
        service_free(&service);
        json_decref(recipe);
        json_decref(headers);
        json_decref(granted);
    }
}

/* Mints for the step.  What went wrong, or NULL. */
static const char *mint(struct runner_prober *prober, const struct plan_step *step)
{
    const struct runner_sending sending = runner_prober_sending(prober);
    bool minted = runner_bearer_ask(&prober->request, &sending, step, &prober->call) &&
                  runner_prober_await(prober) &&
                  runner_bearer_take(&prober->request, &sending, step, &prober->call);
    return minted ? NULL : prober->wrong;
}

/* A recipe, what the double is asked for besides the account, and the token of the step (NULL: it
 * is the account's). */
static const struct {
    const char *recipe, *asked, *token;
} recipes[] = {
    { NULL, "", NULL },
    { "{\"bearer\":{}}", "", TOKEN },
    { "{\"bearer\":{\"generation\":5}}", "\"generation\":5", TOKEN },
    { "{\"bearer\":{\"generation\":\"{n}\"}}", "\"generation\":7", TOKEN },
    { "{\"bearer\":{\"scope\":\"other\",\"expires_in\":-600}}",
      "\"scope\":\"other\",\"expires_in\":-600", TOKEN },
    { "{\"bearer\":{\"scheme\":\"bearer\"}}", "", TOKEN },
    { "{\"bearer\":{\"damage\":\"payload\"}}", "", "aGVhZGVy.cAF5bG9hZA.c2lnbmF0dXJl" },
    { "{\"bearer\":{\"damage\":\"signature\"}}", "", "aGVhZGVy.cGF5bG9hZA.cAlnbmF0dXJl" },
    { "{\"bearer\":{\"damage\":\"truncate\"}}", "", "aGVhZGVy.cGF5bG9hZA" },
};

static void the_double_is_asked_for_what_the_step_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct service service;
        json_t *recipe = json_of(recipes[i].recipe);
        const struct plan_step step = step_with(recipe, NULL);
        char id[RUNNER_ACCOUNT_ID];
        assert_true(service_init(&service, RUNNER_AUTH_ACCOUNTS, minting, COUNT_OF(minting)));
        struct runner_prober *prober = runner_prober_new(&service.world);
        assert_non_null(prober);
        assert_true(plan_scope_set(prober->scope, "n", SLICE("7")));
        assert_null(mint(prober, &step));
        runner_account_id(&prober->accounts[RUNNER_ME], id);
        struct slice log = buf_slice(&service.log);
        assert_true(slice_starts(log, SLICE("POST " PATH " - {")));
        assert_true(slice_search(log, slice_text(id)) < log.len);
        assert_true(slice_search(log, slice_text(recipes[i].asked)) < log.len ||
                    recipes[i].asked[0] == '\0');
        assert_true(slice_search(log, SLICE("damage")) == log.len);
        assert_true(slice_search(log, SLICE("scheme")) == log.len);
        assert_slice(buf_slice(&prober->request.bearer),
                     recipes[i].token == NULL ? "" : recipes[i].token);
        assert_slice(buf_slice(&prober->accounts[RUNNER_ME].token),
                     recipes[i].token == NULL ? TOKEN : "");
        runner_prober_free(prober);
        service_free(&service);
        json_decref(recipe);
    }
}

static void an_account_keeps_its_token_until_it_is_about_to_expire(void **state)
{
    (void)state;
    struct service service;
    const struct plan_step step = step_with(NULL, NULL);
    assert_true(service_init(&service, RUNNER_AUTH_ACCOUNTS, minting, COUNT_OF(minting)));
    struct runner_prober *prober = runner_prober_new(&service.world);
    assert_non_null(prober);
    const struct runner_sending sending = runner_prober_sending(prober);
    assert_true(runner_bearer_wanted(&sending, &step));
    assert_null(mint(prober, &step));
    assert_false(runner_bearer_wanted(&sending, &step));
    service.now = prober->accounts[RUNNER_ME].expires - 1;
    assert_true(runner_bearer_wanted(&sending, &step));
    runner_prober_free(prober);
    service_free(&service);
}

static void what_is_no_token_is_said(void **state)
{
    static const struct {
        struct service_line line;
        const char *recipe, *says;
    } rows[] = {
        { { PATH, 404, "{}", NULL, EXCHANGE_PENDING }, NULL, "--auth accounts:URL" },
        { { PATH, 200, "", NULL, EXCHANGE_CLOSED }, NULL, "--auth accounts:URL" },
        { { PATH, 200, "", NULL, EXCHANGE_PENDING }, NULL, "is none" },
        { { PATH, 200, "{\"token\":\"a.b.c\"}", NULL, EXCHANGE_PENDING }, NULL, "is none" },
        { { PATH, 200, "{\"access_token\":5}", NULL, EXCHANGE_PENDING }, NULL, "is none" },
        { { PATH, 200, "{\"access_token\":\"\"}", NULL, EXCHANGE_PENDING },
          "{\"bearer\":{\"damage\":\"payload\"}}",
          "is none" },
        { { PATH, 200, "{\"access_token\":\"a.b.\"}", NULL, EXCHANGE_PENDING },
          "{\"bearer\":{\"damage\":\"signature\"}}",
          "is none" },
        { { PATH, 200, "{\"access_token\":\"" TOKEN "\"}", NULL, EXCHANGE_PENDING },
          "{\"bearer\":{\"generation\":\"{word}\"}}",
          "generation is no number" },
        { { PATH, 200, "{\"access_token\":\"" TOKEN "\"}", NULL, EXCHANGE_PENDING },
          "{\"bearer\":{\"scope\":\"{nobody}\"}}",
          "no capture {nobody}" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct service service;
        json_t *recipe = json_of(rows[i].recipe);
        const struct plan_step step = step_with(recipe, NULL);
        assert_true(service_init(&service, RUNNER_AUTH_ACCOUNTS, &rows[i].line, 1));
        struct runner_prober *prober = runner_prober_new(&service.world);
        assert_non_null(prober);
        assert_true(plan_scope_set(prober->scope, "word", SLICE("soon")));
        const char *wrong = mint(prober, &step);
        assert_non_null(wrong);
        if (strstr(wrong, rows[i].says) == NULL)
            fail_msg("row %zu: %s", i, wrong);
        runner_prober_free(prober);
        service_free(&service);
        json_decref(recipe);
    }
}

static void mint_once(void *context)
{
    struct service service;
    const struct plan_step step = step_with(context, NULL);
    if (service_init(&service, RUNNER_AUTH_ACCOUNTS, minting, COUNT_OF(minting))) {
        struct runner_prober *prober = runner_prober_new(&service.world);
        if (prober != NULL) {
            const char *wrong = mint(prober, &step);
            assert_true(wrong == NULL || alloc_has_failed());
            runner_prober_free(prober);
        }
    }
    service_free(&service);
}

static void any_allocation_may_fail(void **state)
{
    (void)state;
    json_t *recipe = json_of("{\"bearer\":{\"generation\":5,\"damage\":\"payload\"}}");
    support_sweep_allocations(mint_once, NULL);
    support_sweep_allocations(mint_once, recipe);
    json_decref(recipe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_minted_where_the_step_needs_one),
        cmocka_unit_test(the_double_is_asked_for_what_the_step_says),
        cmocka_unit_test(an_account_keeps_its_token_until_it_is_about_to_expire),
        cmocka_unit_test(what_is_no_token_is_said),
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
