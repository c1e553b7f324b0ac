/* Last-modified times of records, collections and the store. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define MISSED "a device that polls does not hear of the change, for good"

/* A write of the kind that `number` says does not raise its collection's time: the time before it
 * is kept, until another one comes. */
static void freeze(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s frozen %.*s", SLICE_FMT(call->user),
                                              SLICE_FMT(call->collection));
    struct http_reply reply;
    struct slice value;
    bool with_ids = fault_call_has(call, "ids");
    if (cell == NULL || call->method == FAULT_GET)
        return;
    cell->number = 0;
    if (!fault_call_is(call, (unsigned)call->fault->number) ||
        (call->method == FAULT_DELETE && call->resource == FAULT_COLLECTION && !with_ids))
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET,
                   fault_call_text(call, "/%.*s/%.*s/storage/%.*s?limit=1",
                                   SLICE_FMT(call->version), SLICE_FMT(call->user),
                                   SLICE_FMT(call->collection)),
                   (struct slice){ 0 }, &reply);
    if (!http_reply_get(&reply, "X-Last-Modified", &value) || !stamp_parse(value, &cell->number))
        cell->number = 0;
    http_reply_free(&reply);
}

static bool tell_frozen(struct fault_txn *txn, struct store_collection *collection)
{
    struct fault_cell *cell = fault_txn_cell(txn, "frozen %.*s", SLICE_FMT(collection->name));
    if (cell != NULL && cell->number > 0 && txn->access == STORE_READ)
        collection->modified = cell->number;
    return true;
}

static bool show_later(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    (void)collection;
    if (txn->access == STORE_READ)
        bso->modified++;
    return true;
}

struct newest {
    int64_t modified;
};

static bool take_newest(void *context, const struct store_collection *collection)
{
    struct newest *newest = context;
    if (collection->modified > newest->modified)
        newest->modified = collection->modified;
    return true;
}

/* The store's time is that of the newest collection that is there. */
static int64_t newest_collection(const struct store_txn *base)
{
    const struct fault_txn *txn = (const struct fault_txn *)(const void *)base;
    struct newest newest = { 0 };
    return store_collections(txn->inner, take_newest, &newest) == STORE_OK
               ? newest.modified
               : store_modified(txn->inner);
}

static void weave_is_last_modified(struct fault_call *call)
{
    int64_t stamp;
    if (fault_call_reply_stamp(call, "X-Last-Modified", &stamp) && stamp > 0)
        (void)http_reply_set_stamp(call->reply, "X-Weave-Timestamp", stamp);
}

/* Writes of one user within a tenth of a second have one time, in the answers. */
static void times_in_tenths(struct fault_call *call)
{
    int64_t stamp;
    char text[STAMP_TEXT_MAX];
    if (!fault_call_reply_stamp(call, "X-Last-Modified", &stamp))
        return;
    stamp_text(stamp / 10 * 10, text);
    (void)http_reply_set_text(call->reply, "X-Last-Modified", text);
}

/* Two writes that come within ${number} hundredths tell the time of the first. */
static void one_time_for_both(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    int64_t stamp;
    if (cell == NULL || !fault_call_reply_stamp(call, "X-Last-Modified", &stamp))
        return;
    if (cell->number == 0 || call->now > cell->number + call->fault->number)
        cell->number = stamp;
    (void)http_reply_set_stamp(call->reply, "X-Last-Modified", cell->number);
}

/* An expiry is a change: the collection's time goes up when nobody writes. */
static bool tell_with_the_clock(struct fault_txn *txn, struct store_collection *collection)
{
    if (txn->access == STORE_READ && txn->now > collection->modified + 200)
        collection->modified = txn->now;
    return true;
}

static void refuse_modified(struct fault_call *call)
{
    if (slice_search(call->request.body, SLICE("\"modified\"")) < call->request.body.len)
        fault_call_answer(call, 400, "8");
}

/* Updates of a ttl or a sortindex alone give the record another time than the write's. */
static void mark_metadata(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "meta %.*s", SLICE_FMT(update->id));
    if (cell != NULL)
        cell->number = update->payload_is == RECORD_ABSENT ? 1 : 0;
}

