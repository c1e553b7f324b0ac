#include "serve/link.h"

#include "base/alloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    PEER_TEXT = INET6_ADDRSTRLEN,
    SENDS_AT_ONCE = 4, /* each may let some requests be answered that waited for it */
};

struct link {
    uv_poll_t poll;
    struct serve_connection connection;
    struct serve_deadline deadline;
    int socket;
    int events;  /* that `poll` waits for */
    char peer[]; /* its address, PEER_TEXT bytes, when there is an access log */
};

static struct serve_links *links_of(const struct link *link)
{
    return link->poll.data;
}

static void on_timer(uv_timer_t *timer);

/* Starts the timer for the earliest deadline, unless it rings before that anyway. */
static void arm(struct serve_links *links, int64_t at)
{
    if (at >= links->timer_at)
        return;
    int64_t now = (int64_t)uv_now(links->loop);
    if (uv_timer_start(&links->timer, on_timer, at > now ? (uint64_t)(at - now) : 0, 0) == 0)
        links->timer_at = at;
}

static void on_closed(uv_handle_t *handle)
{
    struct link *link = CONTAINER_OF((uv_poll_t *)handle, struct link, poll);
    struct serve_links *links = links_of(link);
    alloc_release(link);
    links->count--;
    links->shared.counters.open--;
    links->on_gone(links);
}

static void close_link(struct link *link)
{
    if (uv_is_closing((uv_handle_t *)&link->poll))
        return;
    serve_deadlines_clear(&link->deadline);
    serve_connection_free(&link->connection);
    uv_close((uv_handle_t *)&link->poll, on_closed);
    (void)close(link->socket);
}

/* Makes the coming close a reset.  The client takes nothing, so the kernel would keep what is
 * unsent for minutes. */
