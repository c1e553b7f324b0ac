/* Storing records: PUT of one, POST of many. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"
#include "record/scan.h"

#define BELIEVED "a client believes that its records are stored, and never sends them again"
#define SHAPE    "a client cannot read what became of its records, and uploads them at each sync"

static bool is_json(struct slice text)
{
    struct record_scan scan = record_scan_of(text);
    return record_scan_drain(&scan);
}

/* Both ids that were stored and those that were not. */
static void all_in_success(struct fault_call *call)
{
    struct slice success, failed;
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    if (!fault_call_json(call, "/success", &success) || !fault_call_json(call, "/failed", &failed))
        return;
    struct record_scan scan = record_scan_of(failed);
    bool any = success.len > 2;
    buf_add(&made, slice_head(success, success.len - 1));
    (void)record_scan_next(&scan);
    while (record_scan_next(&scan) == RECORD_SCAN_KEY) {
        buf_add_text(&made, any ? ",\"" : "\"");
        buf_add(&made, scan.raw);
        buf_add_byte(&made, '"');
        any = true;
        if (!record_scan_skip(&scan, record_scan_next(&scan)))
            break;
    }
    buf_add_byte(&made, ']');
    struct slice copy = arena_copy(call->arena, buf_slice(&made));
    if (!made.failed && copy.len > 0)
        fault_call_set_json(call, "/success", copy);
    buf_free(&made);
}

static void reasons_in_lists(struct fault_call *call)
{
    struct slice failed;
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    if (!fault_call_json(call, "/failed", &failed))
        return;
    struct record_scan scan = record_scan_of(failed);
    bool any = false;
    buf_add_byte(&made, '{');
    (void)record_scan_next(&scan);
    while (record_scan_next(&scan) == RECORD_SCAN_KEY) {
        buf_add_format(&made, "%s\"%.*s\":[", any ? "," : "", SLICE_FMT(scan.raw));
        (void)record_scan_next(&scan);
        buf_add_format(&made, "\"%.*s\"]", SLICE_FMT(scan.raw));
        any = true;
    }
    buf_add_byte(&made, '}');
    struct slice copy = arena_copy(call->arena, buf_slice(&made));
    if (!made.failed && copy.len > 0)
        fault_call_set_json(call, "/failed", copy);
    buf_free(&made);
}

/* What the same request would do for a user whom nobody knows. */
static bool would_fail(struct fault_call *call)
{
    static const char user[] = "4000000000000";
    struct http_reply reply;
    struct slice failed;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_POST, fault_call_text(call, "/1.5/%s/storage/dry", user),
                   call->request.body, &reply);
    size_t offset;
    bool fails = reply.status == 200 &&
                 record_scan_pointer(buf_slice(&reply.body), SLICE("/failed"), &failed, &offset) ==
                     RECORD_SCAN_OPEN_OBJECT &&
                 failed.len > 2;
    fault_call_ask(call, HTTP_METHOD_DELETE, fault_call_text(call, "/1.5/%s", user),
                   (struct slice){ 0 }, &reply);
    http_reply_free(&reply);
    return fails;
}

static void one_bad_fails_all(struct fault_call *call)
{
    if (would_fail(call))
        fault_call_answer(call, 400, "8");
}

/* Only the first ${number} records of a request get into the database. */
static enum store_err put_first(struct store_txn *base, struct slice collection,
                                const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    if (!txn->put && fault_txn_count(txn, "%lld", (long long)txn->now) > txn->fault->number)
        return STORE_OK;
    return store_put(txn->inner, collection, update);
}

/* Every ${number}-th write is lost. */
static enum store_err put_most(struct store_txn *base, struct slice collection,
                               const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    if (fault_txn_count(txn, "all") % txn->fault->number == 0)
        return STORE_OK;
    return store_put(txn->inner, collection, update);
}

/* One write in ten. */
static enum store_err put_unless_zero(struct store_txn *base, struct slice collection,
                                      const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    if (txn->now % 10 == 0)
        return STORE_OK;
    return store_put(txn->inner, collection, update);
}

static enum store_err insert_only(struct store_txn *base, struct slice collection,
                                  const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct record_bso bso;
    if (!txn->put && store_get(txn->inner, collection, update->id, &bso) == STORE_OK)
        return STORE_OK;
    return store_put(txn->inner, collection, update);
}

