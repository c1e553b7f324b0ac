/* One request of a soak, and its signed bytes. */
#ifndef SYNCSPEC_BENCH_SOAK_REQUEST_H
#define SYNCSPEC_BENCH_SOAK_REQUEST_H

#include "bench/soak_user.h"
#include "http/message.h"

enum { SOAK_HOST = 64, SOAK_REQUEST_BYTES = 4 * 1024 * 1024 };

/* Where the server is. */
struct soak_place {
    char host[SOAK_HOST]; /* without port: what Hawk signs; a loopback address */
    uint16_t port;
};

struct soak_request {
    enum http_method method;
    struct buf target, body;
    int64_t unmodified; /* X-If-Unmodified-Since; -1: none */
    int64_t modified;   /* X-If-Modified-Since; -1: none */
    bool wipes;         /* X-Confirm-Delete */
};

struct soak_request soak_request_empty(void);

/* Begins a request: the method, and the path below the user's endpoint. */
void soak_request_begin(struct soak_request *request, enum http_method method, uint64_t uid,
                        const char *path);

/* Appends "/storage/COLLECTION[/ID]" with the id encoded; SOAK_SLOTS: no id. */
void soak_request_name(struct soak_request *request, unsigned shelf, unsigned slot);

/* Appends the JSON of one record, as write number ${number} has it. */
void soak_request_record(struct soak_request *request, unsigned shelf, unsigned slot,
                         uint64_t number);

/* Appends an Authorization header's value for a request, with a nonce of its own. */
MUST_USE bool soak_request_sign(const struct soak_user *user, const struct soak_place *place,
                                const char *method, struct slice target, struct buf *out);

/* Appends the whole message, signed.  False when it does not fit. */
MUST_USE bool soak_request_write(const struct soak_request *request, const struct soak_user *user,
                                 const struct soak_place *place, struct buf *out);

void soak_request_free(struct soak_request *request);

#endif
