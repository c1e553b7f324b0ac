#include "core/health.h"

#include "core/reply.h"
#include "record/bso.h"

/* Can the store be read? */
static bool store_works(struct store *store, int64_t now)
{
    struct store_txn *txn;
    if (store_begin(store, 0, STORE_READ, now, &txn) != STORE_OK)
        return false;
    store_rollback(txn);
    return true;
}

static void write_heartbeat(struct core_call *call, struct store *store)
{
    bool works = store_works(store, call->now);
    if (!works)
        core_reply_retry(call);
    struct buf *body = &call->reply->body;
    buf_clear(body);
    buf_add_text(body, works ? "{\"status\":\"ok\",\"store\":\"ok\""
                             : "{\"status\":\"error\",\"store\":\"unavailable\"");
    if (call->config->operations.maintenance > 0)
        buf_add_text(body, ",\"maintenance\":true");
    if (call->config->operations.decommissioned)
        buf_add_text(body, ",\"decommissioned\":true");
    buf_add_byte(body, '}');
}

static void write_lbheartbeat(struct core_call *call, struct store *store)
{
    (void)store;
    buf_add_text(&call->reply->body, "{}");
}

static void write_version(struct core_call *call, struct store *store)
{
    buf_add_text(&call->reply->body, "{\"name\":\"syncspec\",\"version\":");
    record_encode_string(SLICE(SYNCSPEC_VERSION), &call->reply->body);
    buf_add_text(&call->reply->body, ",\"store\":");
    record_encode_string(slice_text(store->ops->name), &call->reply->body);
    buf_add_byte(&call->reply->body, '}');
}

static const struct page {
    const char *path;
    void (*write)(struct core_call *call, struct store *store);
} pages[] = {
    { "/__heartbeat__", write_heartbeat },
    { "/__lbheartbeat__", write_lbheartbeat },
    { "/__version__", write_version },
};

bool core_health_answer(struct core_call *call, struct slice path, struct store *store)
{
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        if (!slice_is(path, pages[i].path))
            continue;
        enum http_method method = call->request->method;
        if (method == HTTP_METHOD_GET || method == HTTP_METHOD_HEAD) {
            core_reply_json(call);
            pages[i].write(call, store);
        } else {
            core_reply_error(call, 405, CORE_CODE_UNKNOWN);
            core_reply_field(call, "Allow", SLICE("GET, HEAD"));
        }
        return true;
    }
    return false;
}
