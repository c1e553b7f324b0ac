/* The SQLite store under SIGKILL: a process that writes is killed at a random point; what it had
 * reported as acknowledged is there, nothing is half there, and stamps go on rising. */
#include "base/rng.h"
#include "store/store.h"
#include "tests/store_folder.h"
#include "tests/support/support.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { T0 = 1000, UID = 3, ROUNDS = 40, ACKS_MAX = 40, NUMBER = 8, LATER = 1 << 30 };

/* Write number n puts n into one record of each of three collections, the last by way of a batch
 * that was opened by write n-1, and opens the batch of write n+1. */
static enum store_err write_number(struct store *store, uint64_t number, int64_t *ret_stamp)
{
    struct store_txn *txn;
    TRY(store_begin(store, UID, STORE_WRITE, T0, &txn));
    struct record_update update = { .id = SLICE("n"),
                                    .has_id = true,
                                    .payload_is = RECORD_VALUE,
                                    .payload = slice_of(&number, NUMBER) };
    *ret_stamp = store_stamp(txn);
    enum store_err err = store_put(txn, SLICE("a"), &update);
    if (err == STORE_OK)
        err = store_put(txn, SLICE("b"), &update);
    if (err == STORE_OK && number > 1)
        err = store_batch_append(txn, SLICE("batched"), number, &update);
    if (err == STORE_OK && number > 1)
        err = store_batch_commit(txn, SLICE("batched"), number);
    if (err == STORE_OK)
        err = store_batch_open(txn, SLICE("batched"), number + 1, LATER);
    if (err == STORE_OK)
        return store_commit(txn);
    store_rollback(txn);
    return err;
}

static void write_forever(const struct folder *folder, uint64_t number, int report)
{
    const char *error = NULL;
    struct store *store = folder_try(folder, &error);
    if (store == NULL)
        _exit(1);
    for (;;) {
        int64_t done[2] = { (int64_t)++number, 0 };
        if (write_number(store, number, &done[1]) != STORE_OK)
            _exit(2);
        if (write(report, done, sizeof(done)) != (ssize_t)sizeof(done))
            _exit(3);
    }
}

struct state {
    uint64_t number; /* of the last write that is there */
    int64_t modified;
};

static uint64_t number_in(struct store_txn *txn, const char *collection)
{
    struct record_bso bso;
    uint64_t number = 0;
    enum store_err err = store_get(txn, slice_text(collection), SLICE("n"), &bso);
    if (err == STORE_ABSENT)
        return 0;
    assert_int_equal(err, STORE_OK);
    assert_int_equal(bso.payload.len, NUMBER);
    memcpy(&number, bso.payload.ptr, NUMBER);
    assert_int_equal(bso.modified, store_modified(txn));
    return number;
}

/* Whatever the last write is, all of it is there. */
static struct state look(const struct folder *folder)
{
    struct store *store = folder_open(folder);
    struct store_txn *txn;
    struct store_batch batch;
    assert_int_equal(store_begin(store, UID, STORE_READ, T0, &txn), STORE_OK);
    struct state state = { number_in(txn, "a"), store_modified(txn) };
    assert_int_equal(number_in(txn, "b"), state.number);
    assert_int_equal(number_in(txn, "batched"), state.number > 1 ? state.number : 0);
    if (state.number > 0) {
        assert_int_equal(store_batch_info(txn, SLICE("batched"), state.number + 1, &batch),
                         STORE_OK);
        assert_int_equal(batch.records, 0);
        assert_int_equal(store_batch_info(txn, SLICE("batched"), state.number, &batch),
                         STORE_ABSENT);
    }
    store_rollback(txn);
    store_free(store);
    return state;
}

/* Kills a writer after ${acks} acknowledgements; the last one that it reported. */
static struct state run_and_kill(const struct folder *folder, struct state state, uint64_t acks)
{
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(pipes[0]);
        write_forever(folder, state.number, pipes[1]);
    }
    (void)close(pipes[1]);
    int64_t done[2];
    for (uint64_t i = 0; i < acks; i++) {
        assert_int_equal(read(pipes[0], done, sizeof(done)), (int)sizeof(done));
        assert_true(done[1] > state.modified);
        state = (struct state){ (uint64_t)done[0], done[1] };
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    while (read(pipes[0], done, sizeof(done)) == (ssize_t)sizeof(done))
        state = (struct state){ (uint64_t)done[0], done[1] };
    (void)close(pipes[0]);
    return state;
}

static void acknowledged_writes_survive_sigkill(void **unused)
{
    (void)unused;
    struct folder folder;
    folder_make(&folder, NULL);
    struct rng_seeded rng = rng_seeded_with(42);
    struct state state = { 0, 0 };
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct state last = run_and_kill(&folder, state, rng_below(&rng.base, ACKS_MAX));
        state = look(&folder);
        /* The write on which it was killed may be there, whole, without having been reported. */
        assert_true(state.number == last.number || state.number == last.number + 1);
        assert_true(state.modified >= last.modified);
    }
    assert_true(state.number > ROUNDS);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acknowledged_writes_survive_sigkill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
