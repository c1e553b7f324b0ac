/* The backend that keeps everything in one SQLite file. */
#ifndef SYNCSPEC_STORE_SQLITE_H
#define SYNCSPEC_STORE_SQLITE_H

#include "store/store.h"

/* Opens the file, or makes it (readable by its owner alone) where there is none.  What a commit has
 * acknowledged survives the death of the process and of the machine: write-ahead log, synced at
 * each commit.  ${ceiling} bounds the file in bytes, past it STORE_FULL; 0: none.
 *
 * One thread; one transaction at a time (a second one: STORE_BUSY).  Other processes may read and
 * write the file too: a write waits for theirs half a second at most, then it is STORE_BUSY.
 *
 * NULL and thread-local text, which begins with the file's name, when the file cannot be opened or
 * written, is no database, is one of another program or of a newer version, or is damaged. */
MUST_USE struct store *store_sqlite_open(struct slice file, uint64_t ceiling,
                                         const char **ret_error);

#endif
