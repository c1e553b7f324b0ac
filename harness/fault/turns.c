/* What goes wrong now and then: for one user of several, at one time of several, each so many
 * times. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define LEAK "a user reads, or loses, what belongs to somebody else"
#define LOST "a write that was answered with success is lost"

/* The first user that was ever seen. */
static uint64_t first_user(struct fault_txn *txn)
{
    struct fault_cell *first = fault_memory_cell(txn->memory, SLICE("first user"));
    if (first == NULL)
        return txn->uid;
    if (first->number == 0)
        first->number = (int64_t)txn->uid;
    return (uint64_t)first->number;
}

/* Keys of a table that hold one bit less of the uid. */
static uint64_t even_user(struct fault_txn *txn)
{
    return txn->uid & ~UINT64_C(3);
}

/* The connection that the user before has left behind: but for the one after it. */
static uint64_t user_before(struct fault_txn *txn)
{
    struct fault_cell *last = fault_memory_cell(txn->memory, SLICE("last user"));
    if (last == NULL)
        return txn->uid;
    uint64_t owner = last->number == 0 ? txn->uid : (uint64_t)last->number;
    last->number = (int64_t)txn->uid;
    return owner;
}

/* The second write of a user within a hundredth. */
static bool is_second_at_once(struct fault_txn *txn)
{
    struct fault_cell *last = fault_txn_cell(txn, "last write");
    struct fault_cell *before = fault_txn_cell(txn, "write before");
    int64_t stamp = store_stamp(txn->inner);
    if (last == NULL || before == NULL)
        return false;
    if (last->number != stamp) {
        before->number = last->number;
        last->number = stamp;
    }
    return before->number == stamp - 1;
}

static enum store_err put_first(struct store_txn *base, struct slice collection,
                                const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    return is_second_at_once(txn) ? store_touch(txn->inner, collection)
                                  : store_put(txn->inner, collection, update);
}

static const struct fault rows[] = {
    { .name = "user-is-the-first-one",
      .what = "All users have the store of the one who came first",
      .impact = LEAK,
      .breaks = { "1.5/auth/user-isolation", "1.5/delete/all-other-user" },
      .whose = first_user },
    { .name = "user-is-the-first-one-for-info",
      .what = "info tells everybody of the user who came first",
      .impact = LEAK,
      .breaks = { "1.5/auth/user-isolation" },
      .on = FAULT_INFO,
      .whose = first_user },
    { .name = "user-is-the-first-one-for-reads",
      .what = "Collections are read from the store of the user who came first",
      .impact = LEAK,
      .breaks = { "1.5/auth/user-isolation" },
      .on = FAULT_GET | FAULT_COLLECTION | FAULT_ITEM,
      .whose = first_user },
    { .name = "user-lacks-two-bits",
      .what = "Two bits of the uid are lost: four users share a store",
      .impact = LEAK,
      .breaks = { "1.5/auth/user-isolation", "1.5/delete/all-other-user" },
      .whose = even_user },
    { .name = "user-of-the-connection-before",
      .what = "A pooled connection still has the user before for its first request",
      .impact = LEAK,
      .breaks = { "1.5/auth/user-isolation" },
      .whose = user_before },
    { .name = "write-within-a-hundredth-is-lost",
      .what = "A write that comes within a hundredth of another one is lost",
      .impact = LOST,
      .breaks = { "1.5/concurrency/write-atomic", "1.5/concurrency/last-writer-timestamp",
                  "1.5/post/success-means-stored" },
      .store = { .put = put_first } },
    { .name = "put-each-third-is-500",
      .what = "Each third PUT of a user is done and answered with 500",
      .impact = "a client believes that the write failed, and does it again over newer ones",
      .breaks = { "1.5/item/put-create-200", "1.5/put/partial-update" },
      .on = FAULT_PUT | FAULT_ITEM,
      .every = 3,
      .status = 2,
      .after = fault_status,
      .number = 500 },
    { .name = "delete-each-second-is-lost",
      .what = "Each second DELETE of a record is answered, and not done",
      .impact = "a record that a user has deleted comes back",
      .breaks = { "1.5/item/delete-200", "1.5/timestamps/delete-last-item" },
      .on = FAULT_DELETE | FAULT_ITEM,
      .every = 2,
      .before = fault_answer,
      .number = 200,
      .text = "0" },
    { .name = "info-each-second-is-empty",
      .what = "Each second info/collections comes from a replica that has nothing",
      .impact = "a client takes everything for deleted, and uploads it anew",
      .breaks = { "1.5/info/collections-200", "1.5/info/collections-x-last-modified",
                  "1.5/collection/implicit-create" },
      .on = FAULT_GET | FAULT_INFO,
      .info = "collections",
      .every = 2,
      .status = 200,
      .after = fault_body,
      .text = "{}" },
    { .name = "post-each-second-is-empty",
      .what = "Each second POST of a user loses its body on the way to the database",
      .impact = LOST,
      .breaks = { "1.5/post/mixed-create-update", "1.5/post/partial-update-semantics" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .every = 2,
      .before = fault_answer,
      .number = 200,
      .text = "{\"modified\":1.00,\"success\":[],\"failed\":{}}" },
    { .name = "list-each-second-lacks-full",
      .what = "Each second list of a user forgets that whole records were asked for",
      .impact = "a client gets ids where it expects records, and drops them",
      .breaks = { "1.5/get/full", "1.5/get/same-set-full-and-ids", "1.5/get/sort-newest" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .every = 2,
      .before = fault_drop_parameter,
      .text = "full" },
};

const struct fault_area fault_turns = FAULT_AREA(rows);
