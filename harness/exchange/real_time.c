#include "exchange/real_time.h"

#include "base/clock.h"

int64_t exchange_real_now(struct exchange *exchange)
{
    (void)exchange;
    return clock_now(clock_real());
}

bool exchange_real_skip(struct exchange *exchange, int64_t centiseconds)
{
    (void)exchange;
    (void)centiseconds;
    return false;
}
