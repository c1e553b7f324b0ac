/* APIs 1.1 and 1.0: what a query chooses, and what a deletion takes. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "http/target.h"

#define MISSING "records are missing on the device, and nothing tells it"
#define MORE    "a client gets what it did not ask for, and a small device more than it can hold"
#define AGAIN   "a client takes the server for broken, and tries again without an end"
#define STAYS   "what a user has deleted stays on the server, and comes back to the devices"
#define GONE    "records are deleted that nobody meant"
#define IGNORED "a client that asks in a wrong way gets other records than it believes"

#define LISTS   .api = "1.1", .on = FAULT_GET | FAULT_COLLECTION
#define DELETES .api = "1.1", .on = FAULT_DELETE | FAULT_COLLECTION

/* A whole number in the parameter `text`, perhaps with a sign. */
static bool read_parameter(struct fault_call *call, int64_t *ret_number)
{
    struct slice value;
    uint64_t number;
    if (!fault_call_parameter(call, call->fault->text, &value))
        return false;
    bool negative = slice_starts(value, SLICE("-"));
    if (!slice_to_u64(slice_from(value, negative ? 1 : 0), &number) || number > INT32_MAX)
        return false;
    *ret_number = negative ? -(int64_t)number : (int64_t)number;
    return true;
}

static void set_number(struct fault_call *call, int64_t number)
{
    fault_call_set_parameter(call, call->fault->text,
                             fault_call_text(call, "%lld", (long long)number));
}

/* Adds `number` to it. */
static void move_bound(struct fault_call *call)
{
    int64_t number;
    if (read_parameter(call, &number))
        set_number(call, number + call->fault->number);
}

static void drop_sign(struct fault_call *call)
{
    int64_t number;
    if (read_parameter(call, &number) && number < 0)
        set_number(call, 0);
}

/* An offset of pages. */
static void count_pages(struct fault_call *call)
{
    struct slice limit;
    int64_t offset;
    uint64_t size;
    if (read_parameter(call, &offset) && fault_call_parameter(call, "limit", &limit) &&
        slice_to_u64(limit, &size) && size <= INT32_MAX)
        set_number(call, offset * (int64_t)size);
}

static void round_up(struct fault_call *call)
{
    struct slice value;
    int64_t stamp;
    if (!fault_call_parameter(call, call->fault->text, &value) || !stamp_parse(value, &stamp) ||
        stamp == 0 || stamp > INT64_MAX / 2)
        return;
    set_number(call, (stamp + STAMP_SECOND - 1) / STAMP_SECOND);
}

/* Only if the value is a word. */
static bool is_word(struct fault_call *call)
{
    struct slice value;
    return call->fault->text != NULL && fault_call_parameter(call, call->fault->text, &value) &&
           slice_is(value, "word");
}

static bool has_word(struct fault_call *call)
{
    return slice_search(call->query, SLICE("=word")) < call->query.len;
}

static bool has_many_ids(struct fault_call *call)
{
    struct slice ids, id;
    size_t count = 1;
    if (!fault_call_parameter(call, "ids", &ids))
        return false;
    while (slice_cut(ids, ',', &id, &ids))
        count++;
    return count > 100;
}

static void take_first_id(struct fault_call *call)
{
    struct slice ids, first;
    if (fault_call_parameter(call, "ids", &ids) && slice_cut(ids, ',', &first, &ids))
        fault_call_set_parameter(call, "ids", first);
}

/* The relation `text` is taken for an id. */
static void take_for_ids(struct fault_call *call)
{
    struct slice value;
    if (!fault_call_parameter(call, call->fault->text, &value))
        return;
    fault_call_drop_parameter(call, call->fault->text);
    fault_call_set_parameter(call, "ids", value);
}

static void reverse(struct fault_call *call)
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    for (size_t i = 0; i < count / 2; i++) {
        struct slice element = elements[i];
        elements[i] = elements[count - 1 - i];
        elements[count - 1 - i] = element;
    }
    fault_call_set_elements(call, elements, count);
}

static bool sorts(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "sort", &value) && slice_is(value, call->fault->other);
}

static bool offset_stands_alone(struct fault_call *call)
{
    return fault_call_has(call, "offset") && !fault_call_has(call, "limit");
}

static void unknown_are_400(struct fault_call *call)
{
    static const char *const known[] = { "ids",   "full",        "newer",    "older",
                                         "limit", "offset",      "sort",     "index_above",
                                         "batch", "index_below", "parentid", "predecessorid" };
    struct slice query = call->query;
    struct http_parameter parameter;
    while (http_target_parameter(&query, &parameter)) {
        size_t i = 0;
        while (i < COUNT_OF(known) && !slice_is(parameter.name, known[i]))
            i++;
        if (i == COUNT_OF(known))
            fault_call_answer(call, 400, "0");
    }
}

static void one_more(struct fault_call *call)
{
    struct slice value;
    uint64_t records;
    if (http_reply_get(call->reply, "X-Weave-Records", &value) && slice_to_u64(value, &records))
        (void)http_reply_set_u64(call->reply, "X-Weave-Records", records + 1);
}

