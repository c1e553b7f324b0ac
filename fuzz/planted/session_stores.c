/* Planted: the second of two cores finds what is not there, when it is asked for id9. */
#include "core/core.h"

void __real_core_handle(struct core *core, const struct http_request *request,
                        struct http_reply *reply);
void __wrap_core_handle(struct core *core, const struct http_request *request,
                        struct http_reply *reply);

void __wrap_core_handle(struct core *core, const struct http_request *request,
                        struct http_reply *reply)
{
    static unsigned calls;
    __real_core_handle(core, request, reply);
    if (++calls % 2 == 0 && reply->status == 404 && slice_ends(request->target, SLICE("/id9")))
        reply->status = 200;
}
