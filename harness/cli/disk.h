/* The disk of the built-in core: what is stored there outlives a restart of what stands on it. */
#ifndef SYNCSPEC_CLI_DISK_H
#define SYNCSPEC_CLI_DISK_H

#include "store/store.h"

/* A store that also keeps the rows of services, in memory, and has everything else from ${inner},
 * which it takes over, also on failure (NULL, and when ${inner} is NULL). */
MUST_USE struct store *cli_disk_new(struct store *inner);

#endif
