/* The socket front end: HTTP/1.1 on libuv, one thread, bounded buffers. */
#ifndef SYNCSPEC_SERVE_SERVE_H
#define SYNCSPEC_SERVE_SERVE_H

#include "http/handler.h"
#include "http/parser.h"
#include "serve/access_log.h"
#include "serve/counters.h"

enum {
    SERVE_PROGRESS = 16 * 1024,   /* bytes: less in the time of a limit is standing still */
    SERVE_SMALL_BODY = 64 * 1024, /* that large uploads leave room for */
};

struct serve_config {
    const char *host; /* address to bind: "127.0.0.1", "::1" */
    uint16_t port;    /* 0: the kernel chooses */
    struct http_bounds bounds;
    size_t connections;      /* at once; beyond it the one that was idle longest makes room for a
                                new one, and accepting pauses while none is */
    size_t buffered;         /* bytes of unsent replies per connection, past which reading pauses */
    uint64_t buffered_total; /* bytes of request bodies under way in all connections, past which a
                                request gets 503 with Retry-After; the last eighth is for bodies of
                                up to SERVE_SMALL_BODY */
    uint64_t held_total; /* bytes of all else that connections hold (heads that are not complete,
                            requests and replies that wait), past which the one that went on
                            least lately is reset.  One reply may come on top */
    unsigned head_ms;    /* a head must be complete this long after its first byte: 408 */
    unsigned body_ms;    /* and a body must go on by SERVE_PROGRESS at least this often: 408; a
                            reply too, else the connection is reset */
    unsigned idle_ms;    /* a connection without a request under way lives this long */
    unsigned linger_ms;  /* after a stop, requests under way have this long */
    struct http_handler handler;       /* called on the loop's thread */
    struct serve_access_log *log;      /* opened anew at SIGHUP; NULL: none */
    const struct serve_config *beside; /* another listener on the same loop, with a handler of its
                                          own; NULL: none.  Its `beside` has no meaning */
};

/* Sensible values for all but the handler. */
struct serve_config serve_config_default(void);

struct serve;

/* Binds and listens; requests are answered from serve_run on.  NULL on failure, with a message in
 * ${ret_error} (static or libuv's). */
MUST_USE struct serve *serve_new(const struct serve_config *config, const char **ret_error);

/* The port that it listens on, and that of the listener beside (0: there is none). */
uint16_t serve_port(const struct serve *serve);
uint16_t serve_port_beside(const struct serve *serve);

/* What the first listener counted; only for the loop's thread, as in handlers. */
const struct serve_counters *serve_counters_of(const struct serve *serve);

/* Serves until serve_stop, SIGTERM or SIGINT: then stops accepting, finishes what is under way,
 * returns true.  False when the loop failed. */
bool serve_run(struct serve *serve);

/* May be called from any thread and from signal handlers' threads; serve_run then returns. */
void serve_stop(struct serve *serve);

void serve_free(struct serve *serve);

#endif
