/* The backend that keeps everything in memory. */
#ifndef SYNCSPEC_STORE_MEMORY_H
#define SYNCSPEC_STORE_MEMORY_H

#include "store/store.h"

/* Refuses with STORE_FULL what would take the records (payloads, ids and what it takes to keep
 * them) and collections beyond ${ceiling} bytes in all.  NULL when out of memory.  One thread; one
 * transaction per user at a time (a second one: STORE_BUSY). */
MUST_USE struct store *store_memory_new(uint64_t ceiling);

#endif
