/* A user that a case acts as: an id, and credentials that the target accepts. */
#ifndef SYNCSPEC_RUNNER_ACCOUNT_H
#define SYNCSPEC_RUNNER_ACCOUNT_H

#include "runner/world.h"

enum runner_user { RUNNER_ME, RUNNER_OTHER, RUNNER_THIRD, RUNNER_USERS };

/* RUNNER_USERS when the name is none of "me", "other", "third". */
enum runner_user runner_user_of(const char *name);

struct runner_account {
    uint64_t uid;
    struct buf token; /* the Hawk id; the name where users have names; a bearer token */
    struct buf key;   /* the Hawk key's text; the password; the X-KeyID */
    int64_t expires;  /* stamp on the target's clock; 0: no credentials yet */
    bool used;        /* a request went to its endpoint: it has to be cleaned up */
};

/* The ${user} of the case at ${index} of the plan; without credentials yet.  With one account, that
 * account. */
void runner_account_init(struct runner_account *account, const struct runner_world *world,
                         size_t index, enum runner_user user);

/* What a right token of ${uid} says; texts borrow from ${texts}, to which they are appended. */
struct auth_token runner_account_token(const struct runner_world *world, uint64_t uid,
                                       struct rng *rng, struct buf *texts);

/* Sixteen bytes of hex that name the account to an accounts service. */
enum { RUNNER_ACCOUNT_ID = 33 };
void runner_account_id(const struct runner_account *account, char ret_text[RUNNER_ACCOUNT_ID]);

/* Whether a bearer token has to be minted for the account: there is none, or it is about to expire.
 */
bool runner_account_wants_bearer(const struct runner_account *account,
                                 const struct runner_world *world);

/* Its bearer token from now on.  False when out of memory. */
MUST_USE bool runner_account_take_bearer(struct runner_account *account,
                                         const struct runner_world *world, struct slice bearer);

/* Mints credentials when there are none or they are about to expire.  False when out of memory. */
MUST_USE bool runner_account_refresh(struct runner_account *account,
                                     const struct runner_world *world, struct rng *rng);

/* "/prefix/1.5/UID" or "/prefix/1.1/NAME" appended to ${out}. */
bool runner_account_endpoint(const struct runner_account *account, const struct runner_world *world,
                             struct buf *out);

void runner_account_free(struct runner_account *account);

#endif
