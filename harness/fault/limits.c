/* Limits, in both directions, and the headers that announce sizes. */
#include "fault/area.h"
#include "fault/hooks.h"

#define REFUSED "an upload that keeps to the limits that it was told is refused, at each sync"
#define PASSED  "a limit that is told is not the one that holds: clients cannot rely on it"
#define LATE    "a client sends megabytes before it hears that they are too many"

static void shift_limit(const struct fault *fault, struct core_config *config)
{
    const struct core_limit_row *row;
    const char *wrong = NULL;
    for (size_t i = 0; (row = core_config_limit_row(i)) != NULL; i++) {
        if (strcmp(row->name, fault->text) != 0)
            continue;
        uint64_t value = core_config_limit(config, row) + (uint64_t)fault->number;
        (void)!core_config_set_limit(config, slice_text(fault->text), value, &wrong);
    }
}

/* No quota either, which would stop a batch, too. */
static void no_total_bytes(const struct fault *fault, struct core_config *config)
{
    config->quota = 0;
    config->limits.max_total_bytes += (uint64_t)fault->number;
}

/* What clients are told of it. */
static void tell_old_limit(struct fault_call *call)
{
    struct slice raw;
    uint64_t value;
    struct slice pointer = fault_call_text(call, "/%s", call->fault->text);
    if (slice_is(call->info, "configuration") && pointer.len > 0 &&
        fault_call_json(call, (const char *)pointer.ptr, &raw) && slice_to_u64(raw, &value))
        fault_call_set_json(
            call, (const char *)pointer.ptr,
            fault_call_text(call, "%llu",
                            (unsigned long long)value - (unsigned long long)call->fault->number));
}

/* A field that is no number is taken for none. */
static void drop_malformed(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, call->fault->text);
    uint64_t number;
    if (value != NULL && !slice_to_u64(*value, &number))
        fault_call_drop_field(call, call->fault->text);
}

static void drop_both_malformed(struct fault_call *call)
{
    static const char *const names[] = { "X-Weave-Total-Records", "X-Weave-Total-Bytes" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct slice *value = fault_call_field(call, names[i]);
        uint64_t number;
        if (value != NULL && !slice_to_u64(*value, &number))
            fault_call_drop_field(call, names[i]);
    }
}

static void drop_unless_batch(struct fault_call *call)
{
    struct slice batch;
    if (fault_call_parameter(call, "batch", &batch))
        return;
    fault_call_drop_field(call, "X-Weave-Total-Records");
    fault_call_drop_field(call, "X-Weave-Total-Bytes");
}

/* Announced sizes are compared with >= in place of >. */
static void count_one_more(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, call->fault->text);
    uint64_t number;
    if (value != NULL && slice_to_u64(*value, &number) && number > 0)
        fault_call_set_field(call, call->fault->text,
                             fault_call_text(call, "%llu", (unsigned long long)number + 1));
}

static void drop_in_batch(struct fault_call *call)
{
    struct slice batch;
    if (fault_call_parameter(call, "batch", &batch) && !slice_is(batch, "true"))
        fault_call_drop_field(call, call->fault->text);
}

/* The code of an error. */
static void change_code(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), call->fault->text))
        fault_call_set_reply(call, slice_text(call->fault->other));
}

#define LIMIT(limit, by)                                                                           \
    .on = FAULT_GET | FAULT_INFO, .status = 200, .after = tell_old_limit,                          \
    .configure = shift_limit, .text = (limit), .number = (by)

