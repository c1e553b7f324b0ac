/* The query parameters of a collection: newer, older, ids, full, limit, offset, sort; before 1.5
 * index_above, index_below, parentid and predecessorid as well. */
#ifndef SYNCSPEC_CORE_QUERY_H
#define SYNCSPEC_CORE_QUERY_H

#include "core/call.h"
#include "core/filter.h"

struct core_query {
    struct store_query select; /* ids lie in call->ids */
    struct core_filter filter; /* what the store cannot do */
    struct slice offset;       /* decoded from the query, still a token */
    bool full;
    bool whole; /* no parameter that the request knows: the whole collection */
};

/* Reads the call's query.  Unknown parameters are ignored; a known one that is repeated, or that
 * has no valid value, makes the reply a 400 and the result false.  Before 1.5 an
 * unknown sort is none, and an offset without a limit does not count.  Without `sort` the order is
 * oldest first: what polling with `newer` reads most cheaply. */
MUST_USE bool core_query_parse(struct core_call *call, struct core_query *ret_query);

/* The same for DELETE, which knows `ids` only; before 1.5 parentid, newer, older, limit, offset and
 * sort as well. */
MUST_USE bool core_query_parse_delete(struct core_call *call, struct core_query *ret_query);

#endif
