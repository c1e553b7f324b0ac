#include "tests/support/runs.h"

#include "check/check.h"
#include "tests/support/support.h"

#include <stdio.h>

static const char requirements[] =
    "{\"title\": \"t\", \"document\": \"d\", \"requirements\": ["
    "{\"id\": \"1.5/a/must\", \"level\": \"must\", \"statement\": \"It must.\", \"source\": \"s\", "
    "\"impact\": \"i\"},"
    "{\"id\": \"1.5/a/should\", \"level\": \"should\", \"statement\": \"It should.\", \"source\": "
    "\"s\", \"impact\": \"i\"},"
    "{\"id\": \"1.5/a/may\", \"level\": \"may\", \"statement\": \"It may.\", \"source\": \"s\", "
    "\"impact\": \"i\"}]}";

struct plan *runs_load(const char *cases)
{
    struct buf text = buf_bounded(64 * 1024);
    struct plan_errors errors = { .text = &text };
    struct plan *plan = plan_load_text(slice_text(cases), "cases.json", slice_text(requirements),
                                       check_vocabulary(), &errors);
    if (plan == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&text)));
    buf_free(&text);
    return plan;
}

struct runner_target runs_minting_target(void)
{
    return (struct runner_target){
        .name = "a scripted target",
        .url = { .host = SLICE("h.example"), .port = 8000 },
        .secrets = { .at = { SLICE("the secret of the server") }, .count = 1 },
    };
}

struct runner_target runs_account_target(void)
{
    return (struct runner_target){
        .name = "a scripted target",
        .url = { .host = SLICE("h.example"), .port = 8000 },
        .auth = RUNNER_AUTH_HAWK,
        .hawk_id = SLICE("the token of the account"),
        .hawk_key = SLICE("the key of the account"),
        .uid = 42,
    };
}

struct runner_options runs_options(uint64_t seed, size_t jobs)
{
    struct runner_options options = runner_options_default();
    options.seed = seed;
    options.jobs = jobs;
    options.timeout_ms = 1000;
    return options;
}

struct fake_target fake;

struct verdict_run *runs_all(const char *cases, const struct runner_target *target,
                             const struct runner_options *options, struct plan **ret_plan)
{
    *ret_plan = runs_load(cases);
    struct verdict_run *run = runner_run(*ret_plan, target, options, &fake.base);
    assert_non_null(run);
    return run;
}

const char *runs_many_cases(void)
{
    static char text[64 * 1024];
    size_t len = (size_t)snprintf(text, sizeof(text), "%s",
                                  "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", "
                                  "\"cases\": [");
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len,
                                "%s{\"id\": \"m/case-%c%c\", \"title\": \"t\", \"requires\": "
                                "[\"1.5/a/must\"], \"steps\": [{\"send\": \"PUT "
                                "/storage/{coll}/ok\", \"expect\": {\"status\": 200}}]}",
                                i == 0 ? "" : ", ", 'a' + i / 10, 'a' + i % 10);
    (void)snprintf(text + len, sizeof(text) - len, "]}");
    return text;
}
