/* What a store is measured beside: the bare means, with the same durability. */
#ifndef SYNCSPEC_BENCH_KNOWN_H
#define SYNCSPEC_BENCH_KNOWN_H

#include "base/slice.h"

struct bench_known;

/* A SQLite file with one table of id, modified and payload, WAL and synchronous = FULL; or, when
 * ${file} is NULL, libc's balanced tree (tsearch) with the records in blocks of their own.  NULL
 * when it cannot be had. */
MUST_USE struct bench_known *bench_known_open(const char *file);
void bench_known_close(struct bench_known *known);

/* Writes ${count} records from ${first} on, in one transaction where there are any. */
MUST_USE bool bench_known_write(struct bench_known *known, uint64_t first, size_t count);

/* Reads ${count} records from ${first} on: each payload is copied. */
MUST_USE bool bench_known_read(struct bench_known *known, uint64_t first, size_t count);

#endif