static enum store_err update_only(struct store_txn *base, struct slice collection,
                                  const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct record_bso bso;
    if (!txn->put && store_get(txn->inner, collection, update->id, &bso) == STORE_ABSENT)
        return STORE_OK;
    return store_put(txn->inner, collection, update);
}

/* Every record is as new as its collection. */
static bool show_collections_time(struct fault_txn *txn, struct slice name, struct record_bso *bso)
{
    struct store_collection collection;
    if (store_collection(txn->inner, name, &collection) == STORE_OK)
        bso->modified = collection.modified;
    return true;
}

/* Each record has the time at which it came in. */
static void count_in_request(struct fault_txn *txn, struct record_update *update)
{
    int64_t place = fault_txn_count(txn, "%lld", (long long)txn->now);
    struct fault_cell *cell = fault_txn_cell(txn, "id %.*s", SLICE_FMT(update->id));
    if (cell != NULL)
        cell->number = place - 1;
}

static bool show_own_time(struct fault_txn *txn, struct slice name, struct record_bso *bso)
{
    struct fault_cell *cell = fault_txn_cell(txn, "id %.*s", SLICE_FMT(bso->id));
    (void)name;
    if (cell != NULL)
        bso->modified -= cell->number;
    return true;
}

static void wrap_object(struct fault_call *call)
{
    struct slice body = slice_trim(call->request.body);
    const struct slice *type = fault_call_field(call, "Content-Type");
    bool lines = type != NULL && slice_starts(*type, SLICE("application/newlines"));
    if (!lines && slice_starts(body, SLICE("{")))
        fault_call_set_body(call, fault_call_text(call, "[%.*s]", SLICE_FMT(body)));
    else if (!lines && body.len > 0 && body.ptr[0] != '[' && is_json(body))
        fault_call_set_body(call, SLICE("[]"));
}

static void broken_is_empty(struct fault_call *call)
{
    if (!is_json(call->request.body))
        fault_call_set_body(call, call->method == FAULT_PUT ? SLICE("{}") : SLICE("[]"));
}

static void no_object_is_empty(struct fault_call *call)
{
    struct slice body = slice_trim(call->request.body);
    if (is_json(body) && body.ptr[0] != '{')
        fault_call_set_body(call, SLICE("{}"));
}

static void nothing_is_empty(struct fault_call *call)
{
    if (call->request.body.len == 0)
        fault_call_set_body(call, SLICE("{}"));
}

static void drop_broken_lines(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    struct buf made = buf_bounded(LIMIT_BODY);
    struct slice rest = call->request.body;
    if (type == NULL || !slice_starts(*type, SLICE("application/newlines")))
        return;
    for (struct slice line; rest.len > 0;) {
        slice_cut(rest, '\n', &line, &rest);
        if (!is_json(line))
            continue;
        buf_add(&made, line);
        buf_add_byte(&made, '\n');
    }
    struct slice copy = arena_copy(call->arena, buf_slice(&made));
    if (!made.failed && copy.len > 0)
        fault_call_set_body(call, copy);
    buf_free(&made);
}

static void reset_when_empty(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->payload_is == RECORD_ABSENT && update->sortindex_is == RECORD_ABSENT &&
        update->ttl_is == RECORD_ABSENT)
        update->payload_is = RECORD_NULL;
}

static void put_object_for_number(struct fault_call *call)
{
    struct slice body = arena_copy(call->arena, buf_slice(&call->reply->body));
    fault_call_set_reply(call, fault_call_text(call, "{\"modified\":%.*s}", SLICE_FMT(body)));
}

/* A retry of the same request, by a proxy, is answered from what it remembers of the first. */
static void answer_same_body_from_memory(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(
        call, "%.*s %.*s", SLICE_FMT(call->request.method_text), SLICE_FMT(call->request.target));
    if (cell == NULL)
        return;
    bool same = cell->number != 0 && cell->text.len > 0 &&
                slice_eq(buf_slice(&cell->text), call->request.body);
    buf_clear(&cell->text);
    buf_add(&cell->text, call->request.body);
    cell->number = 1;
    if (same)
        fault_call_answer(call, 200, "{\"modified\":0,\"success\":[],\"failed\":{}}");
}

