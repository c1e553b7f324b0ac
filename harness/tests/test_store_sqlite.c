/* What the SQLite backend promises beyond the contract: which files it takes, what it does to the
 * others, and how it bears company and damage. */
#include "base/alloc.h"
#include "store/sqlite.h"
#include "tests/store_folder.h"
#include "tests/support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { T0 = 1000, UID = 7, VERSION_AT = 60, APPLICATION_AT = 68, PAGE = 4096 };

static enum store_err write_at(struct store *store, uint64_t uid, int64_t now,
                               const struct record_update *update)
{
    struct store_txn *txn;
    TRY(store_begin(store, uid, STORE_WRITE, now, &txn));
    enum store_err err = store_put(txn, SLICE("c"), update);
    if (err == STORE_OK)
        return store_commit(txn);
    store_rollback(txn);
    return err;
}

static struct record_update update_of(const char *id, struct slice payload)
{
    return (struct record_update){
        .id = slice_text(id), .has_id = true, .payload_is = RECORD_VALUE, .payload = payload
    };
}

static enum store_err write_one(struct store *store, const char *id, const char *payload)
{
    struct record_update update = update_of(id, slice_text(payload));
    return write_at(store, UID, T0, &update);
}

static void expect_payload(struct store *store, const char *id, const char *payload)
{
    struct store_txn *txn;
    struct record_bso bso;
    assert_int_equal(store_begin(store, UID, STORE_READ, T0, &txn), STORE_OK);
    assert_int_equal(store_get(txn, SLICE("c"), slice_text(id), &bso), STORE_OK);
    assert_slice(bso.payload, payload);
    store_rollback(txn);
}

static void put_bytes(const char *path, long at, struct slice bytes)
{
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, bytes.ptr, bytes.len, at), (int)bytes.len);
    assert_int_equal(close(file), 0);
}

static struct buf bytes_of(const char *path)
{
    struct buf bytes = buf_bounded(64 << 20);
    uint8_t part[PAGE];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    for (size_t got; (got = fread(part, 1, sizeof(part), file)) > 0;)
        assert_true(buf_add(&bytes, slice_of(part, got)));
    assert_int_equal(fclose(file), 0);
    return bytes;
}

/* Refuses the file, says why, and leaves it as it was. */
static void expect_refusal(const char *why)
{
    struct buf before = bytes_of(folder_of_group.file);
    const char *error = NULL;
    int64_t live = alloc_live();
    struct store *store = folder_try(&folder_of_group, &error);
    assert_null(store);
    assert_non_null(error);
    if (strncmp(error, folder_of_group.file, strlen(folder_of_group.file)) != 0 ||
        strstr(error, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error, why);
    assert_int_equal(alloc_live(), live);
    struct buf after = bytes_of(folder_of_group.file);
    assert_true(slice_eq(buf_slice(&before), buf_slice(&after)));
    buf_free(&before);
    buf_free(&after);
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    static uint8_t noise[3 * PAGE];
    memset(noise, 0x5a, sizeof(noise));
    put_bytes(folder_of_group.file, 0, SLICE("a shopping list: milk, bread"));
    expect_refusal("no SQLite database");
    folder_next(&folder_of_group);
    put_bytes(folder_of_group.file, 0, slice_of(noise, sizeof(noise)));
    expect_refusal("no SQLite database");
}

static void what_cannot_be_opened_is_refused(void **state)
{
    (void)state;
    const char *error = NULL;
    struct folder wrong = folder_of_group;
    (void)snprintf(wrong.file, sizeof(wrong.file), "%.200s/missing/x", folder_of_group.path);
    assert_null(folder_try(&wrong, &error));
    assert_non_null(strstr(error, "No such file"));
    (void)snprintf(wrong.file, sizeof(wrong.file), "%s", folder_of_group.path);
    assert_null(folder_try(&wrong, &error));
    assert_non_null(strstr(error, folder_of_group.path));
    assert_null(store_open("sqlite:", &error));
    assert_non_null(strstr(error, "sqlite:FILE"));
    assert_null(store_open("sqlite", &error));
    static char endless[5000];
    memset(endless, 'x', sizeof(endless) - 1);
    assert_null(store_sqlite_open(slice_text(endless), 0, &error));
    assert_null(store_sqlite_open(SLICE("a\0b"), 0, &error));
}

static void make_store(void)
{
    struct store *store = folder_open(&folder_of_group);
    assert_int_equal(write_one(store, "a", "kept"), STORE_OK);
    store_free(store);
}

static void a_newer_version_is_refused(void **state)
{
    (void)state;
    make_store();
    struct buf bytes = bytes_of(folder_of_group.file);
    assert_memory_equal(bytes.ptr + VERSION_AT, "\0\0\0\2", 4);
    assert_memory_equal(bytes.ptr + APPLICATION_AT, "SynC", 4);
    buf_free(&bytes);
    put_bytes(folder_of_group.file, VERSION_AT, SLICE("\0\0\0\3"));
    expect_refusal("newer version");
    put_bytes(folder_of_group.file, VERSION_AT, SLICE("\0\0\0\2"));
    struct store *store = folder_open(&folder_of_group);
    expect_payload(store, "a", "kept");
    store_free(store);
}

static void a_database_of_another_program_is_refused(void **state)
{
    (void)state;
    make_store();
    put_bytes(folder_of_group.file, APPLICATION_AT, SLICE("Abcd"));
    expect_refusal("another program");
    put_bytes(folder_of_group.file, APPLICATION_AT, SLICE("\0\0\0\0"));
    expect_refusal("another program");
    put_bytes(folder_of_group.file, VERSION_AT, SLICE("\0\0\0\0"));
    expect_refusal("another program");
    put_bytes(folder_of_group.file, APPLICATION_AT, SLICE("SynC"));
    expect_refusal("another program");
}

static void any_name_is_a_file(void **state)
{
    (void)state;
    static const char *const names[] = { ":memory:", "file:x?mode=memory", "a b%20'\"" };
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(here >= 0);
    assert_int_equal(chdir(folder_of_group.path), 0);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *error = NULL;
        struct store *store = store_sqlite_open(slice_text(names[i]), 0, &error);
        assert_non_null(store);
        assert_int_equal(write_one(store, "a", "kept"), STORE_OK);
        store_free(store);
        struct stat status;
        assert_int_equal(stat(names[i], &status), 0);
        assert_true(status.st_size > PAGE);
        assert_int_equal(status.st_mode & 0777, 0600); /* nobody else reads it */
        store = store_sqlite_open(slice_text(names[i]), 0, &error);
        assert_non_null(store);
        expect_payload(store, "a", "kept");
        store_free(store);
    }
    assert_int_equal(fchdir(here), 0);
    assert_int_equal(close(here), 0);
}

