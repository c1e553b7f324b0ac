/* The statements of the SQLite backend: a fixed set, prepared once. */
#ifndef SYNCSPEC_STORE_SQLITE_SQL_H
#define SYNCSPEC_STORE_SQLITE_SQL_H

#include "store/ops.h"

#include <sqlite3.h>

enum store_sql {
    STORE_SQL_BEGIN_READ,
    STORE_SQL_BEGIN_WRITE,
    STORE_SQL_COMMIT,
    STORE_SQL_ROLLBACK,
    STORE_SQL_USER,             /* 1 uid -> modified */
    STORE_SQL_USER_SET,         /* 1 uid, 2 modified */
    STORE_SQL_USER_NEXT,        /* 1 uid -> the next greater one */
    STORE_SQL_BYTES,            /* 1 uid, 2 now -> payload bytes of what exists */
    STORE_SQL_COLLECTIONS,      /* 1 uid, 2 now -> name, modified, count, bytes */
    STORE_SQL_COLLECTION,       /* 1 uid, 2 now, 3 name -> the same */
    STORE_SQL_COLLECTION_KEY,   /* 1 uid, 2 name -> key, bytes of all rows */
    STORE_SQL_COLLECTION_TOUCH, /* 1 uid, 2 name, 3 modified -> key */
    STORE_SQL_COLLECTION_DROP,  /* 1 key: the collection without its records */
    /* What gives records has as its first parameter whether their payloads are wanted, which it
     * does not even read otherwise; then: */
    STORE_SQL_RECORD,           /* 2 collection, 3 id, 4 now -> see enum store_sqlite_columns */
    STORE_SQL_RECORD_BY_KEY,    /* 2 key, 3 now -> see enum store_sqlite_columns */
    STORE_SQL_RECORD_ADD,       /* 1 uid, 2 collection, 3 id, 4 modified, 5 expires, 6 sortindex,
                                   7 payload */
    STORE_SQL_RECORD_SET,       /* 1 key, 2 modified, 3 expires, 4 sortindex, 5 payload */
    STORE_SQL_RECORD_SET_REST,  /* 1 key, 2 modified, 3 expires, 4 sortindex */
    STORE_SQL_RECORD_DROP,      /* 1 key */
    STORE_SQL_RELATIONS_SET,    /* 1 key, 2 parent, 3 predecessor; NULL: as it is */
    STORE_SQL_COLLECTIONS_DROP, /* 1 uid: the collections without their records */
    /* These delete a bounded number of rows: see store_sqlite_repeat. */
    STORE_SQL_RECORDS_DROP,     /* 1 collection */
    STORE_SQL_RECORDS_DROP_ALL, /* 1 uid */
    STORE_SQL_RECORDS_EXPIRE,   /* 1 uid, 2 now */
    STORE_SQL_UPDATES_DROP,     /* 1 batch */
    STORE_SQL_UPDATES_DROP_OF,  /* 1 uid, 2 collection */
    STORE_SQL_UPDATES_DROP_ALL, /* 1 uid */
    STORE_SQL_UPDATES_EXPIRE,   /* 1 uid, 2 now */
    /* 1 payloads, 2 collection, 3 now, 4 newer, 5 older -> see enum store_sqlite_columns.  One row
     * per enum store_order. */
    STORE_SQL_LIST,
    STORE_SQL_LIST_END = STORE_SQL_LIST + 3,
    STORE_SQL_LIST_AFTER, /* the same and 6 number, 7 id: what has that number and comes behind
                             the id */
    STORE_SQL_LIST_AFTER_END = STORE_SQL_LIST_AFTER + 3,
    STORE_SQL_LIST_BELOW,   /* 1 to 5 the same, 6 number: by index, what has a lower one */
    STORE_SQL_LIST_TIMES,   /* 1 collection, 2 now, 3 newer, 4 older, 5 limit -> key, id, sortindex
                               (INT64_MIN: none) */
    STORE_SQL_BATCH,        /* 1 uid, 2 id, 3 collection, 4 now -> key, expires, records,
                               bytes */
    STORE_SQL_BATCH_SUMS,   /* 1 uid, 2 now -> bytes, how many */
    STORE_SQL_BATCH_TAKEN,  /* 1 uid, 2 id -> a row */
    STORE_SQL_BATCH_ADD,    /* 1 uid, 2 id, 3 collection, 4 expires */
    STORE_SQL_BATCH_GROW,   /* 1 key, 2 bytes */
    STORE_SQL_BATCH_DROP,   /* 1 key */
    STORE_SQL_BATCHES_DROP, /* 1 uid, 2 collection */
    STORE_SQL_BATCHES_DROP_ALL,  /* 1 uid */
    STORE_SQL_BATCHES_EXPIRE,    /* 1 uid, 2 now */
    STORE_SQL_BATCH_APPEND,      /* 1 batch, 2 id, 3 to 5 presence of payload, sortindex and ttl,
                                    6 payload, 7 sortindex, 8 ttl, 9 parent, 10 predecessor */
    STORE_SQL_BATCH_UPDATE_NEXT, /* 1 batch, 2 seq -> seq, then 2 to 10 as above, of the next one */
    STORE_SQL_KEEP,              /* 1 kind, 2 key, 3 value */
    STORE_SQL_FORGET,            /* 1 kind, 2 key */
    STORE_SQL_KEPT,              /* 1 kind -> key, value */
    STORE_SQL_COUNT
};

