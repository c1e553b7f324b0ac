/* Times as they are made and written. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"

enum { SECONDS_DIGITS = 10, STAMP_DIGITS = 13 };

/* Whether a time stands at the start of the text: ten digits, a point, two digits. */
static bool is_stamp(struct slice text)
{
    if (text.len < STAMP_DIGITS || text.ptr[SECONDS_DIGITS] != '.')
        return false;
    for (size_t i = 0; i < STAMP_DIGITS; i++) {
        if (i != SECONDS_DIGITS && (text.ptr[i] < '0' || text.ptr[i] > '9'))
            return false;
    }
    return text.len == STAMP_DIGITS || text.ptr[STAMP_DIGITS] < '0' || text.ptr[STAMP_DIGITS] > '9';
}

/* Writes a time in another way; false leaves it as it is. */
typedef bool rewrite(struct fault_call *call, struct slice stamp, struct buf *out);

/* Every time in the body. */
static void rewrite_body(struct fault_call *call, rewrite *write)
{
    struct slice body = buf_slice(&call->reply->body);
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    bool in_number = false;
    for (size_t i = 0; i < body.len;) {
        struct slice rest = slice_from(body, i);
        if (!in_number && is_stamp(rest) && write(call, slice_head(rest, STAMP_DIGITS), &made)) {
            i += STAMP_DIGITS;
            continue;
        }
        in_number = body.ptr[i] >= '0' && body.ptr[i] <= '9';
        buf_add_byte(&made, body.ptr[i++]);
    }
    if (!made.failed)
        fault_call_set_reply(call, buf_slice(&made));
    buf_free(&made);
}

static void rewrite_field(struct fault_call *call, const char *name, rewrite *write)
{
    struct slice value;
    struct buf made = buf_bounded(LIMIT_FIELD_VALUE);
    if (http_reply_get(call->reply, name, &value) && is_stamp(value) && write(call, value, &made) &&
        !made.failed)
        (void)http_reply_set(call->reply, name, buf_slice(&made));
    buf_free(&made);
}

static bool one_decimal(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    return buf_add(out, slice_head(stamp, STAMP_DIGITS - 1));
}

static bool no_decimals(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    return buf_add(out, slice_head(stamp, SECONDS_DIGITS));
}

static bool whole_seconds(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    return buf_add(out, slice_head(stamp, SECONDS_DIGITS)) && buf_add_text(out, ".00");
}

static bool noise(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    return buf_add(out, stamp) && buf_add_text(out, "0000114");
}

static bool no_zeros(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    while (stamp.ptr[stamp.len - 1] == '0')
        stamp.len--;
    if (stamp.ptr[stamp.len - 1] == '.')
        stamp.len--;
    return buf_add(out, stamp);
}

static bool in_quotes(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    return buf_add_byte(out, '"') && buf_add(out, stamp) && buf_add_byte(out, '"');
}

static bool milliseconds(struct fault_call *call, struct slice stamp, struct buf *out)
{
    (void)call;
    return buf_add(out, slice_head(stamp, SECONDS_DIGITS)) &&
           buf_add(out, slice_from(stamp, SECONDS_DIGITS + 1)) && buf_add_byte(out, '0');
}

static void body_one_decimal(struct fault_call *call)
{
    rewrite_body(call, one_decimal);
}

static void body_noise(struct fault_call *call)
{
    rewrite_body(call, noise);
}

static void body_quotes(struct fault_call *call)
{
    rewrite_body(call, in_quotes);
}

static void body_milliseconds(struct fault_call *call)
{
    rewrite_body(call, milliseconds);
}

static void field_no_decimals(struct fault_call *call)
{
    rewrite_field(call, call->fault->text, no_decimals);
}

static void field_no_zeros(struct fault_call *call)
{
    rewrite_field(call, call->fault->text, no_zeros);
}

static void all_whole_seconds(struct fault_call *call)
{
    rewrite_body(call, whole_seconds);
    rewrite_field(call, "X-Last-Modified", whole_seconds);
    rewrite_field(call, "X-Weave-Timestamp", whole_seconds);
}

static void unset_on_errors(struct fault_call *call)
{
    if (call->reply->status >= 400)
        http_reply_unset(call->reply, call->fault->text);
}

