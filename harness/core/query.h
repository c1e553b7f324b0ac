/* The query parameters of a collection: newer, older, ids, full, limit, offset, sort. */
#ifndef SYNCSPEC_CORE_QUERY_H
#define SYNCSPEC_CORE_QUERY_H

#include "core/call.h"

struct core_query {
    struct store_query select; /* ids lie in call->ids */
    struct slice offset;       /* decoded from the query, still a token */
    bool full;
};

/* Reads the call's query.  Unknown parameters are ignored; a known one that is repeated, or that
 * has no valid value, makes the reply a 400 and the result false.  Without `sort` the order is
 * oldest first: what polling with `newer` reads most cheaply. */
MUST_USE bool core_query_parse(struct core_call *call, struct core_query *ret_query);

/* The same for DELETE, which knows `ids` only.  ${ret_query}->select.ids is NULL without it. */
MUST_USE bool core_query_parse_ids(struct core_call *call, struct core_query *ret_query);

#endif
