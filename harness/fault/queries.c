/* Queries of collections: what is missed when parameters meet, and with certain values only. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"
#include "record/scan.h"

#include <stdlib.h>

#define LISTS  (FAULT_GET | FAULT_COLLECTION)
#define MISSED "a client never gets a record that it should have"
#define TWICE  "a client downloads again what it has, and applies it over newer changes"
#define ORDER  "a client that takes only the first records takes the wrong ones"
#define PENDING                                                                                    \
    "a client that writes under this time is refused, or overwrites what it has not seen"

enum { MANY_IDS = 50 };

static bool is_zero(struct fault_call *call)
{
    struct slice value;
    int64_t stamp;
    return fault_call_parameter(call, call->fault->text, &value) && stamp_parse(value, &stamp) &&
           stamp == 0;
}

static bool is_negative(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, call->fault->text, &value) && slice_starts(value, SLICE("-"));
}

static bool is_escaped(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, call->fault->text, &value) &&
           slice_find(value, '%') < value.len;
}

static bool has_blank(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "ids", &value) &&
           slice_search(value, SLICE("%20")) < value.len;
}

static bool has_long_id(struct fault_call *call)
{
    struct slice ids, id;
    bool found = false;
    if (!fault_call_parameter(call, "ids", &ids))
        return false;
    while (ids.len > 0 && !found) {
        slice_cut(ids, ',', &id, &ids);
        found = id.len > LIMIT_BSO_ID;
    }
    return found;
}

/* What is escaped stays as it is. */
static void escape_again(struct fault_call *call)
{
    struct slice value;
    struct buf made = buf_bounded(LIMIT_TARGET);
    (void)fault_call_parameter(call, "ids", &value);
    for (size_t i = 0; i < value.len; i++) {
        buf_add_byte(&made, value.ptr[i]);
        buf_add_text(&made, value.ptr[i] == '%' ? "25" : "");
    }
    struct slice copy = arena_copy(call->arena, buf_slice(&made));
    if (!made.failed && copy.len > 0)
        fault_call_set_parameter(call, "ids", copy);
    buf_free(&made);
}

/* No more ids than that. */
static void cut_ids(struct fault_call *call)
{
    struct slice ids;
    size_t end = 0;
    (void)fault_call_parameter(call, "ids", &ids);
    for (int64_t left = call->fault->number; left > 0 && end < ids.len; left--)
        end += slice_find(slice_from(ids, end), ',') + 1;
    if (end > 0 && end < ids.len)
        fault_call_set_parameter(call, "ids", slice_head(ids, end - 1));
}

/* An id that is not there makes an error of the whole. */
static void refuse_unknown_ids(struct fault_call *call)
{
    struct slice ids, *elements;
    size_t asked = 1;
    (void)fault_call_parameter(call, "ids", &ids);
    for (size_t i = 0; i < ids.len; i++)
        asked += ids.ptr[i] == ',';
    if (fault_call_elements(call, &elements) < asked)
        fault_call_answer(call, 404, "0");
}

static bool show_positive(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    (void)txn;
    (void)collection;
    return !bso->has_sortindex || bso->sortindex >= 0;
}

static bool show_nothing_of_it(struct fault_txn *txn, struct slice collection,
                               struct record_bso *bso)
{
    (void)txn;
    (void)collection;
    bso->has_sortindex = false;
    return true;
}

static bool by_text(struct fault_call *call)
{
    struct slice value, full;
    return fault_call_parameter(call, "sort", &value) && slice_is(value, "index") &&
           !fault_call_parameter(call, "full", &full);
}

struct indexed {
    struct slice id, index;
};

static int compare_texts(const void *one, const void *other)
{
    const struct indexed *left = one;
    const struct indexed *right = other;
    return slice_cmp(right->index, left->index);
}

static struct slice raw_of(struct slice record, const char *pointer)
{
    struct slice raw = { 0 };
    size_t offset;
    enum record_token kind = record_scan_pointer(record, slice_text(pointer), &raw, &offset);
    return kind == RECORD_SCAN_BAD || kind == RECORD_SCAN_END ? (struct slice){ 0 } : raw;
}

