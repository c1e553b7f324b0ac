/* Planted: a refusal of a request with more than six fields is no JSON. */
#include "core/token_server.h"

void __real_core_token_handle(struct core_token_server *server, const struct http_request *request,
                              struct http_reply *reply);
void __wrap_core_token_handle(struct core_token_server *server, const struct http_request *request,
                              struct http_reply *reply);

void __wrap_core_token_handle(struct core_token_server *server, const struct http_request *request,
                              struct http_reply *reply)
{
    __real_core_token_handle(server, request, reply);
    if (reply->status != 200 && request->fields.count > 6)
        buf_add_byte(&reply->body, '}');
}
