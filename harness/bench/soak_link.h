/* One connection of a soak, on which one request after the other goes. */
#ifndef SYNCSPEC_BENCH_SOAK_LINK_H
#define SYNCSPEC_BENCH_SOAK_LINK_H

#include "bench/soak_device.h"
#include "http/parser.h"

struct soak_link {
    int fd; /* -1: none */
    struct http_parser *parser;
    struct buf out, body;
    size_t sent;
    struct soak_device *device; /* whose request is under way; NULL: none */
    int64_t asked_us;
};

enum soak_link_state {
    SOAK_LINK_WAITS,
    SOAK_LINK_DONE,  /* the answer was given to the device */
    SOAK_LINK_BROKEN /* no answer will come */
};

/* Connects; blocks for as long as a loopback connection takes.  False when that fails. */
MUST_USE bool soak_link_open(struct soak_link *link, const struct soak_place *place);

/* Sends the device's request. */
enum soak_link_state soak_link_ask(struct soak_link *link, struct soak_device *device,
                                   const struct soak_place *place);

/* The socket has something to read, or room. */
enum soak_link_state soak_link_work(struct soak_link *link);

/* Whether there is something that could not be sent yet. */
bool soak_link_is_full(const struct soak_link *link);

void soak_link_close(struct soak_link *link);

int64_t soak_link_now_us(void);

#endif
