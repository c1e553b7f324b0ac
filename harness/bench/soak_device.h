/* A device of a user: asks for one thing after the other, as Firefox does, and judges the answers.
 */
#ifndef SYNCSPEC_BENCH_SOAK_DEVICE_H
#define SYNCSPEC_BENCH_SOAK_DEVICE_H

#include "bench/soak_reading.h"
#include "bench/soak_request.h"

enum { SOAK_OPAQUE = 256, SOAK_SCRATCH = 256 * 1024 };

struct soak_action;

struct soak_device {
    struct soak_user *user;
    struct rng_seeded rng;
    struct soak_request request;
    struct buf scratch;
    const struct soak_action *action; /* what it is at; NULL: nothing */
    unsigned step;                    /* answers that it got to that */
    int64_t known[SOAK_SHELVES];      /* of each collection the last time that it was told */
    int64_t wait_until_ms;            /* of clock_monotonic_ms; the server asked for it */

    /* The request that is under way. */
    bool asking;
    bool writes;             /* it carries `write` to its end */
    int64_t floor;           /* the user's when it was sent */
    struct soak_write write; /* what is being written, in one request or several */

    /* A list that is being read, from when its first page was asked for. */
    struct soak_reading reading;
    int64_t list_floor, list_modified, newer;
    uint64_t generation; /* of the user then */
    bool alone;          /* no write was under way then */
    char offset[SOAK_OPAQUE];
    char query[SOAK_OPAQUE];

    char batch[SOAK_OPAQUE];
    int64_t batch_asked_ms; /* when it was opened, or earlier */
    uint64_t sent;          /* slots of the batch that were posted */

    struct soak_contents seen; /* by the audit */
    unsigned shelf;            /* where the audit is */
};

/* One kind of thing to ask for: a request, or several. */
struct soak_action {
    const char *name;
    unsigned weight; /* how often, among all */
    /* Makes the next request.  False: there is none now. */
    bool (*ask)(struct soak_device *device);
    /* Judges the answer.  True: it goes on. */
    bool (*take)(struct soak_device *device, const struct http_answer *answer);
    const int *statuses; /* that the protocol explains, 0 past the last; 503 and 409 always */
};

MUST_USE bool soak_device_init(struct soak_device *device, struct soak_user *user, uint64_t seed);

/* The next request, in device->request; ${last}: nothing new is begun but audits.  False: nothing
 * to ask now. */
MUST_USE bool soak_device_ask(struct soak_device *device, bool last);

/* The answer to it. */
void soak_device_answer(struct soak_device *device, const struct http_answer *answer);

/* There will be no answer. */
void soak_device_lose(struct soak_device *device);

void soak_device_free(struct soak_device *device);

/* What the actions share. */

/* X-Last-Modified; -1 when there is none. */
int64_t soak_device_modified(const struct http_answer *answer);

/* Tells a violation together with the request. */
void soak_device_complain(struct soak_device *device, const struct http_answer *answer,
                          const char *what);

/* The write that is under way was acknowledged, refused. */
void soak_device_wrote(struct soak_device *device, const struct http_answer *answer);

/* Whether nobody else wrote since the list was begun. */
bool soak_device_undisturbed(const struct soak_device *device);

/* Begins a list, and adds an answer to it.  False after a complaint. */
void soak_device_begin_list(struct soak_device *device, unsigned shelf);
bool soak_device_read(struct soak_device *device, const struct http_answer *answer);

/* In soak_reads.c, soak_writes.c and soak_audit.c; NULL past the last. */
const struct soak_action *soak_read_action(size_t index);
const struct soak_action *soak_write_action(size_t index);
extern const struct soak_action soak_audit, soak_wipe;

#endif
