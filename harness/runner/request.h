/* A step as the request that it stands for. */
#ifndef SYNCSPEC_RUNNER_REQUEST_H
#define SYNCSPEC_RUNNER_REQUEST_H

#include "plan/scope.h"
#include "runner/account.h"
#include "runner/grant.h"

enum { RUNNER_FIELDS = 48 };

/* Says which case a request is of; no server knows it, no signature covers it. */
#define RUNNER_CORRELATION "X-Syncspec-Case"

/* The bytes of one request; the call borrows them until it has ended. */
struct runner_request {
    struct buf endpoint;                     /* path of the endpoint that it goes to */
    struct buf target, body, raw;            /* raw: of a raw step, else empty */
    struct buf bearer;                       /* minted for this step alone, or empty */
    struct runner_grant grant;               /* what it is signed with instead of an account */
    struct buf texts[RUNNER_FIELDS];         /* values of the fields */
    const char *names[RUNNER_FIELDS];        /* the plan's, or static */
    struct http_field fields[RUNNER_FIELDS]; /* what of them is sent */
    size_t count;
};

void runner_request_init(struct runner_request *request);

/* What a step is expanded with. */
struct runner_sending {
    const struct runner_world *world;
    struct runner_account *accounts; /* RUNNER_USERS of them */
    struct plan_scope *scope;
    struct rng *rng;
    const char *correlation; /* of RUNNER_CORRELATION; NULL: none */
    char *wrong;             /* room for a message */
    size_t wrong_size;
};

/* Expands and signs a PLAN_SEND or PLAN_RAW step, and fills in the request of ${call}.  Mints
 * credentials as needed, and marks the account whose endpoint it goes to as used.  False with a
 * message in ${sending}->wrong when it cannot. */
MUST_USE bool runner_request_make(struct runner_request *request,
                                  const struct runner_sending *sending,
                                  const struct plan_step *step, struct exchange_call *call);

/* The request that leaves nothing behind of ${user}.  False when there is none to send, or with a
 * message. */
MUST_USE bool runner_request_clean(struct runner_request *request,
                                   const struct runner_sending *sending, enum runner_user user,
                                   struct exchange_call *call);

/* Fills the call with a POST of ${body}, JSON, to ${url}; signed by nobody. */
MUST_USE bool runner_request_post(struct runner_request *request, const struct http_url *url,
                                  const char *path, const json_t *body, struct exchange_call *call);

/* The same for a request of the runner's own, without body: METHOD and path below the endpoint of
 * ${user}. */
MUST_USE bool runner_request_own(struct runner_request *request,
                                 const struct runner_sending *sending, enum runner_user user,
                                 const char *const method_and_path[2], struct exchange_call *call);

void runner_request_free(struct runner_request *request);

#endif