static const struct fault rows[] = {
    { .name = "limit-post-records-one-less",
      .what = "One record less than max_post_records is taken",
      .impact = REFUSED,
      .breaks = { "1.5/info/configuration-enforced", "1.5/post/over-max-records" },
      LIMIT("max_post_records", -1) },
    { .name = "limit-post-records-one-more",
      .what = "One record more than max_post_records is taken",
      .impact = PASSED,
      .breaks = { "1.5/post/over-max-records" },
      LIMIT("max_post_records", 1) },
    { .name = "limit-post-bytes-one-more",
      .what = "One byte more than max_post_bytes is taken",
      .impact = PASSED,
      .breaks = { "1.5/post/over-max-bytes" },
      LIMIT("max_post_bytes", 1000) },
    { .name = "limit-request-bytes-larger",
      .what = "Requests larger than max_request_bytes are taken",
      .impact = PASSED,
      .warned = "deployed servers leave it to a proxy",
      .breaks = { "1.5/post/413-request", "1.5/errors/413-vs-400" },
      LIMIT("max_request_bytes", 2000000) },
    { .name = "limit-payload-one-less",
      .what = "A payload has to be smaller than max_record_payload_bytes, in place of at most as "
              "large",
      .impact = REFUSED,
      .warned = "servers may count what is around a payload",
      .breaks = { "1.5/put/413-too-large", "1.5/info/configuration-consistent",
                  "1.5/post/oversize-record" },
      LIMIT("max_record_payload_bytes", -1) },
    { .name = "limit-payload-one-more",
      .what = "A payload of one byte more than max_record_payload_bytes is taken",
      .impact = PASSED,
      .breaks = { "1.5/put/413-too-large", "1.5/post/oversize-record" },
      LIMIT("max_record_payload_bytes", 1) },
    { .name = "limit-payload-of-200000",
      .what = "The limit that info/configuration tells for a payload is below 256 KiB",
      .impact = "large records, which every server has to take, never sync",
      .breaks = { "1.5/bso/payload-256k" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = fault_set_value,
      .text = "/max_record_payload_bytes",
      .other = "200000" },
    { .name = "limit-total-records-one-more",
      .what = "A batch takes one record more than max_total_records",
      .impact = PASSED,
      .breaks = { "1.5/batch/total-limit-17" },
      .warned = "deployed servers look at the announced totals alone",
      LIMIT("max_total_records", 1000) },
    { .name = "limit-total-bytes-not-enforced",
      .what = "A batch takes more bytes than max_total_bytes",
      .impact = PASSED,
      .warned = "deployed servers look at the announced totals alone",
      .breaks = { "1.5/batch/total-limit-17" },
      .on = FAULT_GET | FAULT_INFO,
      .status = 200,
      .after = tell_old_limit,
      .configure = no_total_bytes,
      .text = "max_total_bytes",
      .number = 67108864 },
    { .name = "limit-ids-of-101-taken",
      .what = "ids may list 101 records",
      .impact = "what works here fails at other servers",
      .breaks = { "1.5/get/ids-max-100", "1.5/delete/ids-max-100" },
      .configure = shift_limit,
      .text = "max_ids",
      .number = 1 },
    { .name = "limit-ids-of-100-refused",
      .what = "ids has to list less than 100 records",
      .impact = "clients that ask for as many as they may get nothing",
      .breaks = { "1.5/get/ids-max-100", "1.5/delete/ids-max-100" },
      .configure = shift_limit,
      .text = "max_ids",
      .number = -1 },
    { .name = "announced-records-ignored",
      .what = "X-Weave-Records is not looked at",
      .impact = LATE,
      .breaks = { "1.5/headers/x-weave-records-17", "1.5/errors/code-17",
                  "1.5/headers/x-weave-records-invalid" },
      .on = FAULT_POST,
      .before = fault_drop_field,
      .text = "X-Weave-Records" },
    { .name = "announced-bytes-ignored",
      .what = "X-Weave-Bytes is not looked at",
      .impact = LATE,
      .breaks = { "1.5/headers/x-weave-bytes-17", "1.5/errors/code-17" },
      .on = FAULT_POST,
      .before = fault_drop_field,
      .text = "X-Weave-Bytes" },
    { .name = "announced-total-records-ignored",
      .what = "X-Weave-Total-Records is not looked at",
      .impact = LATE,
      .breaks = { "1.5/headers/x-weave-total-records-17", "1.5/errors/code-17",
                  "1.5/headers/x-weave-total-invalid-1" },
      .on = FAULT_POST,
      .before = fault_drop_field,
      .text = "X-Weave-Total-Records" },
    { .name = "announced-total-bytes-ignored",
      .what = "X-Weave-Total-Bytes is not looked at",
      .impact = LATE,
      .breaks = { "1.5/headers/x-weave-total-bytes-17", "1.5/errors/code-17" },
      .on = FAULT_POST,
      .before = fault_drop_field,
      .text = "X-Weave-Total-Bytes" },
    { .name = "announced-total-only-at-start",
      .what = "X-Weave-Total-Records is looked at when a batch is opened, and no more",
      .impact = LATE,
      .breaks = { "1.5/headers/x-weave-total-records-17" },
      .on = FAULT_POST,
      .before = drop_in_batch,
      .text = "X-Weave-Total-Records" },
    { .name = "announced-total-records-exclusive",
      .what = "X-Weave-Total-Records of exactly the limit is refused",
      .impact = REFUSED,
      .breaks = { "1.5/headers/x-weave-total-records-17" },
      .on = FAULT_POST,
      .before = count_one_more,
      .text = "X-Weave-Total-Records" },
    { .name = "announced-total-bytes-exclusive",
      .what = "X-Weave-Total-Bytes of exactly the limit is refused",
      .impact = REFUSED,
      .breaks = { "1.5/headers/x-weave-total-bytes-17" },
      .on = FAULT_POST,
      .before = count_one_more,
      .text = "X-Weave-Total-Bytes" },
    { .name = "announced-records-exclusive",
      .what = "X-Weave-Records of exactly the limit is refused",
      .impact = REFUSED,
      .breaks = { "1.5/headers/x-weave-records-17" },
      .on = FAULT_POST,
      .before = count_one_more,
      .text = "X-Weave-Records" },
    { .name = "announced-bytes-exclusive",
      .what = "X-Weave-Bytes of exactly the limit is refused",
      .impact = REFUSED,
      .breaks = { "1.5/headers/x-weave-bytes-17" },
      .on = FAULT_POST,
      .before = count_one_more,
      .text = "X-Weave-Bytes" },
    { .name = "announced-malformed-totals-ignored",
      .what = "X-Weave-Total-Records and -Bytes that are no numbers are ignored",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/headers/x-weave-total-invalid-1" },
      .on = FAULT_POST,
      .before = drop_both_malformed },
    { .name = "announced-malformed-records-ignored",
      .what = "An X-Weave-Records that is no number is ignored",
      .impact = "a client's mistake is hidden from it",
      .breaks = { "1.5/headers/x-weave-records-invalid" },
      .on = FAULT_POST,
      .before = drop_malformed,
      .text = "X-Weave-Records" },
    { .name = "announced-totals-outside-of-batches",
      .what = "X-Weave-Total-Records and -Bytes on a POST that is no batch are ignored",
      .impact = "a client's mistake is hidden from it",
      .warned = "deployed servers ignore them, too",
      .breaks = { "1.5/headers/x-weave-total-nonbatch-1" },
      .on = FAULT_POST,
      .before = drop_unless_batch },
    { .name = "code-17-is-0",
      .what = "What is beyond a limit is refused with code 0",
      .impact = "a client does not know that smaller requests would do",
      .breaks = { "1.5/errors/code-17", "1.5/headers/x-weave-records-17",
                  "1.5/headers/x-weave-total-records-17" },
      .status = 400,
      .after = change_code,
      .text = "17",
      .other = "0" },
    { .name = "code-8-is-0",
      .what = "A record that is none is refused with code 0",
      .impact = "a client does not know which of its records is at fault",
      .breaks = { "1.5/errors/code-8", "1.5/item/put-body-must-be-object", "1.5/post/not-a-list" },
      .warned = "deployed servers differ in the codes",
      .status = 400,
      .after = change_code,
      .text = "8",
      .other = "0" },
    { .name = "code-6-is-0",
      .what = "What is no JSON is refused with code 0",
      .impact = "a client does not know that its request was garbled",
      .breaks = { "1.5/item/put-bad-json", "1.5/post/bad-json-6", "1.5/errors/code-6" },
      .warned = "deployed servers differ in the codes",
      .status = 400,
      .after = change_code,
      .text = "6",
      .other = "0" },
};

const struct fault_area fault_limits = FAULT_AREA(rows);
