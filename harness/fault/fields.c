/* The fields of a record: what an update keeps, and their types. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

enum { DIGITS_9 = 999999999 };

static void bend_keep_when_empty(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->payload_is == RECORD_VALUE && update->payload.len == 0)
        update->payload_is = RECORD_ABSENT;
}

static void reset_absent(struct record_update *update)
{
    if (update->payload_is == RECORD_ABSENT)
        update->payload_is = RECORD_NULL;
    if (update->sortindex_is == RECORD_ABSENT)
        update->sortindex_is = RECORD_NULL;
    if (update->ttl_is == RECORD_ABSENT)
        update->ttl_is = RECORD_NULL;
}

static void bend_replace(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    reset_absent(update);
}

/* An upsert that names the columns of the payload, and forgets the sortindex. */
static void bend_forget_sortindex(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->payload_is == RECORD_VALUE && update->sortindex_is == RECORD_ABSENT)
        update->sortindex_is = RECORD_NULL;
}

static void bend_forget_payload(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->ttl_is == RECORD_VALUE && update->payload_is == RECORD_ABSENT)
        update->payload_is = RECORD_NULL;
}

static void bend_null_is_absent(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->payload_is == RECORD_NULL)
        update->payload_is = RECORD_ABSENT;
    if (update->sortindex_is == RECORD_NULL)
        update->sortindex_is = RECORD_ABSENT;
}

static void bend_no_zero(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->sortindex_is == RECORD_VALUE && update->sortindex == 0)
        update->sortindex_is = RECORD_NULL;
}

static void bend_unsigned(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->sortindex < 0)
        update->sortindex = 0;
}

static void bend_float(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    update->sortindex = (int32_t)(float)update->sortindex;
}

static bool show_zero(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    (void)txn;
    (void)collection;
    bso->has_sortindex = true;
    return true;
}

/* Values of the request that are wrong and taken all the same. */

static struct slice known_member(struct fault_call *call, struct slice name, struct slice raw)
{
    static const char *const known[] = { "id", "payload", "sortindex", "ttl", "modified" };
    (void)call;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (slice_is(name, known[i]))
            return raw;
    }
    return (struct slice){ 0 };
}

static bool is_number(struct slice raw)
{
    return raw.len > 0 && (raw.ptr[0] == '-' || (raw.ptr[0] >= '0' && raw.ptr[0] <= '9'));
}

/* Numbers, lists, objects and booleans become texts. */
static struct slice payload_to_text(struct fault_call *call, struct slice name, struct slice raw)
{
    if (!slice_is(name, "payload") || raw.ptr[0] == '"' || raw.ptr[0] == 'n')
        return raw;
    return is_number(raw) || raw.ptr[0] == 't' || raw.ptr[0] == 'f'
               ? fault_call_text(call, "\"%.*s\"", SLICE_FMT(raw))
               : SLICE("\"[object]\"");
}

static struct slice sortindex_to_integer(struct fault_call *call, struct slice name,
                                         struct slice raw)
{
    (void)call;
    bool fraction = is_number(raw) && slice_find(raw, '.') < raw.len;
    if (!slice_is(name, "sortindex") || (is_number(raw) && !fraction) || raw.ptr[0] == 'n')
        return raw;
    return fraction ? slice_head(raw, slice_find(raw, '.')) : SLICE("0");
}

/* Larger than what fits. */
static struct slice clamp(struct slice raw, struct slice most, struct slice least)
{
    struct slice digits = raw.ptr[0] == '-' ? slice_from(raw, 1) : raw;
    uint64_t value;
    if (!slice_to_u64(digits, &value) || value <= DIGITS_9)
        return raw;
    return raw.ptr[0] == '-' ? least : most;
}

static struct slice clamp_sortindex(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    return slice_is(name, "sortindex") ? clamp(raw, SLICE("999999999"), SLICE("-999999999")) : raw;
}

static void take_unknown(struct fault_call *call)
{
    fault_call_change_records(call, known_member);
}

static void take_any_payload(struct fault_call *call)
{
    fault_call_change_records(call, payload_to_text);
}

static void take_any_sortindex(struct fault_call *call)
{
    fault_call_change_records(call, sortindex_to_integer);
}

static void take_large_sortindex(struct fault_call *call)
{
    fault_call_change_records(call, clamp_sortindex);
}

