/* Records that expire. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define RISEN "what was meant to go stays on the server, and comes back to the devices"
#define GONE  "records go before their time: tabs and clients vanish"

enum { MINUTE = 60, THOUSAND = 1000, DEFAULT = 2 };

static void bend_seconds(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    update->ttl = update->ttl * MINUTE < LIMIT_TTL ? update->ttl * MINUTE : LIMIT_TTL;
}

static void bend_milliseconds(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    update->ttl /= THOUSAND;
}

static void bend_none(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->ttl_is == RECORD_VALUE)
        update->ttl_is = RECORD_ABSENT;
}

static void bend_zero_is_none(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->ttl_is == RECORD_VALUE && update->ttl == 0)
        update->ttl_is = RECORD_NULL;
}

static void bend_absent_is_null(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->ttl_is == RECORD_ABSENT)
        update->ttl_is = RECORD_NULL;
}

static void bend_null_is_absent(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->ttl_is == RECORD_NULL)
        update->ttl_is = RECORD_ABSENT;
}

static void bend_default(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->ttl_is != RECORD_VALUE)
        update->ttl = DEFAULT;
    update->ttl_is = RECORD_VALUE;
}

/* Milliseconds in 32 bits. */
static void bend_overflow(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    int32_t milliseconds = (int32_t)(uint32_t)(uint64_t)(update->ttl * THOUSAND);
    update->ttl = milliseconds < 0 ? 0 : milliseconds / THOUSAND;
}

/* From when the record was first written. */
static void bend_from_creation(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "%.*s", SLICE_FMT(update->id));
    if (cell == NULL)
        return;
    if (cell->number == 0)
        cell->number = txn->now;
    int64_t elapsed = (txn->now - cell->number) / STAMP_SECOND;
    update->ttl = update->ttl > elapsed ? update->ttl - elapsed : 0;
}

/* Only a longer one counts. */
static void bend_prolong_only(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "%.*s", SLICE_FMT(update->id));
    int64_t until = txn->now + update->ttl * STAMP_SECOND;
    if (cell == NULL || update->ttl_is != RECORD_VALUE)
        return;
    if (cell->number > until)
        update->ttl_is = RECORD_ABSENT;
    else
        cell->number = until;
}

/* All records of a request get the ttl of its first. */
static void bend_first_of_request(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "%lld", (long long)txn->now);
    if (cell == NULL || update->ttl_is != RECORD_VALUE)
        return;
    if (cell->number == 0)
        cell->number = update->ttl + 1;
    update->ttl = cell->number - 1;
}

/* A variable of the loop is not reset: a record without ttl gets that of the one before it. */
static void bend_leak(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "%lld", (long long)txn->now);
    if (cell == NULL)
        return;
    if (update->ttl_is == RECORD_VALUE) {
        cell->number = update->ttl + 1;
    } else if (cell->number > 0) {
        update->ttl_is = RECORD_VALUE;
        update->ttl = cell->number - 1;
    }
}

/* Expired records are purged once in ${number} hundredths. */
static int64_t purge_late(const struct fault *fault, int64_t now)
{
    return now - fault->number;
}

/* The old payload comes back with an update of an expired record. */
static void bend_resurrect(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "%.*s", SLICE_FMT(update->id));
    if (cell == NULL)
        return;
    if (update->payload_is == RECORD_VALUE) {
        buf_clear(&cell->text);
        buf_add(&cell->text, update->payload);
    } else if (update->payload_is == RECORD_ABSENT && cell->text.len > 0) {
        update->payload_is = RECORD_VALUE;
        update->payload = fault_txn_copy(txn, buf_slice(&cell->text));
    }
}

/* A collection whose records have all expired is not there any more. */
static bool tell_no_empty(struct fault_txn *txn, struct store_collection *collection)
{
    (void)txn;
    return collection->count > 0;
}

/* A write of another record whose id was once there: the row is still in the table. */
static void refuse_again(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s/%.*s/%.*s", SLICE_FMT(call->user),
                                              SLICE_FMT(call->collection), SLICE_FMT(call->id));
    struct slice raw;
    if (cell == NULL)
        return;
    if (cell->number > 0 && call->now >= cell->number)
        fault_call_answer(call, 503, "\"duplicate key\"");
    uint64_t ttl;
    if (!call->answered && fault_call_body_json(call, "/ttl", &raw) && slice_to_u64(raw, &ttl) &&
        ttl < LIMIT_TTL)
        cell->number = call->now + (int64_t)ttl * STAMP_SECOND;
}

