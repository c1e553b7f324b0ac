/* Planted: an escaped NUL at the end is refused. */
#include "http/target.h"

bool __real_http_percent_decode(struct slice encoded, struct buf *out);
bool __wrap_http_percent_decode(struct slice encoded, struct buf *out);

bool __wrap_http_percent_decode(struct slice encoded, struct buf *out)
{
    return !slice_ends(encoded, SLICE("%00")) && __real_http_percent_decode(encoded, out);
}
