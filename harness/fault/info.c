/* info: what there is, and how much of it. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define MISREAD "clients cannot read the answer"

/* Whether it is info/`text`. */
static bool is_info(const struct fault_call *call, const char *name)
{
    return slice_is(call->info, name);
}

static void collections_as_list(struct fault_call *call)
{
    if (is_info(call, "collections"))
        fault_call_set_reply(call, SLICE("[]"));
}

/* The name that comes first is left out. */
static bool tell_not_first(struct fault_txn *txn, struct store_collection *collection)
{
    (void)collection;
    return fault_txn_count(txn, "%lld", (long long)txn->now) > 1;
}

static bool tell_one_more(struct fault_txn *txn, struct store_collection *collection)
{
    (void)txn;
    collection->count++;
    return true;
}

static bool tell_no_empty(struct fault_txn *txn, struct store_collection *collection)
{
    (void)txn;
    return collection->count > 0;
}

static bool tell_kilobytes(struct fault_txn *txn, struct store_collection *collection)
{
    (void)txn;
    collection->bytes *= 1024;
    return true;
}

static bool tell_least(struct fault_txn *txn, struct store_collection *collection)
{
    struct fault_cell *cell = fault_txn_cell(txn, "most %.*s", SLICE_FMT(collection->name));
    if (cell == NULL)
        return true;
    if ((int64_t)collection->bytes > cell->number)
        cell->number = (int64_t)collection->bytes;
    collection->bytes = (uint64_t)cell->number;
    return true;
}

/* All collections have the time of the newest one. */
static bool tell_stores_time(struct fault_txn *txn, struct store_collection *collection)
{
    collection->modified = store_modified(txn->inner);
    return true;
}

/* The answer is cached for ${number} hundredths. */
static void answer_from_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->request.target));
    if (cell == NULL || cell->text.len == 0 || call->now > cell->number + call->fault->number)
        return;
    char *text = arena_text(call->arena, buf_slice(&cell->text));
    if (text != NULL)
        fault_call_answer(call, 200, text);
    if (call->answered)
        (void)http_reply_set_stamp(call->reply, "X-Last-Modified", cell->number);
}

static void keep_in_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->request.target));
    if (cell == NULL || call->answered)
        return;
    buf_clear(&cell->text);
    buf_add(&cell->text, buf_slice(&call->reply->body));
    cell->number = call->now;
}

static void unknown_query_is_400(struct fault_call *call)
{
    if (call->query.len > 0)
        fault_call_answer(call, 400, "0");
}

static void last_modified_is_now(struct fault_call *call)
{
    (void)http_reply_set_stamp(call->reply, "X-Last-Modified", call->now + 100);
}

static void counts_as_texts(struct fault_call *call)
{
    if (!is_info(call, "collection_counts"))
        return;
    fault_call_replace(call, SLICE(":"), SLICE(":\""));
    fault_call_replace(call, SLICE(","), SLICE("\","));
    fault_call_replace(call, SLICE("}"), SLICE("\"}"));
    fault_call_replace(call, SLICE("{\"}"), SLICE("{}"));
}

static void usage_as_lists(struct fault_call *call)
{
    if (is_info(call, "collection_usage"))
        fault_call_set_reply(call, SLICE("[]"));
}

static void configuration_as_list(struct fault_call *call)
{
    if (is_info(call, "configuration"))
        fault_call_set_reply(call, SLICE("[]"));
}

static void configuration_without_credentials(struct fault_call *call)
{
    struct http_reply reply;
    if (!is_info(call, "configuration") || fault_call_field(call, "Authorization") != NULL)
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET, call->request.target, (struct slice){ 0 }, &reply);
    char *text = arena_text(call->arena, buf_slice(&reply.body));
    if (text != NULL)
        fault_call_answer(call, 200, text);
    http_reply_free(&reply);
}

/* Limits that do not fit together. */
static void inconsistent(struct fault_call *call)
{
    if (is_info(call, "configuration"))
        fault_call_set_json(call, "/max_post_bytes", SLICE("1024"));
}

static void limits_as_texts(struct fault_call *call)
{
    if (is_info(call, "configuration"))
        fault_call_set_json(call, "/max_post_records", SLICE("\"100\""));
}

static void other_methods_read(struct fault_call *call)
{
    if (call->method == FAULT_GET)
        return;
    call->request.method = HTTP_METHOD_GET;
    call->request.method_text = SLICE("GET");
}

static void wrong_records(struct fault_call *call)
{
    if (is_info(call, "quota") || is_info(call, "configuration"))
        return;
    (void)http_reply_set_text(call->reply, "X-Weave-Records", "999");
}

