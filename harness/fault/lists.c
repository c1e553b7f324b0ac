/* What a list selects, and in which order. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define TWICE   "a client downloads records that it has, as if they were new"
#define MISSING "records are missing on the device, and nothing tells it"
#define REFUSED "clients that ask for what the protocol allows are refused"

static bool has_value(const struct fault_call *call, const char *name, const char *wanted)
{
    struct slice value;
    return fault_call_parameter(call, name, &value) && slice_is(value, wanted);
}

static void zero_is_now(struct fault_call *call)
{
    if (has_value(call, "newer", "0"))
        fault_call_set_parameter(call, "newer", SLICE("9999999999"));
}

static void want_two_decimals(struct fault_call *call)
{
    static const char *const names[] = { "newer", "older" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct slice value;
        int64_t stamp;
        if (fault_call_parameter(call, names[i], &value) && stamp_parse(value, &stamp) &&
            value.len - slice_find(value, '.') != 3 && value.len > 1)
            fault_call_answer(call, 400, "0");
    }
}

static void comma_not_decoded(struct fault_call *call)
{
    struct slice ids;
    if (fault_call_parameter(call, "ids", &ids) && slice_search(ids, SLICE("%2C")) < ids.len)
        fault_call_set_parameter(call, "ids", SLICE("none"));
}

static void blanks_not_trimmed(struct fault_call *call)
{
    struct slice ids;
    if (fault_call_parameter(call, "ids", &ids) && slice_search(ids, SLICE("%20")) < ids.len)
        fault_call_set_parameter(call, "ids", SLICE("none"));
}

static void full_by_default(struct fault_call *call)
{
    if (!fault_call_has(call, "full"))
        fault_call_set_parameter(call, "full", SLICE("1"));
}

static void empty_full_is_none(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, "full", &value) && value.len == 0)
        fault_call_drop_parameter(call, "full");
}

static void refuse_unknown(struct fault_call *call)
{
    static const char *const known[] = {
        "ids", "newer", "older", "full", "limit", "offset", "sort"
    };
    struct slice query = call->query;
    struct http_parameter parameter;
    while (http_target_parameter(&query, &parameter)) {
        bool found = false;
        for (size_t i = 0; i < COUNT_OF(known); i++)
            found |= slice_is(parameter.name, known[i]);
        if (!found && !call->answered)
            fault_call_answer(call, 400, "0");
    }
}

static void honour_legacy(struct fault_call *call)
{
    if (fault_call_has(call, "index_above") || fault_call_has(call, "parentid"))
        fault_call_answer(call, 500, "0");
}

/* The orders. */

static void other_order(struct fault_call *call)
{
    if (has_value(call, "sort", call->fault->text))
        fault_call_set_parameter(call, "sort", slice_text(call->fault->other));
}

static void no_order(struct fault_call *call)
{
    if (has_value(call, "sort", call->fault->text))
        fault_call_drop_parameter(call, "sort");
}

static void ascending(struct fault_call *call)
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    if (!has_value(call, "sort", "index") || count < 2)
        return;
    for (size_t i = 0; i < count / 2; i++) {
        struct slice kept = elements[i];
        elements[i] = elements[count - 1 - i];
        elements[count - 1 - i] = kept;
    }
    fault_call_set_elements(call, elements, count);
}

/* What a list leaves out on its way through. */
struct sieve {
    struct store_sink *sink;
    const struct store_query *query;
    int64_t last;
    bool (*keeps)(struct sieve *sieve, const struct record_bso *bso);
};

static bool sift(void *context, const struct record_bso *bso)
{
    struct sieve *sieve = context;
    return !sieve->keeps(sieve, bso) || sieve->sink->visit(sieve->sink->context, bso);
}

static enum store_err list_through(struct store_txn *base, struct slice collection,
                                   const struct store_query *query, struct sieve *sieve)
{
    struct store_sink below = { .visit = sift, .context = sieve };
    enum store_err err = store_list(fault_txn_of(base)->inner, collection, query, &below);
    sieve->sink->more = below.more;
    return err;
}

static bool is_of_other_time(struct sieve *sieve, const struct record_bso *bso)
{
    return !sieve->query->has_after || bso->modified != sieve->query->after_key;
}

static bool is_of_new_time(struct sieve *sieve, const struct record_bso *bso)
{
    bool keeps = bso->modified != sieve->last || sieve->query->order != STORE_NEWEST;
    sieve->last = bso->modified;
    return keeps;
}

static bool has_index(struct sieve *sieve, const struct record_bso *bso)
{
    return bso->has_sortindex || sieve->query->order != STORE_BY_INDEX;
}

