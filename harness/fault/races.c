/* Requests that meet: what comes within a tenth of a second of another one. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define UNMODIFIED "X-If-Unmodified-Since"

enum { CLOSE = 10, LAG = 100 };

/* Whether the user's write before was just now, to the same collection. */
static bool meets_another(struct fault_call *call)
{
    struct fault_cell *last =
        fault_call_cell(call, "%.*s/%.*s", SLICE_FMT(call->user), SLICE_FMT(call->collection));
    if (last == NULL)
        return false;
    bool met = last->number != 0 && call->now - last->number <= CLOSE;
    last->number = call->now;
    return met;
}

/* Both have looked before either has written. */
static void take_for_first(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, UNMODIFIED);
    int64_t since;
    if (value != NULL && stamp_parse(*value, &since) && since == 0)
        fault_call_drop_field(call, UNMODIFIED);
}

/* The ids of the first two records, between their quotes. */
static void delete_two(struct fault_call *call)
{
    struct slice ids, body, first, second, rest;
    if (fault_call_parameter(call, "ids", &ids))
        return;
    (void)fault_call_fetch(call, fault_call_collection(call), &body, NULL);
    slice_cut(body, '"', &rest, &body);
    slice_cut(body, '"', &first, &body);
    slice_cut(body, '"', &rest, &body);
    slice_cut(body, '"', &second, &rest);
    if (second.len > 0)
        fault_call_set_parameter(
            call, "ids", fault_call_text(call, "%.*s,%.*s", SLICE_FMT(first), SLICE_FMT(second)));
}

static enum store_err commit_alone(struct store_txn *base, struct slice collection, uint64_t id)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *last = fault_txn_cell(txn, "commit");
    bool met = last != NULL && last->number != 0 && txn->now - last->number <= CLOSE;
    if (last != NULL)
        last->number = txn->now;
    return met ? store_batch_drop(txn->inner, collection, id)
               : store_batch_commit(txn->inner, collection, id);
}

/* A replica gets what was written record by record. */
static bool show_some_of_the_new(struct fault_txn *txn, struct slice collection,
                                 struct record_bso *bso)
{
    (void)collection;
    bool is_new = bso->modified > txn->now - LAG;
    return !is_new || bso->id.len == 0 || bso->id.ptr[bso->id.len - 1] % 2 == 0;
}

static const struct fault rows[] = {
    { .name = "race-loser-is-refused-and-written",
      .what = "Of two writes that meet the later one is refused with 409, and stored",
      .impact = "a client writes again what it believes was refused, over what came between",
      .breaks = { "1.5/concurrency/409-no-effect" },
      .on = FAULT_PUT | FAULT_ITEM,
      .when = meets_another,
      .status = 2,
      .after = fault_status,
      .number = 409 },
    { .name = "race-ends-in-a-deadlock",
      .what = "Of two writes that meet one ends in a deadlock of the database: 500",
      .impact = "a client takes the server for broken, and backs off for long",
      .breaks = { "1.5/concurrency/409-allowed", "1.5/post/dup-collection-lock",
                  "1.5/headers/retry-after-409" },
      .on = FAULT_PUT | FAULT_POST | FAULT_ITEM | FAULT_COLLECTION,
      .when = meets_another,
      .before = fault_answer,
      .number = 500,
      .text = "0" },
    { .name = "race-of-creators-has-no-loser",
      .what = "Of several clients that create one thing with X-If-Unmodified-Since: 0 all succeed",
      .impact = "two devices make keys at once: what one encrypts the other cannot read",
      .breaks = { "1.5/concurrency/create-race" },
      .on = FAULT_PUT | FAULT_POST | FAULT_ITEM | FAULT_COLLECTION,
      .when = meets_another,
      .before = take_for_first },
    { .name = "race-delete-in-pieces",
      .what =
          "A collection is deleted two records at a time, and what is written meanwhile ends it",
      .impact = "records that a client has wiped come back on other devices",
      .breaks = { "1.5/concurrency/delete-vs-put" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = delete_two },
    { .name = "race-of-commits-loses-one",
      .what = "Of two batches that are committed at once one is lost",
      .impact = "all that one device has uploaded is missing, and it believes that it is done",
      .breaks = { "1.5/concurrency/commit-race" },
      .store = { .batch_commit = commit_alone } },
    { .name = "race-reader-sees-half-a-commit",
      .what = "For a second after a write a reader sees some of its records only",
      .impact = "another device applies half of an upload",
      .breaks = { "1.5/concurrency/write-atomic" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .show = show_some_of_the_new },
    { .name = "race-time-before-the-records",
      .what = "The time of a list is read before its records, and is that of the write before",
      .impact = "a client gets the last change again at each sync",
      .breaks = { "1.5/concurrency/read-consistent", "1.5/get/x-last-modified" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = -1 },
    { .name = "race-time-after-the-records",
      .what =
          "The time of a list is read after its records: it is that of a write which came between",
      .impact = "a client that polls with this time never gets what was written meanwhile",
      .breaks = { "1.5/concurrency/poll-no-skip", "1.5/get/polling-newer" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .given = "newer",
      .status = 200,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = 5 },
};

const struct fault_area fault_races = FAULT_AREA(rows);
