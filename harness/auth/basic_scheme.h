/* The Basic scheme of APIs 1.0 and 1.1: a name and a password with each request, and the name in
 * the path has to be the same. */
#ifndef SYNCSPEC_AUTH_BASIC_SCHEME_H
#define SYNCSPEC_AUTH_BASIC_SCHEME_H

#include "auth/scheme.h"

struct auth_basic_config {
    /* Is it this user's password?  AUTH_OK with the identity, AUTH_BAD_MAC when not (an unknown
     * user takes as long as a wrong password), AUTH_BUSY. */
    enum auth_result (*check)(void *context, struct slice user, struct slice password,
                              struct auth_identity *ret_identity);
    void *context;
    struct slice prefix;   /* path of the public URL, which the target begins with; may be empty */
    uint8_t path_segments; /* that stand before the user's name: 1 for /1.1/<user>/... */
};

/* Copies the prefix; borrows the context.  Names are compared in lower case, the path's after
 * percent-decoding; the password is looked at first, so that AUTH_WRONG_USER (the path is
 * another user's) tells nothing to somebody without one.  NULL when out of memory. */
MUST_USE struct auth_scheme *auth_basic_scheme_new(const struct auth_basic_config *config);

#endif