/* sortindex is a column of texts. */
static void sort_as_texts(struct fault_call *call)
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    struct indexed *sorted = arena_alloc(call->arena, count + 1, sizeof(*sorted));
    if (sorted == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        struct slice body, id = elements[i];
        struct slice all = fault_call_collection(call);
        id = id.len < 2 ? id : slice_of(id.ptr + 1, id.len - 2);
        (void)fault_call_fetch(
            call, fault_call_text(call, "%.*s/%.*s", SLICE_FMT(all), SLICE_FMT(id)), &body, NULL);
        sorted[i] = (struct indexed){ .id = elements[i], .index = raw_of(body, "/sortindex") };
    }
    qsort(sorted, count, sizeof(*sorted), compare_texts);
    for (size_t i = 0; i < count; i++)
        elements[i] = sorted[i].id;
    fault_call_set_elements(call, elements, count);
}

static bool has_other_sort(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "sort", &value) && !slice_is(value, "newest") &&
           !slice_is(value, "oldest") && !slice_is(value, "index");
}

static bool has_no_sort(struct fault_call *call)
{
    struct slice value;
    return !fault_call_parameter(call, "sort", &value);
}

/* A join that finds the last record twice. */
static void last_twice(struct fault_call *call)
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    struct slice *more = arena_alloc(call->arena, count + 1, sizeof(*more));
    if (more == NULL || count < (size_t)call->fault->number)
        return;
    memcpy(more, elements, count * sizeof(*more));
    more[count] = elements[count - 1];
    fault_call_set_elements(call, more, count + 1);
}

static bool is_not_one(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "full", &value) && !slice_is(value, "1");
}

static bool is_no_word(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "full", &value) &&
           (slice_is(value, "0") || slice_is(value, "false"));
}

static bool is_bare(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "full", &value) && value.len == 0;
}

/* The time of the newest record that is there, in the place of the collection's. */
static void time_of_newest(struct fault_call *call)
{
    struct slice all = fault_call_collection(call);
    struct slice body;
    (void)fault_call_fetch(call,
                           fault_call_text(call, "%.*s?full=1&limit=1&sort=newest", SLICE_FMT(all)),
                           &body, NULL);
    struct slice modified = raw_of(body, "/0/modified");
    if (modified.len > 0)
        (void)http_reply_set(call->reply, "X-Last-Modified", modified);
}

static void time_of_store(struct fault_call *call)
{
    int64_t modified;
    (void)fault_call_fetch(call, fault_call_below(call, "info/collections"), NULL, &modified);
    (void)http_reply_set_stamp(call->reply, "X-Last-Modified", modified);
}

/* How many commas there are: none in a list of one. */
static void count_commas(struct fault_call *call)
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    (void)http_reply_set_u64(call->reply, "X-Weave-Records", count == 0 ? 0 : count - 1);
}

static void count_all(struct fault_call *call)
{
    struct slice body;
    uint64_t count = 0;
    (void)fault_call_fetch(call, fault_call_collection(call), &body, NULL);
    for (size_t i = 0; i < body.len; i++)
        count += body.ptr[i] == ',';
    (void)http_reply_set_u64(call->reply, "X-Weave-Records", count + 1);
}

