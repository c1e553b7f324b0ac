/* Deleting records, collections, everything. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define STAYS "what a user has deleted stays on the server, and comes back to the devices"
#define WIPES "data are lost that nobody meant to delete"

static void answer_with_ids(struct fault_call *call)
{
    struct slice ids;
    if (fault_call_parameter(call, "ids", &ids))
        fault_answer(call);
}

static void first_id_only(struct fault_call *call)
{
    struct slice ids, first, rest;
    if (fault_call_parameter(call, "ids", &ids) && slice_cut(ids, ',', &first, &rest))
        fault_call_set_parameter(call, "ids", first);
}

static void last_id_lost(struct fault_call *call)
{
    struct slice ids;
    if (!fault_call_parameter(call, "ids", &ids))
        return;
    for (size_t i = ids.len; i-- > 0;) {
        if (ids.ptr[i] == ',') {
            fault_call_set_parameter(call, "ids", slice_head(ids, i));
            return;
        }
    }
}

static void encoded_comma_is_none(struct fault_call *call)
{
    struct slice ids;
    if (fault_call_parameter(call, "ids", &ids) && slice_search(ids, SLICE("%2C")) < ids.len)
        fault_call_set_parameter(call, "ids", SLICE("none"));
}

static void empty_ids_wipe(struct fault_call *call)
{
    struct slice ids;
    if (fault_call_parameter(call, "ids", &ids) && ids.len == 0)
        fault_call_drop_parameter(call, "ids");
}

/* The status of a GET of the target without its query. */
static int status_of(struct fault_call *call, struct slice target, struct slice part)
{
    struct http_reply reply;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET, target, (struct slice){ 0 }, &reply);
    struct slice body = buf_slice(&reply.body);
    int status = reply.status;
    if (part.len > 0 && slice_search(body, part) == body.len)
        status = 404;
    http_reply_free(&reply);
    return status;
}

static bool collection_exists(struct fault_call *call)
{
    struct slice target = fault_call_text(call, "/%.*s/%.*s/info/collections",
                                          SLICE_FMT(call->version), SLICE_FMT(call->user));
    struct slice name = fault_call_text(call, "\"%.*s\"", SLICE_FMT(call->collection));
    return status_of(call, target, name) == 200;
}

static void unknown_is_404(struct fault_call *call)
{
    struct slice ids;
    bool has_ids = fault_call_parameter(call, "ids", &ids);
    if (has_ids == (call->fault->number == 1) && !collection_exists(call))
        fault_call_answer(call, 404, "0");
}

/* Any id that is not there. */
static void unknown_ids_fail(struct fault_call *call)
{
    struct slice ids, one;
    if (!fault_call_parameter(call, "ids", &ids) || !collection_exists(call))
        return;
    for (bool more = true; more;) {
        more = slice_cut(ids, ',', &one, &ids);
        struct slice target =
            fault_call_text(call, "/%.*s/%.*s/storage/%.*s/%.*s", SLICE_FMT(call->version),
                            SLICE_FMT(call->user), SLICE_FMT(call->collection), SLICE_FMT(one));
        if (one.len > 0 && status_of(call, target, (struct slice){ 0 }) == 404) {
            fault_call_answer(call, 404, "0");
            return;
        }
    }
}

/* DELETE of a collection empties it, and leaves it. */
static enum store_err empty_collection(struct store_txn *base, struct slice collection)
{
    struct store_txn *inner = fault_txn_of(base)->inner;
    TRY(store_remove_collection(inner, collection));
    return store_touch(inner, collection);
}

static enum store_err remove_all_collections(struct store_txn *base, struct slice collection)
{
    (void)collection;
    return store_remove_all(fault_txn_of(base)->inner);
}

/* Soft deletion: what is hidden comes back with the next write to the collection. */
static enum store_err hide_collection(struct store_txn *base, struct slice collection)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "hidden %.*s", SLICE_FMT(collection));
    struct store_collection known;
    TRY(store_collection(txn->inner, collection, &known));
    if (cell != NULL)
        cell->number = 1;
    return store_touch(txn->inner, collection);
}

