#include "runner/world.h"

#include <ctype.h>

enum { SILENT_MAX = 8, SECRET_MIN = 4 };

const struct runner_limit_row runner_limit_rows[RUNNER_LIMITS] = {
    { "max_request_bytes", RUNNER_SEND_BYTES },   { "max_post_records", RUNNER_SEND_RECORDS },
    { "max_post_bytes", RUNNER_SEND_BYTES },      { "max_record_payload_bytes", RUNNER_SEND_BYTES },
    { "max_total_records", RUNNER_SEND_RECORDS }, { "max_total_bytes", RUNNER_SEND_BYTES },
};

static const char *lower(struct arena *arena, struct slice text)
{
    char *copy = arena_text(arena, text);
    for (size_t i = 0; copy != NULL && i < text.len; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return copy;
}

/* Users of a live server outlive a run, and so do the nonces that it remembers: the seed alone must
 * not choose them, or a second run with the same seed would meet what the first one left. */
static uint64_t choose_seed(const struct runner_world *world)
{
    uint64_t chance = world->virtual_time ? 0 : rng_u64(rng_system());
    return world->options->seed ^ chance;
}

size_t runner_world_seat(const struct runner_world *world, size_t index, size_t run)
{
    return run * (plan_case_count(world->plan) + 1) + index;
}

static size_t most_runs(const struct runner_options *options)
{
    return (options->repeat > 0 ? options->repeat : 1) + options->retries;
}

uint64_t runner_world_span(const struct runner_world *world)
{
    return 3 * (uint64_t)runner_world_seat(world, 0, most_runs(world->options));
}

/* Servers keep user ids in 32 bits with a sign; small ones may be somebody's. */
static uint64_t choose_uids(const struct runner_world *world)
{
    const uint64_t low = 1000000000;
    const uint64_t high = INT32_MAX;
    struct rng_seeded rng = rng_seeded_with(world->seed);
    return low + rng_below(&rng.base, high - low - runner_world_span(world));
}

void runner_world_move(struct runner_world *world)
{
    world->seed = rng_u64(rng_system());
    world->uid_base = choose_uids(world);
}

struct rng_seeded runner_world_rng(const struct runner_world *world, size_t seat)
{
    /* Neighbouring seeds of this generator give the same sequence, one step apart: hence through
     * two of its outputs. */
    struct rng_seeded of_run = rng_seeded_with(world->seed);
    struct rng_seeded of_index = rng_seeded_with(~(uint64_t)seat);
    return rng_seeded_with(rng_u64(&of_run.base) ^ rng_u64(&of_index.base));
}

bool runner_world_init(struct runner_world *world)
{
    const struct http_url *url = &world->target->url;
    struct arena *arena = world->arena;
    bool ipv6 = slice_find(url->host, ':') < url->host.len;
    const char *open = ipv6 ? "[" : "";
    const char *close = ipv6 ? "]" : "";
    bool usual = url->port == (url->tls ? 443 : 80);
    world->virtual_time = exchange_skip(world->exchange, 0);
    world->throttle = runner_throttle_of(world->options->rate);
    world->seed = choose_seed(world);
    world->uid_base = choose_uids(world);
    world->prefix = arena_text(arena, url->path);
    world->hostname = lower(arena, url->host);
    world->host = usual ? arena_format(arena, "%s%.*s%s", open, SLICE_FMT(url->host), close)
                        : arena_format(arena, "%s%.*s%s:%u", open, SLICE_FMT(url->host), close,
                                       (unsigned)url->port);
    if (world->prefix == NULL || world->hostname == NULL || world->host == NULL)
        return false;
    world->origin = arena_format(arena, "%s://%s", url->tls ? "https" : "http", world->host);
    if (world->origin == NULL)
        return false;
    world->node = arena_format(arena, "%s%s", world->origin, world->prefix);
    return world->node != NULL;
}

int64_t runner_world_now(const struct runner_world *world)
{
    return exchange_now(world->exchange) + world->clock_offset;
}

void runner_world_note(struct runner_world *world, enum exchange_outcome outcome)
{
    bool silent = outcome == EXCHANGE_UNREACHABLE || outcome == EXCHANGE_TIMEOUT ||
                  outcome == EXCHANGE_CLOSED;
    world->silent = silent ? world->silent + 1 : 0;
}

bool runner_world_is_gone(const struct runner_world *world)
{
    return world->silent >= SILENT_MAX;
}

/* Each gives NULL when the need is met, else what is missing. */
static const char *lacks_mint(const struct runner_world *world)
{
    return world->target->auth == RUNNER_AUTH_SECRET
               ? NULL
               : "the suite has one account and cannot mint tokens; give --auth secret:FILE";
}

static const char *lacks_users(const struct runner_world *world)
{
    if (!runner_target_has_one(world->target))
        return NULL;
    return world->target->auth == RUNNER_AUTH_HAWK
               ? "the suite has one account only; give --auth secret:FILE"
               : "the suite has one account only";
}

static const char *lacks_rotated(const struct runner_world *world)
{
    return world->target->auth == RUNNER_AUTH_SECRET && world->target->secrets.count > 1
               ? NULL
               : "only one secret of the server is known";
}

static const char *lacks_quota(const struct runner_world *world)
{
    if (world->quota == RUNNER_QUOTA_NONE)
        return "/info/quota says that there is no quota";
    if (world->quota == RUNNER_QUOTA_UNKNOWN)
        return "/info/quota tells none; give --quota BYTES";
    if (world->quota_bytes < RUNNER_QUOTA_LEAST)
        return "the quota is below 1 MiB, too small to tell a full one from a large record";
    if (world->quota_bytes <= world->options->quota_budget)
        return NULL;
    const char *text = arena_format(
        world->arena, "it takes %llu bytes to fill the quota, more than --quota-budget",
        (unsigned long long)world->quota_bytes);
    return text == NULL ? "" : text;
}

static const char *lacks_no_quota(const struct runner_world *world)
{
    return world->quota == RUNNER_QUOTA_NONE ? NULL : "/info/quota does not say that there is none";
}

static const char *lacks_batches(const struct runner_world *world)
{
    if (world->batch_status == RUNNER_BATCH_OPENED)
        return NULL;
    const char *text = arena_format(world->arena, "POST ?batch=true is answered with %d, not 202",
                                    world->batch_status);
    return text == NULL ? "" : text;
}

static const char *lacks_raw(const struct runner_world *world)
{
    return world->target->url.tls ? "the target is reached with TLS" : NULL;
}

static const char *lacks_tls(const struct runner_world *world)
{
    return world->target->url.tls ? NULL : "the target is reached without TLS";
}

static const char *lacks_limit(const struct runner_world *world, size_t index)
{
    const struct runner_limit *limit = &world->limits[index];
    if (!limit->known)
        return "/info/configuration does not report it";
    if (limit->value <= runner_limit_rows[index].most)
        return NULL;
    const char *text = arena_format(world->arena, "it is %llu, more than a run sends (%llu)",
                                    (unsigned long long)limit->value,
                                    (unsigned long long)runner_limit_rows[index].most);
    return text == NULL ? "" : text;
}

static const char *lacks_hook(const struct runner_world *world, enum runner_hook_kind kind)
{
    return runner_hook_is_given(&world->target->hooks[kind])
               ? NULL
               : "no target description gives this hook (--target FILE)";
}

static const char *lacks_restart(const struct runner_world *world)
{
    return lacks_hook(world, RUNNER_HOOK_RESTART);
}

static const char *lacks_set(const struct runner_world *world)
{
    return lacks_hook(world, RUNNER_HOOK_QUOTA);
}

static const char *lacks_move(const struct runner_world *world)
{
    return lacks_hook(world, RUNNER_HOOK_MOVE);
}

static const char *lacks_accounts(const struct runner_world *world)
{
    return world->target->auth == RUNNER_AUTH_ACCOUNTS
               ? NULL
               : "the suite has one account of the token server; give --auth accounts:URL";
}

static const char *lacks_storage(const struct runner_world *world)
{
    return world->storage ? NULL : "the api_endpoint that the token server names does not answer";
}

static const struct {
    const char *need;
    const char *(*lacks)(const struct runner_world *world);
    bool of_credentials; /* one account cannot do it */
} needs[] = {
    { "mint", lacks_mint, true },
    { "expired-token", lacks_mint, true },
    { "users", lacks_users, true },
    { "rotated-secret", lacks_rotated, true },
    { "accounts", lacks_accounts, true },
    { "quota", lacks_quota, false },
    { "no-quota", lacks_no_quota, false },
    { "raw", lacks_raw, false },
    { "tls", lacks_tls, false },
    { "batches", lacks_batches, false },
    { "restart-hook", lacks_restart, false },
    { "quota-hook", lacks_set, false },
    { "move-hook", lacks_move, false },
    { "storage", lacks_storage, false },
};

const char *runner_limit_name(size_t index)
{
    return index < RUNNER_LIMITS ? runner_limit_rows[index].name : NULL;
}

uint64_t runner_world_limit(const struct runner_world *world, const char *name)
{
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        if (world->limits[i].known && strcmp(runner_limit_rows[i].name, name) == 0)
            return world->limits[i].value;
    }
    return 0;
}

