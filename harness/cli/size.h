/* Numbers of bytes as people type them. */
#ifndef SYNCSPEC_CLI_SIZE_H
#define SYNCSPEC_CLI_SIZE_H

#include "base/slice.h"

/* Reads "1024", "64K", "64M" or "2G" (powers of 1024; small letters too).  False when it is none of
 * these or is past UINT64_MAX.  Writes on success only. */
MUST_USE bool cli_size_read(const char *text, uint64_t *ret_bytes);

#endif
