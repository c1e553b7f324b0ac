/* APIs 1.1 and 1.0: writes and deletions, what they answer, and under which condition. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define BELIEVE    "a client takes for stored, or for deleted, what is not"
#define MISREAD    "clients cannot read the answer"
#define MISSED     "a device that polls does not hear of the change, for good"
#define AGAIN      "a client takes the server for broken, and tries again without an end"
#define LOST       "a device overwrites or deletes what another one has just changed, and nobody notices"
#define WIPED      "one request too many deletes all that a user has"
#define REFUSED    "a client cannot store what every other server takes"

#define FORMER     .api = "1.1"
#define UNMODIFIED "X-If-Unmodified-Since"

/* Writes. */

/* A 400 whose code is `text` gets the status `number`. */
static void other_status(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), call->fault->text))
        call->reply->status = (int)call->fault->number;
}

/* What is no record is one without fields. */
static void take_for_object(struct fault_call *call)
{
    struct slice body = slice_trim(call->request.body);
    if (body.len > 0 && body.ptr[0] != '{' && body.ptr[0] != '[')
        fault_call_set_body(call, call->resource == FAULT_ITEM ? SLICE("{}") : SLICE("[]"));
}

static void take_broken(struct fault_call *call)
{
    struct slice raw;
    struct slice body = slice_trim(call->request.body);
    if (!fault_call_body_json(call, "", &raw) && body.len > 0 &&
        (body.ptr[0] == '{' || body.ptr[0] == '['))
        fault_call_set_body(call, call->resource == FAULT_ITEM ? SLICE("{}") : SLICE("[]"));
}

static void failed_is_list(struct fault_call *call)
{
    fault_call_set_json(call, "/failed", SLICE("[]"));
}

static bool has_failed(struct fault_call *call, struct slice *ret_failed)
{
    return fault_call_json(call, "/failed", ret_failed) && ret_failed->len > 2;
}

static void one_fails_all(struct fault_call *call)
{
    struct slice failed;
    if (has_failed(call, &failed))
        fault_call_answer(call, 400, "8");
}

static void failed_are_successes(struct fault_call *call)
{
    struct slice failed;
    if (has_failed(call, &failed))
        fault_call_set_json(call, "/failed", SLICE("{}"));
}

/* Each record of a POST is a write of its own, a hundredth after the one before. */
static bool show_own_time(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    (void)collection;
    if (txn->access == STORE_READ && bso->id.len > 0)
        bso->modified += bso->id.ptr[bso->id.len - 1] % 7;
    return true;
}

static size_t count_of(struct slice body, struct slice text)
{
    size_t count = 0;
    for (size_t at = slice_search(body, text); at < body.len; at = slice_search(body, text)) {
        body = slice_from(body, at + text.len);
        count++;
    }
    return count;
}

static bool has_more_than_100(struct fault_call *call)
{
    return count_of(call->request.body, SLICE("\"id\"")) > 100;
}

static bool is_longer_than_a_megabyte(struct fault_call *call)
{
    return call->request.body.len > (size_t)1024 * 1024;
}

static bool is_single(struct fault_call *call)
{
    return slice_starts(call->request.body, SLICE("{"));
}

static bool is_html(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    return type != NULL && slice_starts(*type, SLICE("text/"));
}

static void begin_batch(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, "batch", &value))
        fault_call_answer(call, 202, "{\"batch\":\"b\",\"success\":[],\"failed\":{}}");
}

/* A quota's 14 is an error of the database. */
static void quota_is_500(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "14"))
        fault_call_answer(call, 500, "0");
}

static void no_payload_is_400(struct fault_call *call)
{
    struct slice raw;
    if (fault_call_body_json(call, "/sortindex", &raw) &&
        !fault_call_body_json(call, "/payload", &raw) &&
        fault_call_count(call, "%.*s/%.*s", SLICE_FMT(call->collection), SLICE_FMT(call->id)) == 1)
        fault_call_answer(call, 400, "8");
}

static void note_item(struct fault_call *call)
{
    (void)fault_call_count(call, "%.*s/%.*s", SLICE_FMT(call->collection), SLICE_FMT(call->id));
}

static void miss(struct fault_call *call)
{
    if (fault_call_fetch(call, call->request.target, NULL, NULL) == 404)
        fault_call_answer(call, (int)call->fault->number, "0");
}

