/* The built-in core as a target: no socket, no waiting. */
#ifndef SYNCSPEC_CLI_BUILTIN_H
#define SYNCSPEC_CLI_BUILTIN_H

#include "base/clock.h"
#include "core/accounts.h"
#include "core/core.h"
#include "core/token_server.h"
#include "core/user_api.h"
#include "exchange/exchange.h"
#include "fault/stack.h"
#include "runner/runner.h"

enum { CLI_SECRET_TEXT = 65 };

/* Owns everything behind the exchange; stays where it is made. */
struct cli_builtin {
    struct store *store;
    struct auth_scheme *auth, *named;
    struct fault_stack *faults;
    struct core_quotas *quotas;
    struct core_config config; /* of the core, which can be made again: it, and the next */
    struct core_env env;
    struct core *core;
    const struct core_accounts_keys *keys;
    struct core_accounts *accounts; /* this and the next three: for the token server */
    struct auth_bearer *bearer;
    struct core_token_nodes nodes;
    struct core_token_server *tokens;
    struct core_user_api *users; /* for the User API */
    struct exchange *exchange;
    struct clock_virtual clock;
    struct rng_seeded rng;
    char secrets[2][CLI_SECRET_TEXT]; /* made from the seed: the older one is still valid */
    char password[CLI_SECRET_TEXT];   /* of every user of APIs 1.1 and 1.0, likewise */
};

/* What the core is made of. */
struct cli_builtin_config {
    struct core_config core;
    struct fault_set faults; /* around it */
    uint64_t seed;
    const struct core_accounts_keys *keys; /* borrowed; NULL: the accounts double makes its own */
};

/* Makes the core, and the target that stands for it, for API 1.5.  False when out of memory; free
 * it in any case. */
MUST_USE bool cli_builtin_init(struct cli_builtin *builtin, const struct cli_builtin_config *config,
                               struct runner_target *target);

/* Makes it a target for that API of enum runner_auth: names for 1.1, 1.0 and "user", accounts for
 * "token".  False when out of memory. */
MUST_USE bool cli_builtin_serve(struct cli_builtin *builtin, const char *api,
                                struct runner_target *target);

void cli_builtin_free(struct cli_builtin *builtin);

#endif
