/* What every transport does with a call.  Private to this folder. */
#ifndef SYNCSPEC_EXCHANGE_CALL_H
#define SYNCSPEC_EXCHANGE_CALL_H

#include "exchange/exchange.h"

/* Forgets what an earlier exchange left in the call; keeps the memory. */
void exchange_call_begin(struct exchange_call *call);

/* Ends the call, unless it has already ended: the first outcome stands.  The text is for a person;
 * bytes of it that are not printable ASCII become '?'. */
void exchange_call_end(struct exchange_call *call, enum exchange_outcome outcome,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The method that method_text names. */
enum http_method exchange_call_method(const struct exchange_call *call);

/* Whether the answer has no body whatever its fields say: the request is a HEAD. */
bool exchange_call_is_head(const struct exchange_call *call);

/* Calls in order, linked by their `next`. */
struct exchange_queue {
    struct exchange_call *first, *last;
};

void exchange_queue_push(struct exchange_queue *queue, struct exchange_call *call);

/* NULL when there is none. */
struct exchange_call *exchange_queue_pop(struct exchange_queue *queue);

#endif
