#include "core/reply.h"

static const char json_type[] = "application/json";

void core_reply_field(struct core_call *call, const char *name, struct slice value)
{
    if (!http_reply_set(call->reply, name, value))
        call->failed = true;
}

void core_reply_count(struct core_call *call, const char *name, uint64_t value)
{
    if (!http_reply_set_u64(call->reply, name, value))
        call->failed = true;
}

void core_reply_modified(struct core_call *call, int64_t stamp)
{
    if (call->dialect->modified_since &&
        !http_reply_set_stamp(call->reply, "X-Last-Modified", stamp))
        call->failed = true;
}

void core_reply_json(struct core_call *call)
{
    call->reply->status = 200;
    buf_clear(&call->reply->body);
    core_reply_field(call, "Content-Type", slice_text(json_type));
}

void core_reply_empty(struct core_call *call, int status)
{
    call->reply->status = status;
    buf_clear(&call->reply->body);
    http_reply_unset(call->reply, "Content-Type");
}

void core_reply_error(struct core_call *call, int status, enum core_code code)
{
    core_reply_json(call);
    call->reply->status = status;
    http_reply_unset(call->reply, "X-Last-Modified");
    buf_add_u64(&call->reply->body, (uint64_t)code);
}

void core_reply_retry(struct core_call *call)
{
    core_reply_error(call, 503, CORE_CODE_UNKNOWN);
    core_reply_field(call, "Retry-After", SLICE(CORE_RETRY_AFTER));
}

void core_reply_written(struct core_call *call, int64_t stamp)
{
    core_reply_json(call);
    core_reply_modified(call, stamp);
    struct buf *body = &call->reply->body;
    bool bare = call->dialect->bare_deletes;
    buf_add_text(body, bare ? "" : "{\"modified\":");
    stamp_write(stamp, body);
    buf_add_text(body, bare ? "" : "}");
}

void core_reply_unchanged(struct core_call *call)
{
    int64_t modified = store_modified(call->txn);
    bool acts = call->dialect->bare_deletes && call->now > modified;
    core_reply_written(call, acts ? call->now : modified);
}

bool core_reply_add_kb(uint64_t bytes, struct buf *out)
{
    /* 1/1024 is 0.0009765625: ten decimals hold every multiple. */
    enum { PER_BYTE = 9765625, DECIMALS = 10 };
    char decimals[DECIMALS];
    uint64_t rest = bytes % 1024 * PER_BYTE;
    for (size_t i = DECIMALS; i-- > 0; rest /= 10)
        decimals[i] = (char)('0' + rest % 10);
    size_t len = DECIMALS;
    while (len > 1 && decimals[len - 1] == '0')
        len--;
    buf_add_u64(out, bytes / 1024);
    buf_add_byte(out, '.');
    return buf_add(out, slice_of(decimals, len));
}

void core_reply_unavailable(struct http_reply *reply, int64_t now)
{
    http_reply_clear(reply);
    reply->status = 503;
    (void)http_reply_set_text(reply, "Retry-After", CORE_RETRY_AFTER);
    (void)http_reply_set_stamp(reply, "X-Weave-Timestamp", now);
    if (http_reply_set_text(reply, "Content-Type", json_type))
        (void)buf_add_u64(&reply->body, CORE_CODE_UNKNOWN);
}