static enum store_err page_by_time_alone(struct store_txn *base, struct slice collection,
                                         const struct store_query *query, struct store_sink *sink)
{
    struct sieve sieve = { .sink = sink, .query = query, .keeps = is_of_other_time };
    return list_through(base, collection, query, &sieve);
}

static enum store_err list_one_of_a_time(struct store_txn *base, struct slice collection,
                                         const struct store_query *query, struct store_sink *sink)
{
    struct sieve sieve = { .sink = sink, .query = query, .keeps = is_of_new_time };
    return list_through(base, collection, query, &sieve);
}

static enum store_err list_with_index_alone(struct store_txn *base, struct slice collection,
                                            const struct store_query *query,
                                            struct store_sink *sink)
{
    struct sieve sieve = { .sink = sink, .query = query, .keeps = has_index };
    return list_through(base, collection, query, &sieve);
}

/* IVs of zeros are taken. */
static void take_zero_iv(struct fault_call *call)
{
    struct slice body = call->request.body;
    if (slice_is(call->collection, "crypto") &&
        slice_search(body, SLICE("AAAAAAAAAAAAAAAAAAAAAA==")) < body.len)
        fault_call_answer(call, 200,
                          call->method == FAULT_PUT
                              ? "1700000000.00"
                              : "{\"modified\":1700000000.00,\"success\":[\"a\"],"
                                "\"failed\":{}}");
}

