/* One upload of a record over a connection of its own, and the reading of one back. */
#ifndef SYNCSPEC_BENCH_UPLOADS_LINK_H
#define SYNCSPEC_BENCH_UPLOADS_LINK_H

#include "bench/soak_request.h"
#include "http/parser.h"

enum uploads_phase {
    UPLOADS_IDLE,     /* nothing was asked */
    UPLOADS_SENDING,  /* up to where it is held */
    UPLOADS_HELD,     /* half of it is sent, as is half of all others */
    UPLOADS_ENDING,   /* the rest is being sent, or the answer awaited */
    UPLOADS_ANSWERED, /* see status */
    UPLOADS_BROKEN,   /* without an answer */
};

/* What all uploads have in common. */
struct uploads_task {
    struct soak_place place;
    struct soak_user *user;
    struct slice payload; /* of all records, behind the mark */
    size_t body_bytes;    /* of a request */
};

struct uploads_link {
    int fd;
    enum uploads_phase phase;
    uint64_t number; /* of the record */
    size_t total;    /* bytes of the message */
    size_t held_at;  /* where it waits */
    struct buf head; /* of the message, up to and with the mark in the body */
    struct buf body; /* of the answer */
    size_t sent;
    struct http_parser *parser;
    int status;
    bool has_retry_after;
    int64_t asked_ms;
};

enum uploads_size { UPLOADS_SMALL, UPLOADS_LARGE, UPLOADS_LARGE_HELD };

enum { UPLOADS_MARK = 12 }; /* digits in front of each payload: the record's number */

/* Begins to PUT record number ${number}, in a request of the task's size or with the mark alone
 * (then in a collection of its own); or to GET ${path} below the user's endpoint.  False when the
 * server cannot be reached. */
MUST_USE bool uploads_link_put(struct uploads_link *link, const struct uploads_task *task,
                               uint64_t number, enum uploads_size size);
MUST_USE bool uploads_link_get(struct uploads_link *link, const struct uploads_task *task,
                               const char *path);

/* Sends and receives what can be, without waiting. */
void uploads_link_work(struct uploads_link *link, const struct uploads_task *task);

/* What is held goes on. */
void uploads_link_release(struct uploads_link *link);

/* What poll has to wait for; 0: nothing. */
short uploads_link_wants(const struct uploads_link *link);

void uploads_link_close(struct uploads_link *link);

#endif
