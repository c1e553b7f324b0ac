/* A whole reply as text, to be compared. */
#ifndef SYNCSPEC_TESTS_REPLY_TEXT_H
#define SYNCSPEC_TESTS_REPLY_TEXT_H

#include "http/reply.h"

enum { REPLY_TEXT = 16 * 1024 };

/* Status, fields and body, in the place of what ${out} had.  The test fails when they do not fit.
 */
void reply_text(const struct http_reply *reply, struct buf *out);

#endif