/* What was sent as `modified` comes back. */
static void remember_modified(struct fault_call *call)
{
    struct slice raw;
    struct fault_cell *cell = fault_call_cell(call, "%.*s/%.*s/%.*s", SLICE_FMT(call->user),
                                              SLICE_FMT(call->collection), SLICE_FMT(call->id));
    if (cell == NULL)
        return;
    if (call->method == FAULT_PUT) {
        buf_clear(&cell->text);
        if (fault_call_body_json(call, "/modified", &raw) && is_number(raw))
            buf_add(&cell->text, raw);
    }
}

static void show_modified(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s/%.*s/%.*s", SLICE_FMT(call->user),
                                              SLICE_FMT(call->collection), SLICE_FMT(call->id));
    if (call->method == FAULT_GET && cell != NULL && cell->text.len > 0)
        fault_call_set_json(call, "/modified", buf_slice(&cell->text));
}

/* Columns of their own for whatever comes. */
static struct slice keep_unknown(struct fault_call *call, struct slice name, struct slice raw)
{
    struct fault_cell *cell = fault_call_cell(call, "extra %.*s/%.*s/%.*s", SLICE_FMT(call->user),
                                              SLICE_FMT(call->collection), SLICE_FMT(call->id));
    struct slice known = known_member(call, name, raw);
    if (known.len == 0 && cell != NULL)
        (void)buf_add_format(&cell->text, ",\"%.*s\":%.*s", SLICE_FMT(name), SLICE_FMT(raw));
    return known;
}

static void take_extra(struct fault_call *call)
{
    if (call->method == FAULT_PUT)
        fault_call_change_records(call, keep_unknown);
}

static void show_extra(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "extra %.*s/%.*s/%.*s", SLICE_FMT(call->user),
                                              SLICE_FMT(call->collection), SLICE_FMT(call->id));
    struct slice body = buf_slice(&call->reply->body);
    if (call->method != FAULT_GET || cell == NULL || cell->text.len == 0 || body.len < 2)
        return;
    struct slice inside = slice_head(body, body.len - 1);
    fault_call_set_reply(call, fault_call_text(call, "%.*s%.*s}", SLICE_FMT(inside),
                                               SLICE_FMT(buf_slice(&cell->text))));
}

/* What the writer of JSON does to texts. */
static struct slice add_columns(struct fault_call *call, struct slice element)
{
    if (element.len < 2 || element.ptr[0] != '{')
        return element;
    struct slice inside = slice_head(element, element.len - 1);
    return fault_call_text(call, "%.*s%s}", SLICE_FMT(inside), call->fault->text);
}

static void add_to_each(struct fault_call *call)
{
    if (call->resource == FAULT_ITEM)
        fault_call_set_reply(
            call, add_columns(call, arena_copy(call->arena, buf_slice(&call->reply->body))));
    else
        fault_call_each(call, add_columns);
}

