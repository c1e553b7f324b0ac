/* What a token server has granted: credentials for a storage node. */
#ifndef SYNCSPEC_RUNNER_GRANT_H
#define SYNCSPEC_RUNNER_GRANT_H

#include "http/target.h"
#include "plan/scope.h"

struct runner_grant {
    bool given; /* else the rest says nothing */
    struct buf id, key, endpoint, host, hostname;
    struct http_url url; /* of the endpoint; slices of it */
};

void runner_grant_init(struct runner_grant *grant);

/* Expands the `granted` of a step, or with NULL takes none.  NULL, or text as plan_expand_text. */
MUST_USE const char *runner_grant_read(struct runner_grant *grant, struct plan_scope *scope,
                                       const json_t *granted);

/* Appends the Host value of requests to ${url}; ${out} may be NULL: then false. */
MUST_USE bool runner_url_host(const struct http_url *url, struct buf *out);

void runner_grant_free(struct runner_grant *grant);

#endif