static struct slice ttl_of_any_type(struct fault_call *call, struct slice name, struct slice raw)
{
    uint64_t value;
    (void)call;
    return !slice_is(name, "ttl") || slice_to_u64(raw, &value) || raw.ptr[0] == '-' ||
                   raw.ptr[0] == 'n'
               ? raw
               : SLICE("null");
}

static struct slice ttl_negative(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    return slice_is(name, "ttl") && raw.ptr[0] == '-' ? SLICE("0") : raw;
}

static struct slice ttl_clamped(struct fault_call *call, struct slice name, struct slice raw)
{
    uint64_t value;
    (void)call;
    return slice_is(name, "ttl") && slice_to_u64(raw, &value) && value > LIMIT_TTL
               ? SLICE("999999999")
               : raw;
}

static void take_any(struct fault_call *call)
{
    fault_call_change_records(call, ttl_of_any_type);
}

static void take_negative(struct fault_call *call)
{
    fault_call_change_records(call, ttl_negative);
}

static void take_large(struct fault_call *call)
{
    fault_call_change_records(call, ttl_clamped);
}

/* A ttl of a batched record counts from its upload: what it was then is corrected at the commit. */
static enum store_err remember_upload(struct store_txn *base, struct slice collection, uint64_t id,
                                      const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "batch %llu", (unsigned long long)id);
    int64_t until = txn->now + update->ttl * STAMP_SECOND;
    if (cell != NULL && update->ttl_is == RECORD_VALUE)
        buf_add_format(&cell->text, "%.*s %lld\n", SLICE_FMT(update->id), (long long)until);
    return store_batch_append(txn->inner, collection, id, update);
}

static enum store_err expire_from_upload(struct store_txn *base, struct slice collection,
                                         uint64_t id)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "batch %llu", (unsigned long long)id);
    TRY(store_batch_commit(txn->inner, collection, id));
    struct slice rest = cell == NULL ? (struct slice){ 0 } : buf_slice(&cell->text);
    for (struct slice line; rest.len > 0;) {
        struct record_update update = { .has_id = true, .ttl_is = RECORD_VALUE };
        struct slice number;
        uint64_t until;
        slice_cut(rest, '\n', &line, &rest);
        slice_cut(line, ' ', &update.id, &number);
        if (!slice_to_u64(number, &until))
            continue;
        update.ttl = (int64_t)until > txn->now ? ((int64_t)until - txn->now) / STAMP_SECOND : 0;
        TRY(store_put(txn->inner, collection, &update));
    }
    return STORE_OK;
}