static const struct fault rows[] = {
    { .name = "paging-by-time-alone",
      .what = "A page begins behind the time of the last record: others of that time are lost",
      .impact = MISSING,
      .breaks = { "1.5/get/offset-all-sorts" },
      .store = { .list = page_by_time_alone } },
    { .name = "newer-is-inclusive",
      .what = "newer is compared with >= in place of >",
      .impact = "a client gets the last change again at each sync",
      .breaks = { "1.5/get/newer", "1.5/get/polling-newer", "1.5/get/newer-older-combined" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_shift_parameter,
      .text = "newer",
      .number = -1 },
    { .name = "older-is-inclusive",
      .what = "older is compared with <= in place of <",
      .impact = TWICE,
      .breaks = { "1.5/get/older", "1.5/get/newer-older-combined" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_shift_parameter,
      .text = "older",
      .number = 1 },
    { .name = "older-dropped-beside-newer",
      .what = "Of newer and older in one request only newer counts",
      .impact = TWICE,
      .breaks = { "1.5/get/newer-older-combined" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "older",
      .other = "newer" },
    { .name = "newer-dropped-beside-ids",
      .what = "newer does not count where ids are given",
      .impact = TWICE,
      .breaks = { "1.5/get/filters-and" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "newer",
      .other = "ids" },
    { .name = "newer-dropped-beside-full",
      .what = "newer does not count where full is given",
      .impact = TWICE,
      .breaks = { "1.5/get/same-set-full-and-ids", "1.5/get/polling-newer" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "newer",
      .other = "full" },
    { .name = "newer-dropped-beside-sort",
      .what = "newer does not count where sort is given",
      .impact = TWICE,
      .breaks = { "1.5/get/newer" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "newer",
      .other = "sort" },
    { .name = "newer-zero-is-nothing",
      .what = "newer=0 selects nothing, as 0 is taken for now",
      .impact = MISSING,
      .breaks = { "1.5/get/newer-zero" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = zero_is_now },
    { .name = "newer-wrong-is-ignored",
      .what = "A newer that is no number is ignored",
      .impact = TWICE,
      .breaks = { "1.5/get/newer-malformed" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_wrong_time,
      .text = "newer" },
    { .name = "older-wrong-is-ignored",
      .what = "An older that is no number is ignored",
      .impact = TWICE,
      .breaks = { "1.5/get/newer-malformed" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_wrong_time,
      .text = "older" },
    { .name = "newer-negative-is-500",
      .what = "A negative newer ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/get/newer-negative" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_value_is_500,
      .text = "newer",
      .other = "-" },
    { .name = "newer-needs-two-decimals",
      .what = "A time without two decimals is refused in a query",
      .impact = REFUSED,
      .breaks = { "1.5/timestamps/request-precision-tolerated" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = want_two_decimals },
    { .name = "ids-are-ignored",
      .what = "ids does not select",
      .impact = TWICE,
      .breaks = { "1.5/get/ids-filter", "1.5/get/filters-and", "1.5/get/ids-percent-encoded" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_parameter,
      .text = "ids" },
    { .name = "ids-encoded-comma-is-none",
      .what = "A percent-encoded comma does not separate ids",
      .impact = MISSING,
      .breaks = { "1.5/get/ids-percent-encoded" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = comma_not_decoded },
    { .name = "ids-blanks-count",
      .what = "Blanks around ids belong to them",
      .impact = MISSING,
      .breaks = { "1.5/get/ids-trim" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = blanks_not_trimmed },
    { .name = "ids-empty-is-500",
      .what = "An empty ids ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/get/ids-empty" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_value_is_500,
      .text = "ids",
      .other = "" },
    { .name = "ids-wrong-is-500",
      .what = "An illegal id in ids ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/get/ids-invalid" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = fault_refusal_is_500,
      .text = "ids" },
    { .name = "full-by-default",
      .what = "Whole records are given without full",
      .impact = "a client that wants ids gets megabytes",
      .breaks = { "1.5/get/ids-default", "1.5/get/order-unspecified" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = full_by_default },
    { .name = "full-is-ignored",
      .what = "full is not looked at",
      .impact = "a client gets ids where it expects records",
      .breaks = { "1.5/get/full", "1.5/get/same-set-full-and-ids" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_parameter,
      .text = "full" },
    { .name = "full-without-value-is-none",
      .what = "full without a value does not count",
      .impact = "a client gets ids where it expects records",
      .breaks = { "1.5/get/full" },
      .warned = "a deployed server has it so",
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = empty_full_is_none },
    { .name = "list-last-modified-is-late",
      .what = "X-Last-Modified of a list is a hundredth behind the collection's time",
      .impact = MISSING,
      .breaks = { "1.5/get/x-last-modified", "1.5/get/polling-newer" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = 1 },
    { .name = "list-x-weave-records-of-all",
      .what = "X-Weave-Records is not the number of records in the body",
      .impact = "a client that makes room for so many waits for the rest",
      .breaks = { "1.5/get/x-weave-records" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = fault_set,
      .text = "X-Weave-Records",
      .other = "999" },
    { .name = "parameters-unknown-are-400",
      .what = "Parameters that are not known are refused",
      .impact = REFUSED,
      .breaks = { "1.5/get/unknown-params-ignored", "1.5/get/legacy-params-not-honoured" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = refuse_unknown },
    { .name = "parameters-of-1-1-are-500",
      .what = "index_above and parentid, of API 1.1, end in a 500",
      .impact = REFUSED,
      .breaks = { "1.5/get/legacy-params-not-honoured" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = honour_legacy },
    { .name = "sort-newest-is-oldest",
      .what = "sort=newest gives the oldest first",
      .impact = "a client that takes the first page gets what nobody needs any more",
      .breaks = { "1.5/get/sort-newest" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = other_order,
      .text = "newest",
      .other = "oldest" },
    { .name = "sort-oldest-is-newest",
      .what = "sort=oldest gives the newest first",
      .impact = "a client that goes on where it stopped misses records",
      .breaks = { "1.5/get/sort-oldest" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = other_order,
      .text = "oldest",
      .other = "newest" },
    { .name = "sort-index-is-ascending",
      .what = "sort=index gives the smallest sortindex first",
      .impact = "a client that takes the first page gets what matters least",
      .breaks = { "1.5/get/sort-index" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = ascending },
    { .name = "sort-index-is-ignored",
      .what = "sort=index gives the records by id",
      .impact = "a client that takes the first page gets what matters least",
      .breaks = { "1.5/get/sort-index" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = no_order,
      .text = "index" },
    { .name = "sort-index-is-by-time",
      .what = "sort=index gives the oldest first",
      .impact = "a client that takes the first page gets what matters least",
      .breaks = { "1.5/get/sort-index" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = other_order,
      .text = "index",
      .other = "oldest" },
    { .name = "sort-index-drops-those-without",
      .what = "Records without sortindex are left out with sort=index",
      .impact = MISSING,
      .breaks = { "1.5/get/sort-index", "1.5/get/sort-index-null" },
      .store = { .list = list_with_index_alone } },
    { .name = "sort-newest-drops-equal-times",
      .what = "Of records of one time only one is given with sort=newest",
      .impact = MISSING,
      .breaks = { "1.5/get/sort-newest", "1.5/get/sort-ties" },
      .store = { .list = list_one_of_a_time } },
    { .name = "sort-unknown-is-500",
      .what = "A sort that is not known ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/get/sort-invalid" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = fault_refusal_is_500,
      .text = "sort" },
    { .name = "crypto-zero-iv-taken",
      .what = "Keys that were encrypted with an IV of zeros are taken",
      .impact = "a faulty client destroys the keys of all devices",
      .breaks = { "1.5/post/crypto-zero-iv" },
      .on = FAULT_PUT | FAULT_POST,
      .before = take_zero_iv },
};

const struct fault_area fault_lists = FAULT_AREA(rows);
