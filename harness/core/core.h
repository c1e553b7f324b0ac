/* The reference server: SyncStorage APIs 1.5, 1.1 and 1.0 as a total function from request to
 * reply. */
#ifndef SYNCSPEC_CORE_CORE_H
#define SYNCSPEC_CORE_CORE_H

#include "auth/scheme.h"
#include "base/clock.h"
#include "base/rng.h"
#include "core/config.h"
#include "core/quotas.h"
#include "http/handler.h"
#include "store/store.h"

struct core;

struct core_env {
    struct store *store;
    struct auth_scheme *auth;  /* of API 1.5; NULL: it is not served */
    struct auth_scheme *named; /* of APIs 1.1 and 1.0; NULL: they are not served.  It has to see
                                  that the name in the path is the user's own; all versions share
                                  the uids that the two schemes give */
    const struct clock *clock;
    struct rng *rng;
    const struct core_quotas *quotas; /* of single users; NULL: there are none */
    /* Whether the user of that uid was moved to another node: such a one gets 401.  NULL: nobody
     * was. */
    bool (*moved)(void *context, uint64_t uid);
    void *moved_context;
};

/* Borrows the members of ${env} until core_free; copies ${config}.  NULL only when out of memory.
 */
MUST_USE struct core *core_new(const struct core_config *config, const struct core_env *env);

/* Total: every request, with its whole body, gets a reply (out of memory: 503).  ${reply} is
 * cleared first.  The fields that every reply has (X-Weave-Timestamp, Content-Type, ...) are set
 * here; Content-Length, Connection and Date are the transport's. */
void core_handle(struct core *core, const struct http_request *request, struct http_reply *reply);

/* core_handle, for a front end.  Borrows ${core}. */
struct http_handler core_as_handler(struct core *core);

/* What became of requests, for monitoring. */
struct core_tally {
    uint64_t auth[AUTH_RESULTS]; /* by enum auth_result; AUTH_WRONG_USER: the path was another's */
    uint64_t store_errors;       /* requests that got 503 for the store's or for memory's sake */
};

const struct core_tally *core_tally_of(const struct core *core);

/* What clients are told, to be changed between requests. */
struct core_operations *core_operations_of(struct core *core);

void core_free(struct core *core);

#endif
