/* The backend that keeps everything in memory. */
#ifndef SYNCSPEC_STORE_MEMORY_H
#define SYNCSPEC_STORE_MEMORY_H

#include "store/store.h"

/* Refuses with STORE_FULL what would take payloads beyond ${ceiling} bytes in all.  NULL when out
 * of memory.  One thread. */
MUST_USE struct store *store_memory_new(uint64_t ceiling);

#endif
