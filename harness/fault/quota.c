/* Quotas, and what info tells of them. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#include <stdio.h>

#define FULL "a user who has deleted enough can still not sync"

static void times_1024(const struct fault *fault, struct core_config *config)
{
    (void)fault;
    config->quota *= 1024;
}

static void no_quota(const struct fault *fault, struct core_config *config)
{
    (void)fault;
    config->quota = 0;
}

/* The quota that clients are told is the one that was configured. */
static void tell_in_kilobytes(struct fault_call *call)
{
    struct slice raw;
    uint64_t value;
    if (slice_is(call->info, "quota") && fault_call_json(call, "/1", &raw) &&
        slice_to_u64(slice_head(raw, slice_find(raw, '.')), &value))
        fault_call_set_json(call, "/1",
                            fault_call_text(call, "%llu", (unsigned long long)value / 1024));
}

static void tell_a_quota(struct fault_call *call)
{
    if (slice_is(call->info, "quota"))
        fault_call_set_json(call, "/1", SLICE("8192.0"));
}

static bool is_over(const struct fault_call *call)
{
    return call->reply->status == 400 && slice_is(buf_slice(&call->reply->body), "14");
}

static void change_code(struct fault_call *call)
{
    if (is_over(call))
        fault_call_set_reply(call, slice_text(call->fault->text));
}

static void change_status(struct fault_call *call)
{
    if (is_over(call))
        call->reply->status = (int)call->fault->number;
}

/* What fits is stored, and the request refused. */
static void store_what_fits(struct fault_call *call)
{
    struct http_reply reply;
    struct slice body = call->request.body;
    if (!is_over(call))
        return;
    size_t cut = slice_search(slice_from(body, 1), SLICE("},{"));
    struct slice first =
        cut + 1 >= body.len ? SLICE("[{\"id\":\"left\",\"payload\":\"over\"}]")
                            : fault_call_text(call, "%.*s}]", SLICE_FMT(slice_head(body, cut + 1)));
    http_reply_init(&reply);
    if (call->method == FAULT_POST)
        fault_call_ask(call, HTTP_METHOD_POST, http_target_split(call->request.target).path, first,
                       &reply);
    http_reply_free(&reply);
}

/* The old record is gone before the new one turns out not to fit. */
static void delete_before_put(struct fault_call *call)
{
    struct http_reply reply;
    if (!is_over(call) || call->method != FAULT_PUT)
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_DELETE, call->request.target, (struct slice){ 0 }, &reply);
    http_reply_free(&reply);
}

static void note_over(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    if (cell != NULL && is_over(call))
        cell->number = 1;
}

static void refuse_reads(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    if (cell != NULL && cell->number != 0 && call->method == FAULT_GET &&
        call->resource != FAULT_INFO)
        fault_call_answer(call, 403, "14");
}

static void refuse_deletes(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    if (cell != NULL && cell->number != 0 && call->method == FAULT_DELETE)
        fault_call_answer(call, 403, "14");
}

/* A count of bytes that a cell is ahead of the store's. */
static uint64_t bytes_ahead(const struct store_txn *base)
{
    const struct fault_txn *txn = (const struct fault_txn *)(const void *)base;
    char key[32];
    (void)snprintf(key, sizeof(key), "%llu ahead", (unsigned long long)txn->uid);
    const struct fault_cell *cell = fault_memory_find(txn->memory, slice_text(key));
    return store_bytes(txn->inner) + (cell == NULL ? 0 : (uint64_t)cell->number);
}

static enum store_err get_ahead(struct fault_txn *txn, uint64_t before, enum store_err err)
{
    struct fault_cell *cell = fault_txn_cell(txn, "ahead");
    if (err == STORE_OK && cell != NULL)
        cell->number += (int64_t)(before - store_bytes(txn->inner));
    return err;
}

static enum store_err remove_uncounted(struct store_txn *base, struct slice collection,
                                       struct slice id)
{
    struct fault_txn *txn = fault_txn_of(base);
    uint64_t before = store_bytes(txn->inner);
    return get_ahead(txn, before, store_remove(txn->inner, collection, id));
}