/* In a process without the rights of root, for whom no file is read-only. */
static void try_without_rights(void)
{
    const char *error = "";
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        _exit(9);
    struct store *store = folder_try(&folder_of_group, &error);
    if (store != NULL)
        _exit(8);
    _exit(strstr(error, "cannot be written") != NULL ? 0 : 7);
}

static void a_file_that_cannot_be_written_is_refused(void **state)
{
    (void)state;
    make_store();
    assert_int_equal(chmod(folder_of_group.file, 0444), 0);
    assert_int_equal(chmod(folder_of_group.path, 0555), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        try_without_rights();
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(folder_of_group.path, 0700), 0);
    assert_int_equal(chmod(folder_of_group.file, 0600), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    struct store *store = folder_open(&folder_of_group);
    expect_payload(store, "a", "kept");
    store_free(store);
}

static void another_writer_makes_it_busy_and_no_more(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group), *other = folder_open(&folder_of_group);
    assert_int_equal(write_one(store, "a", "old"), STORE_OK);
    struct store_txn *theirs, *ours;
    struct record_update update = update_of("a", SLICE("theirs"));
    assert_int_equal(store_begin(other, UID, STORE_WRITE, T0, &theirs), STORE_OK);
    assert_int_equal(store_put(theirs, SLICE("c"), &update), STORE_OK);
    assert_int_equal(store_begin(store, UID, STORE_WRITE, T0, &ours), STORE_BUSY);
    expect_payload(store, "a", "old");
    assert_int_equal(store_commit(theirs), STORE_OK);
    expect_payload(store, "a", "theirs");
    assert_int_equal(store_begin(store, UID, STORE_WRITE, T0, &ours), STORE_OK);
    assert_int_equal(store_stamp(ours), T0 + 2);
    store_rollback(ours);
    store_free(other);
    assert_int_equal(write_one(store, "a", "ours"), STORE_OK);
    store_free(store);
}

static void one_transaction_at_a_time(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct store_txn *txn, *second;
    assert_int_equal(store_begin(store, UID, STORE_READ, T0, &txn), STORE_OK);
    assert_int_equal(store_begin(store, UID + 1, STORE_READ, T0, &second), STORE_BUSY);
    store_rollback(txn);
    assert_int_equal(store_begin(store, UID + 1, STORE_READ, T0, &second), STORE_OK);
    store_free(store); /* with a transaction open: it is rolled back */
}