/* Without the field it is done, and then refused. */
static void confirm(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "unconfirmed");
    if (cell == NULL)
        return;
    cell->number = fault_call_field(call, "X-Confirm-Delete") == NULL ? 1 : 0;
    fault_call_set_field(call, "X-Confirm-Delete", SLICE("1"));
}

static void refuse_unconfirmed(struct fault_call *call)
{
    const struct fault_cell *cell = fault_call_cell(call, "unconfirmed");
    if (cell != NULL && cell->number != 0)
        fault_call_answer(call, 412, "0");
}

/* A write locks its collection for a minute. */
static bool is_locked(struct fault_call *call)
{
    enum { LOCKED = 60 * STAMP_SECOND };
    struct fault_cell *last =
        fault_call_cell(call, "%.*s/%.*s", SLICE_FMT(call->user), SLICE_FMT(call->collection));
    if (last == NULL)
        return false;
    if (last->number != 0 && call->now - last->number <= LOCKED)
        return true;
    last->number = call->now;
    return false;
}

/* Conditions. */

/* The time of the record itself, in the place of its collection's. */
static void guard_record(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, UNMODIFIED);
    struct slice body;
    int64_t since, modified;
    if (value == NULL || !stamp_parse(*value, &since) ||
        fault_call_fetch(call, call->request.target, &body, NULL) != 200)
        return;
    size_t at = slice_search(body, SLICE("\"modified\":"));
    struct slice time = slice_from(body, at + strlen("\"modified\":"));
    time = slice_head(time, slice_find(time, ','));
    if (stamp_parse(slice_trim(time), &modified) && modified <= since)
        fault_call_drop_field(call, UNMODIFIED);
}

/* The time of the user's newest collection, in the place of that of this one. */
static void guard_everything(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, UNMODIFIED);
    struct slice body, part;
    int64_t since, modified;
    if (value == NULL || !stamp_parse(*value, &since))
        return;
    (void)fault_call_fetch(call, fault_call_below(call, "info/collections"), &body, NULL);
    while (slice_cut(body, ':', &part, &body)) {
        struct slice time = slice_head(body, slice_find(body, ','));
        time = slice_head(time, slice_find(time, '}'));
        if (stamp_parse(slice_trim(time), &modified) && modified > since)
            fault_call_answer(call, 412, "0");
    }
}

