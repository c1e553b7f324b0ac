/* X-If-Unmodified-Since and X-If-Modified-Since. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"

#define UNMODIFIED "X-If-Unmodified-Since"
#define MODIFIED   "X-If-Modified-Since"
#define LOST       "a device overwrites or deletes what another one has just changed, and nobody notices"

static void drop_with_ids(struct fault_call *call)
{
    struct slice ids;
    if (fault_call_parameter(call, "ids", &ids))
        fault_call_drop_field(call, UNMODIFIED);
}

static void drop_without_ids(struct fault_call *call)
{
    struct slice ids;
    if (!fault_call_parameter(call, "ids", &ids))
        fault_call_drop_field(call, UNMODIFIED);
}

static void drop_when_paging(struct fault_call *call)
{
    struct slice offset;
    if (fault_call_parameter(call, "offset", &offset))
        fault_call_drop_field(call, UNMODIFIED);
}

static void drop_in_batch(struct fault_call *call)
{
    struct slice batch;
    if (fault_call_parameter(call, "batch", &batch) && !slice_is(batch, "true"))
        fault_call_drop_field(call, UNMODIFIED);
}

static void drop_at_start(struct fault_call *call)
{
    struct slice batch;
    if (fault_call_parameter(call, "batch", &batch) && slice_is(batch, "true"))
        fault_call_drop_field(call, UNMODIFIED);
}

static void drop_zero(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, UNMODIFIED);
    int64_t stamp;
    if (value != NULL && stamp_parse(*value, &stamp) && stamp == 0)
        fault_call_drop_field(call, UNMODIFIED);
}

static void drop_malformed(struct fault_call *call)
{
    static const char *const names[] = { UNMODIFIED, MODIFIED };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct slice *value = fault_call_field(call, names[i]);
        int64_t stamp;
        if (value != NULL && !slice_starts(*value, SLICE("-")) && !stamp_parse(*value, &stamp))
            fault_call_drop_field(call, names[i]);
    }
}

static void drop_negative(struct fault_call *call)
{
    static const char *const names[] = { UNMODIFIED, MODIFIED };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct slice *value = fault_call_field(call, names[i]);
        if (value != NULL && slice_starts(*value, SLICE("-")))
            fault_call_drop_field(call, names[i]);
    }
}

static void drop_second_of_both(struct fault_call *call)
{
    if (fault_call_field(call, UNMODIFIED) != NULL)
        fault_call_drop_field(call, MODIFIED);
}

/* The times are compared in whole seconds. */
static void round_up(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, call->fault->text);
    int64_t stamp;
    if (value == NULL || !stamp_parse(*value, &stamp) || stamp % STAMP_SECOND == 0)
        return;
    fault_call_set_field(call, call->fault->text,
                         fault_call_text(call, "%lld.00", (long long)stamp / STAMP_SECOND + 1));
}

/* The time that a GET of ${target} tells; 0 when there is none. */
static int64_t modified_of(struct fault_call *call, struct slice target)
{
    struct http_reply reply;
    struct slice value;
    int64_t stamp = 0;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET, target, (struct slice){ 0 }, &reply);
    if (reply.status != 200 || !http_reply_get(&reply, "X-Last-Modified", &value) ||
        !stamp_parse(value, &stamp))
        stamp = 0;
    http_reply_free(&reply);
    return stamp;
}

/* Whether the target was modified after what the request says. */
static bool is_stale(struct fault_call *call, struct slice target)
{
    const struct slice *value = fault_call_field(call, UNMODIFIED);
    int64_t since;
    return value != NULL && stamp_parse(*value, &since) && modified_of(call, target) > since;
}

static struct slice below_endpoint(struct fault_call *call, const char *path)
{
    return fault_call_text(call, "/%.*s/%.*s/%s", SLICE_FMT(call->version), SLICE_FMT(call->user),
                           path);
}

