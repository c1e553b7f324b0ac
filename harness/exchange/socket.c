#include "exchange/socket.h"

#include "base/clock.h"
#include "exchange/call.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_SIZE = 16 * 1024,
    READS_PER_ROUND = 64, /* then the other calls have their turn */
};

static void shut(struct exchange_socket *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
}

/* Begins a connection to the first address, from s->address on, that does not refuse at once. */
static void try_addresses(struct exchange_socket *s, int error)
{
    shut(s);
    for (; s->address != NULL; s->address = s->address->ai_next) {
        const int on = 1;
        s->fd = socket(s->address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (s->fd >= 0) {
            (void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
            if (connect(s->fd, s->address->ai_addr, s->address->ai_addrlen) == 0 ||
                errno == EINPROGRESS)
                return;
        }
        error = errno;
        shut(s);
    }
    char text[128];
    exchange_call_end(s->call, EXCHANGE_UNREACHABLE, "no connection: %s",
                      strerror_r(error, text, sizeof(text)));
}

void exchange_socket_open(struct exchange_socket *s, struct exchange_call *call,
                          const struct addrinfo *addresses, int connect_ms)
{
    int64_t now = clock_monotonic_ms();
    *s = (struct exchange_socket){
        .call = call,
        .fd = -1,
        .address = addresses,
        .started = now,
        .connect_deadline = now + connect_ms,
        .deadline = now + call->timeout_ms,
    };
    struct http_parser *parser = exchange_reader_parser();
    if (parser == NULL) {
        exchange_call_end(call, EXCHANGE_BROKEN, "out of memory for the request");
        return;
    }
    s->reader = exchange_reader_of(call, parser);
    try_addresses(s, EADDRNOTAVAIL);
}

static bool is_unsent(const struct exchange_socket *s)
{
    return !s->unsendable && s->sent < s->call->raw.len;
}

struct pollfd exchange_socket_poll(const struct exchange_socket *s)
{
    short out = !s->connected || is_unsent(s) ? POLLOUT : 0;
    return (struct pollfd){ .fd = s->fd, .events = (short)(POLLIN | out) };
}

static void finish_connect(struct exchange_socket *s)
{
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    s->connected = error == 0;
    if (s->connected)
        return;
    s->address = s->address->ai_next;
    try_addresses(s, error);
}

/* Where the piece under way ends: at the next split behind what was sent. */
static size_t piece_end(struct exchange_socket *s)
{
    const struct exchange_call *call = s->call;
    while (s->cut < call->split_count && call->splits[s->cut] <= s->sent)
        s->cut++;
    bool split = s->cut < call->split_count && call->splits[s->cut] < call->raw.len;
    return split ? call->splits[s->cut] : call->raw.len;
}

static void write_pieces(struct exchange_socket *s)
{
    while (is_unsent(s)) {
        const uint8_t *from = s->call->raw.ptr + s->sent;
        ssize_t wrote = send(s->fd, from, piece_end(s) - s->sent, MSG_NOSIGNAL);
        if (wrote < 0 && errno == EINTR)
            continue;
        /* Any other failure shows in what recv says, after the answer that may have come first. */
        if (wrote < 0 && errno != EAGAIN)
            s->unsendable = true;
        if (wrote < 0)
            return;
        s->sent += (size_t)wrote;
    }
}

static void end_answered(struct exchange_socket *s, enum exchange_read read)
{
    if (read == EXCHANGE_READ_DONE)
        exchange_call_end(s->call, EXCHANGE_ANSWERED, "%s", "");
}

static void read_some(struct exchange_socket *s)
{
    uint8_t bytes[READ_SIZE];
    for (int i = 0; i < READS_PER_ROUND && s->call->outcome == EXCHANGE_PENDING; i++) {
        ssize_t got = recv(s->fd, bytes, sizeof(bytes), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        char text[128];
        if (got < 0)
            exchange_call_end(s->call, EXCHANGE_CLOSED, "the connection broke: %s",
                              strerror_r(errno, text, sizeof(text)));
        if (got == 0)
            end_answered(s, exchange_reader_close(&s->reader));
        if (got <= 0)
            return;
        struct slice input = slice_of(bytes, (size_t)got);
        end_answered(s, exchange_reader_feed(&s->reader, &input));
    }
}

static void check_time(struct exchange_socket *s, int64_t now)
{
    if (now >= s->deadline)
        exchange_call_end(s->call, EXCHANGE_TIMEOUT, "no whole response within %d ms",
                          s->call->timeout_ms);
    else if (!s->connected && now >= s->connect_deadline)
        exchange_call_end(s->call, EXCHANGE_UNREACHABLE, "no connection within %lld ms",
                          (long long)(s->connect_deadline - s->started));
}

void exchange_socket_work(struct exchange_socket *s, short revents, int64_t now)
{
    if (!s->connected && revents != 0)
        finish_connect(s);
    if (s->connected && revents != 0) {
        write_pieces(s);
        read_some(s);
    }
    check_time(s, now);
    s->call->duration_ms = now - s->started;
}

int64_t exchange_socket_deadline(const struct exchange_socket *s)
{
    bool connecting = !s->connected && s->connect_deadline < s->deadline;
    return connecting ? s->connect_deadline : s->deadline;
}

void exchange_socket_close(struct exchange_socket *s)
{
    shut(s);
    http_parser_free(s->reader.parser);
    s->reader.parser = NULL;
}
