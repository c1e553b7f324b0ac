/* The SQLite store on a disk that is full, fails or loses what was not synced: nothing that was
 * acknowledged is lost, nothing that was refused is half there, and it goes on afterwards. */
#include "store/store.h"
#include "tests/store_disk.h"
#include "tests/store_folder.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

enum { T0 = 1000, UID = 7, RECORDS = 20, PAYLOAD = 3000 };

static struct folder folder;

static int make_folder(void **state)
{
    (void)state;
    /* What is watched is what SQLite asks of the disk; where there is none it is faster. */
    folder_make(&folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    disk_mend();
    disk_keep_image(NULL);
    folder_remove(&folder);
    return 0;
}

/* One transaction that writes records of ${fill} with and without a batch. */
static enum store_err write_some(struct store *store, size_t records, uint8_t fill)
{
    static uint8_t payload[PAYLOAD];
    memset(payload, fill, sizeof(payload));
    struct store_txn *txn;
    TRY(store_begin(store, UID, STORE_WRITE, T0, &txn));
    enum store_err err = store_batch_open(txn, SLICE("c"), fill, INT64_MAX);
    for (size_t i = 0; i < records && err == STORE_OK; i++) {
        char id[24];
        (void)snprintf(id, sizeof(id), "%zu", i);
        struct record_update update = { .id = slice_text(id),
                                        .has_id = true,
                                        .payload_is = RECORD_VALUE,
                                        .payload = slice_of(payload, sizeof(payload)) };
        err = i % 4 == 3 ? store_batch_append(txn, SLICE("c"), fill, &update)
                         : store_put(txn, SLICE("c"), &update);
    }
    if (err == STORE_OK)
        err = store_batch_commit(txn, SLICE("c"), fill);
    if (err == STORE_OK)
        return store_commit(txn);
    store_rollback(txn);
    return err;
}

struct seen {
    uint8_t fill;
    uint64_t count;
    bool mixed;
};

static bool look_at(void *context, const struct record_bso *bso)
{
    struct seen *seen = context;
    uint8_t fill = bso->payload.ptr[0];
    seen->mixed = seen->mixed || bso->payload.len != PAYLOAD ||
                  bso->payload.ptr[PAYLOAD - 1] != fill || (seen->count > 0 && fill != seen->fill);
    seen->fill = fill;
    seen->count++;
    return true;
}

/* All records are those of one write, the one with this filling. */
static void expect_whole(struct store *store, uint64_t count, uint8_t fill, int64_t modified)
{
    struct seen seen = { 0 };
    struct store_sink sink = { .visit = look_at, .context = &seen };
    const struct store_query query = { .newer = INT64_MIN, .older = INT64_MAX, .limit = SIZE_MAX };
    struct store_txn *txn;
    uint64_t pending = 1;
    assert_int_equal(store_begin(store, UID, STORE_READ, T0, &txn), STORE_OK);
    assert_int_equal(store_list(txn, SLICE("c"), &query, &sink), STORE_OK);
    assert_false(seen.mixed);
    assert_int_equal(seen.fill, fill);
    assert_int_equal(seen.count, count);
    assert_int_equal(store_bytes(txn), count * PAYLOAD);
    assert_int_equal(store_modified(txn), modified);
    assert_int_equal(store_batch_bytes(txn, &pending), STORE_OK);
    assert_int_equal(pending, 0);
    store_rollback(txn);
}

static const struct breakage {
    enum disk_call call;
    int error;
    enum store_err expected;
    size_t records;
} breakages[] = {
    { DISK_WRITE, ENOSPC, STORE_FULL, RECORDS },
    { DISK_WRITE, EIO, STORE_BROKEN, RECORDS },
    { DISK_SYNC, EIO, STORE_BROKEN, RECORDS },
    { DISK_SYNC, ENOSPC, STORE_BROKEN, RECORDS },
    /* More than the pages in memory hold: it fails in the midst of the transaction. */
    { DISK_WRITE, ENOSPC, STORE_FULL, 3000 },
};

/* Breaks the disk under one write; whether the write was refused.  ${ret_failed}: whether the disk
 * was asked that often. */
static bool survive(const struct breakage *breakage, uint64_t nth, bool *ret_failed)
{
    folder_next(&folder);
    struct store *store = folder_open(&folder);
    assert_int_equal(write_some(store, RECORDS, 'a'), STORE_OK);
    disk_break(breakage->call, nth, breakage->error);
    enum store_err err = write_some(store, breakage->records, 'b');
    *ret_failed = disk_has_failed();
    disk_mend();
    int64_t modified = T0;
    if (err == STORE_OK) {
        /* Nothing failed, or only what tidies up behind a commit. */
        expect_whole(store, breakage->records, 'b', ++modified);
    } else {
        assert_int_equal(err, breakage->expected);
        expect_whole(store, RECORDS, 'a', modified);
    }
    /* It goes on, without being opened again. */
    assert_int_equal(write_some(store, breakage->records + 1, 'c'), STORE_OK);
    expect_whole(store, breakage->records + 1, 'c', ++modified);
    store_free(store);
    store = folder_open(&folder);
    expect_whole(store, breakage->records + 1, 'c', modified);
    store_free(store);
    folder_forget(&folder);
    return err != STORE_OK;
}

static void a_failing_disk_loses_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(breakages); i++) {
        uint64_t nth = 0;
        unsigned refused = 0;
        bool failed = true;
        /* Each of the first calls, then ever fewer. */
        for (unsigned round = 0; round < 200 && failed; round++) {
            refused += survive(&breakages[i], nth, &failed) ? 1 : 0;
            nth += 1 + nth;
        }
        assert_false(failed);
        assert_int_not_equal(refused, 0);
    }
}