static struct slice collection_target(struct fault_call *call)
{
    struct slice below = below_endpoint(call, "storage/");
    return fault_call_text(call, "%.*s%.*s?limit=1", SLICE_FMT(below), SLICE_FMT(call->collection));
}

static void compare_with_collection(struct fault_call *call)
{
    if (is_stale(call, collection_target(call)))
        fault_call_answer(call, 412, "0");
}

static void compare_with_store(struct fault_call *call)
{
    if (is_stale(call, below_endpoint(call, "info/collections")))
        fault_call_answer(call, 412, "0");
}

/* The check comes too late: the write was done. */
static void write_all_the_same(struct fault_call *call)
{
    struct http_reply reply;
    http_reply_init(&reply);
    fault_call_ask(call, call->request.method, call->request.target, call->request.body, &reply);
    http_reply_free(&reply);
}

static void refuse_new(struct fault_call *call)
{
    if (fault_call_field(call, UNMODIFIED) != NULL &&
        modified_of(call, http_target_split(call->request.target).path) == 0)
        fault_call_answer(call, 412, "0");
}

static void compare_item_with_collection(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, MODIFIED);
    int64_t since;
    if (value != NULL && stamp_parse(*value, &since) &&
        modified_of(call, collection_target(call)) > since)
        fault_call_drop_field(call, MODIFIED);
}

/* An answer of before the first write is kept, for the user's every collection. */
static void cache_304(struct fault_call *call)
{
    struct fault_cell *cell =
        fault_call_cell(call, "%.*s %.*s", SLICE_FMT(call->user), SLICE_FMT(call->request.target));
    if (cell == NULL || fault_call_field(call, MODIFIED) == NULL)
        return;
    if (cell->number != 0)
        fault_call_answer(call, 304, "");
}

static void remember_304(struct fault_call *call)
{
    struct fault_cell *cell =
        fault_call_cell(call, "%.*s %.*s", SLICE_FMT(call->user), SLICE_FMT(call->request.target));
    if (cell != NULL)
        cell->number = 1;
}

