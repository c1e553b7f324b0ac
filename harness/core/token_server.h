/* The token server (Token Server API 1.0): who has a bearer token of an accounts service gets a
 * storage node and a Hawk token for it.  What it knows of users is kept in memory only. */
#ifndef SYNCSPEC_CORE_TOKEN_SERVER_H
#define SYNCSPEC_CORE_TOKEN_SERVER_H

#include "auth/bearer.h"
#include "base/clock.h"
#include "base/rng.h"
#include "core/token_server_users.h"
#include "http/reply.h"

struct core_token_server;

struct core_token_config {
    struct core_token_users_config users; /* its secret also signs the tokens */
    struct slice metrics_key;             /* of hashed_fxa_uid; empty: the secret */
    const char *node_type;                /* told in replies; NULL: null */
    uint32_t duration;                    /* seconds that a token lives; ?duration= shortens it */
};

enum { CORE_TOKEN_DURATION = 3600 };

struct core_token_env {
    struct auth_bearer *bearer;
    const struct clock *clock;
    struct rng *rng;
};

/* Borrows the members of ${env} until core_token_server_free; copies ${config} with its slices.
 * NULL when out of memory. */
MUST_USE struct core_token_server *core_token_server_new(const struct core_token_config *config,
                                                         const struct core_token_env *env);

/* Total: every request gets a reply.  GET /1.0/sync/1.5 is the only resource.  X-Timestamp is on
 * every reply. */
void core_token_handle(struct core_token_server *server, const struct http_request *request,
                       struct http_reply *reply);

/* What an administrator does: moving an account, changing a node's state. */
struct core_token_users *core_token_server_users(struct core_token_server *server);

/* core_token_server_free(NULL) does nothing. */
void core_token_server_free(struct core_token_server *server);

#endif