static void opening_on_a_failing_disk_is_refused_and_can_be_tried_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(breakages); i++) {
        bool failed = true;
        unsigned refused = 0;
        for (uint64_t nth = 0; nth < 1000 && failed; nth++) {
            folder_next(&folder);
            const char *error = NULL;
            disk_break(breakages[i].call, nth, breakages[i].error);
            struct store *store = folder_try(&folder, &error);
            failed = disk_has_failed();
            disk_mend();
            if (store == NULL) {
                assert_true(strncmp(error, folder.file, strlen(folder.file)) == 0);
                assert_null(strstr(error, "not an error"));
                store = folder_open(&folder);
                refused++;
            }
            assert_int_equal(write_some(store, RECORDS, 'a'), STORE_OK);
            expect_whole(store, RECORDS, 'a', T0);
            store_free(store);
            folder_forget(&folder);
        }
        assert_false(failed);
        assert_int_not_equal(refused, 0);
    }
}

static void each_acknowledged_write_was_synced(void **state)
{
    (void)state;
    folder_next(&folder);
    struct store *store = folder_open(&folder);
    for (uint8_t i = 0; i < 20; i++) {
        uint64_t before = disk_syncs();
        assert_int_equal(write_some(store, 4, i), STORE_OK);
        assert_true(disk_syncs() > before);
    }
    uint64_t before = disk_syncs();
    expect_whole(store, 4, 19, T0 + 19);
    assert_int_equal(disk_syncs(), before);
    store_free(store);
}

/* Opens what the disk would hold, had the power failed now. */
static void expect_in_image(const struct folder *image, uint64_t count, uint8_t fill,
                            int64_t modified)
{
    struct folder copy;
    char command[4 * FOLDER_PATH];
    folder_make(&copy, NULL);
    (void)snprintf(command, sizeof(command), "cp '%s'/1.sqlite* '%s'", image->path, copy.path);
    assert_int_equal(system(command), 0);
    struct store *store = folder_open(&copy);
    expect_whole(store, count, fill, modified);
    assert_int_equal(write_some(store, count, 'z'), STORE_OK);
    expect_whole(store, count, 'z', modified + 1);
    store_free(store);
    folder_remove(&copy);
}

