#include "core/cors.h"

struct field {
    const char *name, *value;
};

static bool set_all(struct http_reply *reply, const struct field *fields, size_t count)
{
    bool fits = true;
    for (size_t i = 0; i < count; i++)
        fits = http_reply_set_text(reply, fields[i].name, fields[i].value) && fits;
    return fits;
}

bool core_cors_open(struct http_reply *reply)
{
    static const struct field fields[] = {
        { "Access-Control-Allow-Origin", "*" },
        { "Access-Control-Expose-Headers",
          "X-Last-Modified, X-Weave-Timestamp, X-Weave-Records, X-Weave-Next-Offset, "
          "X-Weave-Quota-Remaining, X-Weave-Backoff, X-Weave-Alert, X-Backoff, X-Timestamp, "
          "Retry-After, WWW-Authenticate, Allow" },
        { "Vary", "Origin" },
    };
    return set_all(reply, fields, COUNT_OF(fields));
}

bool core_cors_preflight(struct http_reply *reply)
{
    static const struct field fields[] = {
        { "Access-Control-Allow-Methods", "GET, PUT, POST, DELETE" },
        { "Access-Control-Allow-Headers",
          "Authorization, Content-Type, Accept, X-If-Modified-Since, X-If-Unmodified-Since, "
          "X-Confirm-Delete, X-Weave-Records, X-Weave-Bytes, X-Weave-Total-Records, "
          "X-Weave-Total-Bytes, X-Weave-Password-Reset, X-KeyID, X-Client-State" },
        { "Access-Control-Max-Age", "3600" },
    };
    reply->status = 200;
    buf_clear(&reply->body);
    http_reply_unset(reply, "Content-Type");
    return core_cors_open(reply) && set_all(reply, fields, COUNT_OF(fields));
}