static bool show_metadata(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    struct fault_cell *cell = fault_txn_cell(txn, "meta %.*s", SLICE_FMT(bso->id));
    (void)collection;
    if (cell != NULL && cell->number != 0 && txn->access == STORE_READ)
        bso->modified -= 50;
    return true;
}

static const struct fault rows[] = {
    { .name = "level-put-does-not-raise",
      .what = "A PUT does not raise its collection's time",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/collection-updated-on-write", "1.5/timestamps/three-levels",
                  "1.5/collection/implicit-create" },
      .before = freeze,
      .tell = tell_frozen,
      .number = FAULT_PUT | FAULT_ITEM },
    { .name = "level-post-does-not-raise",
      .what = "A POST does not raise its collection's time",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/collection-updated-on-write", "1.5/post/modified-matches-header",
                  "1.5/batch/commit-timestamp" },
      .before = freeze,
      .tell = tell_frozen,
      .number = FAULT_POST | FAULT_COLLECTION },
    { .name = "level-item-delete-does-not-raise",
      .what = "The deletion of an item does not raise its collection's time",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/collection-updated-on-write",
                  "1.5/item/delete-updates-collection", "1.5/timestamps/delete-last-item",
                  "1.5/timestamps/collection-may-exceed-items" },
      .before = freeze,
      .tell = tell_frozen,
      .number = FAULT_DELETE | FAULT_ITEM },
    { .name = "level-ids-delete-does-not-raise",
      .what = "A deletion by ids does not raise its collection's time",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/collection-updated-on-write", "1.5/delete/ids-keeps-collection" },
      .before = freeze,
      .tell = tell_frozen,
      .number = FAULT_DELETE | FAULT_COLLECTION },
    { .name = "level-records-are-later",
      .what = "Records are shown a hundredth later than their collection",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/three-levels", "1.5/put/x-last-modified",
                  "1.5/post/modified-matches-header" },
      .show = show_later },
    { .name = "level-store-is-the-newest-collection",
      .what = "The store's time is that of its newest collection: deleting that one lowers it",
      .impact = MISSED,
      .breaks = { "1.5/delete/collection-store-ts", "1.5/timestamps/store-updated-on-any-change",
                  "1.5/timestamps/delete-all-not-backwards" },
      .store = { .modified = newest_collection } },
    { .name = "level-two-writes-one-time",
      .what = "Two writes that come one right after the other tell one time",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/monotonic", "1.5/put/x-last-modified" },
      .on = FAULT_WRITES,
      .status = 2,
      .after = one_time_for_both,
      .number = 3 },
    { .name = "level-times-in-tenths",
      .what = "X-Last-Modified is rounded to tenths of a second",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/monotonic", "1.5/put/x-last-modified",
                  "1.5/headers/x-last-modified-write" },
      .after = times_in_tenths },
    { .name = "level-expiry-is-a-change",
      .what = "A collection's time goes up with the clock, as something may have expired",
      .impact = "every device asks for all collections at each sync",
      .breaks = { "1.5/ttl/collection-timestamp-unaffected" },
      .tell = tell_with_the_clock },
    { .name = "level-weave-timestamp-is-last-modified",
      .what = "X-Weave-Timestamp repeats X-Last-Modified",
      .impact = "clients set their clocks back",
      .breaks = { "1.5/headers/x-weave-timestamp-current" },
      .warned = "a deployed server has it so",
      .on = FAULT_GET,
      .status = 200,
      .after = weave_is_last_modified },
    { .name = "field-modified-is-refused",
      .what = "A record that is sent with its modified is refused",
      .impact = "a client that sends back what it has read cannot",
      .breaks = { "1.5/bso/modified-server-assigned" },
      .on = FAULT_PUT | FAULT_POST,
      .before = refuse_modified },
    { .name = "update-of-metadata-has-another-time",
      .what = "An update without payload gives the record a time that is neither old nor new",
      .impact = MISSED,
      .breaks = { "1.5/put/ttl-only-modified", "1.5/put/sortindex-only-modified" },
      .bend = mark_metadata,
      .show = show_metadata },
};

const struct fault_area fault_levels = FAULT_AREA(rows);