static const struct fault rows[] = {
    { .name = "ttl-in-minutes",
      .what = "A ttl is taken for minutes",
      .impact = RISEN,
      .breaks = { "1.5/ttl/expires", "1.5/get/expired-hidden" },
      .bend = bend_seconds },
    { .name = "ttl-in-milliseconds",
      .what = "A ttl is taken for milliseconds",
      .impact = GONE,
      .breaks = { "1.5/ttl/visible-before", "1.5/ttl/restart-on-update" },
      .bend = bend_milliseconds },
    { .name = "ttl-ignored",
      .what = "A ttl is accepted and forgotten",
      .impact = RISEN,
      .breaks = { "1.5/ttl/expires", "1.5/get/expired-hidden", "1.5/ttl/post-mixed" },
      .bend = bend_none },
    { .name = "ttl-ignored-on-post",
      .what = "A ttl counts where a record is put, and not where it is posted",
      .impact = RISEN,
      .breaks = { "1.5/ttl/post-mixed" },
      .on = FAULT_POST,
      .bend = bend_none },
    { .name = "ttl-zero-is-never",
      .what = "A ttl of 0 means that the record never expires",
      .impact = RISEN,
      .breaks = { "1.5/bso/ttl-zero", "1.5/ttl/expires" },
      .bend = bend_zero_is_none },
    { .name = "ttl-dropped-by-updates",
      .what = "An update without ttl takes the expiry away",
      .impact = RISEN,
      .breaks = { "1.5/put/partial-keeps-ttl" },
      .bend = bend_absent_is_null },
    { .name = "ttl-null-is-absent",
      .what = "A ttl of null leaves the expiry as it is",
      .warned = "deployed servers keep the expiry",
      .impact = GONE,
      .breaks = { "1.5/ttl/null-clears", "1.5/put/null-resets-default" },
      .bend = bend_null_is_absent },
    { .name = "ttl-default-of-a-test",
      .what = "A default from a test is left in the configuration: without ttl, records expire "
              "after two seconds",
      .impact = GONE,
      .breaks = { "1.5/bso/ttl-absent-never-expires" },
      .bend = bend_default },
    { .name = "ttl-leaks-to-the-next-record",
      .what = "In a POST, a record without ttl gets that of the record before it",
      .impact = GONE,
      .breaks = { "1.5/ttl/post-mixed", "1.5/bso/ttl-absent-never-expires" },
      .on = FAULT_POST,
      .bend = bend_leak },
    { .name = "ttl-overflows",
      .what = "The expiry is computed in 32 bits: a large ttl is over at once",
      .impact = GONE,
      .breaks = { "1.5/bso/ttl-max-9-digits" },
      .bend = bend_overflow },
    { .name = "ttl-counts-from-creation",
      .what = "A ttl counts from when the record was first written",
      .impact = GONE,
      .breaks = { "1.5/ttl/restart-on-update" },
      .bend = bend_from_creation },
    { .name = "ttl-only-prolongs",
      .what = "A ttl that would end sooner than the one before does not count",
      .impact = RISEN,
      .breaks = { "1.5/ttl/restart-on-update" },
      .bend = bend_prolong_only },
    { .name = "ttl-of-the-first-record",
      .what = "All records of a POST get the ttl of the first one that has one",
      .impact = GONE,
      .breaks = { "1.5/ttl/post-mixed" },
      .on = FAULT_POST,
      .bend = bend_first_of_request },
    { .name = "ttl-purged-late-on-items",
      .what = "An expired record is still there under its own URL, until it is purged",
      .impact = RISEN,
      .breaks = { "1.5/ttl/expires" },
      .on = FAULT_GET | FAULT_ITEM,
      .sees = purge_late,
      .number = 90000 },
    { .name = "ttl-purged-late-on-lists",
      .what = "An expired record is still in lists, until it is purged",
      .impact = RISEN,
      .breaks = { "1.5/get/expired-hidden", "1.5/ttl/expires", "1.5/ttl/paging-skip" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .sees = purge_late,
      .number = 90000 },
    { .name = "ttl-expired-are-counted",
      .what = "Expired records are still counted by info/collection_counts and _usage",
      .impact = "a client believes that records are missing, and resets",
      .breaks = { "1.5/info/counts-exclude-expired" },
      .on = FAULT_GET | FAULT_INFO,
      .sees = purge_late,
      .number = 90000 },
    { .name = "ttl-payload-comes-back",
      .what = "An update of an expired record brings its old payload back",
      .impact = RISEN,
      .breaks = { "1.5/put/expired-not-resurrected" },
      .bend = bend_resurrect },
    { .name = "ttl-collection-goes-with-its-records",
      .what = "A collection whose records have all expired is not in info/collections any more",
      .impact = "clients take it for deleted and upload everything anew",
      .breaks = { "1.5/ttl/collection-remains" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_no_empty },
    { .name = "ttl-expired-id-is-taken",
      .what = "The id of an expired record cannot be written again: its row is still there",
      .impact = "a client can never again store its tabs",
      .breaks = { "1.5/put/overwrite-expired" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = refuse_again },
    { .name = "ttl-of-any-type",
      .what = "A ttl that is no integer is taken for none",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/bso/ttl-integer" },
      .on = FAULT_WRITES,
      .before = take_any },
    { .name = "ttl-negative-is-zero",
      .what = "A negative ttl is taken for 0",
      .impact = GONE,
      .breaks = { "1.5/bso/ttl-integer" },
      .on = FAULT_WRITES,
      .before = take_negative },
    { .name = "ttl-clamped",
      .what = "A ttl of 10 digits is taken for the largest of 9",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/bso/ttl-10-digits" },
      .on = FAULT_WRITES,
      .before = take_large },
    { .name = "ttl-counts-from-the-upload",
      .what = "The ttl of a batched record counts from its upload in place of the commit",
      .impact = "what was uploaded slowly has expired when it gets visible",
      .breaks = { "1.5/batch/ttl-from-commit" },
      .store = { .batch_append = remember_upload, .batch_commit = expire_from_upload } },
};

const struct fault_area fault_ttl = FAULT_AREA(rows);