/* The columns of a record, in this order. */
enum store_sqlite_columns {
    STORE_SQLITE_KEY,
    STORE_SQLITE_ID,
    STORE_SQLITE_MODIFIED,
    STORE_SQLITE_EXPIRES,
    STORE_SQLITE_SORTINDEX,
    STORE_SQLITE_SIZE,
    STORE_SQLITE_PARENT, /* NULL: none */
    STORE_SQLITE_PREDECESSOR,
    STORE_SQLITE_PAYLOAD
};

extern const char *const store_sql_texts[STORE_SQL_COUNT];

/* What is bound to a statement's parameters. */
struct store_sql_value {
    enum { STORE_SQL_NULL, STORE_SQL_INT, STORE_SQL_TEXT, STORE_SQL_BLOB } kind;
    int64_t number;
    struct slice bytes; /* borrowed until the statement ends */
};

#define STORE_SQL_OF_INT(n)  ((struct store_sql_value){ .kind = STORE_SQL_INT, .number = (n) })
#define STORE_SQL_OF_TEXT(s) ((struct store_sql_value){ .kind = STORE_SQL_TEXT, .bytes = (s) })
#define STORE_SQL_OF_BLOB(s) ((struct store_sql_value){ .kind = STORE_SQL_BLOB, .bytes = (s) })

struct store_sql_values {
    const struct store_sql_value *at;
    size_t count;
};

#define STORE_SQL_VALUES(...)                                                                      \
    ((struct store_sql_values){ (const struct store_sql_value[]){ __VA_ARGS__ },                   \
                                sizeof((const struct store_sql_value[]){ __VA_ARGS__ }) /          \
                                    sizeof(struct store_sql_value) })

/* What SQLite's result code means to a caller of the store; SQLITE_ROW and SQLITE_OK: STORE_OK,
 * SQLITE_DONE: STORE_ABSENT. */
enum store_err store_sql_err(int code);

/* Makes the statement ready to step. */
MUST_USE enum store_err store_sql_start(sqlite3_stmt *statement, struct store_sql_values values);

/* To the next row: STORE_OK; no more: STORE_ABSENT. */
MUST_USE enum store_err store_sql_step(sqlite3_stmt *statement);

/* Forgets rows and parameters. */
void store_sql_end(sqlite3_stmt *statement);

/* A column's bytes, valid until the next step or end.  Call once per column. */
struct slice store_sql_bytes(sqlite3_stmt *statement, int column);

#endif
