/* A scripted service beside storage, and the world of a run that looks at it: for the tests of who
 * takes the first look, and of minting. */
#ifndef SYNCSPEC_TESTS_SERVICE_H
#define SYNCSPEC_TESTS_SERVICE_H

#include "runner/world.h"

enum { SERVICE_LOG = 64 * 1024 };

/* What a request whose target ends like this gets. */
struct service_line {
    const char *target;
    int status;
    const char *body, *timestamp;  /* of X-Timestamp; NULL: none */
    enum exchange_outcome outcome; /* other than PENDING: this instead of an answer */
};

struct service {
    struct exchange base;
    const struct service_line *lines; /* the first that fits; none: 404 */
    size_t line_count;
    bool loses; /* gives no call back */
    int64_t now;
    struct exchange_call *pending;
    struct buf log; /* "METHOD target Authorization body\n" of each request */
    struct runner_target target;
    struct runner_options options;
    struct runner_world world;
    struct plan *plan;
};

/* A token server for RUNNER_AUTH_ACCOUNTS and _BEARER, the User API for _NAMES.  False when out of
 * memory; free it in any case. */
MUST_USE bool service_init(struct service *service, enum runner_auth auth,
                           const struct service_line *lines, size_t line_count);
void service_free(struct service *service);

#endif
