/* The listening socket: binds, accepts, and pauses when there is no room. */
#ifndef SYNCSPEC_SERVE_LISTENER_H
#define SYNCSPEC_SERVE_LISTENER_H

#include "serve/serve.h"

#include <uv.h>

struct serve_listener {
    uv_poll_t poll;
    uv_timer_t retry; /* while it is paused */
    int socket;
    bool accepts; /* it is not paused */
    bool closed;
    uint16_t port;
    /* Whether there is room for one more; asked before each is accepted. */
    bool (*has_room)(struct serve_listener *listener);
    /* There is not, and somebody waits: gives up what can be spared, now or soon. */
    void (*make_room)(struct serve_listener *listener);
    /* Takes an accepted, non-blocking socket over. */
    void (*take)(struct serve_listener *listener, int socket);
};

/* Binds and listens; the functions above are set by the caller before the loop runs.  NULL, or text
 * (static or libuv's) that says what failed, when there is nothing to close. */
MUST_USE const char *serve_listener_open(struct serve_listener *listener, uv_loop_t *loop,
                                         const struct serve_config *config);

/* There may be room again. */
void serve_listener_resume(struct serve_listener *listener);

/* Stops listening; the loop has to run once more before the memory may go. */
void serve_listener_close(struct serve_listener *listener);

#endif
