/* The versions of the storage API as rows of one table: what one asks for and another does not. The
 * handlers are those of 1.5; where a version differs they look into its row. */
#ifndef SYNCSPEC_CORE_DIALECT_H
#define SYNCSPEC_CORE_DIALECT_H

#include "core/config.h"
#include "record/list.h"

enum core_version { CORE_1_5, CORE_1_1, CORE_1_0, CORE_VERSIONS };

enum { CORE_DIALECT_PATHS = 2, CORE_DIALECT_FORMATS = 3 };

struct core_dialect {
    enum core_version version;
    const char *name;                      /* as in --api */
    const char *paths[CORE_DIALECT_PATHS]; /* first segments of its URLs; NULL past the last */
    const char *challenge;                 /* WWW-Authenticate; NULL: the scheme's name */
    enum record_kind kind;                 /* of its records */
    struct {
        uint64_t max_post_records, max_post_bytes, max_record_payload_bytes;
    } at_most;        /* what the version itself limits, however much is configured; 0: does not */
    uint64_t max_ids; /* instead of the configured ones; 0: those */
    enum record_format formats[CORE_DIALECT_FORMATS]; /* of lists, in order of preference */
    size_t format_count;
    const char *retry_record; /* why a record past max_post_records failed */
    int oversize_status;      /* of a PUT whose payload is too large, and its code */
    int oversize_code;
    bool named_users;       /* the path says who by name, and requests are authenticated by Basic */
    bool batches;           /* `batch`, `commit` and what a POST announces have a meaning */
    bool modified_since;    /* X-If-Modified-Since and X-Last-Modified exist */
    bool guards_collection; /* X-If-Unmodified-Since is about the collection, and of writes only */
    bool refuses_accept;    /* 406; else a client gets JSON whatever it accepts */
    bool typed_bodies;      /* Content-Type counts; else every body is JSON */
    bool old_queries;    /* index_above, index_below, parentid, predecessorid; a numeric offset; an
                            unknown sort is none; DELETE filters like GET */
    bool single_posts;   /* a POST of one record is a PUT of it */
    bool failed_lists;   /* `failed` gives a list of reasons for each id */
    bool bare_deletes;   /* DELETE answers with the time alone */
    bool deletes_absent; /* DELETE of a record that does not exist is 200 */
    bool confirms_wipe;  /* DELETE of everything needs X-Confirm-Delete */
    bool blind_slash;    /* a '/' at the end of the path does not count */
};

const struct core_dialect *core_dialect_of(enum core_version version);

/* The version whose URLs begin with that segment; NULL when there is none. */
const struct core_dialect *core_dialect_at(struct slice segment);

/* Brings the configured limits to what the version has. */
void core_dialect_limit(const struct core_dialect *dialect, struct core_limits *limits);

/* Whether the bytes can be a user's name in a path: 1 to 255 of A-Z a-z 0-9 . _ -. */
bool core_dialect_user_valid(struct slice name);

#endif