static void the_ceiling_is_kept_and_forgiven(void **state)
{
    (void)state;
    enum { CEILING = 600 * 1024, BIG = 20000 };
    static uint8_t bytes[BIG];
    const char *error = NULL;
    struct store *store = store_sqlite_open(slice_text(folder_of_group.file), CEILING, &error);
    assert_non_null(store);
    enum store_err err = STORE_OK;
    unsigned count = 0;
    for (char id[] = "00"; err == STORE_OK && count < 100; count += err == STORE_OK) {
        id[0] = (char)('0' + count / 10);
        id[1] = (char)('0' + count % 10);
        struct record_update update = update_of(id, slice_of(bytes, BIG));
        err = write_at(store, UID, T0, &update);
    }
    assert_int_equal(err, STORE_FULL);
    assert_in_range(count, CEILING / BIG / 2, CEILING / BIG);
    struct store_txn *txn;
    assert_int_equal(store_begin(store, UID, STORE_WRITE, T0, &txn), STORE_OK);
    assert_int_equal(store_bytes(txn), count * BIG);
    assert_int_equal(store_modified(txn), T0 + count - 1);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("00")), STORE_OK);
    assert_int_equal(store_remove(txn, SLICE("c"), SLICE("01")), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    struct record_update update = update_of("again", slice_of(bytes, BIG));
    assert_int_equal(write_at(store, UID, T0, &update), STORE_OK);
    store_free(store);
    store = folder_open(&folder_of_group);
    assert_int_equal(store_begin(store, UID, STORE_READ, T0, &txn), STORE_OK);
    assert_int_equal(store_bytes(txn), (count - 1) * BIG);
    store_free(store);
}

static bool count_one(void *context, const struct record_bso *bso)
{
    /* Whatever stands there, all of it can be read. */
    uint64_t sum = 0;
    for (size_t i = 0; i < bso->payload.len; i++)
        sum += bso->payload.ptr[i];
    *(uint64_t *)context += 1 + sum * 0;
    return true;
}

/* Reads and writes in every way; whether some of it was STORE_BROKEN, which is the only error. */
static bool exercise(struct store *store)
{
    static const enum store_order all[] = { STORE_BY_ID, STORE_NEWEST, STORE_OLDEST,
                                            STORE_BY_INDEX };
    bool broken = false;
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        uint64_t count = 0;
        struct store_query query = {
            .newer = INT64_MIN, .older = INT64_MAX, .order = all[i], .limit = SIZE_MAX
        };
        struct store_sink sink = { .visit = count_one, .context = &count };
        struct store_txn *txn;
        enum store_err err = store_begin(store, UID, STORE_READ, T0, &txn);
        if (err == STORE_OK) {
            err = store_list(txn, SLICE("c"), &query, &sink);
            store_rollback(txn);
        }
        assert_true(err == STORE_OK || err == STORE_ABSENT || err == STORE_BROKEN);
        broken = broken || err != STORE_OK;
    }
    enum store_err err = write_one(store, "b", "after the damage");
    assert_true(err == STORE_OK || err == STORE_BROKEN);
    return broken || err != STORE_OK;
}

static void damage_is_noticed_and_survived(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    struct store_txn *txn;
    assert_int_equal(store_begin(store, UID, STORE_WRITE, T0, &txn), STORE_OK);
    for (int i = 0; i < 300; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%d", i);
        struct record_update update = update_of(id, SLICE("a payload of some length, 36 bytes.."));
        assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    }
    assert_int_equal(store_commit(txn), STORE_OK);
    store_free(store);
    struct buf good = bytes_of(folder_of_group.file);
    static uint8_t noise[PAGE];
    memset(noise, 0xa5, sizeof(noise));
    size_t noticed = 0, pages = good.len / PAGE;
    for (size_t page = 0; page < pages; page++) {
        folder_next(&folder_of_group);
        put_bytes(folder_of_group.file, 0, buf_slice(&good));
        put_bytes(folder_of_group.file, (long)(page * PAGE), slice_of(noise, PAGE));
        const char *error = NULL;
        store = folder_try(&folder_of_group, &error);
        if (store == NULL)
            assert_non_null(error);
        noticed += store == NULL || exercise(store);
        store_free(store);
        folder_forget(&folder_of_group);
    }
    /* Not each page is read by these requests: those of batches are not. */
    assert_true(noticed >= pages / 2);
    buf_free(&good);
}

