/* One connection of a server of its own, without socket and time. */
#ifndef SYNCSPEC_TESTS_SERVE_BENCH_H
#define SYNCSPEC_TESTS_SERVE_BENCH_H

#include "base/alloc.h"
#include "base/rng.h"
#include "serve/connection.h"
#include "tests/support/support.h"

#include <stdio.h>

#define GET(target) "GET " target " HTTP/1.1\r\nHost: h\r\n\r\n"

enum { OUTPUT_CEILING = 16 * 1024 * 1024 };

struct bench {
    struct serve_config config;
    struct clock_virtual clock;
    struct serve_shared shared;
    struct serve_connection connection;
    struct buf output; /* all that was sent */
    size_t handled;
};

/* "/big/N": N bytes; "/none": no status; else method, target and body. */
static inline void handle(void *context, const struct http_request *request,
                          struct http_reply *reply)
{
    struct bench *bench = context;
    struct slice big = SLICE("/big/");
    uint64_t count = 0;
    bench->handled++;
    reply->status = slice_is(request->target, "/none") ? 0 : 200;
    if (slice_starts(request->target, big) &&
        slice_to_u64(slice_from(request->target, big.len), &count) &&
        buf_reserve(&reply->body, (size_t)count)) {
        memset(reply->body.ptr, 'x', (size_t)count);
        reply->body.len = (size_t)count;
        return;
    }
    buf_add(&reply->body, request->method_text);
    buf_add_byte(&reply->body, ' ');
    buf_add(&reply->body, request->target);
    buf_add_byte(&reply->body, ' ');
    buf_add(&reply->body, request->body);
}

static inline void open_bench(struct bench *bench)
{
    *bench = (struct bench){ .config = serve_config_default(),
                             .clock = clock_virtual_at(78411177700),
                             .output = buf_bounded(OUTPUT_CEILING) };
    bench->config.handler = (struct http_handler){ handle, bench };
    serve_shared_init(&bench->shared, &bench->config, &bench->clock.base);
    serve_connection_init(&bench->connection, &bench->shared);
}

static inline void close_bench(struct bench *bench)
{
    serve_connection_free(&bench->connection);
    assert_int_equal(bench->shared.pool.body_bytes, 0);
    assert_int_equal(bench->shared.pool.held_bytes, 0);
    serve_shared_free(&bench->shared);
    buf_free(&bench->output);
}

/* Takes at most `most` bytes of what is to be sent; how many. */
static inline size_t take(struct bench *bench, size_t most)
{
    struct slice parts[2];
    size_t taken = 0;
    size_t count = serve_connection_output(&bench->connection, parts);
    for (size_t i = 0; i < count; i++) {
        struct slice part = slice_head(parts[i], most - taken);
        (void)buf_add(&bench->output, part);
        taken += part.len;
    }
    if (taken > 0)
        serve_connection_sent(&bench->connection, taken);
    return taken;
}

static inline void take_all(struct bench *bench)
{
    while (take(bench, SIZE_MAX) > 0)
        continue;
}

static inline void feed(struct bench *bench, const char *text)
{
    serve_connection_feed(&bench->connection, slice_text(text));
}

static inline bool wants(const struct bench *bench, enum serve_want want)
{
    return (serve_connection_wants(&bench->connection) & (unsigned)want) != 0;
}

/* How often the text stands in the output. */
static inline size_t count_of(const struct bench *bench, const char *text)
{
    struct slice left = buf_slice(&bench->output);
    size_t count = 0;
    for (size_t at; (at = slice_search(left, slice_text(text))) < left.len; count++)
        left = slice_from(left, at + strlen(text));
    return count;
}

#endif
