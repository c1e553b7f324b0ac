#include "core/dialect.h"

#include "core/reply.h"

#define KB ((uint64_t)1024)

enum { NAME_MAX_BYTES = 255 };

/* As many ids as a target can hold. */
enum { IDS_OF_A_TARGET = LIMIT_TARGET / 2 };

/* What 1.1 and 1.0 have in common, and 1.5 not. */
#define BEFORE_1_5                                                                                 \
    .challenge = "Basic realm=\"Sync\"",                                                           \
    .at_most = { .max_post_records = 100,                                                          \
                 .max_post_bytes = 1024 * KB,                                                      \
                 .max_record_payload_bytes = 256 * KB },                                           \
    .max_ids = IDS_OF_A_TARGET, .formats = { RECORD_JSON, RECORD_WHOISI, RECORD_NEWLINES },        \
    .format_count = 3, .retry_record = "retry wbo", .oversize_status = 400,                        \
    .oversize_code = CORE_CODE_RECORD, .named_users = true, .guards_collection = true,             \
    .old_queries = true, .single_posts = true, .failed_lists = true, .bare_deletes = true,         \
    .deletes_absent = true, .confirms_wipe = true, .blind_slash = true

static const struct core_dialect dialects[CORE_VERSIONS] = {
    [CORE_1_5] = {
        .version = CORE_1_5,
        .name = "1.5",
        .paths = { "1.5" },
        .kind = RECORD_BSO,
        .formats = { RECORD_JSON, RECORD_NEWLINES },
        .format_count = 2,
        .retry_record = "retry bso",
        .oversize_status = 413,
        .oversize_code = CORE_CODE_LIMIT,
        .batches = true,
        .modified_since = true,
        .refuses_accept = true,
        .typed_bodies = true,
    },
    [CORE_1_1] = {
        .version = CORE_1_1,
        .name = "1.1",
        .paths = { "1.1" },
        .kind = RECORD_WBO,
        BEFORE_1_5,
    },
    [CORE_1_0] = {
        .version = CORE_1_0,
        .name = "1.0",
        .paths = { "1.0", "1" },
        .kind = RECORD_OLD_WBO,
        BEFORE_1_5,
    },
};

const struct core_dialect *core_dialect_of(enum core_version version)
{
    return &dialects[version];
}

const struct core_dialect *core_dialect_at(struct slice segment)
{
    for (size_t i = 0; i < COUNT_OF(dialects); i++) {
        for (size_t j = 0; j < CORE_DIALECT_PATHS && dialects[i].paths[j] != NULL; j++) {
            if (slice_is(segment, dialects[i].paths[j]))
                return &dialects[i];
        }
    }
    return NULL;
}

static void lower(uint64_t *limit, uint64_t most)
{
    if (most != 0 && *limit > most)
        *limit = most;
}

void core_dialect_limit(const struct core_dialect *dialect, struct core_limits *limits)
{
    lower(&limits->max_post_records, dialect->at_most.max_post_records);
    lower(&limits->max_post_bytes, dialect->at_most.max_post_bytes);
    lower(&limits->max_record_payload_bytes, dialect->at_most.max_record_payload_bytes);
    if (dialect->max_ids != 0)
        limits->max_ids = dialect->max_ids;
}

bool core_dialect_user_valid(struct slice name)
{
    if (name.len < 1 || name.len > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}
