/* A connection and its socket: moves bytes between the kernel and the state machine. */
#ifndef SYNCSPEC_SERVE_LINK_H
#define SYNCSPEC_SERVE_LINK_H

#include "serve/connection.h"

#include <uv.h>

/* All links of a server. */
struct serve_links {
    uv_loop_t *loop;
    struct serve_shared shared;
    struct serve_deadlines deadlines;           /* every link that is open stands in it */
    uv_timer_t timer;                           /* for the earliest of them */
    int64_t timer_at;                           /* INT64_MAX: not started */
    size_t count;                               /* links whose memory is not yet given back */
    void (*on_gone)(struct serve_links *links); /* one of them was */
    uint8_t input[SERVE_READ_SIZE];             /* what was read last, whoever it came from */
};

/* Borrows ${loop} and ${config}.  0, or libuv's error.  The object must not move afterwards. */
MUST_USE int serve_links_init(struct serve_links *links, uv_loop_t *loop,
                              const struct serve_config *config);

/* Serves the connected, non-blocking socket and owns it from here on, also on failure (out of
 * memory), when it is closed. */
void serve_links_add(struct serve_links *links, int socket);

/* Closes the link that was idle longest, if there is one. */
void serve_links_drop_idle(struct serve_links *links);

/* No request is begun any more: idle links close now, the others after their reply. */
void serve_links_stop(struct serve_links *links);

/* Closes every link now. */
void serve_links_close_all(struct serve_links *links);

/* Closes the timer; the loop has to run once more before serve_links_free. */
void serve_links_close_timer(struct serve_links *links);

/* After all links are gone. */
void serve_links_free(struct serve_links *links);

#endif
