/* API 1.0, which is 1.1 without ttl and collection_usage. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "fault/txn.h"

#define LOST    "data come back other than they were stored, and other devices cannot read them"
#define MISREAD "clients cannot read the answer"
#define MISSING "records are missing on the device, and nothing tells it"
#define MISSED  "a device that polls does not hear of the change, for good"
#define AGAIN   "a client takes the server for broken, and tries again without an end"
#define ANYBODY "anybody reads and changes the user's data"
#define BELIEVE "a client takes for stored, or for deleted, what is not"
#define OVER    "a device overwrites what another one has just changed, and nobody notices"
#define WIPED   "one request too many deletes all that a user has"

#define OLDEST  .api = "1.0"

static struct slice cut_id(struct fault_call *call, struct slice name, struct slice raw)
{
    return slice_is(name, "id") && raw.len > 66
               ? fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(raw, 65)))
               : raw;
}

static void with_cut_id(struct fault_call *call)
{
    fault_call_change_records(call, cut_id);
}

static void bend_replace(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->payload_is == RECORD_ABSENT)
        update->payload_is = RECORD_NULL;
}

static void bend_cut(struct fault_txn *txn, struct record_update *update)
{
    enum { MOST = 65535 };
    (void)txn;
    update->payload = slice_head(update->payload, MOST);
}

static bool is_large(struct fault_call *call)
{
    return call->request.body.len > (size_t)256 * 1024;
}

static bool accepts_other(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    return accept != NULL && slice_is(*accept, call->fault->other);
}

static void count_twice(struct fault_call *call)
{
    fault_call_replace(call, SLICE(":3"), SLICE(":6"));
}

static void times_are_texts(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    struct slice part, rest = body;
    AUTO(buf_free) struct buf made = buf_bounded(2 * body.len + 2);
    while (slice_cut(rest, ':', &part, &rest)) {
        struct slice time = slice_head(rest, slice_find(rest, ','));
        time = slice_head(time, slice_find(time, '}'));
        buf_add(&made, part);
        buf_add_text(&made, ":\"");
        buf_add(&made, time);
        buf_add_byte(&made, '"');
        rest = slice_from(rest, time.len);
    }
    buf_add(&made, part);
    if (!made.failed)
        fault_call_set_reply(call, buf_slice(&made));
}

static bool tell_seconds(struct fault_txn *txn, struct store_collection *collection)
{
    if (txn->access == STORE_READ)
        collection->modified -= collection->modified % STAMP_SECOND;
    return true;
}

static const struct fault rows[] = {
    { OLDEST, .name = "oldest-version-is-gone", .what = "Paths of 1.0 are not found any more",
      .impact = "old clients cannot sync", .breaks = { "1.0/url/version" }, .on = FAULT_ITEM,
      .before = fault_answer, .number = 404, .text = "0" },
    { OLDEST, .name = "oldest-put-answers-an-object", .what = "A PUT is answered with an object",
      .impact = MISREAD, .breaks = { "1.0/url/version", "1.0/put-post/semantics" },
      .on = FAULT_PUT | FAULT_ITEM, .status = 200, .after = fault_wrap, .text = "modified" },
    { OLDEST, .name = "oldest-auth-not-needed", .what = "A request without credentials is let in",
      .impact = ANYBODY, .breaks = { "1.0/auth/basic" }, .judge = fault_judging_forgive,
      .number = AUTH_MISSING },
    { OLDEST, .name = "oldest-auth-path-not-compared",
      .what = "Who has an account reads the path of any other", .impact = ANYBODY,
      .breaks = { "1.0/auth/basic" }, .judge = fault_judging_forgive, .number = AUTH_WRONG_USER },
    { OLDEST, .name = "oldest-id-cut-at-64", .what = "An id that is too long is cut",
      .impact = LOST, .breaks = { "1.0/wbo/id" }, .on = FAULT_POST, .before = with_cut_id },
    { OLDEST, .name = "oldest-payload-cut-at-64k",
      .what = "Payloads are cut at 64 KiB, without a word", .impact = LOST,
      .breaks = { "1.0/wbo/payload-256k" }, .bend = bend_cut },
    { OLDEST, .name = "oldest-large-payload-is-500", .what = "A payload of 256 KiB ends in a 500",
      .impact = AGAIN, .breaks = { "1.0/wbo/payload-256k" }, .when = is_large,
      .before = fault_answer, .number = 500, .text = "0" },
    { OLDEST, .name = "oldest-collections-are-texts", .what = "Times of info/collections are texts",
      .impact = MISREAD, .breaks = { "1.0/info/collections" }, .info = "collections", .status = 200,
      .after = times_are_texts },
    { OLDEST, .name = "oldest-collections-in-seconds", .what = "info/collections has whole seconds",
      .impact = MISSED, .breaks = { "1.0/info/collections" }, .tell = tell_seconds },
    { OLDEST, .name = "oldest-record-without-id",
      .what = "A record that is read does not say its id", .impact = MISREAD,
      .breaks = { "1.0/put-post/semantics", "1.0/url/version" }, .on = FAULT_GET | FAULT_ITEM,
      .status = 200, .after = fault_drop_member, .text = "id" },
    { OLDEST, .name = "oldest-counts-are-doubled",
      .what = "info/collection_counts counts what was deleted",
      .impact = "the client believes that records are missing, and uploads them anew",
      .breaks = { "1.0/info/collection_counts" }, .info = "collection_counts", .status = 200,
      .after = count_twice },
    { OLDEST, .name = "oldest-quota-is-an-object", .what = "info/quota is an object",
      .impact = MISREAD, .breaks = { "1.0/info/quota" }, .info = "quota", .status = 200,
      .after = fault_body, .text = "{\"used\":1,\"quota\":1024}" },
    { OLDEST, .name = "oldest-usage-is-500",
      .what = "info/collection_usage, which 1.0 does not have, ends in a 500", .impact = AGAIN,
      .breaks = { "1.0/info/no-usage" }, .info = "collection_usage", .before = fault_answer,
      .number = 500, .text = "0" },
    { OLDEST, .name = "oldest-ids-not-known", .what = "ids is not looked at", .impact = MISSING,
      .breaks = { "1.0/get/params" }, .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_parameter, .text = "ids" },
    { OLDEST, .name = "oldest-newer-not-known", .what = "newer is not looked at",
      .impact = "a client gets everything at each sync", .breaks = { "1.0/get/params" },
      .on = FAULT_GET | FAULT_COLLECTION, .before = fault_drop_parameter, .text = "newer" },
    { OLDEST, .name = "oldest-offset-not-known", .what = "offset is not looked at",
      .impact = "a client that pages gets the first page without an end",
      .breaks = { "1.0/get/params" }, .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_parameter, .text = "offset" },
    { OLDEST, .name = "oldest-list-is-empty", .what = "A list without parameters is empty",
      .impact = MISSING, .breaks = { "1.0/get/params", "1.0/delete/semantics" },
      .on = FAULT_GET | FAULT_COLLECTION, .status = 200, .after = fault_body, .text = "[]" },
    { OLDEST, .name = "oldest-whoisi-not-known", .what = "application/whoisi is not known",
      .impact = MISREAD, .breaks = { "1.0/formats/whoisi-newlines" }, .when = accepts_other,
      .other = "application/whoisi", .before = fault_drop_field, .text = "Accept" },
    { OLDEST, .name = "oldest-newlines-not-known", .what = "application/newlines is not known",
      .impact = MISREAD, .breaks = { "1.0/formats/whoisi-newlines" }, .when = accepts_other,
      .other = "application/newlines", .before = fault_drop_field, .text = "Accept" },
    { OLDEST, .name = "oldest-updates-replace",
      .what = "A write takes away the payload that it does not name",
      .impact = "a change of the order of records empties them",
      .breaks = { "1.0/put-post/semantics" }, .bend = bend_replace },
    { OLDEST, .name = "oldest-post-without-failed",
      .what = "The answer to a POST does not tell what failed", .impact = BELIEVE,
      .breaks = { "1.0/put-post/semantics", "1.0/wbo/id" }, .on = FAULT_POST, .status = 200,
      .after = fault_drop_member, .text = "failed" },
    { OLDEST, .name = "oldest-post-success-is-empty",
      .what = "The answer to a POST does not tell what it stored",
      .impact = "a client uploads everything again at each sync",
      .breaks = { "1.0/put-post/semantics", "1.0/wbo/id" }, .on = FAULT_POST, .status = 200,
      .after = fault_set_value, .text = "/success", .other = "[]" },
    { OLDEST, .name = "oldest-refusals-are-500",
      .what = "What is wrong with a request ends in a 500", .impact = AGAIN,
      .breaks = { "1.0/put-post/semantics", "1.0/wbo/payload-256k" }, .status = 400,
      .after = fault_status, .number = 500 },
    { OLDEST, .name = "oldest-guard-not-looked-at",
      .what = "X-If-Unmodified-Since is not looked at", .impact = OVER,
      .breaks = { "1.0/headers/xius" }, .before = fault_drop_field,
      .text = "X-If-Unmodified-Since" },
    { OLDEST, .name = "oldest-delete-answers-an-object",
      .what = "A DELETE is answered with an object", .impact = MISREAD,
      .breaks = { "1.0/delete/semantics" }, .on = FAULT_DELETE, .status = 200, .after = fault_wrap,
      .text = "modified" },
    { OLDEST, .name = "oldest-delete-is-not-done", .what = "A DELETE is answered, and not done",
      .impact = BELIEVE, .breaks = { "1.0/delete/semantics" },
      .on = FAULT_DELETE | FAULT_ITEM | FAULT_COLLECTION, .before = fault_answer, .number = 200,
      .text = "1700000000.00" },
    { OLDEST, .name = "oldest-wipe-needs-no-confirmation",
      .what = "DELETE of everything needs no X-Confirm-Delete", .impact = WIPED,
      .breaks = { "1.0/delete/semantics" }, .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = fault_set_field, .text = "X-Confirm-Delete", .other = "1" },
};

const struct fault_area fault_oldest = FAULT_AREA(rows);
