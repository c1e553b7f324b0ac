/* What a restart of the server takes away, or brings back: state that was in a process only. */
#include "base/stamp.h"
#include "core/token_server_row.h"
#include "core/user_api_row.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/keeping.h"
#include "fault/txn.h"

#include <stdio.h>

#define LOST                                                                                       \
    "a write that was answered with success is gone, and the device that made it believes it safe"
#define BACK    "a record that a user has deleted comes back on every device"
#define MISSED  "a device that polls does not hear of a change, for good"
#define REVOKED "a device that was signed out, or has an old password, goes on"

/* Records. */

/* What was written in the last second was in a buffer. */
static bool show_what_was_flushed(struct fault_txn *txn, struct slice collection,
                                  struct record_bso *bso)
{
    (void)collection;
    return bso->modified > txn->started || bso->modified <= txn->started - STAMP_SECOND;
}

/* The time of a collection is read back from a table of whole seconds. */
static bool tell_whole_seconds(struct fault_txn *txn, struct store_collection *collection)
{
    if (txn->started > 0 && collection->modified <= txn->started)
        collection->modified -= collection->modified % STAMP_SECOND;
    return true;
}

/* A deletion is a mark in memory: the log is cleaned later. */
static enum store_err mark_removed(struct store_txn *base, struct slice collection, struct slice id)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct record_bso bso;
    struct fault_cell *cell =
        fault_txn_cell(txn, "removed %.*s %.*s", SLICE_FMT(collection), SLICE_FMT(id));
    TRY(store_get(txn->inner, collection, id, &bso));
    if (cell == NULL)
        return STORE_NOMEM;
    if (cell->number != 0)
        return STORE_ABSENT;
    cell->number = 1;
    return store_touch(txn->inner, collection);
}

/* What is written again is there again. */
static enum store_err put_again(struct store_txn *base, struct slice collection,
                                const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell =
        fault_txn_cell(txn, "removed %.*s %.*s", SLICE_FMT(collection), SLICE_FMT(update->id));
    if (cell != NULL)
        cell->number = 0;
    return store_put(txn->inner, collection, update);
}

static bool show_unmarked(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    const struct fault_cell *cell =
        fault_txn_cell(txn, "removed %.*s %.*s", SLICE_FMT(collection), SLICE_FMT(bso->id));
    return cell == NULL || cell->number == 0;
}

/* A ttl is a timer of the process. */
static void keep_ttl_in_memory(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "ttl %.*s", SLICE_FMT(update->id));
    if (cell != NULL && update->ttl_is == RECORD_VALUE)
        cell->number = txn->now + update->ttl * STAMP_SECOND;
    if (update->ttl_is == RECORD_VALUE)
        update->ttl_is = RECORD_NULL;
}

static bool show_until_timer(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    const struct fault_cell *cell = fault_txn_cell(txn, "ttl %.*s", SLICE_FMT(bso->id));
    (void)collection;
    return cell == NULL || cell->number == 0 || txn->now < cell->number;
}

/* The index of sortindex is in memory, and is not built again. */
static void keep_sortindex_in_memory(struct fault_txn *txn, struct record_update *update)
{
    struct fault_cell *cell = fault_txn_cell(txn, "index %.*s", SLICE_FMT(update->id));
    if (cell == NULL || update->sortindex_is != RECORD_VALUE)
        return;
    cell->number = (int64_t)update->sortindex + INT32_MAX + 2;
    update->sortindex_is = RECORD_ABSENT;
}

static bool show_sortindex_of_memory(struct fault_txn *txn, struct slice collection,
                                     struct record_bso *bso)
{
    const struct fault_cell *cell = fault_txn_cell(txn, "index %.*s", SLICE_FMT(bso->id));
    (void)collection;
    bso->has_sortindex = cell != NULL && cell->number != 0;
    bso->sortindex = bso->has_sortindex ? (int32_t)(cell->number - INT32_MAX - 2) : 0;
    return true;
}

/* The counter by which times rise is in memory: the first write is as old as the last one. */
static void tell_time_of_before(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    if (call->started == 0 || cell == NULL || cell->number++ != 0)
        return;
    (void)http_reply_set_stamp(call->reply, "X-Last-Modified", call->started - 1);
}

/* The records that a batch had before are not there any more, and nobody notices. */
static enum store_err append_noted(struct store_txn *base, struct slice collection, uint64_t id,
                                   const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    TRY(store_batch_append(txn->inner, collection, id, update));
    (void)fault_txn_count(txn, "batch %.*s %.*s", SLICE_FMT(collection), SLICE_FMT(update->id));
    return STORE_OK;
}

