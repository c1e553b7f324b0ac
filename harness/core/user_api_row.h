/* An account of the User API as a row that a store keeps. */
#ifndef SYNCSPEC_CORE_USER_API_ROW_H
#define SYNCSPEC_CORE_USER_API_ROW_H

#include "core/user_api_table.h"

/* The kind of these rows. */
#define CORE_USER_KIND SLICE("user")

/* Durably.  ${store} may be NULL. */
MUST_USE enum store_err core_user_row_keep(struct store *store, const struct core_user *user);
MUST_USE enum store_err core_user_row_forget(struct store *store, const struct core_user *user);

/* Fills in everything but the name.  False: the row is not what core_user_row_keep wrote. */
MUST_USE bool core_user_row_read(const struct store_kept *row, struct core_user *user);

#endif
