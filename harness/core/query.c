#include "core/query.h"

#include "core/offset.h"
#include "core/reply.h"
#include "http/target.h"

typedef bool read_value(struct core_call *call, struct slice value, struct core_query *query);

/* Separated by commas, escaped or not; blanks around an id do not count.  An empty value names no
 * record, and must above all not be taken for "all": it is refused. */
static bool read_ids(struct core_call *call, struct slice value, struct core_query *query)
{
    size_t count = 0;
    for (bool more = true; more;) {
        struct slice id;
        more = slice_cut(value, ',', &id, &value);
        id = slice_trim(id);
        if (count == call->config->limits.max_ids || !record_id_valid(id))
            return false;
        call->ids[count++] = id;
    }
    query->select.ids = call->ids;
    query->select.id_count = count;
    return true;
}

static bool read_newer(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    return stamp_parse(value, &query->select.newer);
}

static bool read_older(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    return stamp_parse(value, &query->select.older);
}

/* Any value, also none. */
static bool read_full(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    (void)value;
    query->full = true;
    return true;
}

/* A positive integer, by the text; 0 is refused. */
static bool read_limit(struct core_call *call, struct slice value, struct core_query *query)
{
    uint64_t limit;
    if (!slice_to_u64(value, &limit) || limit == 0)
        return false;
    if (call->dialect->old_queries)
        query->filter.limit = limit;
    else
        query->select.limit = limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
    return true;
}

static bool read_offset(struct core_call *call, struct slice value, struct core_query *query)
{
    if (call->dialect->old_queries)
        return slice_to_u64(value, &query->filter.skip);
    query->offset = value;
    query->select.has_after = true;
    return true;
}

static bool read_sort(struct core_call *call, struct slice value, struct core_query *query)
{
    static const struct {
        const char *name;
        enum store_order order;
    } sorts[] = {
        { "newest", STORE_NEWEST },
        { "oldest", STORE_OLDEST },
        { "index", STORE_BY_INDEX },
    };
    for (size_t i = 0; i < COUNT_OF(sorts); i++) {
        if (slice_is(value, sorts[i].name)) {
            query->select.order = sorts[i].order;
            return true;
        }
    }
    return call->dialect->old_queries;
}

static bool read_integer(struct slice value, int64_t *ret_number)
{
    bool negative = slice_starts(value, SLICE("-"));
    uint64_t digits;
    if (!slice_to_u64(slice_from(value, negative), &digits) || digits > INT64_MAX)
        return false;
    *ret_number = negative ? -(int64_t)digits : (int64_t)digits;
    return true;
}

static bool read_above(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    query->filter.by_index = true;
    return read_integer(value, &query->filter.above);
}

static bool read_below(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    query->filter.by_index = true;
    return read_integer(value, &query->filter.below);
}

static bool read_relation(struct core_query *query, enum record_relation which, struct slice value)
{
    query->filter.by_relation[which] = true;
    query->filter.relations[which] = value;
    return true;
}

static bool read_parent(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    return read_relation(query, RECORD_PARENT, value);
}

static bool read_predecessor(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    return read_relation(query, RECORD_PREDECESSOR, value);
}

/* Which requests know a parameter. */
enum { GETS = 1, DELETES = 2, OLD_GETS = 4, OLD_DELETES = 8 };

static const struct rule {
    const char *name;
    read_value *read;
    unsigned known;
} rules[] = {
    { "ids", read_ids, GETS | DELETES | OLD_GETS | OLD_DELETES },
    { "newer", read_newer, GETS | OLD_GETS | OLD_DELETES },
    { "older", read_older, GETS | OLD_GETS | OLD_DELETES },
    { "full", read_full, GETS | OLD_GETS },
    { "limit", read_limit, GETS | OLD_GETS | OLD_DELETES },
    { "offset", read_offset, GETS | OLD_GETS | OLD_DELETES },
    { "sort", read_sort, GETS | OLD_GETS | OLD_DELETES },
    { "index_above", read_above, OLD_GETS },
    { "index_below", read_below, OLD_GETS },
    { "parentid", read_parent, OLD_GETS | OLD_DELETES },
    { "predecessorid", read_predecessor, OLD_GETS },
};

static bool decode(struct core_call *call, struct slice encoded, struct slice *ret_text)
{
    size_t at = call->scratch->len;
    if (!http_percent_decode(encoded, call->scratch))
        return false;
    *ret_text = slice_from(buf_slice(call->scratch), at);
    return true;
}

static bool read_parameter(struct core_call *call, const struct http_parameter *parameter,
                           struct core_query *query, unsigned request, unsigned *seen)
{
    struct slice name, value;
    if (!decode(call, parameter->name, &name))
        return false;
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if ((rules[i].known & request) == 0 || !slice_is(name, rules[i].name))
            continue;
        if ((*seen & 1U << i) != 0 || !decode(call, parameter->value, &value))
            return false;
        *seen |= 1U << i;
        return rules[i].read(call, value, query);
    }
    return true;
}

static bool parse(struct core_call *call, struct core_query *query, unsigned request)
{
    *query = (struct core_query){ .select = { .newer = INT64_MIN,
                                              .older = INT64_MAX,
                                              .order = STORE_OLDEST,
                                              .limit = SIZE_MAX },
                                  .filter = core_filter_none() };
    unsigned seen = 0;
    struct slice rest = call->query;
    struct http_parameter parameter;
    while (http_target_parameter(&rest, &parameter)) {
        if (!read_parameter(call, &parameter, query, request, &seen)) {
            core_reply_error(call, 400, CORE_CODE_UNKNOWN);
            return false;
        }
    }
    query->whole = seen == 0;
    query->select.bare = !query->full;
    if (query->filter.limit == UINT64_MAX)
        query->filter.skip = 0; /* an offset needs a limit, else it does not count */
    return true;
}

bool core_query_parse_delete(struct core_call *call, struct core_query *ret_query)
{
    return parse(call, ret_query, call->dialect->old_queries ? OLD_DELETES : DELETES);
}

bool core_query_parse(struct core_call *call, struct core_query *ret_query)
{
    if (!parse(call, ret_query, call->dialect->old_queries ? OLD_GETS : GETS))
        return false;
    struct store_query *select = &ret_query->select;
    if (!select->has_after)
        return true;
    /* Only now is the order known that the token has to be of. */
    struct core_offset offset;
    if (!core_offset_read(ret_query->offset, select->order, call->scratch, &offset)) {
        core_reply_error(call, 400, CORE_CODE_UNKNOWN);
        return false;
    }
    select->after_key = offset.number;
    select->after_id = offset.id;
    return true;
}
