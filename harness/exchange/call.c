#include "exchange/call.h"

#include <stdarg.h>
#include <stdio.h>

void exchange_call_init(struct exchange_call *call)
{
    *call = (struct exchange_call){
        .text = buf_bounded(LIMIT_ANSWER_HEAD),
        .body = buf_bounded(LIMIT_ANSWER_BODY),
    };
}

void exchange_call_free(struct exchange_call *call)
{
    buf_free(&call->text);
    buf_free(&call->body);
    call->answer = (struct http_answer){ 0 };
}

void exchange_call_begin(struct exchange_call *call)
{
    call->outcome = EXCHANGE_PENDING;
    call->answer = (struct http_answer){ 0 };
    buf_clear(&call->text);
    buf_clear(&call->body);
    call->detail[0] = '\0';
    call->duration_ms = 0;
    call->next = NULL;
    call->transport_state = NULL;
}

void exchange_call_end(struct exchange_call *call, enum exchange_outcome outcome,
                       const char *format, ...)
{
    if (call->outcome != EXCHANGE_PENDING)
        return;
    call->outcome = outcome;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(call->detail, sizeof(call->detail), format, args);
    va_end(args);
    for (char *at = call->detail; *at != '\0'; at++) {
        if (*at < ' ' || *at > '~')
            *at = '?';
    }
}

enum http_method exchange_call_method(const struct exchange_call *call)
{
    enum http_method method = HTTP_METHOD_GET;
    while (method < HTTP_METHOD_OTHER &&
           !slice_is(call->request.method_text, http_method_name(method)))
        method++;
    return method;
}

bool exchange_call_is_head(const struct exchange_call *call)
{
    if (call->raw.len > 0)
        return slice_starts(call->raw, SLICE("HEAD "));
    return exchange_call_method(call) == HTTP_METHOD_HEAD;
}

void exchange_queue_push(struct exchange_queue *queue, struct exchange_call *call)
{
    call->next = NULL;
    if (queue->last == NULL)
        queue->first = call;
    else
        queue->last->next = call;
    queue->last = call;
}

struct exchange_call *exchange_queue_pop(struct exchange_queue *queue)
{
    struct exchange_call *call = queue->first;
    if (call == NULL)
        return NULL;
    queue->first = call->next;
    if (queue->first == NULL)
        queue->last = NULL;
    call->next = NULL;
    return call;
}
