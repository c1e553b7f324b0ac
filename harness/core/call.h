/* One request on its way through the core, and what the handlers share. */
#ifndef SYNCSPEC_CORE_CALL_H
#define SYNCSPEC_CORE_CALL_H

#include "base/rng.h"
#include "core/config.h"
#include "core/dialect.h"
#include "core/precond.h"
#include "core/quotas.h"
#include "http/message.h"
#include "http/reply.h"
#include "store/store.h"

/* All slices are borrowed from the request or lie in ${scratch}. */
struct core_call {
    const struct core_config *config;
    const struct core_dialect *dialect; /* that the path asks for; 1.5 as long as it is not known */
    const struct http_request *request;
    struct http_reply *reply;
    struct buf *scratch;   /* has room reserved for the decoded target and body: it does not move */
    struct slice *ids;     /* room for config->limits.max_ids */
    struct store_txn *txn; /* of the user; begun before the handler, ended behind it */
    struct rng *rng;
    int64_t now;
    struct core_quota quota;     /* of the user */
    struct slice query;          /* still encoded */
    struct slice collection, id; /* decoded and valid; empty when the path has none */
    struct core_precond precond;
    bool commit; /* set by a handler as its last step: the changes are to be kept */
    bool unseen; /* with commit: the changes are to open batches alone, and no time rises */
    bool failed; /* something of the reply did not fit: the answer will be 503 */
};

/* Answers the call: fills in the reply, writes through the transaction, sets commit. */
typedef void core_handler(struct core_call *call);

/* The call's collection; all zero when there is none.  False: the reply is a 503. */
MUST_USE bool core_call_collection(struct core_call *call, struct store_collection *ret_collection);

/* One per route. */
core_handler core_info_collections, core_info_counts, core_info_usage, core_info_quota,
    core_info_configuration;
core_handler core_collection_get, core_collection_delete, core_collection_post, core_storage_delete;
core_handler core_object_get, core_object_put, core_object_delete;

#endif
