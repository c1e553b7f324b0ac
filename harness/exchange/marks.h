/* Which bytes of a text are secret because of the place where they stand.  Private to this folder.
 */
#ifndef SYNCSPEC_EXCHANGE_MARKS_H
#define SYNCSPEC_EXCHANGE_MARKS_H

#include "base/slice.h"

/* Each sets marks[i] to 1 for every byte of ${text} that is secret.  ${marks} is as long as it. */

/* The values of Authorization, Cookie and their like, however malformed, folded or written, and
 * Hawk attributes anywhere.  In a value that reads as Hawk only id, mac and hash are secret. */
void exchange_marks_head(struct slice text, uint8_t *marks);

/* The values of JSON members that hold credentials, as in a token server's response. */
void exchange_marks_body(struct slice text, uint8_t *marks);

#endif
