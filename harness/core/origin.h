/* Where a request was sent to, as its client sees it: the public URL's host, port and path prefix,
 * behind which a proxy may stand. */
#ifndef SYNCSPEC_CORE_ORIGIN_H
#define SYNCSPEC_CORE_ORIGIN_H

#include "auth/scheme.h"
#include "http/target.h"

struct core_origin {
    struct auth_origin auth; /* what the client signed */
    struct slice path;       /* below the prefix, still encoded */
    struct slice query;
};

/* ${url} is the public URL, NULL when there is none: host and port are then those of the request
 * line, if it has them, or of the Host field.  A proxy that strips the prefix and one that leaves
 * it are both understood: the signed target gets the prefix back (in ${scratch}), the path never
 * has it.  A Host that cannot be read gives port 0, which no client signs.  False when ${scratch}
 * has no room. */
MUST_USE bool core_origin_of(const struct http_request *request, const struct http_url *url,
                             struct buf *scratch, struct core_origin *ret_origin);

#endif
