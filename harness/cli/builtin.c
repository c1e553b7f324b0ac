#include "cli/builtin.h"

#include "auth/basic_scheme.h"
#include "auth/digest.h"
#include "base/stamp.h"
#include "cli/disk.h"
#include "exchange/via.h"
#include "runner/account.h"
#include "store/memory.h"

#include <stdio.h>

enum {
    SKEW = 60,
    NODE_USERS = 1000000,
    PASSWORD_COST = 4, /* no one guesses at what lives for a run */
};

/* Where `syncspec serve` listens by itself, so that curl lines lead to a server once one is
 * started. */
static const char url[] = "http://127.0.0.1:8000";
static const char url_of_node[] = "http://127.0.0.1:8000/";
static const char url_of_another[] = "http://127.0.0.2:8000/";

/* A fixed start, so that a seed gives the same run again: 2023-11-14T22:13:20Z. */
static const int64_t start = (int64_t)1700000000 * STAMP_SECOND;
static const uint64_t memory = (uint64_t)1024 * 1024 * 1024;

/* Nobody but this process talks to the core: the seed may decide its secrets, too, and the same
 * seed gives the same bytes. */
static void make_secret(struct rng *rng, char text[CLI_SECRET_TEXT])
{
    uint8_t bytes[(CLI_SECRET_TEXT - 1) / 2];
    rng_fill(rng, bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* Everybody whom the runner makes up exists, unless the User API says who does. */
static enum auth_result check_user(void *context, struct slice user, struct slice password,
                                   struct auth_identity *ret_identity)
{
    const struct cli_builtin *builtin = context;
    if (builtin->users != NULL)
        return core_users_check_here(core_user_api_users(builtin->users), user, password,
                                     ret_identity);
    const struct slice name = SLICE(RUNNER_NAME);
    bool named =
        slice_starts(user, name) && slice_to_u64(slice_from(user, name.len), &ret_identity->uid);
    return named && auth_equal(password, slice_text(builtin->password)) ? AUTH_OK : AUTH_BAD_MAC;
}

/* Whether the account of that uid was moved to another node. */
static bool is_moved(void *context, uint64_t uid)
{
    const struct cli_builtin *builtin = context;
    return builtin->tokens != NULL &&
           core_token_users_moved(core_token_server_users(builtin->tokens), uid);
}

/* What the token server, the accounts double and the User API do not answer is the core's. */
static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct cli_builtin *builtin = context;
    struct slice target = request->target;
    if (builtin->tokens != NULL && slice_starts(target, SLICE("/accounts-double/")))
        core_accounts_handle(builtin->accounts, request, reply);
    else if (builtin->tokens != NULL && !slice_starts(target, SLICE("/1.5/")))
        core_token_handle(builtin->tokens, request, reply);
    else if (builtin->users != NULL && slice_starts(target, SLICE("/user/")))
        core_user_api_handle(builtin->users, request, reply);
    else
        core_handle(builtin->core, request, reply);
}

static bool hear(void *context, const struct exchange_call *call, struct buf *out)
{
    const struct fault_wire wire = {
        .raw = call->raw,
        .first = call->split_count > 0 ? call->splits[0] : call->raw.len,
    };
    return fault_stack_hear(context, &wire, out);
}

static bool make_exchange(struct cli_builtin *builtin)
{
    const struct http_handler all = { handle, builtin };
    const struct http_handler handler = fault_stack_around(builtin->faults, &all);
    builtin->exchange = exchange_via_core(&handler, &builtin->clock);
    if (builtin->exchange == NULL)
        return false;
    exchange_via_core_hear(builtin->exchange, &(struct exchange_ear){ hear, builtin->faults });
    return true;
}

/* The core and what it has of the store from its start on.  False when out of memory. */
static bool start_core(struct cli_builtin *builtin)
{
    core_free(builtin->core);
    core_quotas_free(builtin->quotas);
    builtin->core = NULL;
    builtin->quotas = core_quotas_new(builtin->env.store, &builtin->rng.base);
    builtin->env.quotas = builtin->quotas;
    if (builtin->quotas != NULL)
        builtin->core = core_new(&builtin->config, &builtin->env);
    return builtin->core != NULL;
}

static bool make_core(struct cli_builtin *builtin, struct core_config config)
{
    builtin->config = config;
    builtin->env = (struct core_env){
        .store = fault_stack_store(builtin->faults, builtin->store),
        .auth = builtin->auth,
        .named = builtin->named,
        .clock = &builtin->clock.base,
        .rng = &builtin->rng.base,
        .moved = is_moved,
        .moved_context = builtin,
    };
    fault_stack_configure(builtin->faults, &builtin->config);
    fault_stack_wrap(builtin->faults, &builtin->env);
    return start_core(builtin) && make_exchange(builtin);
}

static bool start_tokens(struct cli_builtin *builtin)
{
    const struct core_token_config config = {
        .users = { .nodes = builtin->nodes,
                   .secret = slice_text(builtin->secrets[0]),
                   .new_users = true,
                   .store = builtin->env.store },
        .duration = CORE_TOKEN_DURATION,
    };
    const struct core_token_env env = { fault_stack_bearer(builtin->faults, builtin->bearer),
                                        builtin->env.clock, &builtin->rng.base };
    core_token_server_free(builtin->tokens);
    builtin->tokens = core_token_server_new(&config, &env);
    return builtin->tokens != NULL;
}

static bool start_users(struct cli_builtin *builtin)
{
    const struct core_user_api_config config = {
        .users = { .rng = &builtin->rng.base, .cost = PASSWORD_COST, .store = builtin->env.store },
        .node = SLICE(url_of_node),
    };
    const struct core_user_api_env env = { .clock = builtin->env.clock };
    core_user_api_free(builtin->users);
    builtin->users = core_user_api_new(&config, &env);
    return builtin->users != NULL;
}

/* All that is in memory ends, and begins again with what is in the store.  The accounts service is
 * somebody else's. */
static bool restart(void *context, const struct runner_account *account, uint64_t value)
{
    struct cli_builtin *builtin = context;
    (void)account;
    (void)value;
    fault_stack_restart(builtin->faults);
    return start_core(builtin) && (builtin->tokens == NULL || start_tokens(builtin)) &&
           (builtin->users == NULL || start_users(builtin));
}

static bool set_quota(void *context, const struct runner_account *account, uint64_t value)
{
    struct cli_builtin *builtin = context;
    const struct core_quota quota = { .user = value };
    return core_quotas_set(builtin->quotas, account->uid, &quota);
}

static bool move(void *context, const struct runner_account *account, uint64_t value)
{
    struct cli_builtin *builtin = context;
    char id[RUNNER_ACCOUNT_ID];
    (void)value;
    runner_account_id(account, id);
    return core_token_users_move(core_token_server_users(builtin->tokens), slice_text(id)) ==
           CORE_TOKEN_MOVED;
}

static bool move_named(void *context, const struct runner_account *account, uint64_t value)
{
    struct cli_builtin *builtin = context;
    struct core_users *users = core_user_api_users(builtin->users);
    char name[sizeof(RUNNER_NAME) + 20];
    (void)value;
    (void)snprintf(name, sizeof(name), RUNNER_NAME "%llu", (unsigned long long)account->uid);
    struct core_user *user = core_users_find(users, slice_text(name));
    return user != NULL && core_users_set_node(users, user, SLICE(url_of_another));
}

/* What an operator does to it. */
static void give_hooks(struct cli_builtin *builtin, struct runner_target *target)
{
    const struct runner_hook hooks[RUNNER_HOOKS] = {
        [RUNNER_HOOK_RESTART] = { .call = restart },
        [RUNNER_HOOK_QUOTA] = { .call = builtin->tokens == NULL ? set_quota : NULL },
        [RUNNER_HOOK_MOVE] = { .call = builtin->tokens != NULL  ? move
                                       : builtin->users != NULL ? move_named
                                                                : NULL },
    };
    for (size_t i = 0; i < RUNNER_HOOKS; i++) {
        target->hooks[i] = hooks[i];
        target->hooks[i].context = builtin;
    }
}

bool cli_builtin_init(struct cli_builtin *builtin, const struct cli_builtin_config *config,
                      struct runner_target *target)
{
    *builtin = (struct cli_builtin){
        .clock = clock_virtual_at(start),
        .rng = rng_seeded_with(config->seed),
        .keys = config->keys,
    };
    target->name = "built-in core";
    target->auth = RUNNER_AUTH_SECRET;
    target->secrets.count = COUNT_OF(builtin->secrets);
    for (size_t i = 0; i < COUNT_OF(builtin->secrets); i++) {
        make_secret(&builtin->rng.base, builtin->secrets[i]);
        target->secrets.at[i] = slice_text(builtin->secrets[i]);
    }
    make_secret(&builtin->rng.base, builtin->password);
    if (http_url_parse(SLICE(url), &target->url) != NULL)
        return false;
    struct auth_hawk_config auth = {
        .secrets = target->secrets,
        .node = SLICE(url),
        .skew = SKEW,
        .nonces = LIMIT_NONCES_KEPT,
    };
    builtin->faults = fault_stack_new(&config->faults);
    if (builtin->faults == NULL)
        return false;
    fault_stack_guard(builtin->faults, &auth);
    builtin->store = cli_disk_new(store_memory_new(memory));
    builtin->auth = auth_hawk_scheme_new(&auth);
    const struct auth_basic_config basic = { .check = check_user,
                                             .context = builtin,
                                             .path_segments = 1 };
    builtin->named = auth_basic_scheme_new(&basic);
    return builtin->store != NULL && builtin->auth != NULL && builtin->named != NULL &&
           make_core(builtin, config->core);
}

static bool open_tokens(struct cli_builtin *builtin)
{
    const struct core_accounts_env accounts = { &builtin->clock.base, &builtin->rng.base,
                                                SLICE(url), builtin->keys };
    if (core_token_nodes_add(&builtin->nodes, SLICE(url), NODE_USERS) != NULL)
        return false;
    builtin->accounts = core_accounts_new(&accounts);
    if (builtin->accounts != NULL)
        builtin->bearer = core_accounts_bearer(builtin->accounts);
    return builtin->bearer != NULL && start_tokens(builtin);
}

bool cli_builtin_serve(struct cli_builtin *builtin, const char *api, struct runner_target *target)
{
    bool open = true;
    if (strcmp(api, "token") == 0) {
        target->auth = RUNNER_AUTH_ACCOUNTS;
        target->accounts = target->url;
        open = open_tokens(builtin);
    } else if (strcmp(api, "1.5") != 0) {
        target->auth = RUNNER_AUTH_NAMES;
        target->password = slice_text(builtin->password);
        open = strcmp(api, "user") != 0 || start_users(builtin);
    }
    give_hooks(builtin, target);
    return open;
}

void cli_builtin_free(struct cli_builtin *builtin)
{
    exchange_free(builtin->exchange);
    core_token_server_free(builtin->tokens);
    auth_bearer_free(builtin->bearer);
    core_accounts_free(builtin->accounts);
    core_user_api_free(builtin->users);
    core_free(builtin->core);
    core_quotas_free(builtin->quotas);
    fault_stack_free(builtin->faults);
    auth_scheme_free(builtin->auth);
    auth_scheme_free(builtin->named);
    store_free(builtin->store);
}
