/* What a fault asks the server below it, for itself. */
#include "base/stamp.h"
#include "fault/call.h"

int fault_call_fetch(struct fault_call *call, struct slice target, struct slice *ret_body,
                     int64_t *ret_modified)
{
    struct http_reply reply;
    struct slice value;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET, target, (struct slice){ 0 }, &reply);
    if (ret_body != NULL)
        *ret_body = arena_copy(call->arena, buf_slice(&reply.body));
    if (ret_modified != NULL &&
        (!http_reply_get(&reply, "X-Last-Modified", &value) || !stamp_parse(value, ret_modified)))
        *ret_modified = 0;
    int status = reply.status;
    http_reply_free(&reply);
    return status;
}

struct slice fault_call_below(struct fault_call *call, const char *path)
{
    return fault_call_text(call, "/%.*s/%.*s/%s", SLICE_FMT(call->version), SLICE_FMT(call->user),
                           path);
}

struct slice fault_call_collection(struct fault_call *call)
{
    struct slice storage = fault_call_below(call, "storage/");
    return fault_call_text(call, "%.*s%.*s", SLICE_FMT(storage), SLICE_FMT(call->collection));
}
