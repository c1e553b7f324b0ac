/* DELETE of the records of a collection that a query selects (APIs 1.1 and 1.0). */
#ifndef SYNCSPEC_CORE_SWEEP_H
#define SYNCSPEC_CORE_SWEEP_H

#include "core/query.h"

/* Removes what the query selects from the call's collection, which exists and gets the stamp of the
 * transaction even when that is nothing.  STORE_OK, or the store's error. */
MUST_USE enum store_err core_sweep(struct core_call *call, const struct core_query *query);

#endif
