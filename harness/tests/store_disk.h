/* A disk that fails on demand, under a durable store: the calls by which SQLite writes and syncs
 * are replaced for the test's process. */
#ifndef SYNCSPEC_TESTS_STORE_DISK_H
#define SYNCSPEC_TESTS_STORE_DISK_H

#include <stdbool.h>
#include <stdint.h>

enum disk_call { DISK_WRITE, DISK_SYNC };

/* From the n-th call on (0: the next) all calls of that kind fail with ${error}, until disk_mend.
 */
void disk_break(enum disk_call call, uint64_t nth, int error);

/* Whether a call has failed since disk_break. */
bool disk_has_failed(void);
void disk_mend(void);

/* Syncs since the process started. */
uint64_t disk_syncs(void);

/* From now on each file that is synced is copied, as it is then, into ${folder}, under its own
 * name, and what was removed is removed there when its folder is synced: there lies what is left
 * when the power fails.  NULL: no more. */
void disk_keep_image(const char *folder);

#endif
