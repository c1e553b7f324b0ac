/* Planted: a query that begins with '?' loses that. */
#include "http/target.h"

struct http_target __real_http_target_split(struct slice target);
struct http_target __wrap_http_target_split(struct slice target);

struct http_target __wrap_http_target_split(struct slice target)
{
    struct http_target parts = __real_http_target_split(target);
    if (slice_starts(parts.query, SLICE("?")))
        parts.query = slice_from(parts.query, 1);
    return parts;
}