static const struct fault rows[] = {
    { FORMER, .name = "former-put-answers-an-object",
      .what = "A PUT is answered with an object, as POST is", .impact = MISREAD,
      .breaks = { "1.1/put/store", "1.1/wbo/modified" }, .on = FAULT_PUT | FAULT_ITEM,
      .status = 200, .after = fault_wrap, .text = "modified" },
    { FORMER, .name = "former-put-answers-a-text",
      .what = "A PUT is answered with its time in quotes", .impact = MISREAD,
      .breaks = { "1.1/put/store", "1.1/wbo/modified" }, .on = FAULT_PUT | FAULT_ITEM,
      .status = 200, .after = fault_quote },
    { FORMER, .name = "former-broken-json-is-500", .what = "A body that is no JSON ends in a 500",
      .impact = AGAIN, .breaks = { "1.1/put/bad-json", "1.1/status/400-body" }, .status = 400,
      .on = FAULT_PUT | FAULT_POST, .after = other_status, .text = "6", .number = 500 },
    { FORMER, .name = "former-broken-json-is-empty",
      .what = "A body that is no JSON is an empty one", .impact = BELIEVE,
      .breaks = { "1.1/put/bad-json", "1.1/status/400-body" }, .on = FAULT_PUT | FAULT_POST,
      .before = take_broken },
    { FORMER, .name = "former-no-record-is-500", .what = "JSON that is no record ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.1/put/bad-wbo", "1.1/post/not-list", "1.1/wbo/sortindex",
                  "1.1/wbo/parentid-length" },
      .status = 400, .on = FAULT_PUT | FAULT_POST, .after = other_status, .text = "8",
      .number = 500 },
    { FORMER, .name = "former-no-record-is-empty", .what = "JSON that is no record is an empty one",
      .impact = BELIEVE, .breaks = { "1.1/put/bad-wbo", "1.1/post/not-list" },
      .on = FAULT_PUT | FAULT_POST, .before = take_for_object },
    { FORMER, .name = "former-400-is-422", .what = "What is wrong with a request is told with 422",
      .impact = MISREAD, .status = 400, .after = fault_status, .number = 422,
      .breaks = { "1.1/status/400-body", "1.1/put/bad-json", "1.1/put/bad-wbo",
                  "1.1/get/bad-args-400" } },
    { FORMER, .name = "former-record-needs-a-payload",
      .what = "A new record without a payload is refused", .impact = REFUSED,
      .breaks = { "1.1/wbo/payload-default" }, .on = FAULT_PUT | FAULT_ITEM,
      .before = no_payload_is_400, .status = 2, .after = note_item },
    { FORMER, .name = "former-type-counts",
      .what = "A body of another type than JSON is refused with 415",
      .impact = "old clients, which send any type, cannot store",
      .breaks = { "1.1/put/content-type-free" }, .on = FAULT_PUT | FAULT_POST, .when = is_html,
      .before = fault_answer, .number = 415, .text = "0" },
    { FORMER, .name = "former-quota-is-500", .what = "A write over the quota ends in a 500",
      .impact = AGAIN, .breaks = { "1.1/put/quota" }, .status = 400, .after = quota_is_500 },
    { FORMER, .name = "former-post-has-many-times",
      .what = "The records of a POST have times of their own", .impact = MISSED,
      .breaks = { "1.1/post/store", "1.1/get/full" }, .show = show_own_time },
    { FORMER, .name = "former-post-failed-is-a-list",
      .what = "`failed` is a list, as of a language whose arrays are both", .impact = MISREAD,
      .breaks = { "1.1/post/shape", "1.1/post/partial" }, .on = FAULT_POST, .status = 200,
      .after = failed_is_list },
    { FORMER, .name = "former-post-success-is-empty",
      .what = "The answer to a POST does not tell what it stored",
      .impact = "a client uploads everything again at each sync",
      .breaks = { "1.1/post/store", "1.1/post/shape", "1.1/post/partial" }, .on = FAULT_POST,
      .status = 200, .after = fault_set_value, .text = "/success", .other = "[]" },
    { FORMER, .name = "former-post-without-modified",
      .what = "The answer to a POST has no `modified`", .impact = MISSED,
      .breaks = { "1.1/post/shape", "1.1/diff/no-batch" }, .on = FAULT_POST, .status = 200,
      .after = fault_drop_member, .text = "modified" },
    { FORMER, .name = "former-post-one-bad-fails-all",
      .what = "A POST with one bad record is refused", .impact = REFUSED,
      .breaks = { "1.1/post/partial", "1.1/post/shape", "1.1/wbo/id" }, .on = FAULT_POST,
      .status = 200, .after = one_fails_all },
    { FORMER, .name = "former-post-failures-are-not-told",
      .what = "A POST does not tell what it did not store", .impact = BELIEVE,
      .breaks = { "1.1/post/partial", "1.1/post/shape", "1.1/wbo/payload", "1.1/wbo/ttl",
                  "1.1/wbo/parentid-length", "1.1/wbo/id" },
      .on = FAULT_POST, .status = 200, .after = failed_are_successes },
    { FORMER, .name = "former-post-of-101-is-413",
      .what = "A POST of more than 100 records is refused as a whole", .impact = REFUSED,
      .breaks = { "1.1/post/limits" }, .on = FAULT_POST, .when = has_more_than_100,
      .before = fault_answer, .number = 413, .text = "0" },
    { FORMER, .name = "former-post-of-a-megabyte-is-413",
      .what = "A POST of more than a megabyte is refused as a whole", .impact = REFUSED,
      .breaks = { "1.1/post/limits" }, .on = FAULT_POST, .when = is_longer_than_a_megabyte,
      .before = fault_answer, .number = 413, .text = "0" },
    { FORMER, .name = "former-post-of-one-record-is-400",
      .what = "A POST of a record that stands in no list is refused", .impact = REFUSED,
      .breaks = { "1.1/post/single-object" }, .on = FAULT_POST, .when = is_single,
      .before = fault_answer, .number = 400, .text = "8" },
    { FORMER, .name = "former-put-of-a-list-is-405", .what = "A list cannot be PUT",
      .impact = REFUSED, .breaks = { "1.1/post/put-alias" }, .on = FAULT_PUT | FAULT_COLLECTION,
      .before = fault_answer, .number = 405, .text = "0" },
    { FORMER, .name = "former-batches-begin",
      .what = "?batch=true begins a batch, which an old client never commits", .impact = BELIEVE,
      .breaks = { "1.1/diff/no-batch" }, .on = FAULT_POST, .before = begin_batch },
    { FORMER, .name = "former-conflicts-are-409",
      .what = "A write locks its collection for a minute: another one is refused with 409",
      .impact = "old clients do not know 409, and lose the record", .breaks = { "1.1/diff/no-409" },
      .on = FAULT_PUT | FAULT_ITEM, .when = is_locked, .before = fault_answer, .number = 409,
      .text = "0" },

    { FORMER, .name = "former-delete-answers-an-object",
      .what = "A DELETE is answered with an object, as in 1.5", .impact = MISREAD,
      .breaks = { "1.1/delete/timestamp" }, .on = FAULT_DELETE, .status = 200, .after = fault_wrap,
      .text = "modified" },
    { FORMER, .name = "former-delete-answers-true", .what = "A DELETE is answered with true",
      .impact = MISREAD, .breaks = { "1.1/delete/timestamp" }, .on = FAULT_DELETE, .status = 200,
      .after = fault_body, .text = "true" },
    { FORMER, .name = "former-delete-of-a-record-is-not-done",
      .what = "DELETE of a record is answered, and not done", .impact = BELIEVE,
      .breaks = { "1.1/delete/item", "1.1/info/collection_counts" },
      .on = FAULT_DELETE | FAULT_ITEM, .before = fault_answer, .number = 200,
      .text = "1700000000.00" },
    { FORMER, .name = "former-delete-of-a-collection-is-not-done",
      .what = "DELETE of a collection is answered, and not done", .impact = BELIEVE,
      .breaks = { "1.1/delete/collection" }, .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = fault_answer, .number = 200, .text = "1700000000.00" },
    { FORMER, .name = "former-delete-of-nothing-is-500",
      .what = "DELETE of a record that is not there ends in a 500", .impact = AGAIN,
      .breaks = { "1.1/delete/item-missing" }, .on = FAULT_DELETE | FAULT_ITEM, .before = miss,
      .number = 500 },
    { FORMER, .name = "former-wipe-needs-no-confirmation",
      .what = "DELETE of everything needs no X-Confirm-Delete", .impact = WIPED,
      .breaks = { "1.1/delete/all-confirm" }, .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = fault_set_field, .text = "X-Confirm-Delete", .other = "1" },
    { FORMER, .name = "former-wipe-is-refused-and-done",
      .what = "DELETE of everything is refused without X-Confirm-Delete, and done", .impact = WIPED,
      .breaks = { "1.1/delete/all-confirm" }, .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = confirm, .status = 200, .after = refuse_unconfirmed },

    { FORMER, .name = "former-guard-not-looked-at-on-put",
      .what = "X-If-Unmodified-Since is not looked at on PUT", .impact = LOST,
      .breaks = { "1.1/headers/xius" }, .on = FAULT_PUT, .before = fault_drop_field,
      .text = UNMODIFIED },
    { FORMER, .name = "former-guard-not-looked-at-on-post",
      .what = "X-If-Unmodified-Since is not looked at on POST", .impact = LOST,
      .breaks = { "1.1/headers/xius" }, .on = FAULT_POST, .before = fault_drop_field,
      .text = UNMODIFIED },
    { FORMER, .name = "former-guard-not-looked-at-on-delete",
      .what = "X-If-Unmodified-Since is not looked at on DELETE", .impact = LOST,
      .breaks = { "1.1/headers/xius" }, .on = FAULT_DELETE, .before = fault_drop_field,
      .text = UNMODIFIED },
    { FORMER, .name = "former-guard-equal-is-stale",
      .what = "X-If-Unmodified-Since refuses what is as old as it says",
      .impact = "a client is refused for good", .breaks = { "1.1/headers/xius" },
      .on = FAULT_WRITES, .before = fault_shift_field, .text = UNMODIFIED, .number = -1 },
    { FORMER, .name = "former-guard-looks-at-the-record",
      .what = "X-If-Unmodified-Since looks at the record, as in 1.5", .impact = LOST,
      .breaks = { "1.1/headers/xius" }, .on = FAULT_WRITES | FAULT_ITEM, .before = guard_record },
    { FORMER, .name = "former-guard-looks-at-everything",
      .what = "X-If-Unmodified-Since looks at all collections",
      .impact = "a client with two collections can never write", .breaks = { "1.1/headers/xius" },
      .on = FAULT_WRITES, .before = guard_everything },
};

const struct fault_area fault_former_writes = FAULT_AREA(rows);
