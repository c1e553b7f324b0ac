#include "core/cors.h"

#include "core/reply.h"

void core_cors_open(struct core_call *call)
{
    core_reply_field(call, "Access-Control-Allow-Origin", SLICE("*"));
    core_reply_field(call, "Access-Control-Expose-Headers",
                     SLICE("X-Last-Modified, X-Weave-Timestamp, X-Weave-Records, "
                           "X-Weave-Next-Offset, X-Weave-Quota-Remaining, X-Weave-Backoff, "
                           "X-Weave-Alert, X-Backoff, X-Timestamp, Retry-After, "
                           "WWW-Authenticate, Allow"));
    core_reply_field(call, "Vary", SLICE("Origin"));
}

void core_cors_preflight(struct core_call *call)
{
    core_reply_empty(call, 200);
    core_cors_open(call);
    core_reply_field(call, "Access-Control-Allow-Methods", SLICE("GET, PUT, POST, DELETE"));
    core_reply_field(call, "Access-Control-Allow-Headers",
                     SLICE("Authorization, Content-Type, Accept, X-If-Modified-Since, "
                           "X-If-Unmodified-Since, X-Confirm-Delete, X-Weave-Records, "
                           "X-Weave-Bytes, X-Weave-Total-Records, X-Weave-Total-Bytes, "
                           "X-KeyID, X-Client-State"));
    core_reply_field(call, "Access-Control-Max-Age", SLICE("3600"));
}
