#include "core/token_server_reply.h"

#include "record/bso.h"

enum { NAME_MAX_SHOWN = 64 };

struct refusal {
    int code;
    const char *status, *location, *name, *description;
};

#define STATE_NAME "X-Client-State"
#define STATE_BAD  "Unacceptable client-state value "

static const struct refusal refusals[] = {
    [CORE_TOKEN_REFUSE_URL] = { 404, "error", "url", NULL, "Not Found" },
    [CORE_TOKEN_REFUSE_APPLICATION] = { 404, "error", "url", "application",
                                        "Unsupported application" },
    [CORE_TOKEN_REFUSE_VERSION] = { 404, "error", "url", NULL, "Unsupported application version" },
    [CORE_TOKEN_REFUSE_METHOD] = { 405, "error", "body", "", "Method Not Allowed" },
    [CORE_TOKEN_REFUSE_ACCEPT] = { 406, "error", "header", "Accept",
                                   "Only application/json can be given" },
    [CORE_TOKEN_REFUSE_STATE_VALUE] = { 400, "error", "header", STATE_NAME,
                                        "Invalid client state value" },
    [CORE_TOKEN_REFUSE_NO_CREDENTIALS] = { 401, "error", "body", "", "Unauthorized" },
    [CORE_TOKEN_REFUSE_SCHEME] = { 401, "error", "body", "", "Unsupported" },
    [CORE_TOKEN_REFUSE_CREDENTIALS] = { 401, "invalid-credentials", "body", "", "Unauthorized" },
    [CORE_TOKEN_REFUSE_NO_KEY_ID] = { 401, "invalid-key-id", "header", "X-KeyID",
                                      "Missing X-KeyID header" },
    [CORE_TOKEN_REFUSE_KEY_ID] = { 401, "invalid-credentials", "header", "X-KeyID",
                                   "Invalid X-KeyID header" },
    [CORE_TOKEN_REFUSE_STATE_MISMATCH] = { 401, "invalid-client-state", "header", STATE_NAME,
                                           STATE_BAD "that differs from X-KeyID" },
    [CORE_TOKEN_REFUSE_BUSY] = { 503, "error", "body", "", "Service Unavailable" },
};

static const struct refusal claim_refusals[] = {
    [CORE_TOKEN_GENERATION] = { 401, "invalid-generation", "body", "", "Unauthorized" },
    [CORE_TOKEN_KEYS_LOWER] = { 401, "invalid-keysChangedAt", "body", "", "Unauthorized" },
    [CORE_TOKEN_KEYS_MISSING] = { 401, "invalid-keysChangedAt", "body", "", "Unauthorized" },
    [CORE_TOKEN_KEYS_NEWER] = { 401, "invalid-keysChangedAt", "body", "", "Unauthorized" },
    [CORE_TOKEN_STATE_EMPTY] = { 401, "invalid-client-state", "header", STATE_NAME,
                                 STATE_BAD "empty string" },
    [CORE_TOKEN_STATE_STALE] = { 401, "invalid-client-state", "header", STATE_NAME,
                                 STATE_BAD "stale value" },
    [CORE_TOKEN_STATE_GENERATION] = { 401, "invalid-client-state", "header", STATE_NAME,
                                      STATE_BAD "new value with no generation change" },
    [CORE_TOKEN_STATE_KEYS] = { 401, "invalid-client-state", "header", STATE_NAME,
                                STATE_BAD "new value with no keys_changed_at change" },
    [CORE_TOKEN_NO_NEW_USERS] = { 401, "new-users-disabled", "body", "", "Unauthorized" },
    [CORE_TOKEN_NO_NODE] = { 503, "error", "body", "", "No node has a place" },
    [CORE_TOKEN_FULL] = { 503, "error", "body", "", "Service Unavailable" },
};

static struct slice shown(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7F)
            return SLICE("");
    }
    return slice_head(name, NAME_MAX_SHOWN);
}

static void write_refusal(struct http_reply *reply, const struct refusal *refusal,
                          struct slice name)
{
    struct buf *body = &reply->body;
    reply->status = refusal->code;
    buf_clear(body);
    buf_add_text(body, "{\"status\":\"");
    buf_add_text(body, refusal->status);
    buf_add_text(body, "\",\"errors\":[{\"location\":\"");
    buf_add_text(body, refusal->location);
    buf_add_text(body, "\",\"name\":");
    record_encode_string(refusal->name == NULL ? shown(name) : slice_text(refusal->name), body);
    buf_add_text(body, ",\"description\":\"");
    buf_add_text(body, refusal->description);
    buf_add_text(body, "\"}]}");
    bool fits = http_reply_set_text(reply, "Content-Type", "application/json");
    if (refusal->code == 401)
        (void)http_reply_set_text(reply, "WWW-Authenticate", "Bearer");
    if (refusal->code == 405)
        (void)http_reply_set_text(reply, "Allow", "GET");
    if (refusal->code == 503)
        (void)http_reply_set_text(reply, "Retry-After", "10");
    if (!fits || body->failed) { /* what is not JSON is not called so */
        http_reply_unset(reply, "Content-Type");
        buf_clear(body);
    }
}

void core_token_refuse(struct http_reply *reply, enum core_token_refusal refusal, struct slice name)
{
    write_refusal(reply, &refusals[refusal], name);
}

void core_token_refuse_claim(struct http_reply *reply, enum core_token_err err)
{
    write_refusal(reply, &claim_refusals[err], (struct slice){ 0 });
}
