#include "serve/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BACKLOG = 4096,       /* the kernel cuts it to its own bound */
    ACCEPTS_AT_ONCE = 64, /* before the connections that are open get their turn */
    RETRY_MS = 100,
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static void on_poll(uv_poll_t *poll, int status, int events);
static void on_retry(uv_timer_t *timer);

/* Until there may be room, or for RETRY_MS: a waiting connection would wake the loop at once
 * again. */
static void pause_accepting(struct serve_listener *listener)
{
    listener->accepts = false;
    (void)uv_poll_stop(&listener->poll);
    (void)uv_timer_start(&listener->retry, on_retry, RETRY_MS, 0);
}

static bool is_waited_for(const struct serve_listener *listener)
{
    struct pollfd waiting = { .fd = listener->socket, .events = POLLIN };
    return poll(&waiting, 1, 0) == 1;
}

/* Whether there is room for one more.  If not, it may be made for whoever waits. */
static bool finds_room(struct serve_listener *listener)
{
    if (listener->has_room(listener))
        return true;
    if (is_waited_for(listener))
        listener->make_room(listener);
    return false;
}

void serve_listener_resume(struct serve_listener *listener)
{
    if (listener->accepts || listener->closed)
        return;
    listener->accepts =
        finds_room(listener) && uv_poll_start(&listener->poll, UV_READABLE, on_poll) == 0;
    if (!listener->accepts)
        (void)uv_timer_start(&listener->retry, on_retry, RETRY_MS, 0);
}

static void on_retry(uv_timer_t *timer)
{
    serve_listener_resume(CONTAINER_OF(timer, struct serve_listener, retry));
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    struct serve_listener *listener = CONTAINER_OF(poll, struct serve_listener, poll);
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        if (!finds_room(listener)) {
            pause_accepting(listener);
            return;
        }
        int socket = accept4(listener->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            listener->take(listener, socket);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            listener->make_room(listener);
            pause_accepting(listener);
        }
        return;
    }
}

static bool read_address(const struct serve_config *config, union address *ret)
{
    return uv_ip4_addr(config->host, config->port, &ret->v4) == 0 ||
           uv_ip6_addr(config->host, config->port, &ret->v6) == 0;
}

/* 0, or a negated errno; ${ret_port} is what the kernel chose. */
static int bind_and_listen(int socket, const union address *address, uint16_t *ret_port)
{
    const int on = 1;
    socklen_t len = address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
    union address bound = { 0 };
    socklen_t bound_len = sizeof(bound);
    /* Accepted sockets inherit TCP_NODELAY. */
    if (setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
        bind(socket, &address->any, len) != 0 || listen(socket, BACKLOG) != 0 ||
        getsockname(socket, &bound.any, &bound_len) != 0)
        return -errno;
    *ret_port = ntohs(bound.any.sa_family == AF_INET ? bound.v4.sin_port : bound.v6.sin6_port);
    return 0;
}

/* Makes the handles of the socket.  0, or libuv's error. */
static int attach(struct serve_listener *listener, uv_loop_t *loop)
{
    int error = uv_timer_init(loop, &listener->retry);
    if (error == 0)
        error = uv_poll_init_socket(loop, &listener->poll, listener->socket);
    if (error == 0)
        error = uv_poll_start(&listener->poll, UV_READABLE, on_poll);
    listener->accepts = error == 0;
    return error;
}

const char *serve_listener_open(struct serve_listener *listener, uv_loop_t *loop,
                                const struct serve_config *config)
{
    union address address = { 0 };
    if (!read_address(config, &address))
        return "the address to listen on is neither an IPv4 nor an IPv6 address";
    listener->socket = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->socket < 0)
        return uv_strerror(-errno);
    int error = bind_and_listen(listener->socket, &address, &listener->port);
    if (error == 0)
        error = attach(listener, loop);
    if (error == 0)
        return NULL;
    (void)close(listener->socket);
    return uv_strerror(error);
}

void serve_listener_close(struct serve_listener *listener)
{
    if (listener->closed)
        return;
    listener->closed = true;
    uv_close((uv_handle_t *)&listener->poll, NULL);
    uv_close((uv_handle_t *)&listener->retry, NULL);
    (void)close(listener->socket);
}
