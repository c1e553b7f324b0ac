#include "exchange/raw.h"

#include "base/alloc.h"
#include "exchange/call.h"
#include "exchange/socket.h"

#include <stdio.h>

enum { HOST_TEXT = 256, PORT_TEXT = 8, CONNECTIONS_MAX = 1024 };

struct exchange_raw {
    char host[HOST_TEXT], port[PORT_TEXT];
    bool tls;
    int connect_ms;
    struct addrinfo *addresses; /* NULL until a look-up succeeded */
    struct exchange_queue waiting, ended;
    size_t limit, count;
    struct exchange_socket *sockets; /* the first `count` are open */
    struct pollfd *polls;            /* beside them */
};

struct exchange_raw *exchange_raw_new(const struct exchange_curl_config *config)
{
    struct exchange_raw *raw = alloc_new(struct exchange_raw);
    if (raw == NULL)
        return NULL;
    size_t limit = config->connections < CONNECTIONS_MAX ? config->connections : CONNECTIONS_MAX;
    raw->limit = limit > 0 ? limit : 1;
    raw->tls = config->url.tls;
    raw->connect_ms = config->connect_ms;
    (void)snprintf(raw->host, sizeof(raw->host), "%.*s", SLICE_FMT(config->url.host));
    (void)snprintf(raw->port, sizeof(raw->port), "%u", (unsigned)config->url.port);
    raw->sockets = alloc_zeroed(raw->limit, sizeof(*raw->sockets));
    raw->polls = alloc_zeroed(raw->limit, sizeof(*raw->polls));
    if (raw->sockets != NULL && raw->polls != NULL && config->url.host.len < HOST_TEXT)
        return raw;
    exchange_raw_free(raw);
    return NULL;
}

static bool look_up(struct exchange_raw *raw, struct exchange_call *call)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
    if (raw->addresses != NULL)
        return true;
    int error = getaddrinfo(raw->host, raw->port, &hints, &raw->addresses);
    if (error == 0)
        return true;
    raw->addresses = NULL;
    exchange_call_end(call, EXCHANGE_UNREACHABLE, "%s: %s", raw->host, gai_strerror(error));
    return false;
}

/* Opens connections for calls that wait, as far as there is room. */
static void admit(struct exchange_raw *raw)
{
    while (raw->count < raw->limit) {
        struct exchange_call *call = exchange_queue_pop(&raw->waiting);
        if (call == NULL)
            return;
        struct exchange_socket *socket = &raw->sockets[raw->count];
        if (look_up(raw, call)) {
            exchange_socket_open(socket, call, raw->addresses, raw->connect_ms);
            raw->polls[raw->count] = exchange_socket_poll(socket);
        }
        if (call->outcome == EXCHANGE_PENDING) {
            raw->count++;
            continue;
        }
        if (raw->addresses != NULL)
            exchange_socket_close(socket);
        exchange_queue_push(&raw->ended, call);
    }
}

void exchange_raw_start(struct exchange_raw *raw, struct exchange_call *call)
{
    exchange_call_begin(call);
    if (raw->tls)
        exchange_call_end(call, EXCHANGE_BROKEN, "raw bytes go over http only");
    if (call->raw.len == 0)
        exchange_call_end(call, EXCHANGE_BROKEN, "there are no raw bytes to send");
    exchange_queue_push(call->outcome == EXCHANGE_PENDING ? &raw->waiting : &raw->ended, call);
    admit(raw);
}

void exchange_raw_work(struct exchange_raw *raw)
{
    if (raw->count > 0 && poll(raw->polls, raw->count, 0) < 0) {
        for (size_t i = 0; i < raw->count; i++)
            raw->polls[i].revents = 0;
    }
    int64_t now = clock_monotonic_ms();
    size_t kept = 0;
    for (size_t i = 0; i < raw->count; i++) {
        struct exchange_socket *socket = &raw->sockets[i];
        exchange_socket_work(socket, raw->polls[i].revents, now);
        if (socket->call->outcome == EXCHANGE_PENDING) {
            raw->sockets[kept] = *socket;
            raw->polls[kept++] = exchange_socket_poll(socket);
            continue;
        }
        exchange_socket_close(socket);
        exchange_queue_push(&raw->ended, socket->call);
    }
    raw->count = kept;
    admit(raw);
}

struct exchange_call *exchange_raw_ended(struct exchange_raw *raw)
{
    return exchange_queue_pop(&raw->ended);
}

struct pollfd *exchange_raw_polls(struct exchange_raw *raw, size_t *ret_count)
{
    *ret_count = raw->count;
    return raw->polls;
}

int exchange_raw_patience(const struct exchange_raw *raw, int timeout_ms)
{
    int64_t now = clock_monotonic_ms();
    int64_t least = timeout_ms;
    for (size_t i = 0; i < raw->count; i++) {
        int64_t left = exchange_socket_deadline(&raw->sockets[i]) - now;
        least = left < least ? left : least;
    }
    return least > 0 ? (int)least : 0;
}

void exchange_raw_free(struct exchange_raw *raw)
{
    if (raw == NULL)
        return;
    for (size_t i = 0; i < raw->count; i++)
        exchange_socket_close(&raw->sockets[i]);
    if (raw->addresses != NULL)
        freeaddrinfo(raw->addresses);
    alloc_release(raw->sockets);
    alloc_release(raw->polls);
    alloc_release(raw);
}
