/* A cache in front that answers for what has changed: of all writes it misses one kind. */
#include "fault/area.h"
#include "fault/hooks.h"

#define STALE "a client goes on with what is no longer there, and writes it back"

/* How often the cache noticed a write of the user. */
static struct fault_cell *generation(struct fault_call *call)
{
    return fault_call_cell(call, "generation %.*s", SLICE_FMT(call->user));
}

static struct fault_cell *kept_answer(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    struct fault_cell *written = generation(call);
    return written == NULL
               ? NULL
               : fault_call_cell(call, "%lld %.*s %.*s", (long long)written->number,
                                 SLICE_FMT(call->request.target),
                                 SLICE_FMT(accept == NULL ? (struct slice){ 0 } : *accept));
}

/* Reads of the resources `number` that have no condition are cached. */
static bool is_cached(struct fault_call *call)
{
    return call->method == FAULT_GET && fault_call_is(call, (unsigned)call->fault->number) &&
           fault_call_field(call, "X-If-Modified-Since") == NULL &&
           fault_call_field(call, "X-If-Unmodified-Since") == NULL;
}

static void answer_from_cache(struct fault_call *call)
{
    if (is_cached(call))
        fault_call_answer_kept(call, kept_answer(call));
}

/* What the fault misses: the parameter `text`, or with none, a write of that method to that
 * resource, which stand in `other` as "POST /storage/c" would have them. */
static bool is_missed(struct fault_call *call)
{
    struct slice value;
    if (call->fault->text != NULL)
        return fault_call_parameter(call, call->fault->text, &value);
    return slice_is(slice_text(http_method_name(call->request.method)), call->fault->other) &&
           !fault_call_is(call, (unsigned)call->fault->number);
}

static void fill_cache(struct fault_call *call)
{
    struct fault_cell *written = generation(call);
    if (written != NULL && (call->method & FAULT_WRITES) != 0 && !is_missed(call))
        written->number++;
    if (is_cached(call) && call->reply->status == 200)
        fault_call_keep_reply(call, kept_answer(call));
}

#define CACHE .before = answer_from_cache, .after = fill_cache

static const struct fault rows[] = {
    { .name = "cache-info-misses-put",
      .what = "A cached info/collections does not notice a PUT",
      .impact = "the other devices never hear of the change",
      .breaks = { "1.5/info/collections-x-last-modified", "1.5/info/collections-200",
                  "1.5/info/counts-shape" },
      .number = FAULT_INFO,
      .other = "PUT",
      CACHE },
    { .name = "cache-info-misses-post",
      .what = "A cached info/collections does not notice a POST",
      .impact = "the other devices never hear of the change",
      .breaks = { "1.5/timestamps/collection-updated-on-write",
                  "1.5/timestamps/store-updated-on-any-change" },
      .number = FAULT_INFO,
      .other = "POST",
      CACHE },
    { .name = "cache-info-misses-delete",
      .what = "Cached info does not notice a deletion",
      .impact = STALE,
      .breaks = { "1.5/info/counts-shape", "1.5/info/usage-shape",
                  "1.5/timestamps/delete-last-item" },
      .number = FAULT_INFO,
      .other = "DELETE",
      CACHE },
    { .name = "cache-list-misses-put",
      .what = "A cached list does not notice a PUT of one record",
      .impact = "the other devices never get the record",
      .breaks = { "1.5/get/sort-newest", "1.5/get/sort-oldest", "1.5/get/sort-index" },
      .number = FAULT_COLLECTION,
      .other = "PUT",
      CACHE },
    { .name = "cache-list-misses-commit",
      .what = "A cached list does not notice that a batch was committed",
      .impact = "the other devices never get what was uploaded in pieces",
      .breaks = { "1.5/batch/commit-visible-all", "1.5/batch/invisible-until-commit" },
      .number = FAULT_COLLECTION,
      .text = "commit",
      CACHE },
};

const struct fault_area fault_caches = FAULT_AREA(rows);