static void what_was_acknowledged_survives_the_power(void **state)
{
    (void)state;
    enum { ROUNDS = 40 };
    struct folder place, image;
    folder_make(&place, NULL);
    folder_make(&image, NULL);
    disk_keep_image(image.path);
    struct store *store = folder_open(&place);
    for (uint8_t i = 0; i < ROUNDS; i++) {
        assert_int_equal(write_some(store, RECORDS, i), STORE_OK);
        disk_keep_image(NULL);
        expect_in_image(&image, RECORDS, i, T0 + i);
        disk_keep_image(image.path);
    }
    disk_keep_image(NULL);
    store_free(store);
    folder_remove(&place);
    folder_remove(&image);
}

enum { SMALL_DISK = 20 << 20 };

static bool mount_small(void)
{
    char size[32];
    (void)snprintf(size, sizeof(size), "size=%d", (int)SMALL_DISK);
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder.path, "tmpfs", 0, size) == 0;
}

/* Takes all room that is left. */
static void fill_up(const char *path)
{
    static uint8_t bytes[1 << 12];
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (file >= 0 && write(file, bytes, sizeof(bytes)) > 0)
        continue;
    (void)close(file);
}

/* The same without asserting: whether all records are those of one write. */
static bool holds(struct store *store, uint8_t fill)
{
    struct seen seen = { 0 };
    struct store_sink sink = { .visit = look_at, .context = &seen };
    const struct store_query query = { .newer = INT64_MIN, .older = INT64_MAX, .limit = SIZE_MAX };
    struct store_txn *txn;
    if (store_begin(store, UID, STORE_READ, T0, &txn) != STORE_OK)
        return false;
    enum store_err err = store_list(txn, SLICE("c"), &query, &sink);
    bool exact = store_bytes(txn) == RECORDS * PAYLOAD;
    store_rollback(txn);
    return err == STORE_OK && exact && !seen.mixed && seen.count == RECORDS && seen.fill == fill;
}

/* In a file system of its own.  For a process of its own, which reports by its exit code; 77: no
 * file system can be had. */
static int live_on_a_small_disk(void)
{
    enum { TOO_MANY = SMALL_DISK / PAYLOAD + 1 };
    const char *error = NULL;
    if (!mount_small())
        return 77;
    struct store *store = folder_try(&folder, &error);
    if (store == NULL || write_some(store, RECORDS, 'a') != STORE_OK)
        return 1;
    char filler[FOLDER_PATH];
    (void)snprintf(filler, sizeof(filler), "%.400s/filler", folder.path);
    fill_up(filler);
    if (write_some(store, RECORDS, 'b') != STORE_FULL || !holds(store, 'a'))
        return 2;
    if (unlink(filler) != 0 || write_some(store, RECORDS, 'c') != STORE_OK || !holds(store, 'c'))
        return 3;
    /* What is too much is refused, and does not keep others from writing. */
    if (write_some(store, TOO_MANY, 'd') != STORE_FULL || !holds(store, 'c'))
        return 4;
    if (write_some(store, RECORDS, 'e') != STORE_OK)
        return 5;
    store_free(store);
    store = folder_try(&folder, &error);
    bool held = store != NULL && holds(store, 'e');
    store_free(store);
    return held ? 0 : 6;
}

static void a_full_file_system_is_survived(void **state)
{
    (void)state;
    folder_next(&folder);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(live_on_a_small_disk());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        print_message("no file system can be mounted here\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_disk_loses_nothing),
        cmocka_unit_test(opening_on_a_failing_disk_is_refused_and_can_be_tried_again),
        cmocka_unit_test(a_full_file_system_is_survived),
        cmocka_unit_test(each_acknowledged_write_was_synced),
        cmocka_unit_test(what_was_acknowledged_survives_the_power),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
