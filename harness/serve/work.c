#include "serve/work.h"

#include "base/alloc.h"

enum {
    SPARE_MAX = 32,
    SPARE_CAPACITY = 64 * 1024, /* a buffer that grew beyond it is not kept */
    PART_FOR_SMALL = 8,         /* of the bound of all bodies */
    ANSWER_SLACK = 1024,        /* interim answers, before the head of a reply */
};

struct serve_pool serve_pool_of(const struct serve_config *config)
{
    return (struct serve_pool){ .config = config };
}

static void release(struct serve_work *work)
{
    http_parser_free(work->parser);
    buf_free(&work->body);
    buf_free(&work->rest);
    buf_free(&work->out);
    buf_free(&work->big);
    alloc_release(work);
}

static struct serve_work *make(const struct serve_config *config)
{
    struct serve_work *work = alloc_new(struct serve_work);
    if (work == NULL)
        return NULL;
    work->parser = http_parser_new(HTTP_REQUESTS, &config->bounds);
    if (work->parser == NULL) {
        alloc_release(work);
        return NULL;
    }
    uint64_t most = config->bounds.body < SIZE_MAX ? config->bounds.body : SIZE_MAX;
    work->body = buf_bounded((size_t)most);
    work->rest = buf_bounded(SERVE_READ_SIZE);
    work->out = buf_bounded(config->buffered + LIMIT_REPLY_HEAD + ANSWER_SLACK);
    work->big = buf_bounded(LIMIT_REPLY_BODY);
    return work;
}

struct serve_work *serve_work_take(struct serve_pool *pool)
{
    struct serve_work *work = pool->spare;
    if (work == NULL)
        return make(pool->config);
    pool->spare = work->next;
    pool->spare_count--;
    work->next = NULL;
    return work;
}

static void shrink(struct buf *buf)
{
    buf_clear(buf);
    if (buf->cap > SPARE_CAPACITY)
        buf_free(buf);
}

void serve_work_give(struct serve_pool *pool, struct serve_work *work)
{
    if (work == NULL)
        return;
    serve_work_drop_body(pool, work);
    pool->held_bytes -= work->held_bytes;
    work->held_bytes = 0;
    if (work->dirty || pool->spare_count >= SPARE_MAX) {
        release(work);
        return;
    }
    shrink(&work->rest);
    shrink(&work->out);
    buf_free(&work->big);
    work->held = false;
    work->rest_taken = work->big_sent = 0;
    work->next = pool->spare;
    pool->spare = work;
    pool->spare_count++;
}

/* How much all bodies together may take when one of them has that length. */
static uint64_t bound_for(const struct serve_pool *pool, uint64_t length)
{
    uint64_t total = pool->config->buffered_total;
    return length > SERVE_SMALL_BODY ? total - total / PART_FOR_SMALL : total;
}

bool serve_work_admits(const struct serve_pool *pool, uint64_t length)
{
    uint64_t bound = bound_for(pool, length);
    return pool->body_bytes <= bound && length <= bound - pool->body_bytes;
}

void serve_work_weigh(struct serve_pool *pool, struct serve_work *work)
{
    uint64_t before = work->held_bytes;
    work->held_bytes =
        (uint64_t)http_parser_held(work->parser) + work->rest.cap + work->out.cap + work->big.cap;
    pool->held_bytes += work->held_bytes - before;
}

enum serve_collect serve_work_collect(struct serve_pool *pool, struct serve_work *work,
                                      struct slice piece)
{
    uint64_t others = pool->body_bytes - work->charged;
    uint64_t mine = (uint64_t)work->body.len + piece.len;
    uint64_t bound = bound_for(pool, mine);
    if (others > bound || mine > bound - others)
        return SERVE_COLLECT_BUSY;
    if (!buf_add(&work->body, piece))
        return SERVE_COLLECT_NOMEM;
    work->charged = work->body.cap;
    pool->body_bytes = others + work->charged;
    return SERVE_COLLECTED;
}

void serve_work_drop_body(struct serve_pool *pool, struct serve_work *work)
{
    shrink(&work->body);
    pool->body_bytes -= work->charged;
    work->charged = 0;
}

size_t serve_work_unsent(const struct serve_work *work)
{
    return work->out.len + (work->big.len - work->big_sent);
}

size_t serve_work_output(const struct serve_work *work, struct slice ret_parts[2])
{
    size_t count = 0;
    if (work->out.len > 0)
        ret_parts[count++] = buf_slice(&work->out);
    if (work->big.len > work->big_sent)
        ret_parts[count++] = slice_from(buf_slice(&work->big), work->big_sent);
    return count;
}

void serve_work_sent(struct serve_work *work, size_t count)
{
    size_t of_out = count < work->out.len ? count : work->out.len;
    buf_consume(&work->out, of_out);
    work->big_sent += count - of_out;
    if (work->big.len > 0 && work->big_sent >= work->big.len) {
        buf_free(&work->big);
        work->big_sent = 0;
    }
}

void serve_pool_free(struct serve_pool *pool)
{
    while (pool->spare != NULL) {
        struct serve_work *work = pool->spare;
        pool->spare = work->next;
        release(work);
    }
    pool->spare_count = 0;
}
