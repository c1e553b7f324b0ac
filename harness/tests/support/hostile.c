#include "tests/support/hostile.h"

#include "base/alloc.h"
#include "base/buf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS_MAX = 128,
    RECEIVED_MAX = 256 * 1024,
    PART = 16 * 1024,
};

struct connection {
    struct hostile *hostile;
    const struct hostile_script *script;
    pthread_t thread;
    int fd;
    struct buf received; /* guarded by the server's mutex */
    size_t request_from; /* where the request under way begins in `received` */
};

struct hostile {
    const struct hostile_script *scripts;
    size_t script_count;
    int listener;
    int stop; /* an eventfd that becomes readable when all have to end */
    uint16_t port;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t met;
    bool stopping;
    size_t count, requests, meeting;
    struct connection connections[CONNECTIONS_MAX];
};

/* Waits for one of ${events}; false when the server stops.  *ret_revents is 0 after ${ms}. */
static bool await(const struct connection *c, short events, int ms, short *ret_revents)
{
    struct pollfd polls[2] = { { .fd = c->fd, .events = events },
                               { .fd = c->hostile->stop, .events = POLLIN } };
    int got;
    do {
        got = poll(polls, 2, ms);
    } while (got < 0 && errno == EINTR);
    *ret_revents = polls[0].revents;
    return got >= 0 && polls[1].revents == 0;
}

/* Receives what is there; false when the client has closed or the server stops. */
static bool receive(struct connection *c)
{
    short revents;
    uint8_t bytes[PART];
    if (!await(c, POLLIN, -1, &revents))
        return false;
    ssize_t got = recv(c->fd, bytes, sizeof(bytes), 0);
    if (got <= 0)
        return false;
    (void)pthread_mutex_lock(&c->hostile->mutex);
    size_t room = RECEIVED_MAX - c->received.len;
    (void)buf_add(&c->received, slice_head(slice_of(bytes, (size_t)got), room));
    (void)pthread_mutex_unlock(&c->hostile->mutex);
    return true;
}

static size_t length_of(struct slice head)
{
    static const struct slice name = SLICE_INIT("Content-Length: ");
    struct slice line;
    while (slice_cut(head, '\n', &line, &head)) {
        uint64_t length;
        if (line.len < name.len || !slice_eq_nocase(slice_head(line, name.len), name))
            continue;
        struct slice value = slice_from(line, name.len);
        return slice_to_u64(slice_head(value, value.len - 1), &length) ? (size_t)length : 0;
    }
    return 0;
}

static bool read_request(struct connection *c)
{
    for (;;) {
        struct slice rest = slice_from(buf_slice(&c->received), c->request_from);
        size_t head = slice_search(rest, SLICE("\r\n\r\n")) + 4;
        size_t need = head <= rest.len ? head + length_of(slice_head(rest, head)) : SIZE_MAX;
        if (need <= rest.len) {
            c->request_from += need;
            break;
        }
        if (c->received.len == RECEIVED_MAX || !receive(c))
            return false;
    }
    (void)pthread_mutex_lock(&c->hostile->mutex);
    c->hostile->requests++;
    (void)pthread_mutex_unlock(&c->hostile->mutex);
    return true;
}

