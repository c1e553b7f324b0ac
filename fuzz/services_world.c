#include "fuzz/services_world.h"

#include "auth/basic_scheme.h"
#include "auth/hawk.h"
#include "base/alloc.h"
#include "fuzz/check.h"
#include "store/memory.h"

enum { ROOM = 64 * 1024, STORE_ROOM = 64 * 1024 * 1024, PLACES = 1000, QUOTA = 64, NONCES = 128 };

/* Believes tokens of the form <account>.<generation>. */
static enum auth_bearer_err believe(struct auth_bearer *bearer, struct slice token, int64_t now,
                                    struct buf *scratch, struct auth_account *ret_account)
{
    struct slice generation;
    (void)bearer;
    (void)now;
    (void)scratch;
    if (slice_is(token, "busy"))
        return AUTH_BEARER_BUSY;
    *ret_account = (struct auth_account){ .scope = SLICE(AUTH_SCOPE_SYNC), .expires = INT64_MAX };
    slice_cut(token, '.', &ret_account->id, &generation);
    if (generation.len > 0 && !slice_to_u64(generation, &ret_account->generation))
        return AUTH_BEARER_MALFORMED;
    return AUTH_BEARER_OK;
}

static bool mail(void *context, const struct core_user *user, const char *code)
{
    struct services *services = context;
    FUZZ_CHECK(user->email_len > 0 && strlen(code) == CORE_USER_API_CODE_TEXT - 1);
    memcpy(services->code, code, sizeof(services->code));
    return true;
}

static bool captcha(void *context, struct slice challenge, struct slice response)
{
    (void)context;
    return slice_is(challenge, "2+2") && slice_is(response, "4");
}

/* The account goes, and so does what it stored. */
static bool drop_records(void *context, uint64_t uid)
{
    struct services *services = context;
    struct store_txn *txn;
    if (store_begin(services->store, uid, STORE_WRITE, clock_now(&services->clock.base), &txn) !=
        STORE_OK)
        return false;
    if (store_remove_all(txn) == STORE_OK)
        return store_commit(txn) == STORE_OK && core_quotas_set(services->quotas, uid, NULL);
    store_rollback(txn);
    return false;
}

static bool moved(void *context, uint64_t uid)
{
    const struct services *services = context;
    return core_token_users_moved(core_token_server_users(services->tokens), uid);
}

/* Of the accounts double: to make them takes a tenth of a second, so it is done once. */
static struct core_accounts_keys *keys;

static void free_keys(void)
{
    core_accounts_keys_free(keys);
}

void services_make_keys(void)
{
    if (keys != NULL)
        return;
    keys = core_accounts_keys_new();
    FUZZ_CHECK(keys != NULL && atexit(free_keys) == 0);
}

static bool open_bearer(struct services *services)
{
    const struct core_accounts_env env = { .clock = &services->clock.base,
                                           .rng = &services->rng.base,
                                           .issuer = SLICE("http://accounts"),
                                           .keys = keys };
    services->accounts = core_accounts_new(&env);
    if (services->accounts == NULL)
        return false;
    services->bearer = services->how & SERVICES_ACCOUNTS ? core_accounts_bearer(services->accounts)
                                                         : &services->believing;
    return services->bearer != NULL;
}

static bool open_tokens(struct services *services)
{
    struct core_token_config config = {
        .users = { .secret = SLICE(SERVICES_SECRET),
                   .new_users = (services->how & SERVICES_CLOSED) == 0,
                   .records = 32,
                   .store = &services->rows.base },
        .metrics_key = SLICE("metrics"),
        .duration = CORE_TOKEN_DURATION,
        .node_type = services->how & SERVICES_PREFIX ? "spanner" : NULL,
    };
    const struct core_token_env env = { services->bearer, &services->clock.base,
                                        &services->rng.base };
    bool full = (services->how & SERVICES_FULL) != 0;
    FUZZ_CHECK(core_token_nodes_add(&config.users.nodes, SLICE("http://a"), full ? 2 : PLACES) ==
               NULL);
    if (!full)
        FUZZ_CHECK(core_token_nodes_add(&config.users.nodes, SLICE("http://b"), PLACES) == NULL);
    services->tokens = core_token_server_new(&config, &env);
    return services->tokens != NULL;
}

