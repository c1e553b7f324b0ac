/* Tokens that are wrong in one way: the `token` key of a step's `auth`. */
#ifndef SYNCSPEC_RUNNER_FORGE_H
#define SYNCSPEC_RUNNER_FORGE_H

#include "runner/account.h"
#include "runner/grant.h"

#include <jansson.h>

/* Who signs: the users of the case, and the endpoint below which an `auth` path stands. */
struct runner_signer {
    const struct runner_world *world;
    const struct runner_account *accounts; /* RUNNER_USERS of them, refreshed */
    enum runner_user sender;
    struct slice endpoint; /* path of the endpoint that the request goes to */
    struct rng *rng;
    const struct runner_grant *grant; /* what a storage node is asked with; NULL: an account */
    struct slice bearer;              /* minted for this request alone, or empty */
};

/* The credentials that a request is signed with. */
struct runner_credentials {
    struct buf token, key;
};

/* Makes a token for the signer as the expanded object ${recipe} wants it (NULL: a right one), with
 * the key that a server derives for it when it looks at nothing else.  ${ret} is the caller's to
 * runner_credentials_free, whatever comes of it.  NULL on success, else static text. */
MUST_USE const char *runner_forge_token(const struct runner_signer *signer, const json_t *recipe,
                                        struct runner_credentials *ret);

struct runner_credentials runner_credentials_empty(void);
void runner_credentials_free(struct runner_credentials *credentials);

#endif