bool runner_world_is_beyond(const struct runner_world *world, const char *need)
{
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        if (needs[i].of_credentials && strcmp(needs[i].need, need) == 0)
            return runner_target_has_one(world->target);
    }
    return false;
}

const char *runner_world_lacks(const struct runner_world *world, const char *need)
{
    const char *missing = "the suite does not know this capability";
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        if (strcmp(needs[i].need, need) == 0)
            missing = needs[i].lacks(world);
    }
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        if (strcmp(runner_limit_rows[i].name, need) == 0)
            missing = lacks_limit(world, i);
    }
    if (missing == NULL)
        return NULL;
    const char *text = arena_format(world->arena, "needs %s: %s", need, missing);
    return text == NULL ? "" : text;
}

static void overwrite(char *text, size_t len, struct slice secret)
{
    if (secret.len < SECRET_MIN)
        return;
    for (size_t at = 0; at < len;) {
        size_t found = slice_search(slice_of(text + at, len - at), secret);
        if (found == len - at)
            return;
        memset(text + at + found, '*', secret.len);
        at += found + secret.len;
    }
}

void runner_world_scrub(const struct runner_world *world, char *text, size_t len)
{
    const struct runner_target *target = world->target;
    for (size_t i = 0; i < target->secrets.count; i++)
        overwrite(text, len, target->secrets.at[i]);
    overwrite(text, len, target->hawk_key);
    overwrite(text, len, target->password);
    overwrite(text, len, target->hawk_id);
    overwrite(text, len, target->bearer);
}
