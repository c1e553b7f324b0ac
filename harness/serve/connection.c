#include "serve/connection.h"

#include "http/writer.h"
#include "serve/access_log.h"
#include "serve/refusal.h"

enum {
    DISCARD_MAX = 32 * 1024 * 1024, /* after the last reply, so that a client in the middle of its
                                       upload gets to read it */
    REPLY_BODY_KEPT = 256 * 1024,   /* capacity that the shared reply keeps */
    ANSWERS_AT_ONCE = 16,           /* before other connections have their turn */
};

void serve_shared_init(struct serve_shared *shared, const struct serve_config *config,
                       const struct clock *clock)
{
    *shared =
        (struct serve_shared){ .config = config, .clock = clock, .pool = serve_pool_of(config) };
    http_reply_init(&shared->reply);
}

void serve_shared_free(struct serve_shared *shared)
{
    serve_pool_free(&shared->pool);
    http_reply_free(&shared->reply);
}

void serve_connection_init(struct serve_connection *connection, struct serve_shared *shared)
{
    *connection = (struct serve_connection){ .shared = shared };
}

static size_t unsent(const struct serve_connection *connection)
{
    return connection->work == NULL ? 0 : serve_work_unsent(connection->work);
}

/* Whether so much is unsent that no further request is taken up.  Nothing is queued behind `big`.
 */
static bool is_full(const struct serve_connection *connection)
{
    const struct serve_work *work = connection->work;
    return work != NULL &&
           (work->big.len > 0 || work->out.len > connection->shared->config->buffered);
}

static bool has_rest(const struct serve_connection *connection)
{
    return connection->work != NULL && connection->work->rest.len > 0;
}

void serve_connection_free(struct serve_connection *connection)
{
    if (connection->work != NULL)
        connection->shared->counters.in_flight--;
    serve_work_give(&connection->shared->pool, connection->work);
    connection->work = NULL;
}

void serve_connection_break(struct serve_connection *connection)
{
    connection->phase = SERVE_PHASE_DEAD;
    serve_connection_free(connection);
}

/* Moves the reply's body behind the head in `out`: small ones by copy, so that pipelined replies
 * share one write, others by taking the memory. */
static bool queue_body(struct serve_shared *shared, struct serve_work *work)
{
    struct buf *body = &shared->reply.body;
    if (body->len <= shared->config->buffered &&
        work->out.len <= shared->config->buffered - body->len)
        return buf_add(&work->out, buf_slice(body));
    work->big = *body;
    work->big_sent = 0;
    *body = buf_bounded(body->ceiling);
    return true;
}

/* Queues the shared reply; ${request} may be NULL.  Nothing big is queued yet: see is_full. */
static bool queue_reply(struct serve_shared *shared, struct serve_work *work,
                        const struct http_request *request)
{
    struct http_reply *reply = &shared->reply;
    struct slice date = http_date_at(&shared->date, clock_now(shared->clock) / 100);
    bool queued = http_reply_set(reply, "Date", date) &&
                  http_write_reply_head(reply, request, &work->out) &&
                  (!http_write_has_body(reply, request) || queue_body(shared, work));
    if (reply->body.cap > REPLY_BODY_KEPT)
        buf_free(&reply->body);
    return queued;
}

/* The message is over, its reply queued: on to the next message, or to the end. */
static void conclude(struct serve_connection *connection, bool queued, bool last)
{
    if (!queued) {
        serve_connection_break(connection);
        return;
    }
    serve_work_drop_body(&connection->shared->pool, connection->work);
    connection->work->held = false;
    connection->phase = last ? SERVE_PHASE_LAST : SERVE_PHASE_IDLE;
    connection->moved = true;
}

/* The shared reply is complete: a line for the access log. */
static void note(const struct serve_connection *connection, const struct http_request *request,
                 uint64_t nanoseconds)
{
    const struct serve_shared *shared = connection->shared;
    if (shared->config->log == NULL)
        return;
    const struct serve_access access = {
        .peer = connection->peer != NULL ? connection->peer : "-",
        .request = request,
        .status = shared->reply.status,
        .bytes = shared->reply.body.len,
        .nanoseconds = nanoseconds,
        .at_ms = serve_access_log_now(),
    };
    serve_access_log_add(shared->config->log, &access);
}

/* Answers without the handler, and for the last time. */
static void refuse(struct serve_connection *connection, int status, const char *text)
{
    struct serve_work *work = connection->work;
    const struct http_request *request =
        connection->phase == SERVE_PHASE_BODY ? http_parser_request(work->parser) : NULL;
    serve_refusal_make(&connection->shared->reply, status, text);
    serve_counters_refused(&connection->shared->counters, status);
    note(connection, request, 0);
    conclude(connection, queue_reply(connection->shared, work, request), true);
}

