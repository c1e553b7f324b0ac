/* One user of a soak: credentials, and what is known of its data while several devices change it at
 * once. */
#ifndef SYNCSPEC_BENCH_SOAK_USER_H
#define SYNCSPEC_BENCH_SOAK_USER_H

#include "auth/token.h"
#include "base/rng.h"
#include "bench/soak_model.h"
#include "bench/soak_tally.h"

enum { SOAK_RING = 32, SOAK_TOKEN = 1024 };

/* An acknowledged write. */
struct soak_ack {
    struct soak_write write;
    int64_t stamp;
};

struct soak_user {
    uint64_t uid;
    char token[SOAK_TOKEN];
    char key[AUTH_KEY_TEXT];
    struct soak_contents contents;
    int64_t floor;        /* the latest stamp acknowledged */
    uint64_t numbers;     /* the last number that a write got */
    uint64_t generation;  /* changes whenever a write is sent or answered */
    unsigned under_way;   /* requests of all devices */
    unsigned writing;     /* those of them that write */
    const void *only;     /* the device that wants to be alone; NULL: none */
    const void *deleting; /* the one that deletes a collection or by ids: not both at once, as an
                             answer does not tell whether there was anything to delete */
    bool wants_audit;     /* all data is to be read back before anything else */
    bool wants_wipe;      /* it may have data that is not ours */
    struct soak_ack ring[SOAK_RING]; /* the latest ones */
    size_t ring_at;
    struct soak_doubt doubt;
    struct soak_tally *tally;
};

/* A token for a server at that node. */
MUST_USE bool soak_user_mint(struct soak_user *user, struct slice secret, struct slice node);

/* A write is on its way; it ends with one of the three below. */
void soak_user_sends(struct soak_user *user);

/* The write that was sent when the user's floor was ${floor} has happened at ${stamp}. */
void soak_user_acknowledged(struct soak_user *user, const struct soak_write *write, int64_t stamp,
                            int64_t floor);

/* It has not happened. */
void soak_user_refused(struct soak_user *user);

/* Nobody knows whether it has. */
void soak_user_lost(struct soak_user *user, const struct soak_write *write);

#endif
