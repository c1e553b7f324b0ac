#include "cli/services.h"

#include "auth/basic_scheme.h"
#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/oauth_verify.h"
#include "core/cors.h"
#include "http/target.h"

enum { NODE_USERS = 1000000 };

const char *cli_services_take_nodes(struct core_token_nodes *nodes, const char *value)
{
    struct slice rest = slice_text(value);
    *nodes = (struct core_token_nodes){ 0 };
    while (rest.len > 0) {
        struct slice one, url, number;
        uint64_t users = NODE_USERS;
        slice_cut(rest, ',', &one, &rest);
        if (slice_cut(one, '=', &url, &number) &&
            (!slice_to_u64(number, &users) || users == 0 || users > UINT32_MAX))
            return "expected URL=USERS, with a number of users";
        const char *error = core_token_nodes_add(nodes, url, (uint32_t)users);
        if (error != NULL)
            return error;
    }
    return NULL;
}

/* A fault of what is not served would show nowhere. */
static const char *check_faults(const struct cli_serve_options *options)
{
    for (size_t i = 0; i < options->faults.count; i++) {
        const char *api = fault_api(options->faults.at[i]);
        bool storage = strcmp(api, "1.5") == 0;
        bool token = strcmp(api, "token") == 0;
        if (token && !options->token_server)
            return "that --fault is one of the token server: it needs --token-server";
        if (!storage && !token && !options->user_api)
            return "that --fault is one of the User API, or of API 1.1 or 1.0: it needs --user-api";
    }
    return NULL;
}

static const char *check_options(const struct cli_serve_options *options)
{
    if (options->accounts && !cli_serve_is_loopback(options->host))
        return "--accounts gives anybody tokens for any account: it needs a loopback address to "
               "--listen on";
    int services = options->accounts + (options->jwks != NULL) + (options->oauth_verify != NULL);
    if (options->token_server && services == 0)
        return "--token-server needs an accounts service: --jwks FILE, --oauth-verify URL or "
               "--accounts";
    if (services > 1)
        return "--jwks, --oauth-verify and --accounts exclude each other";
    return check_faults(options);
}

static const char unreadable[] =
    "out of memory, or what the store keeps of users and quotas cannot be read";

/* The account is deleted, and so is what it stored. */
static bool drop_records(void *context, uint64_t uid)
{
    struct cli_services *services = context;
    struct store_txn *txn;
    if (store_begin(services->store, uid, STORE_WRITE, clock_now(clock_real()), &txn) != STORE_OK)
        return false;
    if (store_remove_all(txn) == STORE_OK)
        return store_commit(txn) == STORE_OK && core_quotas_set(services->quotas, uid, NULL);
    store_rollback(txn);
    return false;
}

static const char *open_users(struct cli_services *services,
                              const struct cli_serve_options *options)
{
    const struct core_user_api_config config = {
        .users = { .rng = rng_system(), .cost = options->password_cost, .store = services->store },
    };
    const struct core_user_api_env env = {
        .clock = clock_real(),
        .hooks = { .gone = drop_records, .context = services },
    };
    services->users = core_user_api_new(&config, &env);
    if (services->users == NULL)
        return unreadable;
    const struct auth_basic_config basic = { .check = core_users_check_here,
                                             .context = core_user_api_users(services->users),
                                             .prefix = services->prefix,
                                             .path_segments = 1 };
    services->named = auth_basic_scheme_new(&basic);
    return services->named == NULL ? "out of memory" : NULL;
}

const char *cli_services_open(struct cli_services *services,
                              const struct cli_serve_options *options, struct store *store)
{
    struct http_url url;
    const char *error = check_options(options);
    if (error != NULL)
        return error;
    if (options->core.public_url.len > 0 && http_url_parse(options->core.public_url, &url) == NULL)
        services->prefix = url.path;
    services->store = store;
    services->quotas = core_quotas_new(store, rng_system());
    if (services->quotas == NULL)
        return unreadable;
    return options->user_api ? open_users(services, options) : NULL;
}

/* Checks with the keys of a file. */
static const char *open_jwks(struct cli_services *services, const struct cli_serve_options *options)
{
    const char *error = NULL;
    AUTO(buf_free) struct buf text = buf_bounded(AUTH_JWKS_TEXT);
    if (!cli_read_file(&cli_serve, options->jwks, &text))
        return "the key set cannot be read";
    struct auth_jwks *jwks = auth_jwks_read(buf_slice(&text), &error);
    if (jwks == NULL)
        return error;
    services->bearer = auth_bearer_jwt_new(jwks, slice_text(options->issuer));
    return services->bearer == NULL ? "out of memory" : NULL;
}

/* Asks the service. */
static const char *open_verify(struct cli_services *services,
                               const struct cli_serve_options *options)
{
    const char *error = NULL;
    services->verify = cli_oauth_verify_new(slice_text(options->oauth_verify), &error);
    if (services->verify == NULL)
        return error;
    services->bearer = auth_bearer_remote_new(cli_oauth_verify_post, services->verify);
    return services->bearer == NULL ? "out of memory" : NULL;
}

static const char *open_accounts(struct cli_services *services,
                                 const struct cli_serve_options *options, struct slice url)
{
    struct slice issuer = options->issuer == NULL ? url : slice_text(options->issuer);
    const struct core_accounts_env env = { clock_real(), rng_system(), issuer, NULL };
    services->accounts = core_accounts_new(&env);
    if (services->accounts != NULL)
        services->bearer = core_accounts_bearer(services->accounts);
    return services->bearer == NULL ? "no key for the accounts double could be made" : NULL;
}

