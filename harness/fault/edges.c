/* What may be answered in several ways, and in this one not. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "fault/txn.h"

#define AGAIN "a client tries again without an end"

static void busy(struct fault_judging *judging)
{
    if ((int64_t)judging->result == judging->fault->number)
        judging->result = AUTH_BUSY;
}

static void replay_is_500(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    size_t at = header == NULL ? 0 : slice_search(*header, SLICE("nonce="));
    if (header != NULL && at < header->len &&
        fault_call_count(call, "%.*s", SLICE_FMT(slice_head(slice_from(*header, at), 64))) > 1)
        fault_call_answer(call, 500, "0");
}

/* The field `text`, with the value `other` if there is one, ends in a 500. */
static void field_is_500(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, call->fault->text);
    if (value != NULL && (call->fault->other == NULL || slice_is(*value, call->fault->other)))
        fault_call_answer(call, 500, "0");
}

static void missing_is_500(struct fault_call *call)
{
    if (call->reply->status == 404 && fault_call_field(call, "X-If-Modified-Since") != NULL)
        call->reply->status = 500;
}

static void missing_list_is_404(struct fault_call *call)
{
    int64_t stamp;
    if (fault_call_field(call, "X-If-Modified-Since") != NULL &&
        fault_call_reply_stamp(call, "X-Last-Modified", &stamp) && stamp == 0)
        fault_call_answer(call, 404, "0");
}

static void configuration_is_500(struct fault_call *call)
{
    if (slice_is(call->info, "configuration") &&
        fault_call_field(call, "X-If-Modified-Since") != NULL)
        fault_call_answer(call, 500, "0");
}

static void zero_is_304(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, "X-If-Modified-Since");
    int64_t stamp;
    if (value != NULL && stamp_parse(*value, &stamp) && stamp == 0)
        fault_call_answer(call, 304, "");
}

/* Seconds in 32 bits. */
static void far_future_is_past(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, "X-If-Unmodified-Since");
    int64_t stamp;
    if (value != NULL && stamp_parse(*value, &stamp) && stamp / STAMP_SECOND > INT32_MAX)
        fault_call_answer(call, 412, "0");
}

static void wipe_all_the_same(struct fault_call *call)
{
    struct http_reply reply;
    if (call->reply->status != 412)
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_DELETE, call->request.target, (struct slice){ 0 }, &reply);
    http_reply_free(&reply);
}

static void slash_is_500(struct fault_call *call)
{
    if (slice_ends(http_target_split(call->request.target).path, SLICE("/")))
        fault_call_answer(call, 500, "0");
}

static void newer_is_500(struct fault_call *call)
{
    if (fault_call_has(call, "newer"))
        fault_call_answer(call, 500, "0");
}

static void never_is_a_word(struct fault_call *call)
{
    int64_t stamp;
    if (fault_call_reply_stamp(call, "X-Last-Modified", &stamp) && stamp == 0)
        (void)http_reply_set_text(call->reply, "X-Last-Modified", "never");
}

static void defaults_for_new_users(struct fault_call *call)
{
    if (slice_is(call->info, "collections") && slice_is(buf_slice(&call->reply->body), "{}"))
        fault_call_set_reply(call, SLICE("{\"meta\":0.00}"));
}

static bool tell_minus_one(struct fault_txn *txn, struct store_collection *collection)
{
    (void)txn;
    if (collection->count == 0)
        collection->count = UINT32_MAX;
    return true;
}

static void chunked_is_500(struct fault_call *call)
{
    if (call->request.chunked)
        fault_call_answer(call, 500, "0");
}

static void expect_is_500(struct fault_call *call)
{
    if (call->request.expect_continue)
        fault_call_answer(call, 500, "0");
}

static void nothing_is_500(struct fault_call *call)
{
    if (slice_is(slice_trim(call->request.body), "{}"))
        fault_call_answer(call, 500, "0");
}

static void null_is_500(struct fault_call *call)
{
    struct slice body = call->request.body;
    if (slice_search(body, SLICE(":null")) < body.len)
        fault_call_answer(call, 500, "0");
}

static void close_connection(struct fault_call *call)
{
    call->reply->close = true;
}

static void empty_post_is_400(struct fault_call *call)
{
    if (slice_is(slice_trim(call->request.body), "[]") && !fault_call_has(call, "batch"))
        fault_call_answer(call, 400, "8");
}

static void new_collection_is_404(struct fault_call *call)
{
    struct http_reply reply;
    struct slice name = fault_call_text(call, "\"%.*s\"", SLICE_FMT(call->collection));
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET,
                   fault_call_text(call, "/%.*s/%.*s/info/collections", SLICE_FMT(call->version),
                                   SLICE_FMT(call->user)),
                   (struct slice){ 0 }, &reply);
    struct slice body = buf_slice(&reply.body);
    if (slice_search(body, name) == body.len)
        fault_call_answer(call, 404, "0");
    http_reply_free(&reply);
}