static const struct fault rows[] = {
    { .name = "newer-of-zero-is-refused",
      .what = "newer=0 is refused, as 0 is no time",
      .impact = "a new device, which asks for all that is newer than 0, can never sync",
      .breaks = { "1.5/get/newer-zero", "1.5/timestamps/request-precision-tolerated" },
      .on = LISTS,
      .when = is_zero,
      .before = fault_answer,
      .text = "newer",
      .number = 400 },
    { .name = "newer-negative-wraps",
      .what = "A negative newer becomes a large unsigned number: nothing is newer",
      .impact = MISSED,
      .breaks = { "1.5/get/newer-negative" },
      .on = LISTS,
      .when = is_negative,
      .before = fault_set_parameter,
      .text = "newer",
      .other = "9999999999" },
    { .name = "older-negative-wraps",
      .what = "A negative older becomes a large unsigned number: everything is older",
      .impact = TWICE,
      .breaks = { "1.5/get/newer-negative" },
      .on = LISTS,
      .when = is_negative,
      .before = fault_set_parameter,
      .text = "older",
      .other = "9999999999" },
    { .name = "ids-only-the-first",
      .what = "Of ids only the first one is looked for",
      .impact = MISSED,
      .breaks = { "1.5/get/ids-filter", "1.5/get/same-set-full-and-ids" },
      .on = LISTS,
      .given = "ids",
      .before = cut_ids,
      .number = 1 },
    { .name = "ids-only-the-first-with-full",
      .what = "Of ids only the first one is looked for, when whole records are asked for",
      .impact = MISSED,
      .breaks = { "1.5/get/ids-max-100" },
      .on = LISTS,
      .given = "full",
      .before = cut_ids,
      .number = 1 },
    { .name = "ids-beyond-50-are-lost",
      .what = "Of more than 50 ids the rest is not looked for",
      .impact = MISSED,
      .breaks = { "1.5/get/ids-max-100" },
      .on = LISTS,
      .given = "ids",
      .before = cut_ids,
      .number = MANY_IDS },
    { .name = "ids-unknown-is-404",
      .what = "A query for ids of which one is not there is answered with 404",
      .impact = "a client gets none of the records because one was deleted",
      .breaks = { "1.5/get/ids-filter" },
      .on = LISTS,
      .given = "ids",
      .status = 200,
      .after = refuse_unknown_ids },
    { .name = "ids-not-decoded",
      .what = "Percent-encoding in ids is not decoded",
      .impact = "clients that encode the comma, as libraries do, get nothing",
      .breaks = { "1.5/get/ids-percent-encoded" },
      .on = LISTS,
      .when = is_escaped,
      .before = escape_again,
      .text = "ids" },
    { .name = "ids-with-blanks-refused",
      .what = "A blank behind a comma in ids is an error",
      .impact = "clients that write lists with blanks get nothing",
      .breaks = { "1.5/get/ids-trim" },
      .on = LISTS,
      .when = has_blank,
      .before = fault_answer,
      .number = 400,
      .text = "0" },
    { .name = "ids-illegal-selects-all",
      .what = "ids with an illegal id is no filter at all",
      .impact = TWICE,
      .breaks = { "1.5/get/ids-invalid" },
      .on = LISTS,
      .when = has_long_id,
      .before = fault_drop_parameter,
      .text = "ids" },
    { .name = "ids-shadow-older",
      .what = "With ids, older is not looked at",
      .impact = TWICE,
      .breaks = { "1.5/get/filters-and" },
      .on = LISTS,
      .given = "ids",
      .before = fault_drop_parameter,
      .text = "older" },
    { .name = "ids-shadow-limit",
      .what = "With ids, limit is not looked at",
      .impact = "a small device gets more than it can hold",
      .breaks = { "1.5/get/filters-and" },
      .on = LISTS,
      .given = "ids",
      .before = fault_drop_parameter,
      .text = "limit" },
    { .name = "ids-shadow-sort",
      .what = "With ids, sort is not looked at",
      .impact = "a client applies an older state over a newer one",
      .breaks = { "1.5/get/filters-and" },
      .on = LISTS,
      .given = "ids",
      .before = fault_set_parameter,
      .text = "sort",
      .other = "newest" },
    { .name = "full-shadows-ids",
      .what = "ids is looked at for lists of ids, and not for records",
      .impact = TWICE,
      .breaks = { "1.5/get/same-set-full-and-ids", "1.5/get/ids-filter" },
      .on = LISTS,
      .given = "full",
      .before = fault_drop_parameter,
      .text = "ids" },
    { .name = "parameters-of-1-1-still-select",
      .what = "parentid, which 1.1 had, still selects: no record has one",
      .impact = MISSED,
      .breaks = { "1.5/get/legacy-params-not-honoured" },
      .on = LISTS,
      .given = "parentid",
      .before = fault_answer,
      .number = 200,
      .text = "[]" },
    { .name = "sort-index-as-text",
      .what = "sort=index compares texts: 9 comes before 10",
      .impact = ORDER,
      .breaks = { "1.5/get/sort-index" },
      .on = LISTS,
      .when = by_text,
      .status = 200,
      .after = sort_as_texts },
    { .name = "sort-index-drops-negative",
      .what = "sort=index starts at 0: records with a negative sortindex are not found",
      .impact = MISSED,
      .breaks = { "1.5/get/sort-index" },
      .on = LISTS,
      .given = "sort",
      .show = show_positive },
    { .name = "sort-unknown-selects-nothing",
      .what = "An unknown sort gives an empty list",
      .impact = MISSED,
      .breaks = { "1.5/get/sort-invalid" },
      .on = LISTS,
      .when = has_other_sort,
      .before = fault_answer,
      .number = 200,
      .text = "[]" },
    { .name = "list-last-record-twice",
      .what = "Lists that are not sorted come from a join that gives the last record twice",
      .impact = "a client counts more records than there are, and resets",
      .breaks = { "1.5/get/ids-default", "1.5/get/full" },
      .on = LISTS,
      .when = has_no_sort,
      .status = 200,
      .after = last_twice,
      .number = 1 },
    { .name = "list-of-three-and-more-repeats",
      .what = "Lists of three records and more that are not sorted have the last one twice",
      .impact = "a client counts more records than there are, and resets",
      .breaks = { "1.5/get/ids-default" },
      .on = LISTS,
      .when = has_no_sort,
      .status = 200,
      .after = last_twice,
      .number = 3 },
    { .name = "full-has-to-be-1",
      .what = "full counts only when its value is 1",
      .impact = "clients that write full=true get ids in place of records",
      .breaks = { "1.5/get/full" },
      .on = LISTS,
      .when = is_not_one,
      .before = fault_drop_parameter,
      .text = "full" },
    { .name = "full-of-0-is-none",
      .what = "full=0 and full=false give ids",
      .impact = "a client gets another kind of list than the protocol promises",
      .breaks = { "1.5/get/full" },
      .on = LISTS,
      .when = is_no_word,
      .before = fault_drop_parameter,
      .text = "full" },
    { .name = "full-lacks-sortindex",
      .what = "Records in lists come without their sortindex",
      .impact = "frecency and order of bookmarks are lost on the other devices",
      .breaks = { "1.5/get/full", "1.5/get/sort-index" },
      .on = LISTS,
      .show = show_nothing_of_it },
    { .name = "list-time-is-the-newest-records",
      .what = "X-Last-Modified of a collection is that of its newest record",
      .impact = "a client never hears of a deletion",
      .breaks = { "1.5/get/x-last-modified", "1.5/item/delete-updates-collection" },
      .on = LISTS,
      .status = 200,
      .after = time_of_newest },
    { .name = "list-time-is-the-stores",
      .what = "X-Last-Modified of a collection is that of the whole store",
      .impact = PENDING,
      .breaks = { "1.5/get/x-last-modified" },
      .on = LISTS,
      .status = 200,
      .after = time_of_store },
    { .name = "list-weave-records-off-by-one",
      .what = "X-Weave-Records is one less than the records in the body",
      .impact = "a client that counts takes the answer for broken",
      .breaks = { "1.5/get/x-weave-records" },
      .on = LISTS,
      .status = 200,
      .after = count_commas },
    { .name = "list-weave-records-of-the-collection",
      .what = "X-Weave-Records counts the collection, not the body",
      .impact = "a client that counts takes the answer for broken",
      .breaks = { "1.5/get/x-weave-records" },
      .on = LISTS,
      .given = "limit",
      .status = 200,
      .after = count_all },
    { .name = "full-without-value-is-refused",
      .what = "full without a value is refused",
      .impact = "a client that writes ?full can read nothing",
      .breaks = { "1.5/get/full" },
      .on = LISTS,
      .when = is_bare,
      .before = fault_answer,
      .number = 400,
      .text = "0" },
};

const struct fault_area fault_queries = FAULT_AREA(rows);
