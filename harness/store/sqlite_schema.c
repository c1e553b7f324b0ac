#include "store/sqlite_schema.h"

#include "store/sqlite_sql.h"

/* "SynC" */
enum { APPLICATION = 0x53796e43 };

/* Version n is made from version n-1 by steps[n-1].  A step that was released is never changed: a
 * new version is a new row. */
static const char *const steps[] = {
    /* A collection's count and bytes are those of its rows, expired or not, at any time: triggers
     * see to that, so no statement can forget it.  payload stands last: reading what stands before
     * it does not read it. */
    "CREATE TABLE users ("
    " uid INTEGER PRIMARY KEY,"
    " modified INTEGER NOT NULL" /* 0: wrote no record yet, but opened a batch */
    ") STRICT;"
    "CREATE TABLE collections ("
    " key INTEGER PRIMARY KEY,"
    " uid INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " modified INTEGER NOT NULL,"
    " count INTEGER NOT NULL DEFAULT 0,"
    " bytes INTEGER NOT NULL DEFAULT 0,"
    " UNIQUE (uid, name)"
    ") STRICT;"
    "CREATE TABLE records ("
    " key INTEGER PRIMARY KEY,"
    " uid INTEGER NOT NULL,"
    " collection INTEGER NOT NULL,"
    " id TEXT NOT NULL,"
    " modified INTEGER NOT NULL,"
    " expires INTEGER,"   /* NULL: never */
    " sortindex INTEGER," /* NULL: none */
    " rank INTEGER AS (ifnull(sortindex, -9223372036854775808)) VIRTUAL,"
    " size INTEGER NOT NULL,"
    " payload BLOB NOT NULL,"
    " CHECK (size = length(payload))"
    ") STRICT;"
    "CREATE UNIQUE INDEX records_by_id ON records (collection, id);"
    "CREATE INDEX records_oldest ON records (collection, modified, id);"
    "CREATE INDEX records_newest ON records (collection, modified DESC, id);"
    "CREATE INDEX records_by_index ON records (collection, rank DESC, id);"
    "CREATE INDEX records_expiring ON records (uid, expires) WHERE expires IS NOT NULL;"
    "CREATE TRIGGER record_comes AFTER INSERT ON records BEGIN"
    " UPDATE collections SET count = count + 1, bytes = bytes + NEW.size"
    "  WHERE key = NEW.collection; END;"
    "CREATE TRIGGER record_goes AFTER DELETE ON records BEGIN"
    " UPDATE collections SET count = count - 1, bytes = bytes - OLD.size"
    "  WHERE key = OLD.collection; END;"
    "CREATE TRIGGER record_changes AFTER UPDATE OF size ON records WHEN OLD.size <> NEW.size BEGIN"
    " UPDATE collections SET bytes = bytes - OLD.size + NEW.size WHERE key = NEW.collection; END;"
    "CREATE TABLE batches ("
    " key INTEGER PRIMARY KEY,"
    " uid INTEGER NOT NULL,"
    " id INTEGER NOT NULL,"
    " collection TEXT NOT NULL," /* a name: the collection need not exist */
    " expires INTEGER NOT NULL,"
    " records INTEGER NOT NULL DEFAULT 0,"
    " bytes INTEGER NOT NULL DEFAULT 0,"
    " UNIQUE (uid, id)"
    ") STRICT;"
    "CREATE INDEX batches_expiring ON batches (uid, expires);"
    "CREATE TABLE batch_updates ("
    " seq INTEGER PRIMARY KEY," /* rises within a batch */
    " batch INTEGER NOT NULL,"
    " id TEXT NOT NULL,"
    /* enum record_presence: 0 absent, 1 null, 2 a value */
    " payload_is INTEGER NOT NULL, sortindex_is INTEGER NOT NULL, ttl_is INTEGER NOT NULL,"
    " sortindex INTEGER NOT NULL, ttl INTEGER NOT NULL,"
    " payload BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX batch_updates_of ON batch_updates (batch);"
    "CREATE TRIGGER batch_goes AFTER DELETE ON batches BEGIN"
    " DELETE FROM batch_updates WHERE batch = OLD.key; END;"
    "PRAGMA application_id = 1400467011;" /* APPLICATION */
    "PRAGMA user_version = 1;",
    /* What records of API 1.1 say of others.  Few do, so it is no column of records: there it would
     * have to stand behind the payload. */
    "CREATE TABLE relations ("
    " record INTEGER PRIMARY KEY,"
    " parent TEXT NOT NULL, predecessor TEXT NOT NULL" /* '': none */
    ") STRICT;"
    "CREATE TRIGGER relations_go AFTER DELETE ON records BEGIN"
    " DELETE FROM relations WHERE record = OLD.key; END;"
    /* NULL: the update says nothing; '': it takes away what there is. */
    "ALTER TABLE batch_updates ADD COLUMN parent TEXT;"
    "ALTER TABLE batch_updates ADD COLUMN predecessor TEXT;"
    /* What services beside the storage keep. */
    "CREATE TABLE kept ("
    " kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (kind, key)"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 2;",
};

int store_sqlite_version(void)
{
    return (int)COUNT_OF(steps);
}

enum store_err store_sqlite_ask(sqlite3 *db, const char *text, int64_t *ret_number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, text, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        *ret_number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    (void)sqlite3_finalize(statement);
    return code == SQLITE_DONE ? STORE_OK : store_sql_err(code);
}

enum store_sqlite_fit store_sqlite_fit(sqlite3 *db)
{
    int64_t tables = 0, application = 0, version = 0;
    if (store_sqlite_ask(db, "SELECT count(*) FROM sqlite_schema", &tables) != STORE_OK ||
        store_sqlite_ask(db, "PRAGMA application_id", &application) != STORE_OK ||
        store_sqlite_ask(db, "PRAGMA user_version", &version) != STORE_OK)
        return STORE_SQLITE_FAILED;
    if (tables == 0 && application == 0 && version == 0)
        return STORE_SQLITE_FITS;
    if (application != APPLICATION || version < 1)
        return STORE_SQLITE_FOREIGN;
    return version > store_sqlite_version() ? STORE_SQLITE_NEWER : STORE_SQLITE_FITS;
}

static enum store_err run_steps(sqlite3 *db)
{
    int64_t version = 0;
    /* Asked again: another process may have been faster. */
    TRY(store_sqlite_ask(db, "PRAGMA user_version", &version));
    for (int64_t i = version; i < (int64_t)COUNT_OF(steps); i++)
        TRY(store_sql_err(sqlite3_exec(db, steps[i], NULL, NULL, NULL)));
    return store_sql_err(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
}

enum store_err store_sqlite_migrate(sqlite3 *db)
{
    TRY(store_sql_err(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL)));
    enum store_err err = run_steps(db);
    if (sqlite3_get_autocommit(db) == 0)
        (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return err;
}
