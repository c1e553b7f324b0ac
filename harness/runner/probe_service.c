#include "runner/probe_service.h"

#include "base/stamp.h"
#include "runner/bearer.h"
#include "runner/capture.h"
#include "runner/prober.h"

enum { SKEW_NOTICED = 2 * STAMP_SECOND };

bool runner_probe_is_service(const struct runner_world *world)
{
    const char *api = world->options->api;
    return strcmp(api, "token") == 0 || strcmp(api, "user") == 0;
}

/* Sends a step, with a bearer token that is minted for it where it needs one.  NULL when it was
 * answered. */
static const char *ask(struct runner_prober *prober, const struct plan_step *step)
{
    const struct runner_sending sending = runner_prober_sending(prober);
    struct arena *arena = prober->world->arena;
    bool wanted = runner_bearer_wanted(&sending, step);
    bool asked = !wanted || (runner_bearer_ask(&prober->request, &sending, step, &prober->call) &&
                             runner_prober_await(prober) &&
                             runner_bearer_take(&prober->request, &sending, step, &prober->call));
    if (!asked || !runner_request_make(&prober->request, &sending, step, &prober->call) ||
        !runner_prober_await(prober))
        return runner_prober_wrong(prober);
    if (prober->call.outcome == EXCHANGE_ANSWERED)
        return NULL;
    return runner_prober_text(arena_format(
        arena,
        "%s does not answer: %s: %s\nIs the server running there? URL, port and scheme (http, "
        "https) have to be its own; certificates that the system does not trust need --cacert "
        "FILE, slow servers --timeout SECONDS.",
        prober->world->node, exchange_outcome_text(prober->call.outcome), prober->call.detail));
}

/* The clock of a token server, which tells whole seconds. */
static void set_clock(struct runner_prober *prober)
{
    struct runner_world *world = prober->world;
    const struct slice *told = http_fields_get(&prober->call.answer.fields, "X-Timestamp");
    int64_t theirs = 0;
    if (world->virtual_time || told == NULL || !stamp_parse(*told, &theirs))
        return;
    int64_t offset = theirs - exchange_now(world->exchange);
    world->clock_offset = llabs(offset) < SKEW_NOTICED ? 0 : offset;
}

/* Whether the node that was granted takes what was granted for it. */
static bool try_storage(struct runner_prober *prober)
{
    static const char *const names[][2] = { { "id", "/id" },
                                            { "key", "/key" },
                                            { "endpoint", "/api_endpoint" } };
    bool kept = true;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct plan_keep keep = { .name = names[i][0], .from = "json", .what = names[i][1] };
        kept =
            kept && runner_capture(&keep, &prober->call.answer, prober->scope) == RUNNER_CAPTURED;
    }
    json_t *granted =
        json_pack("{s:s, s:s, s:s}", "id", "{id}", "key", "{key}", "endpoint", "{endpoint}");
    const struct plan_step step = {
        .kind = PLAN_SEND,
        .as = "me",
        .endpoint_of = "me",
        .method = "GET",
        .target = "/info/collections",
        .granted = granted,
    };
    bool usable =
        kept && granted != NULL && ask(prober, &step) == NULL && prober->call.answer.status == 200;
    json_decref(granted);
    return usable;
}

static const char *refused(const struct runner_world *world, int status)
{
    const char *credential =
        world->target->auth == RUNNER_AUTH_BEARER
            ? "the bearer token and X-KeyID of --auth have to be ones that it takes now: has the "
              "token expired?"
            : "the server has to trust the accounts service of --auth: its keys are at /v1/jwks "
              "of `syncspec serve --accounts`.";
    return runner_prober_text(
        arena_format(world->arena,
                     "%s/1.0/sync/1.5 gives no token but status %d.\nThe URL is "
                     "what stands before /1.0/sync/1.5, and %s",
                     world->node, status, credential));
}

static const char *probe_token(struct runner_prober *prober)
{
    struct runner_world *world = prober->world;
    const struct plan_step step = {
        .kind = PLAN_SEND,
        .as = "me",
        .endpoint_of = "me",
        .method = "GET",
        .target = "/1.0/sync/1.5",
        .from_root = true,
    };
    const char *wrong = ask(prober, &step);
    if (wrong != NULL)
        return wrong;
    set_clock(prober);
    if (prober->call.answer.status != 200)
        return refused(world, prober->call.answer.status);
    world->storage = try_storage(prober);
    return NULL;
}

static const char *probe_user(struct runner_prober *prober)
{
    struct runner_world *world = prober->world;
    const struct plan_step step = {
        .kind = PLAN_SEND,
        .as = "me",
        .endpoint_of = "me",
        .method = "GET",
        .target = "/user/1.0/" RUNNER_NAME "0",
        .from_root = true,
    };
    const char *wrong = ask(prober, &step);
    if (wrong != NULL || prober->call.answer.status == 200)
        return wrong;
    return runner_prober_text(arena_format(
        world->arena,
        "%s/user/1.0/" RUNNER_NAME "0 is answered with status %d, not with 0 or 1 as the User API "
        "has it.\nThe URL is what stands before /user/1.0/.",
        world->node, prober->call.answer.status));
}

const char *runner_probe_service(struct runner_world *world)
{
    struct runner_prober *prober = runner_prober_new(world);
    if (prober == NULL)
        return runner_prober_text(NULL);
    const char *wrong =
        strcmp(world->options->api, "token") == 0 ? probe_token(prober) : probe_user(prober);
    runner_prober_free(prober);
    return wrong;
}