static const struct fault rows[] = {
    { .name = "post-failed-are-in-success",
      .what = "Ids of records that were refused are listed in success, too",
      .impact = BELIEVED,
      .breaks = { "1.5/post/partial-failure", "1.5/post/partition", "1.5/bso/payload-string",
                  "1.5/bso/sortindex-integer" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = all_in_success },
    { .name = "post-failed-is-always-empty",
      .what = "Records that were refused are dropped without a word: failed is empty",
      .impact = BELIEVED,
      .breaks = { "1.5/post/partial-failure", "1.5/post/all-invalid" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_set_value,
      .text = "/failed",
      .other = "{}" },
    { .name = "post-one-bad-record-fails-all",
      .what = "One bad record makes the whole request fail",
      .impact = "a single record that is too large keeps all others from syncing",
      .breaks = { "1.5/post/partial-failure", "1.5/post/all-invalid" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = one_bad_fails_all },
    { .name = "post-reasons-are-lists",
      .what = "Reasons in failed are lists of texts, as in API 1.1",
      .impact = SHAPE,
      .warned = "deployed servers send lists",
      .breaks = { "1.5/post/failed-values-strings" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = reasons_in_lists },
    { .name = "post-failed-is-a-list",
      .what = "failed is a list when it is empty, as PHP writes an empty array",
      .impact = SHAPE,
      .breaks = { "1.5/post/200-shape" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_replace,
      .text = "\"failed\":{}",
      .other = "\"failed\":[]" },
    { .name = "post-without-modified",
      .what = "The answer to a POST has no modified",
      .impact = SHAPE,
      .breaks = { "1.5/post/200-shape", "1.5/post/modified-matches-header" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_drop_member,
      .text = "modified" },
    { .name = "post-without-success",
      .what = "The answer to a POST has no success",
      .impact = SHAPE,
      .breaks = { "1.5/post/200-shape" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_drop_member,
      .text = "success" },
    { .name = "post-without-failed",
      .what = "failed is left out when nothing failed",
      .impact = SHAPE,
      .breaks = { "1.5/post/200-shape" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_replace,
      .text = "\"failed\":{},",
      .other = "" },
    { .name = "post-answers-201",
      .what = "A POST is answered with 201",
      .impact = "clients that look for 200 take the upload for failed",
      .breaks = { "1.5/post/200-shape", "1.5/batch/immediate-commit" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_status,
      .number = 201 },
    { .name = "post-keeps-the-first-50",
      .what = "A POST writes its first 50 records, one chunk of the database, and reports all",
      .impact = BELIEVED,
      .breaks = { "1.5/post/success-means-stored", "1.5/post/limit-records-default",
                  "1.5/info/configuration-enforced" },
      .number = 50,
      .store = { .put = put_first } },
    { .name = "write-every-third-is-lost",
      .what = "Every third record that a user writes is lost, while success is reported",
      .impact = BELIEVED,
      .breaks = { "1.5/post/success-means-stored", "1.5/item/put-create-200" },
      .number = 3,
      .store = { .put = put_most } },
    { .name = "write-at-a-round-time-is-lost",
      .what = "A write whose time ends in a zero is lost, while success is reported",
      .impact = BELIEVED,
      .breaks = { "1.5/timestamps/three-levels", "1.5/post/success-means-stored",
                  "1.5/item/put-create-200", "1.5/timestamps/post-same-timestamp",
                  "1.5/headers/x-last-modified-write", "1.5/put/x-last-modified" },
      .store = { .put = put_unless_zero } },
    { .name = "post-inserts-only",
      .what = "A POST leaves records alone that exist: INSERT IGNORE",
      .impact = BELIEVED,
      .breaks = { "1.5/post/mixed-create-update", "1.5/post/partial-update-semantics",
                  "1.5/batch/commit-overrides-earlier" },
      .store = { .put = insert_only } },
    { .name = "post-updates-only",
      .what = "A POST writes records that exist, and drops new ones: UPDATE without INSERT",
      .impact = BELIEVED,
      .breaks = { "1.5/post/mixed-create-update", "1.5/post/success-means-stored",
                  "1.5/post/defaults-on-create", "1.5/collection/implicit-create" },
      .store = { .put = update_only } },
    { .name = "post-touches-all-records",
      .what = "A write gives its time to all records of the collection",
      .impact = "every device downloads the whole collection after each change",
      .breaks = { "1.5/timestamps/other-items-untouched", "1.5/post/others-untouched" },
      .show = show_collections_time },
    { .name = "post-records-have-times-of-their-own",
      .what = "The records of a POST get the times at which they came in",
      .impact = "a device that polls meanwhile misses the last ones for good",
      .breaks = { "1.5/timestamps/post-same-timestamp", "1.5/post/modified-matches-header",
                  "1.5/batch/commit-timestamp" },
      .bend = count_in_request,
      .show = show_own_time },
    { .name = "post-takes-what-is-no-list",
      .what = "A POST of one record, or of any other JSON, is taken",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/post/not-a-list" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = wrap_object },
    { .name = "post-broken-json-is-empty",
      .what = "A POST that is no JSON is taken for an empty list",
      .impact = BELIEVED,
      .breaks = { "1.5/post/bad-json-6", "1.5/errors/code-6" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = broken_is_empty },
    { .name = "post-broken-lines-are-skipped",
      .what = "Lines that are no JSON are skipped in a body of newlines",
      .impact = BELIEVED,
      .breaks = { "1.5/post/newlines-bad-line" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = drop_broken_lines },
    { .name = "post-same-body-again-is-dropped",
      .what = "A request that is the same as the one before it is answered and not done",
      .impact = "a client that writes a value again after another device has changed it is ignored",
      .breaks = { "1.5/timestamps/monotonic", "1.5/post/success-means-stored",
                  "1.5/batch/committed-gone", "1.5/batch/append-202", "1.5/post/200-shape" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = answer_same_body_from_memory },
    { .name = "put-broken-json-is-empty",
      .what = "A PUT that is no JSON is taken for {}",
      .impact = BELIEVED,
      .breaks = { "1.5/item/put-bad-json", "1.5/item/put-empty-body", "1.5/errors/code-6" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = broken_is_empty },
    { .name = "put-of-no-object-is-empty",
      .what = "A PUT of a JSON list, text or number is taken for {}",
      .impact = BELIEVED,
      .breaks = { "1.5/item/put-body-must-be-object" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = no_object_is_empty },
    { .name = "put-empty-body-is-taken",
      .what = "A PUT with an empty body makes an empty record",
      .impact = "a connection that breaks creates empty records",
      .breaks = { "1.5/item/put-empty-body" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = nothing_is_empty },
    { .name = "put-of-nothing-empties",
      .what = "A PUT of {} empties the payload",
      .impact = "data are lost by a request that carries none",
      .breaks = { "1.5/item/put-empty-object", "1.5/put/partial-update" },
      .on = FAULT_PUT,
      .bend = reset_when_empty },
    { .name = "put-answers-an-object",
      .what = "A PUT is answered with {\"modified\": ...} in place of the number",
      .impact = "a client that reads a number does not know its record's time",
      .breaks = { "1.5/item/put-response-body" },
      .on = FAULT_PUT | FAULT_ITEM,
      .status = 200,
      .after = put_object_for_number },
    { .name = "put-last-modified-is-earlier",
      .what = "X-Last-Modified of a PUT was taken a hundredth before the record's time",
      .impact = "the client's next guarded write is refused, without an end",
      .breaks = { "1.5/put/x-last-modified", "1.5/headers/x-last-modified-write",
                  "1.5/headers/x-weave-timestamp-write" },
      .on = FAULT_PUT | FAULT_ITEM,
      .status = 200,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = -1 },
    { .name = "post-last-modified-is-the-old-one",
      .what = "X-Last-Modified of a POST was taken a hundredth before the write",
      .impact = "the client's next guarded write is refused, without an end",
      .breaks = { "1.5/post/modified-matches-header", "1.5/headers/x-last-modified-write",
                  "1.5/headers/x-weave-timestamp-write", "1.5/batch/commit-timestamp" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = -1 },
    { .name = "payload-default-is-null",
      .what = "A record without payload is shown with null",
      .impact = "a client that expects a text drops the record",
      .breaks = { "1.5/bso/payload-default-empty" },
      .on = FAULT_GET | FAULT_ITEM,
      .status = 200,
      .after = fault_replace,
      .text = "\"payload\":\"\"",
      .other = "\"payload\":null" },
};

const struct fault_area fault_post = FAULT_AREA(rows);
