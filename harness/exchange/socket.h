/* One raw call on its socket.  Private to this folder. */
#ifndef SYNCSPEC_EXCHANGE_SOCKET_H
#define SYNCSPEC_EXCHANGE_SOCKET_H

#include "exchange/reader.h"

#include <netdb.h>
#include <poll.h>

struct exchange_socket {
    struct exchange_call *call;
    int fd;                         /* -1: none */
    const struct addrinfo *address; /* the one that is tried */
    bool connected;
    bool unsendable; /* the peer takes no more; its answer may still come */
    size_t sent;
    size_t cut; /* index of the next split */
    int64_t started, connect_deadline, deadline;
    struct exchange_reader reader;
};

/* Begins to connect.  The call may have ended when it returns. */
void exchange_socket_open(struct exchange_socket *socket, struct exchange_call *call,
                          const struct addrinfo *addresses, int connect_ms);

/* What to poll for. */
struct pollfd exchange_socket_poll(const struct exchange_socket *socket);

/* Moves on after a poll that gave ${revents}, at ${now} (clock_monotonic_ms). */
void exchange_socket_work(struct exchange_socket *socket, short revents, int64_t now);

/* The time of clock_monotonic_ms at which it has to be looked at, whatever comes. */
int64_t exchange_socket_deadline(const struct exchange_socket *socket);

/* Closes; the call is as it is. */
void exchange_socket_close(struct exchange_socket *socket);

#endif