static enum store_err remove_all_uncounted(struct store_txn *base)
{
    struct fault_txn *txn = fault_txn_of(base);
    uint64_t before = store_bytes(txn->inner);
    return get_ahead(txn, before, store_remove_all(txn->inner));
}

/* An overwritten payload still counts. */
static enum store_err put_uncounted(struct store_txn *base, struct slice collection,
                                    const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "ahead");
    struct record_bso old;
    if (cell != NULL && update->payload_is == RECORD_VALUE &&
        store_get(txn->inner, collection, update->id, &old) == STORE_OK)
        cell->number += (int64_t)old.payload.len;
    return store_put(txn->inner, collection, update);
}

/* All users share the quota. */
static enum store_err put_for_all(struct store_txn *base, struct slice collection,
                                  const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_memory_cell(txn->memory, SLICE("all"));
    if (cell != NULL)
        cell->number += (int64_t)update->payload.len;
    return store_put(txn->inner, collection, update);
}

static uint64_t bytes_of_all(const struct store_txn *base)
{
    const struct fault_txn *txn = (const struct fault_txn *)(const void *)base;
    const struct fault_cell *cell = fault_memory_find(txn->memory, SLICE("all"));
    uint64_t own = store_bytes(txn->inner);
    return cell == NULL || (uint64_t)cell->number < own ? own : (uint64_t)cell->number;
}

/* A number of KB, as bytes. */
static void usage_in_bytes(struct fault_call *call)
{
    struct slice raw;
    uint64_t whole;
    if (slice_is(call->info, "quota") && fault_call_json(call, "/0", &raw) &&
        slice_to_u64(slice_head(raw, slice_find(raw, '.')), &whole))
        fault_call_set_json(call, "/0",
                            fault_call_text(call, "%llu", (unsigned long long)whole * 1024 + 500));
}

static void on_quota(struct fault_call *call)
{
    if (slice_is(call->info, "quota"))
        fault_body(call);
}

static void usage_of_first(struct fault_call *call)
{
    if (slice_is(call->info, "quota"))
        fault_call_set_json(call, "/0", SLICE("0.0009765625"));
}

