#include "core/config.h"

#include "base/stamp.h"
#include "http/target.h"

enum { BATCH_SECONDS = 7200 }; /* as on the deployed servers */

#define MEGA              ((uint64_t)1024 * 1024)
#define LIMIT_ROW(member) .name = #member, .offset = offsetof(struct core_limits, member)

/* The greatest values keep a request within memory, and one record, however much of its payload
 * has to be escaped, below LIMIT_REPLY_BODY. */
static const struct core_limit_row rows[] = {
    { LIMIT_ROW(max_request_bytes), .meaning = "bytes of a request body", .least = 256,
      .most = 32 * MEGA, .report = CORE_LIMIT_REPORTED },
    { LIMIT_ROW(max_post_records), .meaning = "records of one POST", .least = 1, .most = 10000,
      .report = CORE_LIMIT_REPORTED },
    { LIMIT_ROW(max_post_bytes), .meaning = "payload bytes of one POST", .least = 1,
      .most = 32 * MEGA, .report = CORE_LIMIT_REPORTED },
    { LIMIT_ROW(max_total_records), .meaning = "records of one batch", .least = 1, .most = 1000000,
      .report = CORE_LIMIT_OF_BATCHES },
    { LIMIT_ROW(max_total_bytes), .meaning = "payload bytes of one batch", .least = 1,
      .most = 1024 * MEGA, .report = CORE_LIMIT_OF_BATCHES },
    { LIMIT_ROW(max_record_payload_bytes), .meaning = "payload bytes of one record", .least = 1,
      .most = 8 * MEGA, .report = CORE_LIMIT_REPORTED },
    { LIMIT_ROW(max_ids), .meaning = "ids of one query", .least = 1, .most = 1000 },
};

struct core_config core_config_default(void)
{
    return (struct core_config){
        .limits = { .max_request_bytes = 2625536,
                    .max_post_records = 100,
                    .max_post_bytes = 2621440,
                    .max_total_records = 10000,
                    .max_total_bytes = CORE_TOTAL_BYTES_DEFAULT,
                    .max_record_payload_bytes = 2621440,
                    .max_ids = LIMIT_IDS },
        .quota = CORE_QUOTA_DEFAULT,
        .batches = true,
        .batch_lifetime = (int64_t)BATCH_SECONDS * STAMP_SECOND,
        .cors = true,
    };
}

const struct core_limit_row *core_config_limit_row(size_t index)
{
    return index < COUNT_OF(rows) ? &rows[index] : NULL;
}

uint64_t core_config_limit(const struct core_config *config, const struct core_limit_row *row)
{
    uint64_t value;
    memcpy(&value, (const char *)&config->limits + row->offset, sizeof(value));
    return value;
}

bool core_config_set_limit(struct core_config *config, struct slice name, uint64_t value,
                           const char **ret_error)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!slice_is(name, rows[i].name))
            continue;
        if (value < rows[i].least || value > rows[i].most) {
            *ret_error = "the value is out of this limit's range";
            return false;
        }
        memcpy((char *)&config->limits + rows[i].offset, &value, sizeof(value));
        return true;
    }
    *ret_error = "there is no limit of that name";
    return false;
}

bool core_config_reports(const struct core_config *config, const struct core_limit_row *row)
{
    return row->report == CORE_LIMIT_REPORTED ||
           (row->report == CORE_LIMIT_OF_BATCHES && config->batches);
}

const char *core_config_fault(const struct core_config *config)
{
    struct http_url url;
    return config->public_url.len == 0 ? NULL : http_url_parse(config->public_url, &url);
}
