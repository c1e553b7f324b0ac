/* What `serve` offers beside storage: the token server, the accounts double, the User API. */
#ifndef SYNCSPEC_CLI_SERVICES_H
#define SYNCSPEC_CLI_SERVICES_H

#include "cli/serve_options.h"
#include "core/accounts.h"
#include "core/quotas.h"
#include "core/token_server.h"
#include "core/user_api.h"
#include "fault/stack.h"

/* Zeroed: none.  Stays where it is once it is opened. */
struct cli_services {
    struct store *store;        /* borrowed */
    struct fault_stack *faults; /* borrowed; around who bears a token.  NULL: none */
    struct core_quotas *quotas;
    struct core_accounts *accounts;
    struct cli_oauth_verify *verify;
    struct auth_bearer *bearer;
    struct core_token_server *tokens;
    struct core_user_api *users;
    struct auth_scheme *named; /* Basic, asking `users`; NULL without them */
    struct slice prefix;       /* path of the public URL, borrowed from the options */
};

/* Checks the options, and opens what does not need the server's address: `named` and `quotas` then
 * are for the core.  What is to outlive the process is kept in ${store}, which is borrowed.  NULL,
 * or what is wrong (static text).  Free it in any case. */
MUST_USE const char *cli_services_open(struct cli_services *services,
                                       const struct cli_serve_options *options,
                                       struct store *store);

/* Opens the rest, for a server that clients reach at ${url} (without a '/' at the end). */
MUST_USE const char *cli_services_start(struct cli_services *services,
                                        const struct cli_serve_options *options, struct slice url);

/* Whether the request is one for them; it is then answered.  In maintenance the token server and
 * the User API answer 503, and ${operations}' backoff stands on their replies (X-Backoff of the
 * token server, X-Weave-Backoff of the User API), the alert on those of the User API. */
bool cli_services_answer(struct cli_services *services, const struct core_operations *operations,
                         const struct http_request *request, struct http_reply *reply);

/* Whether the user of that uid was moved to another node, as core_env asks; ${context} is a struct
 * cli_services. */
bool cli_services_moved(void *context, uint64_t uid);

void cli_services_free(struct cli_services *services);

/* Takes "URL[=USERS],..." for the nodes of the token server.  NULL, or what is wrong. */
const char *cli_services_take_nodes(struct core_token_nodes *nodes, const char *value);

#endif