/* Counts have no user in their WHERE. */
static enum store_err count_for_all(struct store_txn *base, struct slice collection,
                                    const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_memory_cell(txn->memory, collection);
    if (cell != NULL)
        cell->number++;
    return store_put(txn->inner, collection, update);
}

static bool tell_count_of_all(struct fault_txn *txn, struct store_collection *collection)
{
    const struct fault_cell *cell = fault_memory_find(txn->memory, collection->name);
    if (cell != NULL)
        collection->count = (uint64_t)cell->number;
    return true;
}

static void duplicates_are_500(struct fault_call *call)
{
    struct slice first, second;
    if (fault_call_body_json(call, "/0/id", &first) &&
        fault_call_body_json(call, "/1/id", &second) && slice_eq(first, second))
        fault_call_answer(call, 500, "0");
}

static void no_object_is_500(struct fault_call *call)
{
    struct slice second;
    if (fault_call_body_json(call, "/1", &second) && second.len > 0 && second.ptr[0] == '"')
        fault_call_answer(call, 500, "0");
}

static void lists_are_taken(struct fault_call *call)
{
    struct slice id;
    if (fault_call_body_json(call, "/id", &id) && id.len > 0 && id.ptr[0] == '[')
        fault_call_set_body(call, SLICE("{\"payload\":\"[object Object]\"}"));
}

static void expired_is_500(struct fault_call *call)
{
    if (call->reply->status == 404 && call->method == FAULT_DELETE)
        call->reply->status = 500;
}

static void zero_iv_only(struct fault_call *call)
{
    if (slice_is(call->collection, call->fault->text))
        fault_call_answer(call, 403, "0");
}

static void a_record_is_an_error(struct fault_call *call)
{
    if (slice_starts(buf_slice(&call->reply->body), SLICE("{")))
        fault_call_set_reply(call, SLICE("{}"));
}

