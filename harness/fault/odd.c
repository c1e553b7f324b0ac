/* Records and requests that are odd, and right. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

enum { TOLD = 10 };

static bool begins_blank(struct fault_call *call)
{
    struct slice body = call->request.body;
    return body.len > 0 && (body.ptr[0] == ' ' || body.ptr[0] == '\n' || body.ptr[0] == '\r');
}

static bool is_first_of_collection(struct fault_call *call)
{
    int64_t modified;
    (void)fault_call_fetch(call, fault_call_collection(call), NULL, &modified);
    return modified == 0;
}

static void fail_when_all_is_bad(struct fault_call *call)
{
    struct slice success, failed;
    if (fault_call_json(call, "/success", &success) && slice_is(success, "[]") &&
        fault_call_json(call, "/failed", &failed) && !slice_is(failed, "{}"))
        fault_call_answer(call, 500, "0");
}

/* Whether X-Weave-Records says another number than there are records. */
static bool announces_wrong(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, "X-Weave-Records");
    struct slice rest = call->request.body;
    uint64_t announced, count = 0;
    if (value == NULL || !slice_to_u64(*value, &announced) || announced > TOLD)
        return false;
    for (size_t at; (at = slice_search(rest, SLICE("\"id\":"))) < rest.len; count++)
        rest = slice_from(rest, at + 1);
    return count != announced;
}

static void tell_ten(struct fault_call *call)
{
    struct slice success;
    size_t end = 0;
    if (!fault_call_json(call, "/success", &success))
        return;
    for (int left = TOLD; left > 0 && end < success.len; left--)
        end += slice_find(slice_from(success, end), ',') + 1;
    if (end < success.len)
        fault_call_set_json(
            call, "/success",
            fault_call_text(call, "%.*s]", SLICE_FMT(slice_head(success, end - 1))));
}

/* What it knows of a payload is written anew. */
static void bend_to_known(struct fault_txn *txn, struct record_update *update)
{
    size_t end = slice_search(update->payload, SLICE(",\"hmac\":"));
    uint8_t *room = fault_txn_room(txn, update->payload.len + 1);
    if (end == update->payload.len || room == NULL)
        return;
    memcpy(room, update->payload.ptr, end);
    room[end] = '}';
    update->payload = slice_of(room, end + 1);
}

static bool show_plain_ids(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    (void)txn;
    (void)collection;
    return slice_find(bso->id, '"') == bso->id.len && slice_find(bso->id, '\\') == bso->id.len;
}

static void index_as_text(struct fault_call *call)
{
    struct slice raw;
    if (fault_call_json(call, "/sortindex", &raw))
        fault_call_set_json(call, "/sortindex", fault_call_text(call, "\"%.*s\"", SLICE_FMT(raw)));
}

static const struct fault rows[] = {
    { .name = "put-with-leading-blanks-refused",
      .what = "A PUT whose JSON has white space before it is refused",
      .impact = "clients whose JSON is laid out for people cannot write",
      .breaks = { "1.5/item/put-create-200" },
      .on = FAULT_PUT | FAULT_ITEM,
      .when = begins_blank,
      .before = fault_answer,
      .number = 400,
      .text = "6" },
    { .name = "put-first-of-a-collection-is-lost",
      .what = "The PUT that creates a collection is answered with success, and the record is lost",
      .impact = "the first record of every kind is missing on the other devices",
      .breaks = { "1.5/item/put-create-200", "1.5/collection/implicit-create" },
      .on = FAULT_PUT | FAULT_ITEM,
      .when = is_first_of_collection,
      .before = fault_answer,
      .number = 200,
      .text = "1.00" },
    { .name = "post-all-bad-is-500",
      .what = "A POST of which no record is good ends in a 500",
      .impact = "a client with one broken record tries again for ever",
      .breaks = { "1.5/post/all-invalid" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fail_when_all_is_bad },
    { .name = "announced-records-mismatch-is-500",
      .what = "An X-Weave-Records that does not fit the body ends in a 500",
      .impact = "a client that counts in another way cannot upload, and tries again for ever",
      .breaks = { "1.5/headers/x-weave-records-mismatch" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .when = announces_wrong,
      .before = fault_answer,
      .number = 500,
      .text = "0" },
    { .name = "post-success-tells-ten",
      .what = "success lists at most ten ids",
      .impact = "a client uploads the others again at each sync",
      .breaks = { "1.5/post/partition" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = tell_ten },
    { .name = "payload-keeps-what-is-known",
      .what = "Encrypted payloads are parsed and written anew, without the hmac",
      .impact = "no device can tell whether its data were tampered with: it drops them",
      .breaks = { "format5/server/opaque", "1.5/bso/payload-opaque-unicode" },
      .bend = bend_to_known },
    { .name = "id-that-json-escapes-is-hidden",
      .what = "Records whose id has a quote or a backslash are left out of lists",
      .impact = "a client never gets these records",
      .breaks = { "1.5/bso/id-space-ok" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .show = show_plain_ids },
    { .name = "sortindex-is-a-text",
      .what = "sortindex is a text in single records",
      .impact = "a client that expects a number drops the record",
      .breaks = { "1.5/bso/sortindex-integer" },
      .on = FAULT_GET | FAULT_ITEM,
      .status = 200,
      .after = index_as_text },
    { .name = "clock-of-one-node-is-behind",
      .what = "Each second write is answered by a node whose clock is a second behind",
      .impact = "a client that goes on from this time gets its own writes again",
      .breaks = { "1.5/timestamps/monotonic", "1.5/put/x-last-modified" },
      .on = FAULT_PUT | FAULT_ITEM,
      .every = 2,
      .status = 2,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = -100 },
};

const struct fault_area fault_odd = FAULT_AREA(rows);
