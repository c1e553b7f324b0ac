/* What backends share: where records stand in the orders of a query, and what an update leaves. */
#ifndef SYNCSPEC_STORE_ORDER_H
#define SYNCSPEC_STORE_ORDER_H

#include "store/ops.h"
#include "store/tree.h"

/* Where a record stands in an order; ${number} as store_order_number gives it.  ${text} of the
 * result borrows from ${id}. */
struct store_key store_order_key(enum store_order order, int64_t number, struct slice id);

/* The number by which an order sorts first: modified, or sortindex (INT64_MIN: none), or 0. */
int64_t store_order_number(enum store_order order, const struct record_bso *bso);

/* Of a time range, whose records are then sorted rather than looked for in the other order. */
enum { STORE_ORDER_FEW = 1000 };

/* Whether the order of the query says nothing of the time range that it asks for: walking it could
 * look at a whole collection for a few hits. */
bool store_order_strays(const struct store_query *query);

/* A stamp and a time to live in seconds: when it is over; INT64_MAX when that is past it. */
int64_t store_expiry(int64_t now, int64_t ttl);

/* What a record is to another one after the update; ${before} is the record as it was, or NULL.
 * Borrows from either. */
struct slice store_relation(const struct record_bso *before, const struct record_update *update,
                            enum record_relation which);

#endif
