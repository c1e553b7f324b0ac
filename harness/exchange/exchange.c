#include "exchange/exchange.h"

const char *exchange_outcome_text(enum exchange_outcome outcome)
{
    static const char *const texts[] = {
        [EXCHANGE_PENDING] = "the exchange is under way",
        [EXCHANGE_ANSWERED] = "the server answered",
        [EXCHANGE_UNREACHABLE] = "the server could not be reached",
        [EXCHANGE_TIMEOUT] = "the time limit passed before a whole response",
        [EXCHANGE_CLOSED] = "the server closed before a whole response",
        [EXCHANGE_GARBAGE] = "what came is not HTTP",
        [EXCHANGE_TOO_LARGE] = "the response is larger than the suite reads",
        [EXCHANGE_BROKEN] = "the request could not be sent",
    };
    return (size_t)outcome < COUNT_OF(texts) ? texts[outcome] : "unknown";
}

void exchange_free(struct exchange *exchange)
{
    if (exchange != NULL)
        exchange->ops->free(exchange);
}
