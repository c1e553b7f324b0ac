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
    (void)call;
    uint64_t limit;
    if (!slice_to_u64(value, &limit) || limit == 0)
        return false;
    query->select.limit = limit < SIZE_MAX ? (size_t)limit : SIZE_MAX;
    return true;
}

static bool read_offset(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
    query->offset = value;
    query->select.has_after = true;
    return true;
}

static bool read_sort(struct core_call *call, struct slice value, struct core_query *query)
{
    (void)call;
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
    return false;
}

/* ids first: it is the only one of DELETE. */
static const struct rule {
    const char *name;
    read_value *read;
} rules[] = {
    { "ids", read_ids },   { "newer", read_newer }, { "older", read_older },
    { "full", read_full }, { "limit", read_limit }, { "offset", read_offset },
    { "sort", read_sort },
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
                           struct core_query *query, size_t rule_count, unsigned *seen)
{
    struct slice name, value;
    if (!decode(call, parameter->name, &name))
        return false;
    for (size_t i = 0; i < rule_count; i++) {
        if (!slice_is(name, rules[i].name))
            continue;
        if ((*seen & 1U << i) != 0 || !decode(call, parameter->value, &value))
            return false;
        *seen |= 1U << i;
        return rules[i].read(call, value, query);
    }
    return true;
}

static bool parse(struct core_call *call, struct core_query *query, size_t rule_count)
{
    *query = (struct core_query){ .select = { .newer = INT64_MIN,
                                              .older = INT64_MAX,
                                              .order = STORE_OLDEST,
                                              .limit = SIZE_MAX } };
    unsigned seen = 0;
    struct slice rest = call->query;
    struct http_parameter parameter;
    while (http_target_parameter(&rest, &parameter)) {
        if (!read_parameter(call, &parameter, query, rule_count, &seen)) {
            core_reply_error(call, 400, CORE_CODE_UNKNOWN);
            return false;
        }
    }
    return true;
}

bool core_query_parse_ids(struct core_call *call, struct core_query *ret_query)
{
    return parse(call, ret_query, 1);
}

bool core_query_parse(struct core_call *call, struct core_query *ret_query)
{
    if (!parse(call, ret_query, COUNT_OF(rules)))
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
