/* Batch uploads. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

/* What an append adds is stored at once. */
static enum store_err append_visibly(struct store_txn *base, struct slice collection, uint64_t id,
                                     const struct record_update *update)
{
    struct store_txn *inner = fault_txn_of(base)->inner;
    TRY(store_batch_append(inner, collection, id, update));
    return store_put(inner, collection, update);
}

/* Every third record of an append is lost. */
static enum store_err append_most(struct store_txn *base, struct slice collection, uint64_t id,
                                  const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    if (fault_txn_count(txn, "append") % 3 == 0)
        return STORE_OK;
    return store_batch_append(txn->inner, collection, id, update);
}

/* The records of the commit request itself do not come in. */
static void empty_commit(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, "commit", &value) &&
        fault_call_parameter(call, "batch", &value) && !slice_is(value, "true"))
        fault_call_set_body(call, SLICE("[]"));
}

static void status_202_to_200(struct fault_call *call)
{
    call->reply->status = 200;
}

static enum store_err commit_and_keep(struct store_txn *base, struct slice collection, uint64_t id)
{
    (void)collection;
    (void)id;
    (void)base;
    return STORE_OK;
}

static const struct fault rows[] = {
    { .name = "batch-visible-before-commit",
      .what = "What is added to a batch is stored at once",
      .impact = "another device reads half of an upload, and applies it",
      .breaks = { "1.5/batch/invisible-until-commit", "1.5/batch/no-timestamp-change",
                  "1.5/batch/reads-see-old-values" },
      .store = { .batch_append = append_visibly } },
    { .name = "batch-every-third-record-lost",
      .what = "Of the records that are added to batches every third one is lost",
      .impact = "records are missing on the other devices for good",
      .breaks = { "1.5/batch/commit-visible-all", "1.5/post/success-means-stored" },
      .store = { .batch_append = append_most } },
    { .name = "batch-commit-request-lost",
      .what = "The records in the request that commits are not part of the batch",
      .impact = "the last chunk of every upload is missing",
      .breaks = { "1.5/batch/commit-visible-all" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = empty_commit },
    { .name = "batch-start-answers-200",
      .what = "A batch is opened with status 200",
      .impact = "a client takes the upload for finished",
      .breaks = { "1.5/post/success-means-stored", "1.5/batch/start-202", "1.5/batch/append-202" },
      .status = 202,
      .after = status_202_to_200 },
    { .name = "batch-commit-does-nothing",
      .what = "A commit is answered with success and stores nothing",
      .impact = "an upload is lost, and the client believes that it is done",
      .breaks = { "1.5/batch/commit-visible-all", "1.5/batch/commit-timestamp" },
      .store = { .batch_commit = commit_and_keep } },
};

const struct fault_area fault_batch = FAULT_AREA(rows);
