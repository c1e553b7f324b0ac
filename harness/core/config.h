/* What an operator sets.  Every limit is one, and /info/configuration reports it. */
#ifndef SYNCSPEC_CORE_CONFIG_H
#define SYNCSPEC_CORE_CONFIG_H

#include "base/limits.h"
#include "base/slice.h"
#include "core/operations.h"

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
    uint64_t quota;                /* payload bytes per user; 0: no quota */
    uint64_t quota_per_collection; /* payload bytes per collection of a user; 0: no quota */
    bool batches;                  /* serve batch uploads; else every POST is stored at once */
    int64_t batch_lifetime;        /* of an open batch, from when it was opened: hundredths */
    struct slice public_url; /* scheme://host[:port][/prefix] as clients see it; empty: the Host
                                header says it */
    bool cors;               /* answer browsers' preflights (OPTIONS) */
    struct core_operations operations; /* at the start */
};

/* The limits that syncstorage-rs has by default, but for what a run has to fill; batches of two
 * hours; no public URL. */
struct core_config core_config_default(void);

/* Small enough that a run can fill them, and a batch before the quota. */
enum { CORE_QUOTA_DEFAULT = 8 * 1024 * 1024, CORE_TOTAL_BYTES_DEFAULT = 4 * 1024 * 1024 };

/* Sets the limit of that name ("max_post_records", ...).  False when there is none of that name or
 * the value is out of its range (static text in ${ret_error}). */
MUST_USE bool core_config_set_limit(struct core_config *config, struct slice name, uint64_t value,
                                    const char **ret_error);

/* The limits as rows, for /info/configuration, --help and core_config_set_limit.  NULL past the
 * last. */
enum core_limit_report { CORE_LIMIT_KEPT, CORE_LIMIT_REPORTED, CORE_LIMIT_OF_BATCHES };

struct core_limit_row {
    const char *name;
    const char *meaning;
    size_t offset; /* of the uint64_t in struct core_limits */
    uint64_t least, most;
    enum core_limit_report report;
};

const struct core_limit_row *core_config_limit_row(size_t index);

/* The value that the configuration gives to a row's limit. */
uint64_t core_config_limit(const struct core_config *config, const struct core_limit_row *row);

/* Whether /info/configuration shows it: those of batches only when there are batches. */
bool core_config_reports(const struct core_config *config, const struct core_limit_row *row);

/* What is wrong with the public URL (static text), or NULL.  core_new takes a faulty one for
 * none. */
const char *core_config_fault(const struct core_config *config);

#endif