static const char *open_tokens(struct cli_services *services,
                               const struct cli_serve_options *options, struct slice url)
{
    struct core_token_config config = {
        .users = { .nodes = options->nodes,
                   .secret = options->secrets.at[0],
                   .new_users = !options->no_new_users,
                   .store = services->store },
        .duration = options->token_duration,
    };
    if (config.users.nodes.count == 0) {
        const char *error = core_token_nodes_add(&config.users.nodes, url, NODE_USERS);
        if (error != NULL)
            return error;
    }
    struct auth_bearer *bearer = services->faults == NULL
                                     ? services->bearer
                                     : fault_stack_bearer(services->faults, services->bearer);
    const struct core_token_env env = { bearer, clock_real(), rng_system() };
    services->tokens = core_token_server_new(&config, &env);
    return services->tokens == NULL ? unreadable : NULL;
}

const char *cli_services_start(struct cli_services *services,
                               const struct cli_serve_options *options, struct slice url)
{
    const char *error = NULL;
    if (options->accounts)
        error = open_accounts(services, options, url);
    else if (options->jwks != NULL)
        error = open_jwks(services, options);
    else if (options->oauth_verify != NULL)
        error = open_verify(services, options);
    if (error == NULL && options->token_server)
        error = open_tokens(services, options, url);
    if (error != NULL || services->users == NULL)
        return error;
    AUTO(buf_free) struct buf node = buf_bounded(url.len + 1);
    buf_add(&node, url);
    buf_add_byte(&node, '/');
    return !node.failed && core_user_api_set_node(services->users, buf_slice(&node))
               ? NULL
               : "out of memory";
}

static bool is_of_accounts(const struct cli_services *services, struct slice target)
{
    return services->accounts != NULL && (slice_starts(target, SLICE("/v1/")) ||
                                          slice_starts(target, SLICE("/accounts-double/")));
}

static bool is_of_users(const struct cli_services *services, struct slice target)
{
    return services->users != NULL &&
           (slice_starts(target, SLICE("/user/")) || slice_starts(target, SLICE("/misc/")));
}

/* Storage API 1.0, which comes with the User API, has paths that begin so as well, and takes no
 * bearer tokens. */
static bool is_of_tokens(const struct cli_services *services, const struct http_request *request)
{
    const struct slice *header = http_fields_get(&request->fields, "Authorization");
    bool bears = header != NULL && slice_eq_nocase(slice_head(*header, 7), SLICE("Bearer "));
    bool all = services->users == NULL || bears;
    return services->tokens != NULL &&
           slice_starts(request->target, all ? SLICE("/1.0/") : SLICE("/1.0/sync/"));
}

static void refuse(const struct core_operations *operations, struct http_reply *reply)
{
    http_reply_clear(reply);
    reply->status = 503;
    (void)http_reply_set_u64(reply, "Retry-After", operations->maintenance);
    (void)http_reply_set_text(reply, "Content-Type", "application/json");
    (void)buf_add_text(&reply->body, "{\"status\":\"error\",\"errors\":[{\"location\":\"body\","
                                     "\"name\":\"\",\"description\":\"maintenance\"}]}");
}

/* What is not of storage: pages of any origin may talk to it as well. */
static void answer_beside(struct cli_services *services, const struct core_operations *operations,
                          const struct http_request *request, struct http_reply *reply)
{
    bool of_users = is_of_users(services, request->target);
    if (request->method == HTTP_METHOD_OPTIONS) {
        http_reply_clear(reply);
        (void)core_cors_preflight(reply);
        return;
    }
    if (operations->maintenance > 0)
        refuse(operations, reply);
    else if (of_users)
        core_user_api_handle(services->users, request, reply);
    else
        core_token_handle(services->tokens, request, reply);
    if (operations->backoff > 0)
        (void)http_reply_set_u64(reply, of_users ? "X-Weave-Backoff" : "X-Backoff",
                                 operations->backoff);
    if (of_users && operations->alert.len > 0)
        (void)http_reply_set(reply, "X-Weave-Alert", operations->alert);
    if (http_fields_get(&request->fields, "Origin") != NULL)
        (void)core_cors_open(reply);
}

bool cli_services_answer(struct cli_services *services, const struct core_operations *operations,
                         const struct http_request *request, struct http_reply *reply)
{
    struct http_request inner = *request;
    struct slice below = slice_from(request->target, services->prefix.len);
    if (slice_starts(request->target, services->prefix) && slice_starts(below, SLICE("/")))
        inner.target = below;
    if (is_of_accounts(services, inner.target)) {
        core_accounts_handle(services->accounts, &inner, reply);
        return true;
    }
    if (!is_of_users(services, inner.target) && !is_of_tokens(services, &inner))
        return false;
    answer_beside(services, operations, &inner, reply);
    return true;
}

bool cli_services_moved(void *context, uint64_t uid)
{
    const struct cli_services *services = context;
    return services->tokens != NULL &&
           core_token_users_moved(core_token_server_users(services->tokens), uid);
}

void cli_services_free(struct cli_services *services)
{
    core_quotas_free(services->quotas);
    core_token_server_free(services->tokens);
    auth_bearer_free(services->bearer);
    cli_oauth_verify_free(services->verify);
    core_accounts_free(services->accounts);
    auth_scheme_free(services->named);
    core_user_api_free(services->users);
    *services = (struct cli_services){ 0 };
}
