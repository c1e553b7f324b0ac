/* APIs 1.1 and 1.0: what is read, info, formats, and fields of replies. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define MISREAD "clients cannot read the answer"
#define MISSED  "a device that polls does not hear of the change, for good"
#define AGAIN   "a client takes the server for broken, and tries again without an end"
#define ROOM    "a client uploads everything anew, or never knows how much room it has"
#define LOCKED  "a client that every other server answers cannot sync"

#define FORMER  .api = "1.1"

/* Formats. */

static bool is_whoisi(struct fault_call *call)
{
    struct slice type;
    return http_reply_get(call->reply, "Content-Type", &type) &&
           slice_starts(type, SLICE("application/whoisi"));
}

/* Gives each record of the body another length. */
static void change_lengths(struct fault_call *call, size_t (*change)(struct slice record))
{
    enum { LENGTH = 4 };
    struct slice body = buf_slice(&call->reply->body);
    uint8_t *bytes = call->reply->body.ptr;
    if (!is_whoisi(call))
        return;
    for (size_t at = 0; at + LENGTH <= body.len;) {
        size_t len = 0;
        for (size_t i = 0; i < LENGTH; i++)
            len = len << 8 | bytes[at + i];
        size_t told = change(slice_head(slice_from(body, at + LENGTH), len));
        for (size_t i = 0; i < LENGTH; i++)
            bytes[at + i] = (uint8_t)(told >> (8 * (LENGTH - 1 - i)));
        at += LENGTH + len;
    }
}

static size_t with_itself(struct slice record)
{
    return record.len + 4;
}

static size_t in_characters(struct slice record)
{
    size_t characters = 0;
    for (size_t i = 0; i < record.len; i++)
        characters += (record.ptr[i] & 0xC0) != 0x80;
    return characters;
}

static void length_of_all(struct fault_call *call)
{
    change_lengths(call, with_itself);
}

static void length_in_characters(struct fault_call *call)
{
    change_lengths(call, in_characters);
}

static bool accepts(struct fault_call *call, const char *what)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    return accept != NULL && slice_search(*accept, slice_text(what)) < accept->len;
}

static bool accepts_whoisi(struct fault_call *call)
{
    return accepts(call, "application/whoisi");
}

static bool accepts_two(struct fault_call *call)
{
    return accepts(call, "application/newlines") && accepts(call, "application/whoisi");
}

static bool accepts_unknown(struct fault_call *call)
{
    return accepts(call, "application/xxx");
}

static bool accepts_anything(struct fault_call *call)
{
    return accepts(call, "*/*");
}

static void newlines_are_escaped_away(struct fault_call *call)
{
    if (accepts(call, "application/newlines"))
        fault_call_replace(call, SLICE("\\n"), SLICE("\n"));
}

static void newlines_are_json(struct fault_call *call)
{
    if (accepts(call, "application/newlines"))
        (void)http_reply_set_text(call->reply, "Content-Type", "application/json");
}

static void null_is_200(struct fault_call *call)
{
    fault_call_answer(call, 200, "null");
}

static void wrap_list(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    if (slice_starts(body, SLICE("[")) && !fault_call_has(call, "full"))
        fault_call_set_reply(call, fault_call_text(call, "{\"items\":%.*s}", SLICE_FMT(body)));
}

static void in_milliseconds(struct fault_call *call)
{
    (void)http_reply_set(call->reply, "X-Weave-Timestamp",
                         fault_call_text(call, "%lld0", (long long)call->now));
}

/* Info. */

static void counts_are_cached(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "counts of %.*s", SLICE_FMT(call->user));
    if (cell == NULL)
        return;
    if (cell->text.len == 0)
        buf_add(&cell->text, buf_slice(&call->reply->body));
    fault_call_set_reply(call, buf_slice(&cell->text));
}

static bool tell_seconds(struct fault_txn *txn, struct store_collection *collection)
{
    if (txn->access == STORE_READ)
        collection->modified -= collection->modified % STAMP_SECOND;
    return true;
}

static bool tell_in_bytes(struct fault_txn *txn, struct store_collection *collection)
{
    (void)txn;
    collection->bytes *= 1024;
    return true;
}