static const struct fault rows[] = {
    { .name = "unmodified-ignored-on-put",
      .what = "X-If-Unmodified-Since is not looked at when an item is put",
      .impact = LOST,
      .breaks = { "1.5/conditional/xius-412-put", "1.5/concurrency/lost-update-prevented",
                  "1.5/conditional/xius-create-only" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = fault_drop_field,
      .text = UNMODIFIED },
    { .name = "unmodified-ignored-on-post",
      .what = "X-If-Unmodified-Since is not looked at when records are posted",
      .impact = LOST,
      .breaks = { "1.5/conditional/xius-412-post", "1.5/concurrency/lost-update-post" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = fault_drop_field,
      .text = UNMODIFIED },
    { .name = "unmodified-ignored-on-item-delete",
      .what = "X-If-Unmodified-Since is not looked at when an item is deleted",
      .impact = LOST,
      .breaks = { "1.5/conditional/xius-412-delete-item" },
      .on = FAULT_DELETE | FAULT_ITEM,
      .before = fault_drop_field,
      .text = UNMODIFIED },
    { .name = "unmodified-ignored-on-ids-delete",
      .what = "X-If-Unmodified-Since is not looked at when records are deleted by their ids",
      .impact = LOST,
      .breaks = { "1.5/conditional/xius-412-delete-ids" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = drop_with_ids },
    { .name = "unmodified-ignored-on-collection-delete",
      .what = "X-If-Unmodified-Since is not looked at when a collection is deleted",
      .impact = LOST,
      .breaks = { "1.5/conditional/xius-412-delete-collection" },
      .on = FAULT_DELETE | FAULT_COLLECTION,
      .before = drop_without_ids },
    { .name = "unmodified-ignored-on-collection-reads",
      .what = "X-If-Unmodified-Since is not looked at when a collection is read",
      .impact = "a client that reads page by page puts together pages of different times",
      .breaks = { "1.5/conditional/xius-get", "1.5/conditional/paging-guard" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_field,
      .text = UNMODIFIED },
    { .name = "unmodified-ignored-on-item-reads",
      .what = "X-If-Unmodified-Since is not looked at when an item is read",
      .impact = "a client takes for the old record what has changed",
      .breaks = { "1.5/conditional/xius-get" },
      .on = FAULT_GET | FAULT_ITEM,
      .before = fault_drop_field,
      .text = UNMODIFIED },
    { .name = "unmodified-ignored-from-page-two",
      .what = "X-If-Unmodified-Since is looked at for the first page only",
      .impact = "a client that reads page by page puts together pages of different times",
      .breaks = { "1.5/conditional/paging-guard" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = drop_when_paging },
    { .name = "unmodified-ignored-at-batch-start",
      .what = "X-If-Unmodified-Since is not looked at when a batch is opened",
      .impact = "a client uploads all of a batch before it hears that it was in vain",
      .breaks = { "1.5/batch/xius-checked" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = drop_at_start },
    { .name = "unmodified-ignored-in-batches",
      .what = "X-If-Unmodified-Since is looked at when a batch is opened, and no more",
      .impact = LOST,
      .breaks = { "1.5/batch/xius-checked" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = drop_in_batch },
    { .name = "unmodified-equal-is-stale",
      .what = "X-If-Unmodified-Since is compared with >= in place of >",
      .impact = "every guarded write is refused, and the client syncs without an end",
      .breaks = { "1.5/conditional/xius-equal-ok" },
      .before = fault_shift_field,
      .text = UNMODIFIED,
      .number = -1 },
    { .name = "unmodified-zero-is-absent",
      .what = "X-If-Unmodified-Since: 0 is taken for no condition at all, as 0 is false",
      .impact = "what was to be created only if it was not there overwrites what is",
      .breaks = { "1.5/conditional/xius-create-only" },
      .before = drop_zero },
    { .name = "unmodified-in-whole-seconds",
      .what = "X-If-Unmodified-Since is rounded up to whole seconds",
      .impact = "two devices that write within one second overwrite each other",
      .breaks = { "1.5/conditional/xius-412-put", "1.5/conditional/xius-412-post",
                  "1.5/concurrency/lost-update-prevented" },
      .before = round_up,
      .text = UNMODIFIED },
    { .name = "unmodified-item-against-collection",
      .what = "X-If-Unmodified-Since of an item is compared with the collection's time",
      .impact = "a write to one record is refused because another one has changed",
      .breaks = { "1.5/conditional/xius-target-item" },
      .on = FAULT_ITEM,
      .before = compare_with_collection },
    { .name = "unmodified-collection-against-store",
      .what = "X-If-Unmodified-Since of a collection is compared with the time of the whole store",
      .impact = "an upload is refused because something has changed in another collection",
      .breaks = { "1.5/conditional/xius-equal-ok", "1.5/conditional/xius-412-post" },
      .on = FAULT_COLLECTION,
      .before = compare_with_store },
    { .name = "unmodified-412-after-the-write",
      .what = "The condition is looked at after the write, which is not undone",
      .impact = "a client that hears 412 has overwritten the other device's change all the same",
      .breaks = { "1.5/conditional/412-no-effect", "1.5/errors/error-no-side-effects" },
      .on = FAULT_WRITES,
      .status = 412,
      .after = write_all_the_same },
    { .name = "unmodified-412-without-time",
      .what = "A 412 has no X-Last-Modified",
      .impact = "a client has to ask again for the time that it should have",
      .breaks = { "1.5/conditional/412-x-last-modified" },
      .status = 412,
      .after = fault_unset,
      .text = "X-Last-Modified" },
    { .name = "unmodified-409-for-412",
      .what = "A condition that does not hold is answered with 409",
      .impact = "a client retries the same write in place of fetching what has changed",
      .breaks = { "1.5/conditional/xius-412-put", "1.5/conditional/xius-412-post",
                  "1.5/conditional/xius-412-delete-item" },
      .on = FAULT_WRITES,
      .status = 412,
      .after = fault_status,
      .number = 409 },
    { .name = "unmodified-new-item-refused",
      .what = "A guarded PUT to an id that does not exist is refused with 412",
      .impact = "no client can add a record safely",
      .breaks = { "1.5/conditional/xius-new-item-any-ts", "1.5/conditional/xius-create-only" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = refuse_new },
    { .name = "modified-ignored-on-collections",
      .what = "X-If-Modified-Since is not looked at when a collection is read",
      .impact = "clients download again and again what they have",
      .breaks = { "1.5/conditional/ims-304-collection" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_field,
      .text = MODIFIED },
    { .name = "modified-ignored-on-items",
      .what = "X-If-Modified-Since is not looked at when an item is read",
      .impact = "clients download again and again what they have",
      .breaks = { "1.5/conditional/ims-item" },
      .on = FAULT_GET | FAULT_ITEM,
      .before = fault_drop_field,
      .text = MODIFIED },
    { .name = "modified-ignored-on-info",
      .what = "X-If-Modified-Since is not looked at on info",
      .impact = "every poll costs a whole answer",
      .breaks = { "1.5/info/if-modified-since" },
      .on = FAULT_GET | FAULT_INFO,
      .before = fault_drop_field,
      .text = MODIFIED },
    { .name = "modified-equal-is-newer",
      .what = "X-If-Modified-Since is compared with >= in place of >",
      .impact = "clients download again and again what they have",
      .breaks = { "1.5/conditional/ims-304-collection", "1.5/conditional/ims-item" },
      .before = fault_shift_field,
      .text = MODIFIED,
      .number = -1 },
    { .name = "modified-a-hundredth-late",
      .what = "X-If-Modified-Since is off by one hundredth: what changed just after it is hidden",
      .impact = "a client never hears of the change",
      .breaks = { "1.5/conditional/ims-200-collection", "1.5/conditional/ims-item" },
      .on = FAULT_COLLECTION | FAULT_ITEM,
      .before = fault_shift_field,
      .text = MODIFIED,
      .number = 1 },
    { .name = "modified-item-against-collection",
      .what = "X-If-Modified-Since of an item is compared with the collection's time",
      .impact = "clients download again what they have whenever a sibling changes",
      .breaks = { "1.5/conditional/ims-item" },
      .on = FAULT_GET | FAULT_ITEM,
      .before = compare_item_with_collection },
    { .name = "modified-304-is-cached",
      .what = "Once a URL has been answered with 304, a cache in front goes on to do so",
      .impact = "a client that polls never hears of a change again",
      .breaks = { "1.5/info/if-modified-since", "1.5/conditional/ims-200-collection" },
      .on = FAULT_GET,
      .status = 304,
      .before = cache_304,
      .after = remember_304 },
    { .name = "modified-304-without-time",
      .what = "A 304 has no X-Last-Modified",
      .impact = "a client has to remember the time that it asked with",
      .breaks = { "1.5/conditional/ims-304-x-last-modified" },
      .status = 304,
      .after = fault_unset,
      .text = "X-Last-Modified" },
    { .name = "conditions-both-are-taken",
      .what = "Of both conditions in one request only X-If-Unmodified-Since is looked at",
      .impact = "a mistake of a client goes unnoticed",
      .breaks = { "1.5/conditional/both-400" },
      .before = drop_second_of_both },
    { .name = "conditions-malformed-are-ignored",
      .what = "A condition that is no number is ignored",
      .impact = LOST,
      .breaks = { "1.5/conditional/malformed-400" },
      .before = drop_malformed },
    { .name = "conditions-negative-are-ignored",
      .what = "A negative condition is ignored",
      .impact = LOST,
      .breaks = { "1.5/conditional/negative-400" },
      .before = drop_negative },
};

const struct fault_area fault_precondition = FAULT_AREA(rows);