struct dropping {
    struct fault_txn *txn;
    struct slice collection;
    struct slice *ids;
    size_t count;
};

enum { DROPPED_MAX = 64 };

static bool note_unknown(void *context, const struct record_bso *bso)
{
    struct dropping *dropping = context;
    struct fault_txn *txn = dropping->txn;
    const struct fault_cell *cell =
        fault_txn_cell(txn, "batch %.*s %.*s", SLICE_FMT(dropping->collection), SLICE_FMT(bso->id));
    if (bso->modified == store_stamp(txn->inner) && (cell == NULL || cell->number == 0))
        dropping->ids[dropping->count++] = fault_txn_copy(txn, bso->id);
    return dropping->count < DROPPED_MAX;
}

static enum store_err commit_noted(struct store_txn *base, struct slice collection, uint64_t id)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct slice ids[DROPPED_MAX];
    struct dropping dropping = { txn, collection, ids, 0 };
    struct store_sink sink = { .visit = note_unknown, .context = &dropping };
    const struct store_query all = {
        .newer = INT64_MIN, .older = INT64_MAX, .limit = SIZE_MAX, .bare = true
    };
    TRY(store_batch_commit(txn->inner, collection, id));
    TRY(store_list(txn->inner, collection, &all, &sink));
    for (size_t i = 0; i < dropping.count; i++)
        TRY(store_remove(txn->inner, collection, ids[i]));
    return STORE_OK;
}

static bool is_first_after_restart(struct fault_call *call)
{
    return call->started > 0 && fault_call_count(call, "requests") == 1;
}

/* Rows of the token server: words, of which the second is the generation, the third
 * keys_changed_at, and the last the account. */

enum { WORD_GENERATION = 1, WORD_KEYS = 2, WORD_ACCOUNT = 7 };

static bool is_of(const struct fault_keeping *keeping, struct slice kind)
{
    return slice_eq(keeping->row.kind, kind);
}

/* The word `number` is 0. */
static bool recall_without(struct fault_keeping *keeping)
{
    if (is_of(keeping, CORE_TOKEN_KIND_RECORD))
        fault_keeping_set_word(keeping, (size_t)keeping->fault->number, SLICE("0"));
    return true;
}

/* Rows are kept by account: a new one takes the place of the one before. */
static bool keep_by_account(struct fault_keeping *keeping)
{
    struct fault_cell *cell =
        is_of(keeping, CORE_TOKEN_KIND_RECORD)
            ? fault_memory_cell(keeping->memory, fault_keeping_word(keeping, WORD_ACCOUNT))
            : NULL;
    if (cell == NULL)
        return true;
    if (cell->text.len == 0)
        buf_add(&cell->text, keeping->row.key);
    keeping->row.key = buf_slice(&cell->text);
    return true;
}

/* Uids are given anew, in the order in which rows come. */
static bool recall_renumbered(struct fault_keeping *keeping)
{
    if (!is_of(keeping, CORE_TOKEN_KIND_RECORD))
        return true;
    struct fault_cell *cell = fault_memory_cell(keeping->memory, SLICE("rows"));
    if (cell == NULL)
        return true;
    buf_add_u64(&keeping->value, (uint64_t)++cell->number);
    if (!keeping->value.failed)
        keeping->row.key = buf_slice(&keeping->value);
    return true;
}

/* Rows of the User API. */

static bool keep_no_account(struct fault_keeping *keeping)
{
    return !is_of(keeping, CORE_USER_KIND);
}

/* An insert that says nothing when the row is there. */
static bool keep_first_row(struct fault_keeping *keeping)
{
    struct fault_cell *cell = is_of(keeping, CORE_USER_KIND)
                                  ? fault_memory_cell(keeping->memory, keeping->row.key)
                                  : NULL;
    return cell == NULL || ++cell->number == 1;
}

static bool keep_what_goes(struct fault_keeping *keeping)
{
    return !is_of(keeping, CORE_USER_KIND);
}

/* The word `number` of an account is that of another one: uids are given by the order of names. */
static bool recall_account_renumbered(struct fault_keeping *keeping)
{
    struct fault_cell *cell =
        is_of(keeping, CORE_USER_KIND) ? fault_memory_cell(keeping->memory, SLICE("rows")) : NULL;
    char text[24];
    if (cell == NULL)
        return true;
    (void)snprintf(text, sizeof(text), "%lld", (long long)++cell->number);
    fault_keeping_set_word(keeping, 0, slice_text(text));
    return true;
}