/* What is not there yet when a user is new. */
static void fill_new(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "{}"))
        fault_call_set_reply(call, slice_text(call->fault->text));
}

static const struct fault rows[] = {
    { FORMER, .name = "former-missing-record-is-null", .what = "A record that is not there is null",
      .impact = "a client takes it for one that was emptied",
      .breaks = { "1.1/item/get-404", "1.1/auth/user-isolation", "1.1/delete/item", "1.1/wbo/ttl" },
      .on = FAULT_GET | FAULT_ITEM, .status = 404, .after = null_is_200 },
    { FORMER, .name = "former-record-is-html", .what = "A record is sent as text/html",
      .impact = MISREAD, .breaks = { "1.1/item/get", "1.1/formats/json-default" },
      .on = FAULT_GET | FAULT_ITEM, .status = 200, .after = fault_set, .text = "Content-Type",
      .other = "text/html" },
    { FORMER, .name = "former-record-without-id",
      .what = "A record that is read does not say its id", .impact = MISREAD,
      .breaks = { "1.1/put/store", "1.1/item/get", "1.1/url/layout" }, .on = FAULT_GET | FAULT_ITEM,
      .status = 200, .after = fault_drop_member, .text = "id" },
    { FORMER, .name = "former-list-is-an-object", .what = "A list of ids is an object",
      .impact = MISREAD, .breaks = { "1.1/get/ids-list", "1.1/formats/json-default" },
      .on = FAULT_GET | FAULT_COLLECTION, .status = 200, .after = wrap_list },

    { FORMER, .name = "former-collections-are-cached",
      .what = "info/collections is what it was at first", .impact = MISSED,
      .breaks = { "1.1/info/collections" }, .info = "collections", .status = 200,
      .after = counts_are_cached },
    { FORMER, .name = "former-collections-are-hidden",
      .what = "info/collections tells only of collections that a browser has of itself",
      .impact = "an extension's records are never downloaded",
      .breaks = { "1.1/info/collections", "1.1/collection/charset" }, .info = "collections",
      .status = 200, .after = fault_body, .text = "{}" },
    { FORMER, .name = "former-collections-in-seconds", .what = "info/collections has whole seconds",
      .impact = MISSED, .breaks = { "1.1/info/collections" }, .tell = tell_seconds },
    { FORMER, .name = "former-counts-are-cached",
      .what = "info/collection_counts is what it was at first", .impact = ROOM,
      .breaks = { "1.1/info/collection_counts", "1.1/delete/all-confirm", "1.1/delete/collection" },
      .info = "collection_counts", .status = 200, .after = counts_are_cached },
    { FORMER, .name = "former-counts-of-a-new-user", .what = "A new user has an empty collection",
      .impact = "the client takes the account for one that was set up",
      .breaks = { "1.1/info/collection_counts" }, .info = "collection_counts", .status = 200,
      .after = fill_new, .text = "{\"meta\":0}" },
    { FORMER, .name = "former-usage-in-bytes", .what = "info/collection_usage counts bytes, not KB",
      .impact = ROOM, .breaks = { "1.1/info/collection_usage" }, .on = FAULT_INFO,
      .tell = tell_in_bytes },
    { FORMER, .name = "former-usage-of-a-new-user-is-a-list",
      .what = "info/collection_usage of a new user is a list", .impact = MISREAD,
      .breaks = { "1.1/info/collection_usage" }, .info = "collection_usage", .status = 200,
      .after = fill_new, .text = "[]" },
    { FORMER, .name = "former-quota-is-an-object", .what = "info/quota is an object",
      .impact = MISREAD, .breaks = { "1.1/info/quota" }, .info = "quota", .status = 200,
      .after = fault_body, .text = "{\"used\":1,\"quota\":1024}" },
    { FORMER, .name = "former-quota-of-0", .what = "A user without a quota has one of 0",
      .impact = "the client believes that there is no room", .breaks = { "1.1/info/quota" },
      .info = "quota", .status = 200, .after = fault_set_value, .text = "/1", .other = "0" },
    { FORMER, .name = "former-configuration-is-500",
      .what = "info/configuration, which 1.1 does not have, ends in a 500", .impact = AGAIN,
      .breaks = { "1.1/info/no-configuration" }, .info = "configuration", .before = fault_answer,
      .number = 500, .text = "0" },

    { FORMER, .name = "former-no-weave-timestamp", .what = "Replies have no X-Weave-Timestamp",
      .impact = "clients whose clocks are wrong never set them right",
      .breaks = { "1.1/headers/x-weave-timestamp" }, .after = fault_unset,
      .text = "X-Weave-Timestamp" },
    { FORMER, .name = "former-weave-timestamp-of-the-clock",
      .what = "X-Weave-Timestamp of a write is a hundredth before that of the records",
      .impact = MISSED, .breaks = { "1.1/headers/x-weave-timestamp" }, .on = FAULT_PUT | FAULT_POST,
      .after = fault_shift, .text = "X-Weave-Timestamp", .number = -1 },
    { FORMER, .name = "former-weave-timestamp-in-milliseconds",
      .what = "X-Weave-Timestamp counts milliseconds", .impact = MISREAD,
      .breaks = { "1.1/headers/x-weave-timestamp" }, .after = in_milliseconds },
    { FORMER, .name = "former-quota-remaining-has-a-unit",
      .what = "X-Weave-Quota-Remaining has a unit", .impact = MISREAD,
      .breaks = { "1.1/headers/quota-remaining" }, .on = FAULT_PUT | FAULT_POST, .after = fault_set,
      .text = "X-Weave-Quota-Remaining", .other = "12 KB" },

    { FORMER, .name = "former-whoisi-not-known", .what = "application/whoisi is not known",
      .impact = MISREAD, .breaks = { "1.1/formats/whoisi" }, .when = accepts_whoisi,
      .before = fault_drop_field, .text = "Accept" },
    { FORMER, .name = "former-whoisi-counts-its-length",
      .what = "Lengths of whoisi count their own four bytes", .impact = MISREAD,
      .breaks = { "1.1/formats/whoisi" }, .status = 200, .after = length_of_all },
    { FORMER, .name = "former-whoisi-counts-characters",
      .what = "Lengths of whoisi count characters, not bytes", .impact = MISREAD,
      .breaks = { "1.1/formats/whoisi" }, .status = 200, .after = length_in_characters },
    { FORMER, .name = "former-newlines-not-escaped",
      .what = "Line ends in payloads are written as such", .impact = MISREAD,
      .breaks = { "1.1/formats/newlines" }, .status = 200, .after = newlines_are_escaped_away },
    { FORMER, .name = "former-newlines-are-called-json",
      .what = "application/newlines is called JSON", .impact = MISREAD,
      .breaks = { "1.1/formats/newlines" }, .status = 200, .after = newlines_are_json },
    { FORMER, .name = "former-two-formats-are-json",
      .what = "Who accepts two other formats gets JSON", .impact = MISREAD,
      .breaks = { "1.1/formats/precedence" }, .when = accepts_two, .before = fault_drop_field,
      .text = "Accept" },
    { FORMER, .name = "former-unknown-format-is-406",
      .what = "A format that is not known is refused, as in 1.5", .impact = LOCKED,
      .breaks = { "1.1/formats/unknown-accept" }, .when = accepts_unknown, .before = fault_answer,
      .number = 406, .text = "0" },
    { FORMER, .name = "former-anything-is-newlines",
      .what = "Who accepts anything gets application/newlines", .impact = MISREAD,
      .breaks = { "1.1/formats/json-default" }, .when = accepts_anything, .before = fault_set_field,
      .text = "Accept", .other = "application/newlines" },
    { FORMER, .name = "former-backoff-is-a-date", .what = "X-Weave-Backoff is a date",
      .impact = "clients do not slow down", .breaks = { "1.1/headers/backoff" }, .on = FAULT_ITEM,
      .after = fault_set, .text = "X-Weave-Backoff", .other = "Wed, 21 Oct 2015 07:28:00 GMT" },
    { FORMER, .name = "former-alert-is-a-number", .what = "X-Weave-Alert is a number",
      .impact = "users are shown what nobody understands", .breaks = { "1.1/headers/alert" },
      .on = FAULT_INFO, .after = fault_set, .text = "X-Weave-Alert", .other = "17" },
};

const struct fault_area fault_former_replies = FAULT_AREA(rows);
