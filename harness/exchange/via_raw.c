#include "base/alloc.h"
#include "exchange/raw.h"
#include "exchange/real_time.h"

struct via_raw {
    struct exchange base;
    struct exchange_raw *raw;
};

static struct via_raw *via_raw_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct via_raw, base);
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    exchange_raw_start(via_raw_of(exchange)->raw, call);
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    struct exchange_raw *raw = via_raw_of(exchange)->raw;
    int64_t until = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        struct exchange_call *call = exchange_raw_ended(raw);
        int64_t left = until - clock_monotonic_ms();
        if (call != NULL || left < 0)
            return call;
        size_t count;
        struct pollfd *polls = exchange_raw_polls(raw, &count);
        (void)poll(polls, count, exchange_raw_patience(raw, (int)left));
        exchange_raw_work(raw);
    }
}

static void release(struct exchange *exchange)
{
    struct via_raw *via = via_raw_of(exchange);
    exchange_raw_free(via->raw);
    alloc_release(via);
}

static const struct exchange_ops raw_ops = {
    .name = "raw",
    .start = start,
    .next = next,
    .now = exchange_real_now,
    .skip = exchange_real_skip,
    .free = release,
};

struct exchange *exchange_via_raw(const struct exchange_curl_config *config, const char **ret_error)
{
    struct via_raw *via = alloc_new(struct via_raw);
    if (via != NULL)
        via->raw = exchange_raw_new(config);
    if (via == NULL || via->raw == NULL) {
        alloc_release(via);
        *ret_error = "out of memory";
        return NULL;
    }
    via->base.ops = &raw_ops;
    return &via->base;
}
