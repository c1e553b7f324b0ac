/* Media types and their negotiation (RFC 9110, sections 8.3 and 12.5.1). */
#ifndef SYNCSPEC_HTTP_MEDIA_H
#define SYNCSPEC_HTTP_MEDIA_H

#include "base/slice.h"

/* "application/json" of "application/json; charset=utf-8": type and subtype without parameters and
 * blanks, as sent. */
struct slice http_media_type(struct slice content_type);

/* Which of the offers an Accept value prefers: highest q, then the more specific range, then the
 * order of the offers. The count of offers when it accepts none; 0 for an empty value.  A malformed
 * element is skipped. */
size_t http_media_choose(struct slice accept, const char *const *offers, size_t offer_count);

#endif