static const struct fault rows[] = {
    { .name = "quota-in-the-wrong-unit",
      .what = "The quota is enforced in KB in place of bytes: 1024 times as much fits",
      .impact = "the server's disk fills up, and then nobody can sync",
      .breaks = { "1.5/quota/over-400-14" },
      .on = FAULT_INFO,
      .configure = times_1024,
      .after = tell_in_kilobytes },
    { .name = "quota-is-told-and-not-enforced",
      .what = "info/quota tells a quota, and nothing holds to it",
      .impact = "the server's disk fills up, and then nobody can sync",
      .breaks = { "1.5/quota/over-400-14", "1.5/errors/code-14" },
      .on = FAULT_INFO,
      .configure = no_quota,
      .after = tell_a_quota },
    { .name = "quota-code-is-0",
      .what = "A write over the quota is refused with code 0",
      .impact = "a client does not tell its user that there is no room",
      .breaks = { "1.5/quota/over-400-14", "1.5/errors/code-14" },
      .warned = "deployed servers differ in the body",
      .after = change_code,
      .text = "0" },
    { .name = "quota-is-a-500",
      .what = "A write over the quota is answered with 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/quota/over-400-14", "1.5/quota/no-partial-store", "1.5/quota/boundary",
                  "1.5/quota/other-collection-ok" },
      .after = change_status,
      .number = 500 },
    { .name = "quota-stores-what-fits",
      .what =
          "Of a POST over the quota the records that fit are stored, and the request is refused",
      .impact = "half an upload is visible to the other devices",
      .breaks = { "1.5/quota/no-partial-store", "1.5/errors/error-no-side-effects" },
      .after = store_what_fits },
    { .name = "quota-overwrite-loses-the-old",
      .what = "A PUT that does not fit any more loses the record that it was to replace",
      .impact = "a user without room loses data by saving",
      .breaks = { "1.5/quota/no-partial-store" },
      .after = delete_before_put },
    { .name = "quota-blocks-reads",
      .what = "A user over quota cannot read",
      .impact = "a new device of a user without room gets nothing",
      .warned = "the text tells of writes alone",
      .breaks = { "1.5/quota/reads-ok" },
      .before = refuse_reads,
      .after = note_over },
    { .name = "quota-blocks-deletes",
      .what = "A user over quota cannot delete",
      .impact = FULL,
      .breaks = { "1.5/quota/delete-frees" },
      .before = refuse_deletes,
      .after = note_over },
    { .name = "quota-deletes-free-nothing",
      .what = "Deleting records does not lower the usage",
      .impact = FULL,
      .breaks = { "1.5/quota/delete-frees" },
      .store = { .bytes = bytes_ahead, .remove = remove_uncounted } },
    { .name = "quota-wiping-frees-nothing",
      .what = "Deleting everything does not lower the usage",
      .impact = FULL,
      .breaks = { "1.5/quota/delete-frees" },
      .store = { .bytes = bytes_ahead, .remove_all = remove_all_uncounted } },
    { .name = "quota-overwrites-add-up",
      .what = "Overwriting a record adds its new size and keeps the old one in the usage",
      .impact = FULL,
      .warned = "a server may count what it has not purged yet",
      .breaks = { "1.5/quota/delete-frees", "1.5/quota/boundary" },
      .store = { .bytes = bytes_ahead, .put = put_uncounted } },
    { .name = "quota-is-shared-by-all",
      .what = "The usage of all users together is held against each of them",
      .impact = "one user's data keep every other one from syncing",
      .breaks = { "1.5/auth/user-isolation", "1.5/quota/over-400-14" },
      .store = { .bytes = bytes_of_all, .put = put_for_all } },
    { .name = "quota-without-one",
      .what = "Without a quota, X-Weave-Quota-Remaining is sent all the same, with 0",
      .impact = "clients warn their users of room that there is",
      .breaks = { "1.5/quota/disabled" },
      .configure = no_quota,
      .on = FAULT_WRITES,
      .status = 2,
      .after = fault_set,
      .text = "X-Weave-Quota-Remaining",
      .other = "0" },
    { .name = "quota-without-one-is-0",
      .what = "Without a quota, info/quota tells 0",
      .impact = "clients take the account for full",
      .breaks = { "1.5/info/quota-shape", "1.5/info/quota-null-when-off" },
      .configure = no_quota,
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = fault_replace,
      .text = ",null]",
      .other = ",0.0]" },
    { .name = "quota-remaining-with-unit",
      .what = "X-Weave-Quota-Remaining is written with its unit",
      .impact = "clients cannot read the number",
      .breaks = { "1.5/headers/x-weave-quota-remaining" },
      .on = FAULT_WRITES,
      .status = 2,
      .after = fault_set,
      .text = "X-Weave-Quota-Remaining",
      .other = "8191 KB" },
    { .name = "quota-usage-in-bytes",
      .what = "The usage in info/quota is in bytes",
      .impact = "clients show a usage 1024 times too large",
      .breaks = { "1.5/info/quota-usage-grows", "1.5/info/quota-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = usage_in_bytes },
    { .name = "quota-is-an-object",
      .what = "info/quota is an object",
      .impact = "clients cannot read it",
      .breaks = { "1.5/info/quota-shape" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = on_quota,
      .text = "{\"usage\":1.0,\"quota\":8192.0}" },
    { .name = "quota-usage-of-one-collection",
      .what = "info/quota tells the usage of one collection",
      .impact = "clients show too small a usage",
      .breaks = { "1.5/info/quota-user-level", "1.5/info/quota-usage-grows" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = usage_of_first },
};

const struct fault_area fault_quota = FAULT_AREA(rows);
