/* The life of one connection as a state machine over bytes, without sockets and without time: it is
 * told what arrived, what was sent and what ran out, and says what it wants next.  */
#ifndef SYNCSPEC_SERVE_CONNECTION_H
#define SYNCSPEC_SERVE_CONNECTION_H

#include "base/clock.h"
#include "http/date.h"
#include "serve/counters.h"
#include "serve/deadline.h"
#include "serve/work.h"

/* What all connections of a server share. */
struct serve_shared {
    const struct serve_config *config;
    const struct clock *clock; /* of the Date field */
    struct serve_pool pool;
    struct http_date date;
    struct serve_counters counters;
    struct http_reply reply; /* to the request that is being answered: there is one at a time */
    bool stopping;           /* no request is begun any more; every reply is the last */
};

/* Borrows ${config} and ${clock}. */
void serve_shared_init(struct serve_shared *shared, const struct serve_config *config,
                       const struct clock *clock);
void serve_shared_free(struct serve_shared *shared);

enum serve_phase {
    SERVE_PHASE_IDLE, /* between messages */
    SERVE_PHASE_HEAD, /* a head has begun */
    SERVE_PHASE_BODY, /* a head is complete, its message is not */
    SERVE_PHASE_LAST, /* the last reply is made; what still arrives is thrown away */
    SERVE_PHASE_DEAD, /* to be closed now */
};

struct serve_connection {
    struct serve_shared *shared;
    struct serve_work *work; /* NULL while idle */
    enum serve_phase phase;
    bool ended;       /* the client has closed its side */
    bool half_closed; /* we have closed ours */
    bool moved;       /* something happened that starts the time limit anew */
    size_t progress;  /* bytes of a body or a reply since `moved` was set for them */
    size_t discarded; /* bytes thrown away in SERVE_PHASE_LAST */
    const char *peer; /* the client's address, for the access log; NULL: not known */
};

void serve_connection_init(struct serve_connection *connection, struct serve_shared *shared);

/* Bytes arrived (at most SERVE_READ_SIZE; not kept).  Only while SERVE_WANTS_READ. */
void serve_connection_feed(struct serve_connection *connection, struct slice bytes);

/* The client closed its side: what it asked for is still answered. */
void serve_connection_end(struct serve_connection *connection);

/* What is to be sent now: one or two slices in order, borrowed until the next call.  0: nothing. */
size_t serve_connection_output(const struct serve_connection *connection,
                               struct slice ret_parts[2]);

/* The first ${count} bytes of it were sent.  Some of the requests that waited for that are then
 * answered. */
void serve_connection_sent(struct serve_connection *connection, size_t count);

/* Our side was closed, as SERVE_WANTS_SHUT asked. */
void serve_connection_shut(struct serve_connection *connection);

/* Its time limit ran out. */
void serve_connection_expire(struct serve_connection *connection, enum serve_limit limit);

/* It broke: nothing more can be read or sent. */
void serve_connection_break(struct serve_connection *connection);

/* A set of enum serve_want. */
enum serve_want {
    SERVE_WANTS_READ = 1,
    SERVE_WANTS_SEND = 2,
    SERVE_WANTS_SHUT = 4,  /* close our side, then call serve_connection_shut */
    SERVE_WANTS_CLOSE = 8, /* and nothing else */
};

unsigned serve_connection_wants(const struct serve_connection *connection);

/* The limit under which it stands.  It runs from when that last changed or, if later, from when
 * `moved` was last set. */
enum serve_limit serve_connection_limit(const struct serve_connection *connection);

/* Gives back what it holds. */
void serve_connection_free(struct serve_connection *connection);

#endif
