/* A server on loopback that follows a script, so that a test can show what a client does with a
 * server that is slow, wrong, endless or gone.  It does not sleep: every wait is for something that
 * the client does, for another connection of the same server, or for hostile_stop. */
#ifndef SYNCSPEC_TESTS_HOSTILE_H
#define SYNCSPEC_TESTS_HOSTILE_H

#include "base/slice.h"

enum hostile_verb {
    HOSTILE_READ,   /* wait for one whole request: head, and body by its Content-Length */
    HOSTILE_SEND,   /* send the bytes */
    HOSTILE_REPEAT, /* send the bytes `count` times; 0: until the client closes */
    HOSTILE_DRIP,   /* send the bytes one by one, again and again, one every `count` ms, until the
                       client closes */
    HOSTILE_MEET,   /* wait until `count` connections stand at such a step */
    HOSTILE_HANG,   /* wait until the client closes */
    HOSTILE_SHUT,   /* close the sending half */
    HOSTILE_RESET,  /* end the connection with a reset instead of a close */
    HOSTILE_AGAIN,  /* go on with the first step */
};

struct hostile_step {
    enum hostile_verb verb;
    struct slice bytes;
    size_t count;
};

/* For tables of steps. */
#define HOSTILE_SENDS(literal)                                                                     \
    {                                                                                              \
        .verb = HOSTILE_SEND, .bytes = SLICE_INIT(literal)                                         \
    }

/* What one connection does; after the last step it is closed. */
struct hostile_script {
    const struct hostile_step *steps;
    size_t count;
};

#define HOSTILE_SCRIPT(array)                                                                      \
    {                                                                                              \
        (array), sizeof(array) / sizeof((array)[0])                                                \
    }

struct hostile;

/* Listens on 127.0.0.1, a port of the kernel's choice.  The n-th connection follows the n-th
 * script, all further ones the last.  Borrows the scripts until hostile_stop.  NULL when the system
 * refuses. */
MUST_USE struct hostile *hostile_start(const struct hostile_script *scripts, size_t count);

uint16_t hostile_port(const struct hostile *hostile);

/* Connections accepted so far. */
size_t hostile_connections(struct hostile *hostile);

/* Requests that HOSTILE_READ has read so far, of all connections. */
size_t hostile_requests(struct hostile *hostile);

/* What the n-th connection has received so far (its first 256 KiB), borrowed until hostile_stop.
 * To be looked at when the exchange is over. */
struct slice hostile_received(struct hostile *hostile, size_t connection);

/* Ends all connections and threads. */
void hostile_stop(struct hostile *hostile);

#endif
