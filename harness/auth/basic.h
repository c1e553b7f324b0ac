/* HTTP Basic (RFC 7617), the authentication of APIs 1.0 and 1.1. */
#ifndef SYNCSPEC_AUTH_BASIC_H
#define SYNCSPEC_AUTH_BASIC_H

#include "base/buf.h"
#include "record/legacy.h"

/* Appends the value of an Authorization header.  False when the user holds a colon, one of them a
 * control character, or nothing fits. */
MUST_USE bool auth_basic_sign(struct slice user, struct slice password, struct buf *out);

/* Reads one; the results borrow from ${scratch}, to which the decoded text is appended.  False when
 * the scheme is another, or what follows is not strict base64 of a user, a colon and a password
 * without control characters. */
MUST_USE bool auth_basic_parse(struct slice header, struct buf *scratch, struct slice *ret_user,
                               struct slice *ret_password);

/* The name by which APIs 1.0 and 1.1 know a user: an e-mail address is hashed, into ${room}; any
 * other name is returned as it is.  The empty slice when out of memory. */
MUST_USE struct slice auth_basic_name(struct slice user, char room[RECORD_USERNAME_TEXT]);

#endif