static void answer(struct serve_connection *connection)
{
    struct serve_shared *shared = connection->shared;
    struct serve_work *work = connection->work;
    struct http_request request = *http_parser_request(work->parser);
    request.body = buf_slice(&work->body);
    http_reply_clear(&shared->reply);
    uint64_t begun = serve_counters_now();
    http_handle(&shared->config->handler, &request, &shared->reply);
    if (shared->reply.status < 200 || shared->reply.status > 599)
        serve_refusal_make(&shared->reply, 500, "the handler gave no answer");
    uint64_t took = serve_counters_now() - begun;
    serve_counters_answered(&shared->counters, request.method, shared->reply.status, took);
    note(connection, &request, took);
    if (shared->stopping)
        shared->reply.close = true;
    bool last = shared->reply.close || !request.keep_alive;
    conclude(connection, queue_reply(shared, work, &request), last);
}

/* So many bytes of a body or a reply went on: time is given anew when they are enough. */
static void advance_by(struct serve_connection *connection, size_t count)
{
    connection->progress += count;
    if (connection->progress < SERVE_PROGRESS)
        return;
    connection->progress = 0;
    connection->moved = true;
}

/* What the parser tells, one function per event.  ${rest} is the input behind the event. */

static void on_more(struct serve_connection *connection, struct slice rest)
{
    (void)rest;
    struct serve_work *work = connection->work;
    work->dirty = true;
    if (connection->phase == SERVE_PHASE_IDLE) {
        connection->phase = SERVE_PHASE_HEAD;
        connection->moved = true;
    }
    if (connection->phase != SERVE_PHASE_BODY || work->held)
        return;
    work->held = http_parser_hold(work->parser);
    if (!work->held)
        serve_connection_break(connection);
}

static void on_head(struct serve_connection *connection, struct slice rest)
{
    struct serve_shared *shared = connection->shared;
    struct serve_work *work = connection->work;
    const struct http_request *request = http_parser_request(work->parser);
    uint64_t length = request->has_length ? request->content_length : 0;
    work->dirty = true;
    connection->phase = SERVE_PHASE_BODY;
    connection->moved = true;
    connection->progress = 0;
    if (length > 0 && !serve_work_admits(&shared->pool, length)) {
        refuse(connection, 503, SERVE_REFUSAL_BUSY);
        return;
    }
    bool waits = request->expect_continue && request->minor > 0 && rest.len == 0;
    if (waits && (request->chunked || length > 0) &&
        !buf_add(&work->out, SLICE("HTTP/1.1 100 Continue\r\n\r\n")))
        serve_connection_break(connection);
}

static void on_body(struct serve_connection *connection, struct slice rest)
{
    (void)rest;
    struct serve_work *work = connection->work;
    advance_by(connection, http_parser_piece(work->parser).len);
    switch (serve_work_collect(&connection->shared->pool, work, http_parser_piece(work->parser))) {
    case SERVE_COLLECTED:
        break;
    case SERVE_COLLECT_BUSY:
        refuse(connection, 503, SERVE_REFUSAL_BUSY);
        break;
    case SERVE_COLLECT_NOMEM:
        serve_connection_break(connection);
        break;
    }
}

static void on_end(struct serve_connection *connection, struct slice rest)
{
    (void)rest;
    connection->work->dirty = false;
    answer(connection);
}

static void on_fault(struct serve_connection *connection, struct slice rest)
{
    (void)rest;
    const struct http_fault *fault = http_parser_fault(connection->work->parser);
    connection->work->dirty = true;
    refuse(connection, fault->status, fault->rule);
}

static void on_nomem(struct serve_connection *connection, struct slice rest)
{
    (void)rest;
    connection->work->dirty = true;
    serve_connection_break(connection);
}

typedef void on_event(struct serve_connection *connection, struct slice rest);

static on_event *const on_events[] = {
    [HTTP_EVENT_MORE] = on_more, [HTTP_EVENT_HEAD] = on_head,   [HTTP_EVENT_BODY] = on_body,
    [HTTP_EVENT_END] = on_end,   [HTTP_EVENT_FAULT] = on_fault, [HTTP_EVENT_NOMEM] = on_nomem,
};

static bool takes_requests(const struct serve_connection *connection)
{
    return connection->phase < SERVE_PHASE_LAST;
}

/* Parses and answers until the input ends, too much is unsent, or it is the turn of others; returns
 * what it left, for which there is then something unsent. */
static struct slice advance(struct serve_connection *connection, struct slice input)
{
    enum http_event event = HTTP_EVENT_END;
    size_t answers = 0;
    while (event != HTTP_EVENT_MORE && takes_requests(connection)) {
        bool between = connection->phase == SERVE_PHASE_IDLE;
        if (between && (input.len == 0 || is_full(connection) || answers == ANSWERS_AT_ONCE))
            return input;
        event = http_parser_next(connection->work->parser, &input);
        on_events[event](connection, input);
        answers += event == HTTP_EVENT_END;
    }
    return takes_requests(connection) ? input : slice_of(NULL, 0);
}