static bool open_users(struct services *services)
{
    const struct core_user_api_config config = {
        .users = { .rng = &services->rng.base,
                   .cost = AUTH_PASSWORD_COST_MIN,
                   .users = 8,
                   .store = &services->rows.base },
        .node = SLICE("http://127.0.0.1:8000/"),
        .secret = SLICE("open up"),
    };
    const struct core_user_api_env env = {
        .clock = &services->clock.base,
        .hooks = { .context = services,
                   .mail = services->how & SERVICES_SILENT ? NULL : mail,
                   .captcha = services->how & SERVICES_CAPTCHA ? captcha : NULL,
                   .gone = drop_records },
    };
    services->users = core_user_api_new(&config, &env);
    return services->users != NULL;
}

static bool open_storage(struct services *services)
{
    bool lenient = (services->how & SERVICES_LENIENT) != 0;
    const struct auth_hawk_config hawk = {
        .secrets = { .at = { SLICE_INIT(SERVICES_SECRET) }, .count = 1 },
        .skew = lenient ? 0 : 60,
        .nonces = lenient ? 0 : NONCES,
    };
    const struct auth_basic_config basic = {
        .check = core_users_check_here,
        .context = core_user_api_users(services->users),
        .prefix = services->how & SERVICES_PREFIX ? SLICE(SERVICES_PATH) : SLICE(""),
        .path_segments = 1,
    };
    services->quotas = core_quotas_new(&services->rows.base, &services->rng.base);
    services->hawk = auth_hawk_scheme_new(&hawk);
    services->basic = auth_basic_scheme_new(&basic);
    struct core_config config = core_config_default();
    config.quota = services->how & SERVICES_QUOTA ? QUOTA : 0;
    if (services->how & SERVICES_PREFIX)
        config.public_url = SLICE("https://sync.example.com:8443" SERVICES_PATH);
    const struct core_env env = { .store = services->store,
                                  .auth = services->hawk,
                                  .named = services->basic,
                                  .clock = &services->clock.base,
                                  .rng = &services->rng.base,
                                  .quotas = services->quotas,
                                  .moved = moved,
                                  .moved_context = services };
    if (services->quotas == NULL || services->hawk == NULL || services->basic == NULL)
        return false;
    services->core = core_new(&config, &env);
    return services->core != NULL;
}

static void shut(struct services *services)
{
    core_free(services->core);
    auth_scheme_free(services->hawk);
    auth_scheme_free(services->basic);
    core_quotas_free(services->quotas);
    core_token_server_free(services->tokens);
    core_user_api_free(services->users);
    if (services->bearer != &services->believing)
        auth_bearer_free(services->bearer);
    core_accounts_free(services->accounts);
    services->core = NULL;
    services->hawk = services->basic = NULL;
    services->quotas = NULL;
    services->tokens = NULL;
    services->users = NULL;
    services->bearer = NULL;
    services->accounts = NULL;
}

/* False when memory has failed. */
static bool start(struct services *services)
{
    bool started = open_bearer(services) && open_tokens(services) && open_users(services) &&
                   open_storage(services);
    if (!started)
        shut(services);
    return started;
}

void services_restart(struct services *services)
{
    shut(services);
    if (start(services))
        return;
    alloc_fail_at(UINT64_MAX);
    FUZZ_CHECK(start(services));
}

void services_open(struct services *services, uint8_t how)
{
    static const struct auth_bearer_ops believing = { .check = believe };
    rows_open(&services->rows);
    services->how = how;
    services->restarts = services->troubled = false;
    services->count = 0;
    services->fails_at = UINT64_MAX;
    services->clock = clock_virtual_at(SERVICES_START);
    services->rng = rng_seeded_with(how);
    services->store = store_memory_new(STORE_ROOM);
    services->believing.ops = &believing;
    services->code[0] = '\0';
    services->id = services->key = services->access = buf_bounded(ROOM);
    services->value = services->body = buf_bounded(ROOM);
    http_reply_init(&services->reply);
    FUZZ_CHECK(services->store != NULL && start(services));
}

void services_close(struct services *services)
{
    shut(services);
    store_free(services->store);
    http_reply_free(&services->reply);
    buf_free(&services->id);
    buf_free(&services->key);
    buf_free(&services->access);
    buf_free(&services->value);
    buf_free(&services->body);
}
