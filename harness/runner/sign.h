/* The Authorization of a request, right or wrong in one way: a step's `auth`. */
#ifndef SYNCSPEC_RUNNER_SIGN_H
#define SYNCSPEC_RUNNER_SIGN_H

#include "runner/forge.h"

/* What is signed. */
struct runner_signable {
    struct slice method, target;
    struct slice content_type; /* empty: none */
    struct slice body;
};

/* Appends the value of Authorization; nothing when ${auth} (expanded; NULL: right) is "none".  NULL
 * on success, else static text that says what is wrong. */
MUST_USE const char *runner_sign(const struct runner_signer *signer, const json_t *auth,
                                 const struct runner_signable *what, struct buf *out);

#endif
