/* Which records of a collection a query picks, in its order. */
#ifndef SYNCSPEC_STORE_PICK_H
#define SYNCSPEC_STORE_PICK_H

#include "store/table.h"

/* store_list on the memory backend's tables: STORE_OK or STORE_NOMEM. */
MUST_USE enum store_err store_pick(const struct store_place *place, const struct store_query *query,
                                   struct store_sink *sink);

#endif