static bool is_hidden(struct fault_txn *txn, struct slice collection)
{
    struct fault_cell *cell = fault_txn_cell(txn, "hidden %.*s", SLICE_FMT(collection));
    return cell != NULL && cell->number != 0;
}

static bool tell_unhidden(struct fault_txn *txn, struct store_collection *collection)
{
    return !is_hidden(txn, collection->name);
}

static bool show_unhidden(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    (void)bso;
    return !is_hidden(txn, collection);
}

static enum store_err put_and_unhide(struct store_txn *base, struct slice collection,
                                     const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "hidden %.*s", SLICE_FMT(collection));
    if (cell != NULL)
        cell->number = 0;
    return store_put(txn->inner, collection, update);
}

/* All collections but the first one. */
struct others {
    struct store_txn *txn;
    struct slice names[64];
    size_t count;
    struct fault_txn *owner;
};

static bool note_name(void *context, const struct store_collection *collection)
{
    struct others *others = context;
    if (others->count < COUNT_OF(others->names))
        others->names[others->count++] = fault_txn_copy(others->owner, collection->name);
    return true;
}

static enum store_err remove_all_but_one(struct store_txn *base)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct others others = { .txn = txn->inner, .owner = txn };
    TRY(store_collections(txn->inner, note_name, &others));
    for (size_t i = 1; i < others.count; i++)
        TRY(store_remove_collection(txn->inner, others.names[i]));
    return others.count == 0 ? store_remove_all(txn->inner) : STORE_OK;
}

/* The neighbour in the table of users goes, too. */
static void wipe_neighbour(struct fault_call *call)
{
    struct http_reply reply;
    uint64_t uid;
    http_reply_init(&reply);
    if (slice_to_u64(call->user, &uid))
        fault_call_ask(call, HTTP_METHOD_DELETE,
                       fault_call_text(call, "/1.5/%llu/storage", (unsigned long long)uid - 1),
                       (struct slice){ 0 }, &reply);
    http_reply_free(&reply);
}

static void want_confirmation(struct fault_call *call)
{
    if (fault_call_field(call, "X-Confirm-Delete") == NULL)
        fault_call_answer(call, 412, "4");
}

static void refuse_root(struct fault_call *call)
{
    if (slice_search(call->request.target, SLICE("/storage")) == call->request.target.len)
        fault_call_answer(call, 405, "0");
}

static void empty_user_is_404(struct fault_call *call)
{
    struct slice target = fault_call_text(call, "/%.*s/%.*s/info/collections",
                                          SLICE_FMT(call->version), SLICE_FMT(call->user));
    if (status_of(call, target, SLICE("\"")) == 404)
        fault_call_answer(call, 404, "0");
}

/* Until the wipe has run in the background, writes are refused. */
static void refuse_after_wipe(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    if (cell == NULL)
        return;
    if (call->resource == FAULT_EVERYTHING)
        cell->number = call->now;
    else if (cell->number > 0 && call->now < cell->number + call->fault->number)
        fault_call_answer(call, 409, "0");
}

/* A cache in front that a DELETE does not clear. */
static void answer_from_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->request.target));
    if (cell == NULL)
        return;
    if (call->method == FAULT_GET && cell->text.len > 0)
        fault_call_answer(call, 200, (const char *)arena_text(call->arena, buf_slice(&cell->text)));
    else if (call->method == FAULT_PUT || call->method == FAULT_POST)
        fault_memory_clear(call->memory);
}

static void keep_in_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->request.target));
    if (cell == NULL || call->method != FAULT_GET)
        return;
    buf_clear(&cell->text);
    buf_add(&cell->text, buf_slice(&call->reply->body));
}

/* The record goes from lists at once, and from its own URL only when the cache forgets it. */
static void answer_deleted(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->request.target));
    if (cell == NULL || call->answered)
        return;
    if (call->method == FAULT_DELETE && cell->number++ > 0)
        fault_call_answer(call, 200, "{}");
    else if (call->method == FAULT_PUT)
        cell->number = 0;
}

