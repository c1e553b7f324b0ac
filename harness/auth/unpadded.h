/* base64url without padding, as JSON Web Tokens and X-KeyID write it (RFC 7515, appendix C). */
#ifndef SYNCSPEC_AUTH_UNPADDED_H
#define SYNCSPEC_AUTH_UNPADDED_H

#include "base/buf.h"

/* Returns !out->failed. */
bool auth_unpadded_encode(struct slice bytes, struct buf *out);

enum { AUTH_UNPADDED_ROOM = 2 };

/* Appends the decoded bytes; needs room for AUTH_UNPADDED_ROOM bytes more than these.  Refuses,
 * having appended nothing: padding, characters outside the alphabet, non-zero bits behind the last
 * byte, and what does not fit into ${out}. */
MUST_USE bool auth_unpadded_decode(struct slice text, struct buf *out);

#endif
