/* A token server's record of an account as a row that a store keeps. */
#ifndef SYNCSPEC_CORE_TOKEN_SERVER_ROW_H
#define SYNCSPEC_CORE_TOKEN_SERVER_ROW_H

#include "core/token_server_users.h"

struct core_token_row {
    struct core_token_record record; /* without links and node */
    struct slice node;               /* its URL */
    struct slice account;
};

/* Keeps it, durably.  ${store} may be NULL. */
MUST_USE enum store_err core_token_row_keep(struct store *store, const struct core_token_row *row);

/* False: it is not what core_token_row_keep wrote.  Slices borrow from ${kept}. */
MUST_USE bool core_token_row_read(const struct store_kept *kept, struct core_token_row *ret_row);

/* The kind of these rows, and of those that say the state of a node. */
#define CORE_TOKEN_KIND_RECORD SLICE("token-server")
#define CORE_TOKEN_KIND_NODE   SLICE("node")

#endif
