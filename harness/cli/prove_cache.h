/* What earlier runs of `syncspec prove` found, so that only what has changed is run again. */
#ifndef SYNCSPEC_CLI_PROVE_CACHE_H
#define SYNCSPEC_CLI_PROVE_CACHE_H

#include "cli/prove_matrix.h"

struct cli_prove_cache;

/* For the cases of ${folder}, with which an outcome is kept together with a digest of the case's
 * file, of the requirements, of this binary and of ${seed}.  ${file} NULL: in $XDG_CACHE_HOME, or
 * else ~/.cache.  NULL when that cannot be: nothing is kept then. */
struct cli_prove_cache *cli_prove_cache_new(const struct plan *plan, const char *folder,
                                            const char *file, uint64_t seed);

/* Fills in the cells that are known by what was kept, where all digests are the same.  A file that
 * is not what cli_prove_cache_save wrote counts as none. */
void cli_prove_cache_load(struct cli_prove_cache *cache, struct cli_prove_matrix *matrix);

/* Keeps what is known.  A file that cannot be written is no error: it costs time alone. */
void cli_prove_cache_save(struct cli_prove_cache *cache, const struct cli_prove_matrix *matrix);

void cli_prove_cache_free(struct cli_prove_cache *cache);

#endif