static const struct fault rows[] = {
    { .name = "payload-empty-is-ignored",
      .what = "An empty payload in an update is taken for none",
      .impact = "what a user has cleared comes back",
      .breaks = { "1.5/put/partial-update" },
      .bend = bend_keep_when_empty },
    { .name = "payload-of-any-type",
      .what = "A payload that is no string is made one",
      .impact = "a faulty client's records are stored, and no other client can read them",
      .breaks = { "1.5/bso/payload-string" },
      .on = FAULT_WRITES,
      .before = take_any_payload },
    { .name = "update-replaces-on-put",
      .what = "A PUT replaces the whole record: fields that are not sent are reset",
      .impact = "a client that renews a ttl deletes the payload",
      .breaks = { "1.5/put/partial-update", "1.5/put/partial-ttl-keeps-payload",
                  "1.5/put/partial-keeps-ttl" },
      .on = FAULT_PUT,
      .bend = bend_replace },
    { .name = "update-replaces-on-post",
      .what = "A POST replaces whole records: fields that are not sent are reset",
      .impact = "a client that changes sortindexes deletes the payloads",
      .breaks = { "1.5/post/partial-update-semantics", "1.5/batch/partial-update" },
      .on = FAULT_POST,
      .bend = bend_replace },
    { .name = "update-forgets-sortindex",
      .what = "An update of the payload resets the sortindex",
      .impact = "bookmarks lose their order",
      .breaks = { "1.5/put/partial-update", "1.5/post/partial-update-semantics",
                  "1.5/batch/partial-update" },
      .bend = bend_forget_sortindex },
    { .name = "update-of-ttl-empties-payload",
      .what = "An update of the ttl alone empties the payload",
      .impact = "a client that keeps its tabs alive deletes them",
      .breaks = { "1.5/put/partial-ttl-keeps-payload", "1.5/post/partial-update-semantics",
                  "1.5/batch/ttl-only" },
      .bend = bend_forget_payload },
    { .name = "update-null-is-absent",
      .what = "A field that is null in an update is left as it is",
      .warned = "deployed servers keep the old value",
      .impact = "a client cannot take a value back",
      .breaks = { "1.5/put/null-resets-default" },
      .bend = bend_null_is_absent },
    { .name = "sortindex-zero-dropped",
      .what = "A sortindex of 0 is taken for none, as 0 is false",
      .impact = "records lose their place in the order",
      .breaks = { "1.5/bso/sortindex-zero-roundtrip" },
      .bend = bend_no_zero },
    { .name = "sortindex-unsigned",
      .what = "A negative sortindex is stored as 0",
      .impact = "records lose their place in the order",
      .breaks = { "1.5/bso/sortindex-negative-ok" },
      .bend = bend_unsigned },
    { .name = "sortindex-as-float",
      .what = "A sortindex goes through a float of 32 bits: 999999999 becomes 1000000000",
      .impact = "what comes back cannot be stored again",
      .breaks = { "1.5/bso/sortindex-max" },
      .bend = bend_float },
    { .name = "sortindex-zero-when-unset",
      .what = "A record without sortindex is shown with 0",
      .impact = "clients sort by a value that nobody gave",
      .breaks = { "1.5/bso/sortindex-absent-when-unset" },
      .show = show_zero },
    { .name = "sortindex-of-any-type",
      .what = "A sortindex that is no integer is taken as one, or as 0",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/bso/sortindex-integer" },
      .on = FAULT_WRITES,
      .before = take_any_sortindex },
    { .name = "sortindex-clamped",
      .what = "A sortindex of 10 digits is stored as the largest of 9",
      .impact = "records lose their place in the order",
      .breaks = { "1.5/bso/sortindex-max", "1.5/bso/sortindex-negative-ok" },
      .on = FAULT_WRITES,
      .before = take_large_sortindex },
    { .name = "field-unknown-is-dropped",
      .what = "Unknown fields of a record are dropped without a word",
      .impact = "a client believes to have stored what is not there",
      .breaks = { "1.5/bso/unknown-field-rejected" },
      .on = FAULT_WRITES,
      .before = take_unknown },
    { .name = "field-unknown-is-shown",
      .what = "Unknown fields of a record are kept and shown",
      .impact = "a client that takes each key for its own misreads the record",
      .breaks = { "1.5/bso/no-extra-keys", "1.5/bso/unknown-field-rejected" },
      .warned = "what becomes of a field that nobody knows is not written",
      .on = FAULT_GET | FAULT_PUT | FAULT_ITEM,
      .status = 200,
      .before = take_extra,
      .after = show_extra },
    { .name = "field-modified-is-the-clients",
      .what = "A `modified` that the client puts is kept",
      .impact = "a clock that is wrong hides records from every other device",
      .breaks = { "1.5/bso/modified-server-assigned" },
      .on = FAULT_PUT | FAULT_GET | FAULT_ITEM,
      .status = 2,
      .before = remember_modified,
      .after = show_modified },
    { .name = "field-internal-columns",
      .what = "Records are shown with columns of the database",
      .warned = "clients ignore what they do not know",
      .impact = "strict clients refuse the records, and internals leak",
      .breaks = { "1.5/bso/no-extra-keys" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .status = 200,
      .after = add_to_each,
      .text = ",\"username\":7" },
    { .name = "field-ttl-is-shown",
      .what = "Records are shown with their ttl",
      .impact = "a client that sends records back sets a ttl that it never meant",
      .breaks = { "1.5/bso/ttl-not-returned", "1.5/bso/no-extra-keys" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .status = 200,
      .after = add_to_each,
      .text = ",\"ttl\":2100000000" },
};

const struct fault_area fault_fields = FAULT_AREA(rows);
