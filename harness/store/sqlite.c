#include "store/sqlite.h"

#include "base/alloc.h"
#include "store/sqlite_ops.h"
#include "store/sqlite_schema.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { BUSY_MS = 500, ERROR_TEXT = 512, PATH_MOST = 4096 };

static const char *const setup[] = {
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",        /* each commit is on the disk before it is acknowledged */
    "PRAGMA cache_size = -8192",        /* KiB: what memory the pages may take */
    "PRAGMA temp_store = MEMORY",       /* nothing of a user's ends in another folder */
    "PRAGMA cell_size_check = ON",      /* damage is found where it stands */
    "PRAGMA trusted_schema = OFF",      /* a prepared file runs nothing of its own */
    "PRAGMA wal_autocheckpoint = 1000", /* pages */
    "PRAGMA journal_size_limit = 16777216",
};

static void free_store(struct store *base)
{
    struct store_sqlite *store = CONTAINER_OF(base, struct store_sqlite, base);
    if (store->txn.open)
        store_sqlite_rollback(&store->txn.base);
    for (size_t i = 0; i < STORE_SQL_COUNT; i++)
        (void)sqlite3_finalize(store->statements[i]);
    (void)sqlite3_close(store->db);
    alloc_release(store);
}

static const struct store_ops sqlite_ops = {
    .name = "sqlite",
    .begin = store_sqlite_begin,
    .commit = store_sqlite_commit,
    .rollback = store_sqlite_rollback,
    .modified = store_sqlite_modified,
    .stamp = store_sqlite_stamp,
    .bytes = store_sqlite_bytes,
    .collections = store_sqlite_collections,
    .collection = store_sqlite_collection,
    .get = store_sqlite_get,
    .list = store_sqlite_list,
    .touch = store_sqlite_touch,
    .put = store_sqlite_put,
    .remove = store_sqlite_remove,
    .remove_collection = store_sqlite_remove_collection,
    .remove_all = store_sqlite_remove_all,
    .batch_open = store_sqlite_batch_open,
    .batch_append = store_sqlite_batch_append,
    .batch_info = store_sqlite_batch_info,
    .batch_bytes = store_sqlite_batch_bytes,
    .batch_commit = store_sqlite_batch_commit,
    .batch_drop = store_sqlite_batch_drop,
    .keep = store_sqlite_keep,
    .forget = store_sqlite_forget,
    .kept = store_sqlite_kept,
    .free = free_store,
};

/* NULL, or what is wrong. */

static const char *reason(sqlite3 *db)
{
    int code = db == NULL ? SQLITE_NOMEM : sqlite3_errcode(db) & 0xff;
    int cause = db == NULL ? 0 : sqlite3_system_errno(db);
    if (code == SQLITE_NOTADB)
        return "it is no SQLite database";
    if (code == SQLITE_BUSY)
        return "another process keeps it locked";
    if (code == SQLITE_CANTOPEN && cause != 0)
        return strerror(cause);
    return db == NULL ? "out of memory" : sqlite3_errmsg(db);
}

static const char *connect(struct store_sqlite *store, const char *path)
{
    /* SQLite would let everybody read it.  A file that exists keeps its mode. */
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0)
        (void)close(file);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK)
        return reason(store->db);
    if (sqlite3_db_readonly(store->db, "main") != 0)
        return "it cannot be written";
    (void)sqlite3_extended_result_codes(store->db, 1);
    (void)sqlite3_busy_timeout(store->db, BUSY_MS);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    switch (store_sqlite_fit(store->db)) {
    case STORE_SQLITE_FITS:
        return NULL;
    case STORE_SQLITE_FOREIGN:
        return "it is a database of another program";
    case STORE_SQLITE_NEWER:
        return "it was written by a newer version of this program";
    case STORE_SQLITE_FAILED:
        break;
    }
    return reason(store->db);
}

static const char *bound(sqlite3 *db, uint64_t ceiling)
{
    int64_t size = 0, ignored;
    char text[64];
    if (ceiling == 0)
        return NULL;
    if (store_sqlite_ask(db, "PRAGMA page_size", &size) != STORE_OK || size <= 0)
        return reason(db);
    uint64_t pages = ceiling / (uint64_t)size + 1;
    (void)snprintf(text, sizeof(text), "PRAGMA max_page_count = %" PRIu64, pages);
    return store_sqlite_ask(db, text, &ignored) == STORE_OK ? NULL : reason(db);
}

static const char *configure(sqlite3 *db)
{
    int64_t ignored;
    for (size_t i = 0; i < COUNT_OF(setup); i++) {
        if (store_sqlite_ask(db, setup[i], &ignored) != STORE_OK)
            return reason(db);
    }
    return NULL;
}

static const char *migrate(sqlite3 *db)
{
    static const char *const reasons[] = {
        [STORE_FULL] = "the disk is full",
        [STORE_BUSY] = "another process keeps it locked",
        [STORE_NOMEM] = "out of memory",
        [STORE_BROKEN] = "it is damaged, or its disk fails",
    };
    return reasons[store_sqlite_migrate(db)];
}

static const char *prepare(struct store_sqlite *store)
{
    for (size_t i = 0; i < STORE_SQL_COUNT; i++) {
        if (sqlite3_prepare_v3(store->db, store_sql_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &store->statements[i], NULL) != SQLITE_OK)
            return reason(store->db);
    }
    return NULL;
}

static const char *set_up(struct store_sqlite *store, const char *path, uint64_t ceiling)
{
    const char *error = connect(store, path);
    if (error == NULL)
        error = bound(store->db, ceiling);
    if (error == NULL)
        error = configure(store->db);
    if (error == NULL)
        error = migrate(store->db);
    return error == NULL ? prepare(store) : error;
}

/* Whatever it is called, it is a file: not ":memory:", not a URI. */
static bool read_path(struct slice file, char ret_path[PATH_MOST])
{
    const char *start = slice_starts(file, SLICE("/")) ? "" : "./";
    bool good = file.len > 0 && file.len < PATH_MOST - 2 && slice_find(file, 0) == file.len;
    if (good)
        (void)snprintf(ret_path, PATH_MOST, "%s%.*s", start, SLICE_FMT(file));
    return good;
}

struct store *store_sqlite_open(struct slice file, uint64_t ceiling, const char **ret_error)
{
    static _Thread_local char text[ERROR_TEXT];
    struct store_sqlite *store = alloc_new(struct store_sqlite);
    *ret_error = "out of memory";
    if (store == NULL)
        return NULL;
    store->base.ops = &sqlite_ops;
    char path[PATH_MOST];
    const char *error = read_path(file, path) ? set_up(store, path, ceiling) : "no name of a file";
    if (error == NULL)
        return &store->base;
    (void)snprintf(text, sizeof(text), "%.*s: %s", SLICE_FMT(slice_head(file, ERROR_TEXT / 2)),
                   error);
    *ret_error = text;
    free_store(&store->base);
    return NULL;
}
