#include "bench/bench_known.h"

#include "base/alloc.h"
#include "bench/bench_world.h"

#include <inttypes.h>
#include <search.h>
#include <sqlite3.h>
#include <stdio.h>

enum { ID_TEXT = 24 };

struct block { /* of the tree */
    char id[ID_TEXT];
    uint8_t payload[BENCH_PAYLOAD];
};

struct bench_known {
    sqlite3 *db; /* NULL: the tree */
    sqlite3_stmt *insert, *select, *begin, *commit;
    void *tree;
    uint8_t payload[BENCH_PAYLOAD];
};

static bool open_file(struct bench_known *known, const char *file)
{
    static const char setup[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192;"
        "CREATE TABLE raw (id TEXT PRIMARY KEY, modified INTEGER, payload BLOB)";
    const struct {
        const char *text;
        sqlite3_stmt **statement;
    } rows[] = {
        { "INSERT OR REPLACE INTO raw VALUES (?1, ?2, ?3)", &known->insert },
        { "SELECT payload FROM raw WHERE id = ?1", &known->select },
        { "BEGIN IMMEDIATE", &known->begin },
        { "COMMIT", &known->commit },
    };
    bool good = sqlite3_open(file, &known->db) == SQLITE_OK &&
                sqlite3_exec(known->db, setup, NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; i < COUNT_OF(rows) && good; i++)
        good =
            sqlite3_prepare_v2(known->db, rows[i].text, -1, rows[i].statement, NULL) == SQLITE_OK;
    return good;
}

struct bench_known *bench_known_open(const char *file)
{
    struct bench_known *known = alloc_new(struct bench_known);
    if (known == NULL)
        return NULL;
    memset(known->payload, 'p', sizeof(known->payload));
    if (file == NULL || open_file(known, file))
        return known;
    bench_known_close(known);
    return NULL;
}

void bench_known_close(struct bench_known *known)
{
    if (known == NULL)
        return;
    sqlite3_stmt *const statements[] = { known->insert, known->select, known->begin,
                                         known->commit };
    for (size_t i = 0; i < COUNT_OF(statements); i++)
        (void)sqlite3_finalize(statements[i]);
    (void)sqlite3_close(known->db);
    tdestroy(known->tree, alloc_release);
    alloc_release(known);
}

static void name(uint64_t number, char ret_id[ID_TEXT])
{
    (void)snprintf(ret_id, ID_TEXT, "%012" PRIu64, number);
}

static bool run(sqlite3_stmt *statement, int expected)
{
    bool good = sqlite3_step(statement) == expected;
    return sqlite3_reset(statement) == SQLITE_OK && good;
}

static bool insert_row(struct bench_known *known, uint64_t number)
{
    char id[ID_TEXT];
    name(number, id);
    (void)sqlite3_bind_text(known->insert, 1, id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_int64(known->insert, 2, (int64_t)number);
    (void)sqlite3_bind_blob(known->insert, 3, known->payload, BENCH_PAYLOAD, SQLITE_STATIC);
    return run(known->insert, SQLITE_DONE);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct block *)a)->id, ((const struct block *)b)->id);
}

static bool enter(struct bench_known *known, uint64_t number)
{
    struct block *block = alloc_new(struct block);
    if (block == NULL)
        return false;
    name(number, block->id);
    memcpy(block->payload, known->payload, sizeof(block->payload));
    void *const *entered = tsearch(block, &known->tree, compare);
    if (entered == NULL || *entered != block)
        alloc_release(block);
    return entered != NULL && *entered == block;
}

bool bench_known_write(struct bench_known *known, uint64_t first, size_t count)
{
    bool good = known->db == NULL || run(known->begin, SQLITE_DONE);
    for (size_t i = 0; i < count && good; i++)
        good = known->db == NULL ? enter(known, first + i) : insert_row(known, first + i);
    return good && (known->db == NULL || run(known->commit, SQLITE_DONE));
}

static bool select_row(struct bench_known *known, const char *id)
{
    (void)sqlite3_bind_text(known->select, 1, id, -1, SQLITE_STATIC);
    bool found = sqlite3_step(known->select) == SQLITE_ROW &&
                 sqlite3_column_bytes(known->select, 0) == BENCH_PAYLOAD;
    if (found)
        memcpy(known->payload, sqlite3_column_blob(known->select, 0), BENCH_PAYLOAD);
    return sqlite3_reset(known->select) == SQLITE_OK && found;
}

static bool look_up(struct bench_known *known, const struct block *wanted)
{
    struct block *const *found = tfind(wanted, &known->tree, compare);
    if (found != NULL)
        memcpy(known->payload, (*found)->payload, BENCH_PAYLOAD);
    return found != NULL;
}

bool bench_known_read(struct bench_known *known, uint64_t first, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count && good; i++) {
        struct block wanted;
        name(first + i, wanted.id);
        good = known->db == NULL ? look_up(known, &wanted) : select_row(known, wanted.id);
    }
    return good;
}