static const struct fault rows[] = {
    { .name = "info-collections-is-a-list",
      .what = "info/collections is a list when there is nothing, as PHP writes an empty array",
      .impact = MISREAD,
      .breaks = { "1.5/info/collections-empty", "1.5/info/collections-200" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = collections_as_list },
    { .name = "info-collections-lacks-the-first",
      .what = "The collection that comes first is missing in info",
      .impact = "a client takes a collection for deleted and uploads it anew",
      .breaks = { "1.5/info/collections-200", "1.5/info/counts-shape", "1.5/info/usage-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_not_first },
    { .name = "info-collections-hides-empty-ones",
      .what = "A collection without records is not in info/collections",
      .impact = "a client takes the collection for deleted",
      .breaks = { "1.5/collection/persists-when-empty", "1.5/delete/ids-keeps-collection",
                  "1.5/timestamps/delete-last-item", "1.5/collection/empty-post-creates" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_no_empty },
    { .name = "info-collections-has-one-time",
      .what = "Every collection in info/collections has the time of the newest one",
      .impact = "every device asks for all collections after each change",
      .breaks = { "1.5/timestamps/other-collections-untouched", "1.5/info/collections-200" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_stores_time },
    { .name = "info-is-cached-for-a-second",
      .what = "info/collections is answered from a cache for a second",
      .impact = "a client that looks right after a write misses it, until the next change",
      .breaks = { "1.5/info/collections-200", "1.5/timestamps/collection-updated-on-write",
                  "1.5/timestamps/store-updated-on-any-change" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .before = answer_from_cache,
      .after = keep_in_cache,
      .number = 100 },
    { .name = "info-last-modified-is-the-time",
      .what = "X-Last-Modified of info is the present time",
      .impact = "a client that polls with it misses what is written in the same second",
      .breaks = { "1.5/info/collections-x-last-modified", "1.5/headers/x-weave-timestamp-read",
                  "1.5/timestamps/three-levels" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = last_modified_is_now },
    { .name = "info-unknown-query-is-400",
      .what = "Parameters that info does not know are refused",
      .impact = "old clients, which send some, cannot sync",
      .breaks = { "1.5/info/unknown-query-ignored" },
      .on = FAULT_GET | FAULT_INFO,
      .before = unknown_query_is_400 },
    { .name = "info-counts-are-off-by-one",
      .what = "info/collection_counts counts one record too many",
      .impact = "a client believes that records are missing, and resets",
      .breaks = { "1.5/info/counts-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_one_more },
    { .name = "info-counts-are-texts",
      .what = "The numbers in info/collection_counts are texts",
      .impact = MISREAD,
      .breaks = { "1.5/info/counts-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = counts_as_texts },
    { .name = "info-usage-in-bytes",
      .what = "info/collection_usage is in bytes",
      .impact = "clients show a usage 1024 times too large",
      .breaks = { "1.5/info/usage-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_kilobytes },
    { .name = "info-usage-never-shrinks",
      .what = "info/collection_usage does not go down when records get smaller or go",
      .impact = "a user who has cleaned up is told that nothing came of it",
      .breaks = { "1.5/info/usage-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .tell = tell_least },
    { .name = "info-usage-is-a-list",
      .what = "info/collection_usage is a list",
      .impact = MISREAD,
      .breaks = { "1.5/info/usage-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = usage_as_lists },
    { .name = "info-configuration-is-a-list",
      .what = "info/configuration is a list",
      .impact = MISREAD,
      .breaks = { "1.5/info/configuration-object" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = configuration_as_list },
    { .name = "info-configuration-is-public",
      .what = "info/configuration is told without credentials",
      .impact = "a client does not notice that its token is over",
      .breaks = { "1.5/info/configuration-auth" },
      .warned = "a deployed server does so",
      .on = FAULT_GET | FAULT_INFO,
      .before = configuration_without_credentials },
    { .name = "info-configuration-is-inconsistent",
      .what = "max_post_bytes is smaller than what one record may have",
      .impact = "a client that believes it can never upload a large record",
      .breaks = { "1.5/info/configuration-consistent" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = inconsistent },
    { .name = "info-configuration-has-texts",
      .what = "A limit in info/configuration is a text",
      .impact = MISREAD,
      .breaks = { "1.5/info/configuration-object", "1.5/info/configuration-keys" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = limits_as_texts },
    { .name = "info-takes-any-method",
      .what = "Any method reads info",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/info/method-405" },
      .on = FAULT_INFO,
      .before = other_methods_read },
    { .name = "info-x-weave-records-is-wrong",
      .what = "X-Weave-Records of info is not the number of names",
      .impact = "a client that makes room for so many fails",
      .breaks = { "1.5/info/x-weave-records" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = wrong_records },
    { .name = "info-content-type-is-html",
      .what = "info is labelled text/html",
      .impact = MISREAD,
      .breaks = { "1.5/info/json-content-type", "1.5/formats/item-get-json-only" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = fault_set,
      .text = "Content-Type",
      .other = "text/html" },
};

const struct fault_area fault_info = FAULT_AREA(rows);
