/* One fault of a stack: where it stands between what is outside and the core.  Private to
 * stack.c, call.c, txn.c, keeping.c, judging.c and vouching.c. */
#ifndef SYNCSPEC_FAULT_LAYER_H
#define SYNCSPEC_FAULT_LAYER_H

#include "auth/bearer.h"
#include "core/core.h"
#include "fault/call.h"

/* What the layers of a stack share: the request as it came, whose credentials are checked. */
struct fault_outside {
    const struct http_request *request; /* NULL: none is under way */
    unsigned method, resource;          /* enum fault_on, of it */
    bool trusted;                       /* a request of a fault's own: nobody is asked who it is */
    const struct clock *clock;          /* as it was given */
    int64_t started;                    /* a stamp: when the server was last started again */
};

/* Each decorator has its base first and borrows what it stands before. */
struct fault_store {
    struct store base;
    struct store *inner;
    struct store_ops ops; /* the fault's where it has some, else what hands on */
    struct fault_layer *layer;
};

struct fault_scheme {
    struct auth_scheme base;
    struct auth_scheme *inner;
    struct auth_scheme_ops ops;
    struct fault_layer *layer;
};

struct fault_bearer {
    struct auth_bearer base;
    struct auth_bearer *inner;
    struct fault_layer *layer;
};

struct fault_clock {
    struct clock base;
    const struct clock *inner;
    struct fault_layer *layer;
};

struct fault_layer {
    const struct fault *fault;
    struct fault_outside *outside;
    bool concerned; /* the fault's hooks see the request that is under way */
    struct fault_memory memory;
    struct http_handler inner;
    struct fault_store store;
    struct fault_scheme auth, named;
    struct fault_bearer bearer;
    struct fault_clock clock;
};

/* The calls of the store that are about rows of services; NULL where ${inner} has none. */
void fault_keeping_fill(struct store_ops *ops, const struct store *inner);

/* Reads the request into the call; the rest of it is the caller's. */
void fault_call_begin(struct fault_call *call, const struct http_request *request);

/* Puts the layer before what is there.  NULL stays NULL. */
struct store *fault_store_around(struct fault_layer *layer, struct store *inner);
struct auth_bearer *fault_bearer_around(struct fault_layer *layer, struct auth_bearer *inner);
struct auth_scheme *fault_scheme_around(struct fault_layer *layer, struct fault_scheme *scheme,
                                        struct auth_scheme *inner);

#endif