/* Gives the work back when nothing is under way. */
static void settle(struct serve_connection *connection)
{
    if (connection->work != NULL)
        serve_work_weigh(&connection->shared->pool, connection->work);
    if (connection->work != NULL && unsent(connection) == 0 && !has_rest(connection) &&
        (connection->phase == SERVE_PHASE_IDLE || connection->phase == SERVE_PHASE_LAST))
        serve_connection_free(connection);
}

/* Makes sure that there is work to put bytes into; false when out of memory. */
static bool begin(struct serve_connection *connection)
{
    if (connection->work != NULL)
        return true;
    connection->work = serve_work_take(&connection->shared->pool);
    connection->shared->counters.in_flight += connection->work != NULL;
    return connection->work != NULL;
}

void serve_connection_feed(struct serve_connection *connection, struct slice bytes)
{
    if (connection->phase == SERVE_PHASE_LAST)
        connection->discarded += bytes.len;
    if (!takes_requests(connection) || bytes.len == 0)
        return;
    if (!begin(connection)) {
        serve_connection_break(connection);
        return;
    }
    struct slice rest = has_rest(connection) ? bytes : advance(connection, bytes);
    if (rest.len > 0 && !buf_add(&connection->work->rest, rest))
        serve_connection_break(connection);
    settle(connection);
}

void serve_connection_end(struct serve_connection *connection)
{
    connection->ended = true;
    if (connection->phase == SERVE_PHASE_IDLE)
        connection->phase = SERVE_PHASE_LAST;
    if (connection->phase == SERVE_PHASE_LAST || connection->phase == SERVE_PHASE_DEAD)
        return;
    if (http_parser_close(connection->work->parser) == HTTP_EVENT_FAULT)
        on_fault(connection, slice_of(NULL, 0));
    else
        serve_connection_break(connection);
}

size_t serve_connection_output(const struct serve_connection *connection, struct slice ret_parts[2])
{
    return connection->work == NULL ? 0 : serve_work_output(connection->work, ret_parts);
}

/* Takes up the input that waited behind replies. */
static void resume(struct serve_connection *connection)
{
    struct serve_work *work = connection->work;
    struct slice waiting = slice_from(buf_slice(&work->rest), work->rest_taken);
    struct slice left = advance(connection, waiting);
    if (connection->work == NULL)
        return;
    work->rest_taken = work->rest.len - left.len;
    if (left.len == 0) {
        buf_clear(&work->rest);
        work->rest_taken = 0;
    }
}

void serve_connection_sent(struct serve_connection *connection, size_t count)
{
    if (connection->work == NULL)
        return;
    serve_work_sent(connection->work, count);
    if (connection->phase == SERVE_PHASE_IDLE || connection->phase == SERVE_PHASE_LAST)
        advance_by(connection, count);
    if (has_rest(connection) && !is_full(connection))
        resume(connection);
    /* With requests unread the close would take the reply from the client. */
    if (connection->shared->stopping && connection->phase == SERVE_PHASE_IDLE &&
        unsent(connection) == 0)
        connection->phase = SERVE_PHASE_LAST;
    settle(connection);
}

void serve_connection_shut(struct serve_connection *connection)
{
    connection->half_closed = true;
    connection->moved = true;
}

void serve_connection_expire(struct serve_connection *connection, enum serve_limit limit)
{
    if (limit == SERVE_LIMIT_HEAD || limit == SERVE_LIMIT_BODY)
        refuse(connection, 408, SERVE_REFUSAL_SLOW);
    else
        serve_connection_break(connection);
}

static unsigned wants_last(const struct serve_connection *connection)
{
    bool sends = unsent(connection) > 0;
    bool reads = !connection->ended && connection->discarded < DISCARD_MAX;
    if (sends)
        return SERVE_WANTS_SEND | (reads ? SERVE_WANTS_READ : 0U);
    if (!reads)
        return SERVE_WANTS_CLOSE;
    return SERVE_WANTS_READ | (connection->half_closed ? 0U : SERVE_WANTS_SHUT);
}

unsigned serve_connection_wants(const struct serve_connection *connection)
{
    bool idle = connection->phase == SERVE_PHASE_IDLE && connection->work == NULL;
    if (connection->phase == SERVE_PHASE_DEAD || (idle && connection->shared->stopping))
        return SERVE_WANTS_CLOSE;
    if (connection->phase == SERVE_PHASE_LAST)
        return wants_last(connection);
    bool reads = !is_full(connection) && !has_rest(connection);
    return (reads ? SERVE_WANTS_READ : 0U) | (unsent(connection) > 0 ? SERVE_WANTS_SEND : 0U);
}

enum serve_limit serve_connection_limit(const struct serve_connection *connection)
{
    if (connection->phase == SERVE_PHASE_HEAD)
        return SERVE_LIMIT_HEAD;
    if (connection->phase == SERVE_PHASE_BODY)
        return SERVE_LIMIT_BODY;
    if (unsent(connection) > 0)
        return SERVE_LIMIT_SEND;
    return connection->phase == SERVE_PHASE_LAST ? SERVE_LIMIT_DRAIN : SERVE_LIMIT_IDLE;
}