static const struct fault rows[] = {
    { .name = "delete-item-is-not-done",
      .what = "DELETE of an item is answered with success, and nothing is deleted",
      .impact = STAYS,
      .breaks = { "1.5/item/delete-200" },
      .on = FAULT_DELETE | FAULT_ITEM,
      .before = fault_answer,
      .number = 200,
      .text = "{}" },
    { .name = "delete-item-unknown-is-200",
      .what = "DELETE of an item that is not there succeeds",
      .impact = "a client does not learn that another device was faster",
      .warned = "API 1.1 had it so",
      .breaks = { "1.5/item/delete-404" },
      .on = FAULT_DELETE | FAULT_ITEM,
      .status = 404,
      .after = fault_status,
      .number = 200 },
    { .name = "delete-item-twice-is-200",
      .what = "Only the second DELETE of an item is answered with success, from what is remembered",
      .impact = "a client does not learn that another device was faster",
      .warned = "API 1.1 had it so",
      .breaks = { "1.5/item/delete-404" },
      .on = FAULT_DELETE | FAULT_PUT | FAULT_ITEM,
      .before = answer_deleted },
    { .name = "delete-item-stays-in-cache",
      .what = "A cache in front goes on to answer for an item that was deleted",
      .impact = STAYS,
      .breaks = { "1.5/item/get-404", "1.5/item/delete-200", "1.5/item/delete-404",
                  "1.5/delete/ids" },
      .on = FAULT_ITEM,
      .status = 200,
      .before = answer_from_cache,
      .after = keep_in_cache },
    { .name = "delete-list-stays-in-cache",
      .what = "A cache in front goes on to answer for a list after records of it were deleted",
      .impact = STAYS,
      .breaks = { "1.5/delete/ids", "1.5/delete/collection", "1.5/item/delete-200" },
      .on = FAULT_COLLECTION,
      .status = 200,
      .before = answer_from_cache,
      .after = keep_in_cache },
    { .name = "delete-collection-keeps-the-name",
      .what = "DELETE of a collection empties it, and leaves it in info/collections",
      .impact = "a client takes the collection for one that others have emptied",
      .breaks = { "1.5/delete/collection" },
      .store = { .remove_collection = empty_collection } },
    { .name = "delete-collection-takes-all",
      .what = "DELETE of one collection deletes all of them",
      .impact = WIPES,
      .breaks = { "1.5/delete/collection-others" },
      .store = { .remove_collection = remove_all_collections } },
    { .name = "delete-collection-comes-back",
      .what = "A deleted collection is only hidden: the next write brings its old records back",
      .impact = STAYS,
      .breaks = { "1.5/delete/collection-recreate", "1.5/batch/delete-during" },
      .tell = tell_unhidden,
      .show = show_unhidden,
      .store = { .remove_collection = hide_collection, .put = put_and_unhide } },
    { .name = "delete-collection-unknown-is-404",
      .what = "DELETE of a collection that does not exist is answered with 404",
      .impact = "a client that resets takes it for an error and stops",
      .breaks = { "1.5/delete/collection-nonexistent" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = unknown_is_404 },
    { .name = "delete-collection-answers-404",
      .what = "DELETE of a collection is done and answered with 404, as it is gone then",
      .impact = "a client that resets takes it for an error and stops",
      .breaks = { "1.5/delete/collection-status", "1.5/delete/collection" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .status = 200,
      .after = fault_status,
      .number = 404 },
    { .name = "delete-ids-are-ignored",
      .what = "DELETE with ids deletes the whole collection",
      .impact = WIPES,
      .breaks = { "1.5/delete/ids", "1.5/delete/ids-keeps-collection" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = fault_drop_parameter,
      .text = "ids" },
    { .name = "delete-ids-only-the-first",
      .what = "DELETE with ids deletes the first one",
      .impact = STAYS,
      .breaks = { "1.5/delete/ids", "1.5/delete/ids-max-100" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = first_id_only },
    { .name = "delete-ids-last-one-is-lost",
      .what = "DELETE with ids leaves the last one",
      .impact = STAYS,
      .breaks = { "1.5/delete/ids", "1.5/delete/ids-max-100" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = last_id_lost },
    { .name = "delete-ids-not-decoded",
      .what = "A percent-encoded comma does not separate the ids of a DELETE",
      .impact = STAYS,
      .breaks = { "1.5/delete/ids" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = encoded_comma_is_none },
    { .name = "delete-ids-empty-wipes",
      .what = "DELETE with ids= and nothing behind it deletes the whole collection",
      .impact = WIPES,
      .breaks = { "1.5/delete/ids-empty-dangerous" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = empty_ids_wipe },
    { .name = "delete-ids-unknown-fails",
      .what = "DELETE with an id that is not there fails as a whole",
      .impact = "a client cannot delete what another one has deleted in part",
      .breaks = { "1.5/delete/ids-unknown", "1.5/delete/ids" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = unknown_ids_fail },
    { .name = "delete-ids-unknown-collection-is-404",
      .what = "DELETE with ids in a collection that does not exist is answered with 404",
      .impact = "a client that resets takes it for an error and stops",
      .breaks = { "1.5/delete/ids-nonexistent-collection" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = unknown_is_404,
      .number = 1 },
    { .name = "delete-ids-without-body",
      .what = "DELETE with ids is answered with {}",
      .impact = "a client does not know the collection's new time",
      .warned = "a deployed server sends a bare number",
      .breaks = { "1.5/delete/ids-body" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .status = 200,
      .after = fault_body,
      .text = "{}" },
    { .name = "delete-ids-answered-only",
      .what = "DELETE with ids is answered with success, and nothing is deleted",
      .impact = STAYS,
      .breaks = { "1.5/delete/ids" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = answer_with_ids,
      .number = 200,
      .text = "{\"modified\":1.00}" },
    { .name = "delete-everything-leaves-one",
      .what = "DELETE of everything leaves one collection",
      .impact = STAYS,
      .breaks = { "1.5/delete/all-storage", "1.5/delete/all-root", "1.5/info/collections-empty" },
      .store = { .remove_all = remove_all_but_one } },
    { .name = "delete-everything-of-the-neighbour",
      .what = "DELETE of everything deletes the data of the user before, too",
      .impact = WIPES,
      .breaks = { "1.5/delete/all-other-user", "1.5/auth/user-isolation" },
      .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = wipe_neighbour },
    { .name = "delete-everything-wants-confirmation",
      .what = "DELETE of everything needs X-Confirm-Delete, as in API 1.1",
      .impact = "a client that resets its account cannot",
      .breaks = { "1.5/headers/x-confirm-delete-ignored", "1.5/delete/all-storage" },
      .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = want_confirmation },
    { .name = "delete-endpoint-is-405",
      .what = "DELETE of the endpoint itself is refused",
      .impact = "a client that resets its account cannot",
      .breaks = { "1.5/delete/all-root" },
      .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = refuse_root },
    { .name = "delete-everything-of-nothing-is-404",
      .what = "DELETE of everything is answered with 404 when there is nothing",
      .impact = "a client that resets takes it for an error and stops",
      .breaks = { "1.5/delete/all-empty-user" },
      .on = FAULT_DELETE | FAULT_EVERYTHING,
      .before = empty_user_is_404 },
    { .name = "delete-everything-locks-the-user",
      .what = "After DELETE of everything writes are refused for a minute",
      .impact = "the client that resets cannot upload what it has",
      .breaks = { "1.5/delete/then-write" },
      .on = FAULT_WRITES,
      .before = refuse_after_wipe,
      .number = 6000 },
    { .name = "delete-without-last-modified",
      .what = "DELETE is answered without X-Last-Modified",
      .impact = "a client has no condition for its next write",
      .warned = "deployed servers send an old time, or none",
      .breaks = { "1.5/delete/item-x-last-modified", "1.5/headers/x-last-modified-success" },
      .on = FAULT_DELETE,
      .status = 2,
      .after = fault_unset,
      .text = "X-Last-Modified" },
};

const struct fault_area fault_delete = FAULT_AREA(rows);
