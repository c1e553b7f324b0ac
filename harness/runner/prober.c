#include "runner/prober.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdio.h>

enum {
    NEXT_MS = 1000,
    GRACE_MS = 5000, /* beyond the call's own time limit */
};

struct runner_prober *runner_prober_new(struct runner_world *world)
{
    struct runner_prober *prober = alloc_new(struct runner_prober);
    size_t index = plan_case_count(world->plan);
    if (prober == NULL)
        return NULL;
    prober->world = world;
    prober->scope = plan_scope_new();
    prober->rng = runner_world_rng(world, index);
    for (size_t i = 0; i < RUNNER_USERS; i++)
        runner_account_init(&prober->accounts[i], world, index, (enum runner_user)i);
    runner_request_init(&prober->request);
    exchange_call_init(&prober->call);
    if (prober->scope != NULL)
        return prober;
    runner_prober_free(prober);
    return NULL;
}

struct runner_sending runner_prober_sending(struct runner_prober *prober)
{
    return (struct runner_sending){
        .world = prober->world,
        .accounts = prober->accounts,
        .scope = prober->scope,
        .rng = &prober->rng.base,
        .correlation = prober->world->options->anonymous ? NULL : "the first look at the target",
        .wrong = prober->wrong,
        .wrong_size = sizeof(prober->wrong),
    };
}

bool runner_prober_await(struct runner_prober *prober)
{
    struct runner_world *world = prober->world;
    prober->call.timeout_ms = world->options->timeout_ms;
    exchange_start(world->exchange, &prober->call);
    int64_t give_up = clock_monotonic_ms() + world->options->timeout_ms + GRACE_MS;
    while (exchange_next(world->exchange, NEXT_MS) == NULL) {
        if (clock_monotonic_ms() > give_up) {
            (void)snprintf(prober->wrong, sizeof(prober->wrong), "the transport lost a request");
            prober->lost = true;
            return false;
        }
    }
    return true;
}

const char *runner_prober_text(const char *text)
{
    return text == NULL ? "out of memory" : text;
}

const char *runner_prober_wrong(const struct runner_prober *prober)
{
    return runner_prober_text(arena_text(prober->world->arena, slice_text(prober->wrong)));
}

void runner_prober_free(struct runner_prober *prober)
{
    if (prober->lost)
        return;
    for (size_t i = 0; i < RUNNER_USERS; i++)
        runner_account_free(&prober->accounts[i]);
    plan_scope_free(prober->scope);
    runner_request_free(&prober->request);
    exchange_call_free(&prober->call);
    alloc_release(prober);
}
