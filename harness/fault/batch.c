/* Batch uploads: what becomes of their records. */
#include "fault/area.h"
#include "fault/txn.h"

#define HALF  "half of an upload is visible to the other devices, or missing for good"
#define STUCK "uploads fail, at each sync"
#define MIXED "records of one upload get into another one"

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

/* What came first stays. */
static enum store_err append_first(struct store_txn *base, struct slice collection, uint64_t id,
                                   const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    if (fault_txn_count(txn, "%llu %.*s", (unsigned long long)id, SLICE_FMT(update->id)) > 1)
        return STORE_OK;
    return store_batch_append(txn->inner, collection, id, update);
}

/* An id is noted for its batch; a second time its data are those of all of them. */
static enum store_err append_to_all(struct store_txn *base, struct slice collection, uint64_t id,
                                    const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "%llu", (unsigned long long)id);
    bool again =
        fault_txn_count(txn, "%llu %.*s", (unsigned long long)id, SLICE_FMT(update->id)) > 1;
    TRY(store_batch_append(txn->inner, collection, id, update));
    if (cell == NULL)
        return STORE_OK;
    if (!again)
        buf_add_format(&cell->text, "%.*s\n", SLICE_FMT(update->id));
    struct slice rest = again ? buf_slice(&cell->text) : (struct slice){ 0 };
    for (struct slice line; rest.len > 0;) {
        struct record_update other = *update;
        slice_cut(rest, '\n', &other.id, &rest);
        line = other.id;
        if (line.len > 0)
            TRY(store_batch_append(txn->inner, collection, id, &other));
    }
    return STORE_OK;
}

static enum store_err commit_nothing(struct store_txn *base, struct slice collection, uint64_t id)
{
    (void)base;
    (void)collection;
    (void)id;
    return STORE_OK;
}

/* A batch that was committed is there again, empty. */
static enum store_err commit_and_reopen(struct store_txn *base, struct slice collection,
                                        uint64_t id)
{
    struct fault_txn *txn = fault_txn_of(base);
    TRY(store_batch_commit(txn->inner, collection, id));
    return store_batch_open(txn->inner, collection, id, txn->now + 360000);
}

/* A user has one batch: another one takes its place. */
static enum store_err open_only_one(struct store_txn *base, struct slice collection, uint64_t id,
                                    int64_t expires)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "open");
    if (cell != NULL && cell->text.len > 0)
        (void)store_batch_drop(txn->inner, buf_slice(&cell->text), (uint64_t)cell->number);
    if (cell != NULL) {
        buf_clear(&cell->text);
        buf_add(&cell->text, collection);
        cell->number = (int64_t)id;
    }
    return store_batch_open(txn->inner, collection, id, expires);
}

/* Rows of all users' batches for a collection of that name are one heap. */
static enum store_err append_to_heap(struct store_txn *base, struct slice collection, uint64_t id,
                                     const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_memory_cell(txn->memory, collection);
    if (cell != NULL)
        buf_add_format(&cell->text, "%.*s\n", SLICE_FMT(update->id));
    return store_batch_append(txn->inner, collection, id, update);
}

static enum store_err commit_heap(struct store_txn *base, struct slice collection, uint64_t id)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_memory_cell(txn->memory, collection);
    TRY(store_batch_commit(txn->inner, collection, id));
    struct slice rest = cell == NULL ? (struct slice){ 0 } : buf_slice(&cell->text);
    while (rest.len > 0) {
        struct record_update update = { .has_id = true };
        slice_cut(rest, '\n', &update.id, &rest);
        TRY(store_put(txn->inner, collection, &update));
    }
    return STORE_OK;
}

/* After a deletion the batch's rows point nowhere. */
static enum store_err break_batches(struct store_txn *base, struct slice collection)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "broken %.*s", SLICE_FMT(collection));
    if (cell != NULL)
        cell->number = 1;
    return store_remove_collection(txn->inner, collection);
}

