/* Secrets that are looked for in a text all at once, wherever they stand.  Private to this folder.
 */
#ifndef SYNCSPEC_EXCHANGE_SECRETS_H
#define SYNCSPEC_EXCHANGE_SECRETS_H

#include "base/buf.h"

enum {
    EXCHANGE_SHARED_RUN = 8, /* a run of a secret this long is one */
    EXCHANGE_SECRETS = 128,
    EXCHANGE_SIEVE_WORDS = 1024,
};

/* The sieve says of six bytes that they are in no secret for sure, so that one pass over a text,
 * which seldom stops, looks for all of them. */
struct exchange_secrets {
    struct buf bytes; /* of all */
    struct exchange_secret_place {
        size_t at, len;
    } places[EXCHANGE_SECRETS];
    size_t count;
    uint64_t sieve[EXCHANGE_SIEVE_WORDS];
};

/* None yet; free it when done. */
void exchange_secrets_init(struct exchange_secrets *secrets);
void exchange_secrets_free(struct exchange_secrets *secrets);

/* Adds a copy of ${secret}; an empty one is left out.  False when out of memory or when they are
 * too many. */
MUST_USE bool exchange_secrets_add(struct exchange_secrets *secrets, struct slice secret);

/* Sets marks[i] to 1 for every byte of a run that ${text} shares with a secret, if the run has
 * eight bytes or more or is all of the secret.  ${marks} is as long as ${text}. */
void exchange_secrets_mark(const struct exchange_secrets *secrets, struct slice text,
                           uint8_t *marks);

#endif