static const struct fault rows[] = {
    { .name = "edge-wrong-hash-is-503",
      .what = "A payload hash that does not fit ends in a 503",
      .impact = AGAIN,
      .breaks = { "1.5/auth/payload-hash-mismatch" },
      .judge = busy,
      .number = AUTH_BAD_HASH },
    { .name = "edge-replay-is-500",
      .what = "A nonce that was seen before ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/auth/nonce-replay" },
      .before = replay_is_500 },
    { .name = "edge-skew-is-503",
      .what = "A clock that is off ends in a 503",
      .impact = AGAIN,
      .breaks = { "1.5/auth/ts-skew" },
      .judge = busy,
      .number = AUTH_SKEWED },
    { .name = "edge-other-node-is-503",
      .what = "A token for another node ends in a 503",
      .impact = AGAIN,
      .breaks = { "1.5/auth/wrong-node" },
      .judge = busy,
      .number = AUTH_WRONG_NODE },
    { .name = "edge-missing-item-is-500",
      .what = "X-If-Modified-Since on an item that is not there ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/conditional/ims-nonexistent-item" },
      .on = FAULT_GET | FAULT_ITEM,
      .after = missing_is_500 },
    { .name = "edge-missing-collection-is-404",
      .what = "X-If-Modified-Since on a collection that is not there is answered with 404",
      .impact = "a client takes an empty account for a broken one",
      .breaks = { "1.5/conditional/ims-nonexistent-collection" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = missing_list_is_404 },
    { .name = "edge-modified-on-configuration-is-500",
      .what = "X-If-Modified-Since on info/configuration ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/info/configuration-if-modified-since" },
      .on = FAULT_GET | FAULT_INFO,
      .before = configuration_is_500 },
    { .name = "edge-modified-zero-is-304",
      .what = "X-If-Modified-Since: 0 is answered with 304",
      .impact = "a new device gets nothing",
      .breaks = { "1.5/conditional/ims-zero" },
      .on = FAULT_GET,
      .before = zero_is_304 },
    { .name = "edge-unmodified-on-info-is-500",
      .what = "X-If-Unmodified-Since on info ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/conditional/xius-info" },
      .on = FAULT_GET | FAULT_INFO,
      .before = field_is_500,
      .text = "X-If-Unmodified-Since" },
    { .name = "edge-unmodified-far-future-is-past",
      .what = "A time beyond 2038 in X-If-Unmodified-Since is taken for the past",
      .impact = "guarded writes of a client with such a clock are refused",
      .breaks = { "1.5/conditional/xius-equal-ok" },
      .before = far_future_is_past },
    { .name = "edge-everything-wiped-after-412",
      .what = "DELETE of everything is done although its condition does not hold: 412",
      .impact = "data are lost that nobody meant to delete",
      .breaks = { "1.5/conditional/xius-delete-storage", "1.5/conditional/412-no-effect" },
      .on = FAULT_DELETE | FAULT_EVERYTHING,
      .after = wipe_all_the_same },
    { .name = "edge-slash-is-500",
      .what = "A '/' at the end of a path ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/trailing-slash" },
      .before = slash_is_500 },
    { .name = "edge-delete-by-time-is-500",
      .what = "newer on a DELETE ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/delete/other-params-unsupported" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = newer_is_500 },
    { .name = "edge-never-is-a-word",
      .what = "X-Last-Modified of what was never written is a word",
      .impact = "clients cannot read the time",
      .breaks = { "1.5/headers/x-last-modified-format" },
      .after = never_is_a_word },
    { .name = "edge-new-users-have-collections",
      .what = "A new user has collections that nobody wrote",
      .impact = "a new device takes the account for one that is set up",
      .breaks = { "1.5/info/collections-empty" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = defaults_for_new_users },
    { .name = "edge-empty-counts-as-4294967295",
      .what = "The count of an empty collection wraps around",
      .impact = "a client believes that records are missing, and resets",
      .breaks = { "1.5/info/counts-empty-collection" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_minus_one },
    { .name = "edge-chunked-is-500",
      .what = "A chunked body ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/chunked-request" },
      .before = chunked_is_500 },
    { .name = "edge-expect-is-500",
      .what = "Expect: 100-continue ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/expect-100" },
      .before = expect_is_500 },
    { .name = "edge-gzip-is-500",
      .what = "A compressed body ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/gzip-request" },
      .before = field_is_500,
      .text = "Content-Encoding" },
    { .name = "edge-every-connection-is-closed",
      .what = "The connection is closed after each answer",
      .impact = "each request costs a new connection and its TLS",
      .breaks = { "1.5/http/keepalive" },
      .after = close_connection },
    { .name = "edge-put-of-nothing-is-500",
      .what = "A PUT of {} ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/item/put-empty-object" },
      .on = FAULT_PUT,
      .before = nothing_is_500 },
    { .name = "edge-null-is-500",
      .what = "A field that is null ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/put/null-on-create", "1.5/put/null-resets-default" },
      .on = FAULT_PUT | FAULT_POST,
      .before = null_is_500 },
    { .name = "edge-post-of-nothing-is-400",
      .what = "A POST of an empty list is refused",
      .impact = "a client that initialises its collections cannot",
      .breaks = { "1.5/collection/empty-post-creates" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = empty_post_is_400 },
    { .name = "edge-collections-have-to-exist",
      .what = "A write to a collection that does not exist is answered with 404",
      .impact = "no client can begin",
      .breaks = { "1.5/collection/implicit-create" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = new_collection_is_404 },
    { .name = "isolation-counts-of-all-users",
      .what = "info counts the records of all users",
      .impact = "a user sees how much others have",
      .breaks = { "1.5/auth/user-isolation" },
      .tell = tell_count_of_all,
      .store = { .put = count_for_all } },
    { .name = "edge-same-id-twice-is-500",
      .what = "The same id twice in a POST ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/post/duplicate-ids" },
      .on = FAULT_POST,
      .before = duplicates_are_500 },
    { .name = "edge-no-object-in-a-list-is-500",
      .what = "Something else than an object in a posted list ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/post/list-with-non-object" },
      .on = FAULT_POST,
      .before = no_object_is_500 },
    { .name = "edge-lists-as-fields-are-taken",
      .what = "Fields that are lists or objects are taken, as texts",
      .impact = "data come back other than they were sent",
      .breaks = { "1.5/bso/non-scalar-field" },
      .on = FAULT_PUT,
      .before = lists_are_taken },
    { .name = "edge-delete-of-nothing-is-500",
      .what = "DELETE of an item that is not there, or has expired, ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/item/delete-expired", "1.5/item/delete-404" },
      .on = FAULT_DELETE | FAULT_ITEM,
      .after = expired_is_500 },
    { .name = "edge-crypto-is-not-told",
      .what = "The collection crypto cannot be read: somebody thought that keys are secret",
      .impact = "no second device can be connected",
      .breaks = { "format5/keys/location" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .before = zero_iv_only,
      .text = "crypto" },
    { .name = "edge-meta-is-not-told",
      .what = "The collection meta cannot be read",
      .impact = "every device takes the account for a new one, and wipes it",
      .breaks = { "format5/meta/location", "format5/meta/missing-reset" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .before = zero_iv_only,
      .text = "meta" },
    { .name = "edge-clients-is-not-told",
      .what = "The collection clients cannot be read",
      .impact = "devices do not see each other",
      .breaks = { "format5/sync/clients-full", "format5/sync/incremental" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .before = zero_iv_only,
      .text = "clients" },
    { .name = "edge-records-are-empty-objects",
      .what = "An item is answered with {}",
      .impact = "a client takes every record for a damaged one",
      .breaks = { "1.5/item/get-200", "format5/record/payload-string" },
      .on = FAULT_GET | FAULT_ITEM,
      .status = 200,
      .after = a_record_is_an_error },
    { .name = "edge-304-never-on-info",
      .what = "A poll is never answered with 304",
      .impact = "every poll costs a whole sync",
      .breaks = { "format5/sync/304-stop", "1.5/info/if-modified-since" },
      .on = FAULT_GET | FAULT_INFO,
      .before = fault_drop_field,
      .text = "X-If-Modified-Since" },
};

const struct fault_area fault_edges = FAULT_AREA(rows);
