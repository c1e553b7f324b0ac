/* What an operator sets.  Every limit is one, and /info/configuration reports it. */
#ifndef SYNCSPEC_CORE_CONFIG_H
#define SYNCSPEC_CORE_CONFIG_H

#include "base/limits.h"
#include "base/slice.h"

struct core_limits {
    uint64_t max_request_bytes;
    uint64_t max_post_records;
    uint64_t max_post_bytes;
    uint64_t max_total_records;
    uint64_t max_total_bytes;
    uint64_t max_record_payload_bytes;
    uint64_t max_ids; /* of one query; not reported, the protocol fixes it at 100 */
};

struct core_config {
    struct core_limits limits;
    uint64_t quota;          /* payload bytes per user; 0: no quota */
    struct slice public_url; /* scheme://host[:port][/prefix] as clients see it; empty: the Host
                                header says it */
    bool cors;               /* answer browsers' preflights (OPTIONS) */
};

/* The limits that syncstorage-rs has by default, a quota of CORE_QUOTA_DEFAULT, no public URL. */
struct core_config core_config_default(void);

/* Small enough that a run can fill it. */
enum { CORE_QUOTA_DEFAULT = 8 * 1024 * 1024 };

/* Sets the limit of that name ("max_post_records", ...).  False when there is none of that name or
 * the value is out of its range (static text in ${ret_error}). */
MUST_USE bool core_config_set_limit(struct core_config *config, struct slice name, uint64_t value,
                                    const char **ret_error);

/* The limits as rows, for /info/configuration, --help and core_config_set_limit.  NULL past the
 * last. */
struct core_limit_row {
    const char *name;
    const char *meaning;
    size_t offset; /* of the uint64_t in struct core_limits */
    uint64_t least, most;
    bool reported;
};

const struct core_limit_row *core_config_limit_row(size_t index);

/* The value that the configuration gives to a row's limit. */
uint64_t core_config_limit(const struct core_config *config, const struct core_limit_row *row);

/* What is wrong with the public URL (static text), or NULL.  core_new takes a faulty one for
 * none. */
const char *core_config_fault(const struct core_config *config);

#endif
