/* What a connection needs only while a request is under way: parser and buffers.  An idle
 * connection has none; a few wait in a pool, so that a busy server allocates nothing per request.
 */
#ifndef SYNCSPEC_SERVE_WORK_H
#define SYNCSPEC_SERVE_WORK_H

#include "http/parser.h"
#include "serve/serve.h"

enum { SERVE_READ_SIZE = 64 * 1024 }; /* of the one buffer that all connections read into */

struct serve_work {
    struct http_parser *parser;
    bool dirty;          /* the parser is inside a message */
    bool held;           /* the message under way was copied into the parser */
    struct buf body;     /* of the request under way */
    uint64_t charged;    /* what the body counts in serve_pool.body_bytes */
    uint64_t held_bytes; /* memory of all else, which counts in serve_pool.held_bytes */
    struct buf rest;     /* input behind a reply that must be sent first */
    size_t rest_taken;   /* how much of it was parsed */
    struct buf out;      /* replies to be sent, in order */
    struct buf big;      /* a body that goes behind `out`, taken from its reply without a copy */
    size_t big_sent;     /* bytes of it that are gone */
    struct serve_work *next; /* in the pool */
};

struct serve_pool {
    const struct serve_config *config;
    struct serve_work *spare;
    size_t spare_count;
    uint64_t body_bytes; /* memory of request bodies under way */
    uint64_t held_bytes; /* and of heads, input and replies */
};

/* Empty; borrows ${config}. */
struct serve_pool serve_pool_of(const struct serve_config *config);

/* NULL when out of memory. */
MUST_USE struct serve_work *serve_work_take(struct serve_pool *pool);

/* Keeps it for the next request, or frees it.  serve_work_give(pool, NULL) does nothing. */
void serve_work_give(struct serve_pool *pool, struct serve_work *work);

enum serve_collect { SERVE_COLLECTED, SERVE_COLLECT_BUSY, SERVE_COLLECT_NOMEM };

/* Appends a piece to the body.  BUSY: all bodies together would pass the server's bound. */
MUST_USE enum serve_collect serve_work_collect(struct serve_pool *pool, struct serve_work *work,
                                               struct slice piece);

/* Whether a body of that length may come, beside those that are under way. */
MUST_USE bool serve_work_admits(const struct serve_pool *pool, uint64_t length);

/* Counts anew what it holds beside the body. */
void serve_work_weigh(struct serve_pool *pool, struct serve_work *work);

/* Drops the body and what it was charged. */
void serve_work_drop_body(struct serve_pool *pool, struct serve_work *work);

/* Bytes of replies that are still to be sent. */
size_t serve_work_unsent(const struct serve_work *work);

/* The unsent bytes as one or two slices, in order; 0: none.  Borrowed until the next change. */
size_t serve_work_output(const struct serve_work *work, struct slice ret_parts[2]);

/* The first ${count} of the unsent bytes are gone. */
void serve_work_sent(struct serve_work *work, size_t count);

void serve_pool_free(struct serve_pool *pool);

#endif
