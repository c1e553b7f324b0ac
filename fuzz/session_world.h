/* A core with a store, four users who are believed, and a clock that the session moves. */
#ifndef SYNCSPEC_FUZZ_SESSION_WORLD_H
#define SYNCSPEC_FUZZ_SESSION_WORLD_H

#include "core/core.h"
#include "fuzz/session_code.h"

enum { SESSION_USERS = 4, SESSION_FIELDS = 8, SESSION_TOKEN = 64 };

/* What the clients of one user remember. */
struct session_user {
    int64_t seen;                                     /* the last time that the server told */
    char batch[SESSION_TOKEN], offset[SESSION_TOKEN]; /* as they came */
};

struct session_world {
    struct store *store; /* borrowed */
    struct core *core;
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct auth_scheme auth;
    uint64_t base;    /* uids are base + 1 to base + 4 */
    unsigned asker;   /* who sends the request under way */
    unsigned version; /* of its path */
    struct session_user users[SESSION_USERS];
    struct http_reply reply;

    /* The request under way. */
    struct http_request request;
    struct buf target, body;
    struct buf values[SESSION_FIELDS];
    struct http_field fields[SESSION_FIELDS];
    size_t field_count;
    uint64_t fails_at; /* which allocation fails in the next one; UINT64_MAX: none */
    bool endpoint;     /* the target is that of the asker, below the endpoint */
};

/* With the configuration that the session's first byte chooses.  Borrows ${store}. */
void session_world_open(struct session_world *world, struct store *store, uint64_t base,
                        uint8_t config);
void session_world_close(struct session_world *world);

/* Makes the step; true when it is a request, which world->request then is, to be sent. */
MUST_USE bool session_world_make(struct session_world *world, const struct session_step *step);

/* Sends world->request: world->reply. */
void session_world_send(struct session_world *world);

/* Sends GET of a path below the endpoint of user ${who} in API 1.5. */
void session_world_get(struct session_world *world, unsigned who, const char *path);

static inline uint64_t session_world_uid(const struct session_world *world, unsigned who)
{
    return world->base + 1 + who;
}

#endif
