#include "http/writer.h"

#include "http/scan.h"

/* The fields that say where the message ends: the writer's own business. */
static bool is_framing(struct slice name)
{
    return slice_eq_nocase(name, SLICE("Content-Length")) ||
           slice_eq_nocase(name, SLICE("Transfer-Encoding"));
}

static void add_field(struct buf *out, struct slice name, struct slice value)
{
    buf_add(out, name);
    buf_add(out, SLICE(": "));
    buf_add(out, value);
    buf_add(out, SLICE("\r\n"));
}

static void add_length(struct buf *out, size_t len)
{
    buf_add(out, SLICE("Content-Length: "));
    buf_add_u64(out, len);
    buf_add(out, SLICE("\r\n"));
}

/* Whether any answer of the status may have a body. */
static bool status_has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

bool http_write_has_body(const struct http_reply *reply, const struct http_request *request)
{
    bool head = request != NULL && request->method == HTTP_METHOD_HEAD;
    return !head && status_has_body(reply->status);
}

static void add_connection(struct buf *out, const struct http_reply *reply,
                           const struct http_request *request)
{
    if (reply->close || request == NULL || !request->keep_alive)
        buf_add(out, SLICE("Connection: close\r\n"));
    else if (request->minor == 0)
        buf_add(out, SLICE("Connection: keep-alive\r\n"));
}

bool http_write_reply_head(const struct http_reply *reply, const struct http_request *request,
                           struct buf *out)
{
    if (reply->status < 100 || reply->status > 599)
        return false;
    buf_add(out, SLICE("HTTP/1.1 "));
    buf_add_u64(out, (uint64_t)reply->status);
    buf_add(out, SLICE(" "));
    buf_add_text(out, http_status_reason(reply->status));
    buf_add(out, SLICE("\r\n"));
    for (size_t i = 0; i < reply->count; i++) {
        struct http_field field = http_reply_field(reply, i);
        if (!is_framing(field.name) && !slice_eq_nocase(field.name, SLICE("Connection")))
            add_field(out, field.name, field.value);
    }
    if (status_has_body(reply->status))
        add_length(out, reply->body.len);
    if (reply->status >= 200)
        add_connection(out, reply, request);
    return buf_add(out, SLICE("\r\n"));
}

static bool may_write(const struct http_request *request)
{
    if (!http_is_token(request->method_text) || !http_is_target(request->target))
        return false;
    for (size_t i = 0; i < request->fields.count; i++) {
        const struct http_field *field = &request->fields.at[i];
        if (!http_is_token(field->name) || !http_is_value(field->value))
            return false;
    }
    return request->minor == 0 || request->minor == 1;
}

bool http_write_request(const struct http_request *request, struct buf *out)
{
    if (!may_write(request))
        return false;
    buf_add(out, request->method_text);
    buf_add(out, SLICE(" "));
    buf_add(out, request->target);
    buf_add_text(out, request->minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (size_t i = 0; i < request->fields.count; i++) {
        if (!is_framing(request->fields.at[i].name))
            add_field(out, request->fields.at[i].name, request->fields.at[i].value);
    }
    bool sends = request->method == HTTP_METHOD_POST || request->method == HTTP_METHOD_PUT;
    if (request->body.len > 0 || sends)
        add_length(out, request->body.len);
    buf_add(out, SLICE("\r\n"));
    return buf_add(out, request->body);
}
