/* Which handler answers: a table of method and path. */
#ifndef SYNCSPEC_CORE_ROUTE_H
#define SYNCSPEC_CORE_ROUTE_H

#include "core/call.h"

enum { CORE_SEGMENTS = 3 };

/* A request path below the public prefix. */
struct core_path {
    bool endpoint; /* it is /1.5/<uid>, /1.1/<name>, /1.0/<name> or below */
    const struct core_dialect *dialect;
    uint64_t uid; /* 0 where the path has a name, which the scheme of authentication reads */
    struct slice segments[CORE_SEGMENTS]; /* what follows, decoded */
    size_t count;                         /* CORE_SEGMENTS + 1: more than any route has */
};

/* Takes ${path} apart; the decoded segments lie in ${scratch}.  False when a percent-encoding is
 * broken. */
MUST_USE bool core_route_parse(struct slice path, struct buf *scratch, struct core_path *ret_path);

struct core_route {
    enum http_method method;
    const char *segments[CORE_SEGMENTS]; /* NULL past the last; "*" is any but the empty one */
    enum store_access access;
    core_handler *handle;
    unsigned versions; /* that have it: bits 1 << enum core_version */
};

/* The route; NULL when there is none.  ${ret_allow} is then the value of Allow when other methods
 * have one (405), and NULL when there is no such path (404). */
const struct core_route *core_route_find(const struct core_path *path, enum http_method method,
                                         const char **ret_allow);

#endif