static void a_file_cut_short_is_noticed(void **state)
{
    (void)state;
    struct store *store = folder_open(&folder_of_group);
    static uint8_t bytes[100000];
    for (char id[] = "a"; id[0] <= 'e'; id[0]++) {
        struct record_update update = update_of(id, slice_of(bytes, sizeof(bytes)));
        assert_int_equal(write_at(store, UID, T0, &update), STORE_OK);
    }
    store_free(store);
    assert_int_equal(truncate(folder_of_group.file, 20 * PAGE), 0);
    const char *error = NULL;
    store = folder_try(&folder_of_group, &error);
    assert_true(store == NULL ? error != NULL : exercise(store));
    store_free(store);
}

static off_t size_of_file(void)
{
    struct stat status;
    assert_int_equal(stat(folder_of_group.file, &status), 0);
    return status.st_size;
}

/* What expires makes room, also where the user never comes back. */
static void expired_rows_of_the_absent_are_purged(void **state)
{
    (void)state;
    enum { MANY = 400, SIZE = 3000 };
    static uint8_t bytes[SIZE];
    struct store *store = folder_open(&folder_of_group);
    struct store_txn *txn;
    for (uint64_t uid = 100; uid < 102; uid++) {
        assert_int_equal(store_begin(store, uid, STORE_WRITE, T0, &txn), STORE_OK);
        for (int i = 0; i < MANY; i++) {
            char id[16];
            (void)snprintf(id, sizeof(id), "%d", i);
            struct record_update update = update_of(id, slice_of(bytes, SIZE));
            update.ttl_is = uid == 100 ? RECORD_VALUE : RECORD_ABSENT;
            update.ttl = 10;
            assert_int_equal(uid == 100
                                 ? store_put(txn, SLICE("c"), &update)
                                 : (i == 0 ? store_batch_open(txn, SLICE("c"), 1, T0 + 1000)
                                           : store_batch_append(txn, SLICE("c"), 1, &update)),
                             STORE_OK);
        }
        assert_int_equal(store_commit(txn), STORE_OK);
    }
    store_free(store);
    off_t full = size_of_file();
    store = folder_open(&folder_of_group);
    for (int i = 0; i < 3 * (MANY / 100 + 4); i++) {
        struct record_update update = update_of("a", SLICE("x"));
        assert_int_equal(write_at(store, UID, T0 + 2000, &update), STORE_OK);
    }
    assert_int_equal(store_begin(store, UID, STORE_WRITE, T0, &txn), STORE_OK);
    for (int i = 0; i < 2 * MANY; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%d", i);
        struct record_update update = update_of(id, slice_of(bytes, SIZE));
        assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    }
    assert_int_equal(store_commit(txn), STORE_OK);
    store_free(store);
    assert_true(size_of_file() < full + full / 8);
}

static void the_log_does_not_grow_without_end(void **state)
{
    (void)state;
    enum { SIZE = 200000, WRITES = 100, MOST = 8 << 20 };
    static uint8_t bytes[SIZE];
    char path[FOLDER_PATH + 8];
    (void)snprintf(path, sizeof(path), "%s-wal", folder_of_group.file);
    struct store *store = folder_open(&folder_of_group);
    for (int i = 0; i < WRITES; i++) {
        struct record_update update = update_of("a", slice_of(bytes, SIZE));
        assert_int_equal(write_at(store, UID, T0, &update), STORE_OK);
        struct stat status;
        assert_int_equal(stat(path, &status), 0);
        assert_in_range(status.st_size, 1, MOST);
    }
    store_free(store);
    assert_true(size_of_file() < 3 * SIZE);
    assert_int_equal(access(path, F_OK), -1); /* closed in order: one file is left */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_no_database_is_refused, folder_renew),
        cmocka_unit_test_setup(what_cannot_be_opened_is_refused, folder_renew),
        cmocka_unit_test_setup(a_newer_version_is_refused, folder_renew),
        cmocka_unit_test_setup(a_database_of_another_program_is_refused, folder_renew),
        cmocka_unit_test_setup(any_name_is_a_file, folder_renew),
        cmocka_unit_test_setup(a_file_that_cannot_be_written_is_refused, folder_renew),
        cmocka_unit_test_setup(another_writer_makes_it_busy_and_no_more, folder_renew),
        cmocka_unit_test_setup(one_transaction_at_a_time, folder_renew),
        cmocka_unit_test_setup(the_ceiling_is_kept_and_forgiven, folder_renew),
        cmocka_unit_test_setup(damage_is_noticed_and_survived, folder_renew),
        cmocka_unit_test_setup(a_file_cut_short_is_noticed, folder_renew),
        cmocka_unit_test_setup(expired_rows_of_the_absent_are_purged, folder_renew),
        cmocka_unit_test_setup(the_log_does_not_grow_without_end, folder_renew),
    };
    return cmocka_run_group_tests(tests, folder_set_up, folder_tear_down);
}
