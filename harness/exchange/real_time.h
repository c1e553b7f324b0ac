/* What all transports over sockets say of time.  Private to this folder. */
#ifndef SYNCSPEC_EXCHANGE_REAL_TIME_H
#define SYNCSPEC_EXCHANGE_REAL_TIME_H

#include "exchange/exchange.h"

/* For exchange_ops.now: the system's clock. */
int64_t exchange_real_now(struct exchange *exchange);

/* For exchange_ops.skip: false, nobody can let real time pass at once. */
bool exchange_real_skip(struct exchange *exchange, int64_t centiseconds);

#endif
