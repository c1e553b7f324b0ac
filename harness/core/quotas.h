/* Quotas of single users, which an administrator sets while the server runs. */
#ifndef SYNCSPEC_CORE_QUOTAS_H
#define SYNCSPEC_CORE_QUOTAS_H

#include "base/rng.h"
#include "store/store.h"

/* Payload bytes that may be stored; 0: there is no quota. */
struct core_quota {
    uint64_t user, collection;
};

struct core_quotas;

/* Borrows ${store}, which keeps them beyond the process; it may be NULL.  Reads what is kept.  NULL
 * when out of memory, or when that cannot be read. */
MUST_USE struct core_quotas *core_quotas_new(struct store *store, struct rng *rng);

/* The user's; ${usual} when none was set, and for NULL ${quotas}. */
struct core_quota core_quotas_of(const struct core_quotas *quotas, uint64_t uid,
                                 struct core_quota usual);

/* Sets a user's, and keeps it; NULL ${quota}: the usual one again.  False, nothing changed: out of
 * memory, or the store could not. */
MUST_USE bool core_quotas_set(struct core_quotas *quotas, uint64_t uid,
                              const struct core_quota *quota);

/* core_quotas_free(NULL) does nothing. */
void core_quotas_free(struct core_quotas *quotas);

#endif