static const struct fault rows[] = {
    { .name = "restart-loses-the-last-second",
      .what = "What was written within a second of a restart is lost",
      .impact = LOST,
      .breaks = { "1.5/post/success-means-stored", "1.5/item/put-create-200" },
      .show = show_what_was_flushed },
    { .name = "restart-rounds-times",
      .what = "After a restart collections have their times in whole seconds",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/monotonic" },
      .tell = tell_whole_seconds },
    { .name = "restart-brings-back-the-deleted",
      .what = "A deletion is noted in memory, and after a restart the record is there again",
      .impact = BACK,
      .breaks = { "1.5/item/delete-200" },
      .show = show_unmarked,
      .store = { .remove = mark_removed, .put = put_again } },
    { .name = "restart-forgets-ttls",
      .what = "A ttl is a timer of the process: after a restart the record stays for good",
      .impact = "tabs and devices that are gone never go away",
      .breaks = { "1.5/ttl/expires" },
      .bend = keep_ttl_in_memory,
      .show = show_until_timer },
    { .name = "restart-forgets-sortindex",
      .what = "sortindex is in memory, and after a restart no record has one",
      .impact = "the most important records do not come first any more",
      .breaks = { "1.5/bso/sortindex-integer", "1.5/post/success-means-stored" },
      .bend = keep_sortindex_in_memory,
      .show = show_sortindex_of_memory },
    { .name = "restart-sets-times-back",
      .what =
          "What makes times rise is in memory: the first write after a restart has an older one",
      .impact = MISSED,
      .breaks = { "1.5/timestamps/monotonic" },
      .on = FAULT_PUT | FAULT_POST,
      .status = 2,
      .after = tell_time_of_before },
    { .name = "restart-halves-a-batch",
      .what = "A batch loses at a restart what it had, and is committed without it",
      .impact = "half of an upload is missing for good",
      .breaks = { "1.5/batch/commit-visible-all", "1.5/post/success-means-stored" },
      .store = { .batch_append = append_noted, .batch_commit = commit_noted } },
    { .name = "restart-first-request-is-500",
      .what = "The first request after a restart ends in a 500, as nothing is connected yet",
      .impact = "a client takes the server for broken, and backs off for long",
      .breaks = { "1.5/timestamps/monotonic", "1.5/post/success-means-stored",
                  "1.5/item/delete-200" },
      .when = is_first_after_restart,
      .before = fault_answer,
      .number = 500,
      .text = "0" },

    { .api = "token",
      .name = "restart-forgets-generations",
      .what = "A token server remembers generations until it is restarted",
      .impact = REVOKED,
      .breaks = { "token/state/generation-monotonic" },
      .recall = recall_without,
      .number = WORD_GENERATION },
    { .api = "token",
      .name = "restart-forgets-keys-changed-at",
      .what = "A token server remembers keys_changed_at until it is restarted",
      .impact = "devices with other keys write to one storage",
      .breaks = { "token/state/kca-monotonic" },
      .recall = recall_without,
      .number = WORD_KEYS },
    { .api = "token",
      .name = "restart-forgets-replaced-states",
      .what = "Rows of accounts replace each other: client states of before are in memory only",
      .impact = "a device with the old keys writes what no other one can read",
      .breaks = { "token/state/old-state-rejected" },
      .keep = keep_by_account },
    { .api = "token",
      .name = "restart-gives-uids-anew",
      .what = "Uids are given anew when the server starts",
      .impact = "a user reads, and overwrites, what belongs to somebody else",
      .breaks = { "token/response/stable" },
      .recall = recall_renumbered },

    { .api = "user",
      .name = "restart-forgets-accounts",
      .what = "Accounts are in the memory of the process",
      .impact = "nobody can sync any more, and what is stored belongs to nobody",
      .breaks = { "1.1/reg/create" },
      .keep = keep_no_account },
    { .api = "user",
      .name = "restart-brings-back-passwords",
      .what = "A changed password is in memory, and the old one in the database",
      .impact = REVOKED,
      .breaks = { "1.1/reg/password" },
      .keep = keep_first_row },
    { .api = "user",
      .name = "restart-brings-back-accounts",
      .what = "An account that was deleted is there again after a restart",
      .impact = "who has the old password opens an account that its user believes gone",
      .breaks = { "1.1/reg/delete" },
      .forget = keep_what_goes },
    { .api = "user",
      .name = "restart-mixes-accounts",
      .what = "Accounts get the numbers of their records anew when the server starts",
      .impact = "a user finds the storage of somebody else, or none",
      .breaks = { "1.1/reg/create" },
      .recall = recall_account_renumbered },
};

const struct fault_area fault_restarts = FAULT_AREA(rows);