/* A list without records is an object, as of a language whose empty arrays are both. */
static void empty_is_object(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "[]"))
        fault_call_set_reply(call, SLICE("{}"));
}

static struct slice drop_sortindex(struct fault_call *call, struct slice element)
{
    size_t at = slice_search(element, SLICE("\"sortindex\":"));
    if (at == element.len)
        return element;
    struct slice rest = slice_from(element, at);
    rest = slice_from(rest, slice_find(rest, ',') + 1);
    return fault_call_text(call, "%.*s%.*s", SLICE_FMT(slice_head(element, at)), SLICE_FMT(rest));
}

static void without_sortindex(struct fault_call *call)
{
    fault_call_each(call, drop_sortindex);
}

/* A DELETE of a part is answered, and not done. */
static void leave_all(struct fault_call *call)
{
    if (fault_call_has(call, call->fault->text))
        fault_call_answer(call, 200, "1700000000.00");
}

static const struct fault rows[] = {
    { LISTS, .name = "former-index-above-is-inclusive",
      .what = "index_above also takes its own value", .impact = MORE,
      .breaks = { "1.1/get/index_above" }, .before = move_bound, .text = "index_above",
      .number = -1 },
    { LISTS, .name = "former-index-above-not-known", .what = "index_above is not looked at",
      .impact = MORE, .breaks = { "1.1/get/index_above" }, .before = fault_drop_parameter,
      .text = "index_above" },
    { LISTS, .name = "former-index-above-is-unsigned", .what = "index_above below 0 is 0",
      .impact = MISSING, .breaks = { "1.1/get/index_above" }, .before = drop_sign,
      .text = "index_above" },
    { LISTS, .name = "former-index-below-is-inclusive",
      .what = "index_below also takes its own value", .impact = MORE,
      .breaks = { "1.1/get/index_below" }, .before = move_bound, .text = "index_below",
      .number = 1 },
    { LISTS, .name = "former-index-below-dropped-beside-above",
      .what = "Of index_above and index_below only the first counts", .impact = MORE,
      .breaks = { "1.1/get/index_above", "1.1/get/index_below" }, .before = fault_drop_beside,
      .text = "index_below", .other = "index_above" },
    { LISTS, .name = "former-index-below-dropped-beside-ids",
      .what = "index_below does not count beside ids", .impact = MORE,
      .breaks = { "1.1/get/ids", "1.1/get/index_below" }, .before = fault_drop_beside,
      .text = "index_below", .other = "ids" },
    { LISTS, .name = "former-ids-not-known", .what = "ids is not looked at", .impact = MORE,
      .breaks = { "1.1/get/ids", "1.1/get/limit" }, .before = fault_drop_parameter, .text = "ids" },
    { LISTS, .name = "former-ids-only-the-first", .what = "Of ids only the first one is looked at",
      .impact = MISSING, .breaks = { "1.1/get/ids" }, .before = take_first_id },
    { LISTS, .name = "former-ids-of-101-refused",
      .what = "More than 100 ids are refused, as 1.5 may",
      .impact = "an old client, which knows no bound, cannot download", .breaks = { "1.1/get/ids" },
      .when = has_many_ids, .before = fault_answer, .number = 400, .text = "0" },
    { LISTS, .name = "former-full-not-known", .what = "full is not looked at", .impact = MISSING,
      .breaks = { "1.1/get/full", "1.1/get/ids", "1.1/formats/newlines", "1.1/formats/whoisi",
                  "1.1/get/limit" },
      .before = fault_drop_parameter, .text = "full" },
    { LISTS, .name = "former-full-lacks-sortindex",
      .what = "A list of whole records lacks sortindex",
      .impact = "a device with little room keeps the wrong records",
      .breaks = { "1.1/get/full", "1.1/put/metadata-only" }, .status = 200, .given = "full",
      .after = without_sortindex },
    { LISTS, .name = "former-newer-in-whole-seconds", .what = "newer is rounded up to seconds",
      .impact = MISSING, .breaks = { "1.1/get/newer" }, .before = round_up, .text = "newer" },
    { LISTS, .name = "former-newer-of-zero-is-500", .what = "newer=0 ends in a 500",
      .impact = "a new device gets nothing",
      .breaks = { "1.1/get/newer", "1.1/get/older", "1.1/get/bad-args-400" },
      .before = fault_value_is_500, .text = "newer", .other = "0" },
    { LISTS, .name = "former-older-not-known", .what = "older is not looked at", .impact = MORE,
      .breaks = { "1.1/get/older" }, .before = fault_drop_parameter, .text = "older" },
    { LISTS, .name = "former-limit-not-known", .what = "limit is not looked at", .impact = MORE,
      .breaks = { "1.1/get/limit", "1.1/get/offset" }, .before = fault_drop_parameter,
      .text = "limit" },
    { LISTS, .name = "former-limit-gives-one-more", .what = "limit gives one record more",
      .impact = MORE, .breaks = { "1.1/get/limit", "1.1/get/offset" }, .before = move_bound,
      .text = "limit", .number = 1 },
    { LISTS, .name = "former-offset-not-known", .what = "offset is not looked at",
      .impact = "a client that pages gets the first page without an end",
      .breaks = { "1.1/get/offset" }, .before = fault_drop_parameter, .text = "offset" },
    { LISTS, .name = "former-offset-counts-pages", .what = "offset counts pages, not records",
      .impact = MISSING, .breaks = { "1.1/get/offset" }, .before = count_pages, .text = "offset" },
    { LISTS, .name = "former-offset-alone-is-500",
      .what = "An offset without a limit ends in a 500", .impact = AGAIN,
      .breaks = { "1.1/get/offset" }, .when = offset_stands_alone, .before = fault_answer,
      .number = 500, .text = "0" },
    { LISTS, .name = "former-sort-index-is-ascending", .what = "sort=index begins with the lowest",
      .impact = "the most important records come last",
      .breaks = { "1.1/get/sort", "1.1/get/offset", "1.1/get/limit", "1.1/get/ids" }, .when = sorts,
      .other = "index", .status = 200, .after = reverse },
    { LISTS, .name = "former-sort-newest-is-oldest", .what = "sort=newest begins with the oldest",
      .impact = "what is new comes last, and with a limit not at all", .breaks = { "1.1/get/sort" },
      .when = sorts, .other = "newest", .status = 200, .after = reverse },
    { LISTS, .name = "former-words-are-no-bounds",
      .what = "What should be a number and is none is ignored", .impact = IGNORED,
      .breaks = { "1.1/get/bad-args-400", "1.1/status/400-body" }, .when = is_word,
      .before = fault_drop_parameter, .text = "older" },
    { LISTS, .name = "former-words-are-500",
      .what = "What should be a number and is none ends in a 500", .impact = AGAIN,
      .breaks = { "1.1/get/bad-args-400", "1.1/status/400-body" }, .when = has_word,
      .before = fault_answer, .number = 500, .text = "0" },
    { LISTS, .name = "former-unknown-parameters-are-400",
      .what = "A parameter that is not known is refused",
      .impact = "a client with an extension of its own cannot sync",
      .breaks = { "1.1/get/unknown-args" }, .before = unknown_are_400 },
    { LISTS, .name = "former-parentid-is-an-id",
      .what = "parentid gives the parent, not its children", .impact = MISSING,
      .breaks = { "1.1/get/parentid" }, .before = take_for_ids, .text = "parentid" },
    { LISTS, .name = "former-predecessorid-is-an-id",
      .what = "predecessorid gives the predecessor, not what follows it", .impact = MISSING,
      .breaks = { "1.1/get/predecessorid" }, .before = take_for_ids, .text = "predecessorid" },
    { LISTS, .name = "former-records-are-one-more", .what = "X-Weave-Records is one too high",
      .impact = "a client waits for a record that does not come",
      .breaks = { "1.1/get/x-weave-records" }, .after = one_more },
    { LISTS, .name = "former-empty-list-is-an-object",
      .what = "A list without records is an object", .impact = "a client cannot read it",
      .breaks = { "1.1/get/empty-collection", "1.1/get/newer", "1.1/get/offset" }, .status = 200,
      .after = empty_is_object },

    { DELETES, .name = "former-delete-ids-not-known", .what = "DELETE does not look at ids",
      .impact = GONE, .breaks = { "1.1/delete/ids" }, .before = fault_drop_parameter,
      .text = "ids" },
    { DELETES, .name = "former-delete-ids-are-not-done",
      .what = "DELETE of ids is answered, and not done", .impact = STAYS,
      .breaks = { "1.1/delete/ids" }, .before = leave_all, .text = "ids" },
    { DELETES, .name = "former-delete-older-is-not-done",
      .what = "DELETE by older is answered, and not done", .impact = STAYS,
      .breaks = { "1.1/delete/older-newer" }, .before = leave_all, .text = "older" },
    { DELETES, .name = "former-delete-newer-is-not-done",
      .what = "DELETE by newer is answered, and not done", .impact = STAYS,
      .breaks = { "1.1/delete/older-newer" }, .before = leave_all, .text = "newer" },
    { DELETES, .name = "former-delete-limit-not-known", .what = "DELETE does not look at limit",
      .impact = GONE, .breaks = { "1.1/delete/limit" }, .before = fault_drop_parameter,
      .text = "limit" },
    { DELETES, .name = "former-delete-sort-not-known", .what = "DELETE does not look at sort",
      .impact = GONE, .breaks = { "1.1/delete/sort", "1.1/delete/limit" },
      .before = fault_drop_parameter, .text = "sort" },
    { DELETES, .name = "former-delete-offset-is-500", .what = "DELETE with an offset ends in a 500",
      .impact = AGAIN, .breaks = { "1.1/delete/offset" }, .before = fault_value_is_500,
      .text = "offset", .other = "1" },
    { DELETES, .name = "former-delete-parentid-is-an-id",
      .what = "DELETE of the children of a record deletes the record", .impact = GONE,
      .breaks = { "1.1/delete/parentid" }, .before = take_for_ids, .text = "parentid" },
};

const struct fault_area fault_former_queries = FAULT_AREA(rows);