static bool send_all(struct connection *c, struct slice bytes)
{
    while (bytes.len > 0) {
        short revents;
        ssize_t wrote = send(c->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (wrote >= 0)
            bytes = slice_from(bytes, (size_t)wrote);
        else if (errno != EAGAIN || !await(c, POLLOUT, -1, &revents))
            return false;
    }
    return true;
}

static bool repeat(struct connection *c, const struct hostile_step *step)
{
    for (size_t i = 0; step->count == 0 || i < step->count; i++) {
        if (!send_all(c, step->bytes))
            return false;
    }
    return true;
}

static bool drip(struct connection *c, const struct hostile_step *step)
{
    for (size_t at = 0;; at = (at + 1) % step->bytes.len) {
        short revents;
        if (!send_all(c, slice_of(step->bytes.ptr + at, 1)) ||
            !await(c, POLLRDHUP, (int)step->count, &revents) || revents != 0)
            return false;
    }
}

static bool meet(struct connection *c, const struct hostile_step *step)
{
    struct hostile *hostile = c->hostile;
    (void)pthread_mutex_lock(&hostile->mutex);
    hostile->meeting++;
    (void)pthread_cond_broadcast(&hostile->met);
    while (hostile->meeting < step->count && !hostile->stopping)
        (void)pthread_cond_wait(&hostile->met, &hostile->mutex);
    bool all = !hostile->stopping;
    (void)pthread_mutex_unlock(&hostile->mutex);
    return all;
}

static void reset(struct connection *c)
{
    const struct linger hard = { .l_onoff = 1, .l_linger = 0 };
    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* False: the connection ends. */
static bool perform(struct connection *c, const struct hostile_step *step)
{
    switch (step->verb) {
    case HOSTILE_READ:
        return read_request(c);
    case HOSTILE_SEND:
        return send_all(c, step->bytes);
    case HOSTILE_REPEAT:
        return repeat(c, step);
    case HOSTILE_DRIP:
        return drip(c, step);
    case HOSTILE_MEET:
        return meet(c, step);
    case HOSTILE_HANG:
        while (receive(c))
            continue;
        return false;
    case HOSTILE_SHUT:
        return shutdown(c->fd, SHUT_WR) == 0;
    case HOSTILE_RESET:
        reset(c);
        return false;
    default:
        return true;
    }
}

static void *converse(void *context)
{
    struct connection *c = context;
    const struct hostile_script *script = c->script;
    for (size_t i = 0; i < script->count && perform(c, &script->steps[i]); i++) {
        if (script->steps[i].verb == HOSTILE_AGAIN)
            i = SIZE_MAX;
    }
    (void)close(c->fd);
    return NULL;
}

static void admit(struct hostile *hostile, int fd)
{
    const int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    size_t index = hostile->count;
    size_t last = hostile->script_count - 1;
    struct connection *c = &hostile->connections[index];
    *c = (struct connection){
        .hostile = hostile,
        .script = &hostile->scripts[index < last ? index : last],
        .fd = fd,
        .received = buf_bounded(RECEIVED_MAX),
    };
    (void)pthread_mutex_lock(&hostile->mutex);
    hostile->count++;
    (void)pthread_mutex_unlock(&hostile->mutex);
    if (pthread_create(&c->thread, NULL, converse, c) != 0)
        abort();
}

static void *listen_on(void *context)
{
    struct hostile *hostile = context;
    struct pollfd polls[2] = { { .fd = hostile->listener, .events = POLLIN },
                               { .fd = hostile->stop, .events = POLLIN } };
    while (hostile->count < CONNECTIONS_MAX) {
        if (poll(polls, 2, -1) < 0 || polls[1].revents != 0)
            break;
        int fd = accept4(hostile->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            admit(hostile, fd);
    }
    return NULL;
}

static bool open_listener(struct hostile *hostile)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    hostile->stop = eventfd(0, EFD_CLOEXEC);
    hostile->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (hostile->stop < 0 || hostile->listener < 0 ||
        bind(hostile->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(hostile->listener, CONNECTIONS_MAX) != 0 ||
        getsockname(hostile->listener, (struct sockaddr *)&address, &size) != 0)
        return false;
    hostile->port = ntohs(address.sin_port);
    return true;
}

struct hostile *hostile_start(const struct hostile_script *scripts, size_t count)
{
    struct hostile *hostile = alloc_new(struct hostile);
    if (hostile == NULL)
        return NULL;
    hostile->scripts = scripts;
    hostile->script_count = count;
    (void)pthread_mutex_init(&hostile->mutex, NULL);
    (void)pthread_cond_init(&hostile->met, NULL);
    if (open_listener(hostile) && pthread_create(&hostile->thread, NULL, listen_on, hostile) == 0)
        return hostile;
    alloc_release(hostile);
    return NULL;
}

uint16_t hostile_port(const struct hostile *hostile)
{
    return hostile->port;
}

static size_t look(struct hostile *hostile, const size_t *number)
{
    (void)pthread_mutex_lock(&hostile->mutex);
    size_t value = *number;
    (void)pthread_mutex_unlock(&hostile->mutex);
    return value;
}

size_t hostile_connections(struct hostile *hostile)
{
    return look(hostile, &hostile->count);
}

size_t hostile_requests(struct hostile *hostile)
{
    return look(hostile, &hostile->requests);
}

struct slice hostile_received(struct hostile *hostile, size_t connection)
{
    (void)pthread_mutex_lock(&hostile->mutex);
    struct slice received = { 0 };
    if (connection < hostile->count)
        received = buf_slice(&hostile->connections[connection].received);
    (void)pthread_mutex_unlock(&hostile->mutex);
    return received;
}

void hostile_stop(struct hostile *hostile)
{
    const uint64_t one = 1;
    (void)pthread_mutex_lock(&hostile->mutex);
    hostile->stopping = true;
    (void)pthread_cond_broadcast(&hostile->met);
    (void)pthread_mutex_unlock(&hostile->mutex);
    if (write(hostile->stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
        abort();
    (void)pthread_join(hostile->thread, NULL);
    for (size_t i = 0; i < hostile->count; i++) {
        (void)pthread_join(hostile->connections[i].thread, NULL);
        buf_free(&hostile->connections[i].received);
    }
    (void)close(hostile->listener);
    (void)close(hostile->stop);
    (void)pthread_cond_destroy(&hostile->met);
    (void)pthread_mutex_destroy(&hostile->mutex);
    alloc_release(hostile);
}
