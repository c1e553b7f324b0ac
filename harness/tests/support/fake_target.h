/* A scripted target: an exchange whose server answers by the last word of the path. */
#ifndef SYNCSPEC_TESTS_FAKE_TARGET_H
#define SYNCSPEC_TESTS_FAKE_TARGET_H

#include "base/rng.h"
#include "exchange/exchange.h"

enum { FAKE_PENDING = 512, FAKE_SEEN = 4096 };

struct fake_target {
    struct exchange base;
    bool virtual_time;
    int64_t now;           /* of the exchange: ours, or the virtual clock */
    int64_t ahead;         /* centiseconds of the server's clock; requests by another one get 401 */
    struct rng_seeded rng; /* which pending call ends next */
    struct exchange_call *pending[FAKE_PENDING];
    size_t pending_count, pending_most;

    int info_status;         /* of every /info; 0: 200 */
    const char *collections; /* body of /info/collections */
    size_t taken;            /* as many answers of it tell of data first */
    bool alike;              /* everything is answered with 200, {} and no timestamp */
    const char *quota;       /* body of /info/quota */
    const char *echo;        /* what the word "echo" answers with */
    int wipe_status;         /* of DELETE /storage */
    int batch_status;        /* of what opens a batch */
    size_t dies_after;       /* requests; then nobody can reach it; SIZE_MAX: never */

    size_t requests, wipes, flips;
    int64_t skipped;
    char seen[FAKE_SEEN][96]; /* targets of what was sent to a word that counts */
    size_t seen_count;
    char nonces[FAKE_SEEN][24]; /* of every request */
    size_t nonce_count;
};

/* Words: ok 200; bad 404; busy 503 twice, then 200; conflict 409 once, then 200; always-busy 503;
 * closed, garbage, timeout, huge, unreachable, broken: that outcome; echo: 200 with that body;
 * fill: 200 five times, then 403; flaky: 404 and 200 in turn, whoever asks. */
void fake_target_init(struct fake_target *fake, uint64_t seed);

#endif