static enum store_err info_of_broken(struct store_txn *base, struct slice collection, uint64_t id,
                                     struct store_batch *ret_batch)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "broken %.*s", SLICE_FMT(collection));
    if (cell != NULL && cell->number != 0)
        return STORE_BROKEN;
    return store_batch_info(txn->inner, collection, id, ret_batch);
}

/* After ${number} requests another worker answers, which does not have the batch. */
static enum store_err info_of_another_worker(struct store_txn *base, struct slice collection,
                                             uint64_t id, struct store_batch *ret_batch)
{
    struct fault_txn *txn = fault_txn_of(base);
    if (fault_txn_count(txn, "%llu", (unsigned long long)id) > txn->fault->number)
        return STORE_ABSENT;
    return store_batch_info(txn->inner, collection, id, ret_batch);
}

static const struct fault rows[] = {
    { .name = "batch-visible-before-commit",
      .what = "What is added to a batch is stored at once",
      .impact = HALF,
      .breaks = { "1.5/batch/invisible-until-commit", "1.5/batch/no-timestamp-change",
                  "1.5/batch/reads-see-old-values", "1.5/info/collections-pending-batch-hidden" },
      .store = { .batch_append = append_visibly } },
    { .name = "batch-every-third-record-lost",
      .what = "Of the records that are added to batches every third one is lost",
      .impact = HALF,
      .breaks = { "1.5/batch/commit-visible-all", "1.5/post/success-means-stored" },
      .store = { .batch_append = append_most } },
    { .name = "batch-first-data-win",
      .what = "Of a record that is sent twice in a batch the first data are kept",
      .impact = "the newest change of a user is lost",
      .breaks = { "1.5/batch/commit-overrides-earlier", "1.5/batch/partial-update" },
      .store = { .batch_append = append_first } },
    { .name = "batch-record-again-overwrites-all",
      .what = "A record that is sent again gives its data to all records of the batch",
      .impact = "all records of an upload become one and the same",
      .breaks = { "1.5/batch/reappend-same-id" },
      .store = { .batch_append = append_to_all } },
    { .name = "batch-commit-does-nothing",
      .what = "A commit is answered with success and stores nothing",
      .impact = "an upload is lost, and the client believes that it is done",
      .breaks = { "1.5/batch/commit-visible-all", "1.5/batch/commit-timestamp" },
      .store = { .batch_commit = commit_nothing } },
    { .name = "batch-committed-is-still-open",
      .what = "A batch that was committed takes more records, and can be committed again",
      .impact = "a commit that is sent again brings back what was deleted meanwhile",
      .breaks = { "1.5/batch/committed-gone" },
      .store = { .batch_commit = commit_and_reopen } },
    { .name = "batch-one-per-user",
      .what = "A second batch of a user takes the place of the first one, without a word",
      .impact = "two devices that upload at once lose each other's records",
      .breaks = { "1.5/batch/two-batches-parallel", "1.5/batch/id-scoped-collection",
                  "1.5/batch/commit-visible-all" },
      .store = { .batch_open = open_only_one } },
    { .name = "batch-users-share-a-heap",
      .what = "Rows of batches have no user: a commit takes all of that collection's name",
      .impact = MIXED,
      .breaks = { "1.5/batch/same-id-users-separate" },
      .store = { .batch_append = append_to_heap, .batch_commit = commit_heap } },
    { .name = "batch-broken-by-deletion",
      .what = "Once its collection was deleted a batch ends in 503",
      .impact = STUCK,
      .breaks = { "1.5/batch/delete-during", "1.5/delete/collection" },
      .store = { .remove_collection = break_batches, .batch_info = info_of_broken } },
    { .name = "batch-in-the-memory-of-a-worker",
      .what = "Batches are in the memory of one worker, and a later request goes to another one",
      .impact = STUCK,
      .breaks = { "1.5/batch/append-202", "1.5/batch/append-same-id",
                  "1.5/batch/commit-visible-all", "1.5/batch/total-limit-17" },
      .number = 2,
      .store = { .batch_info = info_of_another_worker } },

};

const struct fault_area fault_batch = FAULT_AREA(rows);