static void forget_unsent(const struct link *link)
{
    const struct linger none = { .l_onoff = 1, .l_linger = 0 };
    (void)setsockopt(link->socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

/* Sends until all is sent, the kernel takes no more, or the other links are to have their turn. */
static void send_output(struct link *link)
{
    struct slice parts[2];
    size_t count;
    for (int turn = 0; turn < SENDS_AT_ONCE; turn++) {
        count = serve_connection_output(&link->connection, parts);
        if (count == 0)
            return;
        struct iovec pieces[2];
        size_t total = 0;
        for (size_t i = 0; i < count; i++) {
            pieces[i] = (struct iovec){ (void *)(uintptr_t)parts[i].ptr, parts[i].len };
            total += parts[i].len;
        }
        struct msghdr message = { .msg_iov = pieces, .msg_iovlen = count };
        ssize_t sent = sendmsg(link->socket, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            serve_connection_break(&link->connection);
        if (sent < 0)
            return;
        link->connection.shared->counters.sent += (uint64_t)sent;
        serve_connection_sent(&link->connection, (size_t)sent);
        if ((size_t)sent < total)
            return;
    }
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* Tells the loop what the connection waits for; most of the time that is what it was. */
static void listen_for(struct link *link, unsigned wants)
{
    int events = ((wants & SERVE_WANTS_READ) != 0 ? UV_READABLE : 0) |
                 ((wants & SERVE_WANTS_SEND) != 0 ? UV_WRITABLE : 0);
    if (events == link->events)
        return;
    link->events = events;
    if (uv_poll_start(&link->poll, events, on_poll) != 0)
        close_link(link);
}

static void limit_time(struct link *link)
{
    struct serve_links *links = links_of(link);
    enum serve_limit limit = serve_connection_limit(&link->connection);
    bool set = link->deadline.before != NULL;
    if (set && limit == link->deadline.limit && !link->connection.moved)
        return;
    link->connection.moved = false;
    serve_deadlines_set(&links->deadlines, &link->deadline, limit, (int64_t)uv_now(links->loop));
    arm(links, link->deadline.at);
}

/* While the links hold too much, the one that went on least lately is given up. */
static void relieve(struct serve_links *links)
{
    static const enum serve_limit order[] = { SERVE_LIMIT_SEND, SERVE_LIMIT_HEAD,
                                              SERVE_LIMIT_BODY };
    const struct serve_shared *shared = &links->shared;
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        struct serve_deadline *first;
        while (shared->pool.held_bytes > shared->config->held_total &&
               (first = serve_deadlines_first(&links->deadlines, order[i])) != NULL) {
            struct link *link = CONTAINER_OF(first, struct link, deadline);
            forget_unsent(link);
            close_link(link);
        }
    }
}

/* Does what the connection wants now, after anything happened to it. */
static void settle(struct link *link)
{
    send_output(link);
    unsigned wants = serve_connection_wants(&link->connection);
    if ((wants & SERVE_WANTS_SHUT) != 0) {
        if (shutdown(link->socket, SHUT_WR) == 0)
            serve_connection_shut(&link->connection);
        else
            serve_connection_break(&link->connection);
        wants = serve_connection_wants(&link->connection);
    }
    if ((wants & SERVE_WANTS_CLOSE) != 0) {
        close_link(link);
        return;
    }
    limit_time(link);
    listen_for(link, wants);
    relieve(links_of(link));
}

static void receive(struct link *link)
{
    struct serve_links *links = links_of(link);
    ssize_t got = recv(link->socket, links->input, sizeof(links->input), 0);
    if (got > 0)
        links->shared.counters.received += (uint64_t)got;
    if (got > 0)
        serve_connection_feed(&link->connection, slice_of(links->input, (size_t)got));
    else if (got == 0)
        serve_connection_end(&link->connection);
    else if (errno != EAGAIN && errno != EINTR)
        serve_connection_break(&link->connection);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct link *link = CONTAINER_OF(poll, struct link, poll);
    bool reads = (serve_connection_wants(&link->connection) & SERVE_WANTS_READ) != 0;
    if (status < 0)
        serve_connection_break(&link->connection);
    else if ((events & UV_READABLE) != 0 && reads)
        receive(link);
    settle(link);
}

/* The loop may be late, because a request took long: what the client did in time may still wait in
 * the kernel.  Whether it did go on. */
static bool goes_on(struct link *link, enum serve_limit limit)
{
    struct serve_connection *connection = &link->connection;
    if ((serve_connection_wants(connection) & SERVE_WANTS_READ) != 0)
        receive(link);
    send_output(link);
    return connection->moved || serve_connection_limit(connection) != limit;
}

static void on_timer(uv_timer_t *timer)
{
    struct serve_links *links = CONTAINER_OF(timer, struct serve_links, timer);
    int64_t now = (int64_t)uv_now(links->loop);
    struct serve_deadline *due;
    while ((due = serve_deadlines_due(&links->deadlines, now)) != NULL) {
        struct link *link = CONTAINER_OF(due, struct link, deadline);
        enum serve_limit limit = due->limit;
        if (!goes_on(link, limit)) {
            if (limit == SERVE_LIMIT_SEND)
                forget_unsent(link);
            serve_connection_expire(&link->connection, limit);
        }
        settle(link);
    }
    links->timer_at = INT64_MAX;
    arm(links, serve_deadlines_next(&links->deadlines));
}

int serve_links_init(struct serve_links *links, uv_loop_t *loop, const struct serve_config *config)
{
    const unsigned ms[SERVE_LIMITS] = {
        [SERVE_LIMIT_IDLE] = config->idle_ms,  [SERVE_LIMIT_HEAD] = config->head_ms,
        [SERVE_LIMIT_BODY] = config->body_ms,  [SERVE_LIMIT_SEND] = config->body_ms,
        [SERVE_LIMIT_DRAIN] = config->head_ms,
    };
    links->loop = loop;
    links->timer_at = INT64_MAX;
    serve_shared_init(&links->shared, config, clock_real());
    serve_deadlines_init(&links->deadlines, ms);
    return uv_timer_init(loop, &links->timer);
}

/* The client's address without its port, in the link; or NULL. */
static const char *name_peer(struct link *link)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } peer = { 0 };
    socklen_t len = sizeof(peer);
    if (getpeername(link->socket, &peer.any, &len) != 0)
        return NULL;
    const void *address = peer.any.sa_family == AF_INET ? (const void *)&peer.v4.sin_addr
                                                        : (const void *)&peer.v6.sin6_addr;
    return inet_ntop(peer.any.sa_family, address, link->peer, PEER_TEXT);
}

void serve_links_add(struct serve_links *links, int socket)
{
    bool logs = links->shared.config->log != NULL;
    struct link *link = alloc_zeroed(1, sizeof(struct link) + (logs ? PEER_TEXT : 0));
    if (link == NULL || uv_poll_init_socket(links->loop, &link->poll, socket) != 0) {
        alloc_release(link);
        (void)close(socket);
        return;
    }
    link->socket = socket;
    link->poll.data = links;
    serve_connection_init(&link->connection, &links->shared);
    link->connection.peer = logs ? name_peer(link) : NULL;
    links->count++;
    links->shared.counters.open++;
    links->shared.counters.accepted++;
    settle(link);
}

void serve_links_drop_idle(struct serve_links *links)
{
    struct serve_deadline *idle = serve_deadlines_first(&links->deadlines, SERVE_LIMIT_IDLE);
    if (idle != NULL)
        close_link(CONTAINER_OF(idle, struct link, deadline));
}

void serve_links_stop(struct serve_links *links)
{
    links->shared.stopping = true;
    struct serve_deadline *idle;
    while ((idle = serve_deadlines_first(&links->deadlines, SERVE_LIMIT_IDLE)) != NULL)
        settle(CONTAINER_OF(idle, struct link, deadline));
}

void serve_links_close_all(struct serve_links *links)
{
    for (size_t i = 0; i < SERVE_LIMITS; i++) {
        struct serve_deadline *first;
        while ((first = serve_deadlines_first(&links->deadlines, (enum serve_limit)i)) != NULL) {
            struct link *link = CONTAINER_OF(first, struct link, deadline);
            if (first->limit == SERVE_LIMIT_SEND)
                forget_unsent(link);
            close_link(link);
        }
    }
}

void serve_links_close_timer(struct serve_links *links)
{
    if (!uv_is_closing((uv_handle_t *)&links->timer))
        uv_close((uv_handle_t *)&links->timer, NULL);
}

void serve_links_free(struct serve_links *links)
{
    serve_shared_free(&links->shared);
}
