/* Planted: a GET of records ordered by index within a time deletes them. */
#include "core/core.h"

void __real_core_handle(struct core *core, const struct http_request *request,
                        struct http_reply *reply);
void __wrap_core_handle(struct core *core, const struct http_request *request,
                        struct http_reply *reply);

void __wrap_core_handle(struct core *core, const struct http_request *request,
                        struct http_reply *reply)
{
    struct http_request changed = *request;
    if (slice_search(request->target, SLICE("sort=index")) < request->target.len &&
        slice_search(request->target, SLICE("newer=")) < request->target.len) {
        changed.method = HTTP_METHOD_DELETE;
        __real_core_handle(core, &changed, reply);
    }
    __real_core_handle(core, request, reply);
}
