/* What stands in the file: its tables, its version, and how an older version becomes this one. */
#ifndef SYNCSPEC_STORE_SQLITE_SCHEMA_H
#define SYNCSPEC_STORE_SQLITE_SCHEMA_H

#include "store/ops.h"

#include <sqlite3.h>

enum store_sqlite_fit {
    STORE_SQLITE_FITS,
    STORE_SQLITE_FOREIGN, /* a database of another program */
    STORE_SQLITE_NEWER,   /* of a version that this program does not know */
    STORE_SQLITE_FAILED   /* sqlite3_errcode says why */
};

/* Whether this program may use the file; changes nothing. */
enum store_sqlite_fit store_sqlite_fit(sqlite3 *db);

/* Brings the file, which fits, to the present version: all of it or, when it fails, nothing. */
MUST_USE enum store_err store_sqlite_migrate(sqlite3 *db);

/* The version that this program writes. */
int store_sqlite_version(void);

/* Runs a query for one integer, or a statement without result, which is 0.  STORE_OK or the error.
 */
MUST_USE enum store_err store_sqlite_ask(sqlite3 *db, const char *text, int64_t *ret_number);

#endif