/* A proxy in front of it keeps the first answer's field. */
static void keep_first(struct fault_call *call)
{
    struct slice value;
    struct fault_cell *cell = fault_call_cell(call, "first");
    if (cell == NULL || !http_reply_get(call->reply, call->fault->text, &value))
        return;
    if (cell->text.len == 0)
        buf_add(&cell->text, value);
    (void)http_reply_set(call->reply, call->fault->text, buf_slice(&cell->text));
}

static const struct fault rows[] = {
    { .name = "stamp-one-decimal-in-bodies",
      .what = "Times in bodies have one decimal",
      .impact = "a client asks for what is newer than a time that it was never told, and gets "
                "records twice or not at all",
      .breaks = { "1.5/bso/modified-two-decimals", "1.5/info/collections-number-format",
                  "1.5/item/put-response-body", "1.5/post/modified-matches-header" },
      .after = body_one_decimal },
    { .name = "stamp-float-noise",
      .what = "Times in bodies are written as the nearest double: 1700000000.120000114",
      .impact = "a time that is sent back is not the one that the server compares with",
      .breaks = { "1.5/bso/modified-two-decimals", "1.5/info/collections-number-format",
                  "1.5/item/put-response-body" },
      .after = body_noise },
    { .name = "stamp-in-quotes",
      .what = "Times in records are JSON strings",
      .impact = "a client that expects numbers drops the records",
      .breaks = { "1.5/bso/modified-not-string" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .after = body_quotes },
    { .name = "stamp-milliseconds",
      .what = "info/collections gives times in milliseconds",
      .impact = "a client takes every collection for changed, at each sync",
      .breaks = { "1.5/info/collections-200", "1.5/info/collections-number-format" },
      .on = FAULT_GET | FAULT_INFO,
      .after = body_milliseconds },
    { .name = "stamp-whole-seconds",
      .what = "The server keeps times in whole seconds",
      .impact = "what is written twice within a second is downloaded once",
      .breaks = { "1.5/timestamps/monotonic", "1.5/batch/commit-greater" },
      .after = all_whole_seconds },
    { .name = "stamp-last-modified-without-decimals",
      .what = "X-Last-Modified is written without decimals",
      .impact = "guarded writes of clients are refused",
      .breaks = { "1.5/headers/x-last-modified-format" },
      .warned = "deployed servers drop zeros, and clients read numbers",
      .after = field_no_decimals,
      .text = "X-Last-Modified" },
    { .name = "stamp-weave-timestamp-without-decimals",
      .what = "X-Weave-Timestamp is written without decimals",
      .impact = "clients that set their clock by it are up to a second off",
      .breaks = { "1.5/headers/x-weave-timestamp-all" },
      .warned = "deployed servers drop zeros, and clients read numbers",
      .after = field_no_decimals,
      .text = "X-Weave-Timestamp" },
    { .name = "stamp-last-modified-without-zeros",
      .what = "X-Last-Modified drops zeros at its end: one time in ten has one decimal",
      .impact = "a client that compares texts takes equal times for different ones, now and then",
      .breaks = { "1.5/headers/x-last-modified-format" },
      .warned = "deployed servers drop zeros, and clients read numbers",
      .after = field_no_zeros,
      .text = "X-Last-Modified" },
    { .name = "stamp-no-weave-timestamp-on-errors",
      .what = "Errors have no X-Weave-Timestamp",
      .impact = "a client whose clock is wrong cannot correct it from a 401",
      .breaks = { "1.5/headers/x-weave-timestamp-all" },
      .warned = "deployed servers leave it out where a proxy answers",
      .after = unset_on_errors,
      .text = "X-Weave-Timestamp" },
    { .name = "stamp-weave-timestamp-is-cached",
      .what = "X-Weave-Timestamp stays what it was in the first answer",
      .impact = "clients set their clocks back",
      .breaks = { "1.5/headers/x-weave-timestamp-current", "1.5/headers/x-weave-timestamp-write",
                  "1.5/headers/x-weave-timestamp-read" },
      .after = keep_first,
      .text = "X-Weave-Timestamp" },
    { .name = "stamp-no-last-modified-on-put",
      .what = "A PUT is answered without X-Last-Modified",
      .impact = "a client has no condition for its next write",
      .breaks = { "1.5/put/x-last-modified", "1.5/headers/x-last-modified-success" },
      .on = FAULT_PUT,
      .status = 2,
      .after = fault_unset,
      .text = "X-Last-Modified" },
};

const struct fault_area fault_timestamps = FAULT_AREA(rows);
