/* What the operator of a target can have done to it that no request of the protocol does: commands
 * or HTTP requests of a target description. */
#ifndef SYNCSPEC_RUNNER_HOOK_H
#define SYNCSPEC_RUNNER_HOOK_H

#include "base/slice.h"

struct runner_world;
struct runner_account;

enum runner_hook_kind {
    RUNNER_HOOK_RESTART, /* the server ends and is started again, with its data; over when it
                            answers */
    RUNNER_HOOK_QUOTA,   /* the user's quota becomes {value} bytes; 0: none */
    RUNNER_HOOK_MOVE, /* the user is moved to another node, away from the one that is certified */
    RUNNER_HOOKS,
};

/* A command or a request.  In its texts {uid}, {name} and {value} stand for the user's number, the
 * user's name in a path, and the value; no shell ever reads them. */
struct runner_hook {
    const char *const *command; /* a program and its arguments, ended by NULL; NULL: none */
    const char *method, *url;   /* NULL: no request */
    const char *body;           /* of the request, JSON; NULL: none */
    /* In process: what is called instead; NULL: nothing is.  False: it did not succeed. */
    bool (*call)(void *context, const struct runner_account *account, uint64_t value);
    void *context;
    int timeout_ms;
};

static inline bool runner_hook_is_given(const struct runner_hook *hook)
{
    return hook->command != NULL || hook->url != NULL || hook->call != NULL;
}

/* "restart", "quota", "move". */
const char *runner_hook_name(enum runner_hook_kind kind);

/* RUNNER_HOOKS when there is none of that name. */
enum runner_hook_kind runner_hook_find(const char *name);

/* Runs the target's hook of that name for the user and waits for its end, at most its timeout.
 * ${account} may be NULL for `restart`.  NULL when it succeeded (exit code 0, status 2xx), else
 * text of the run's arena that says what went wrong, without what came back: it may hold secrets.
 */
MUST_USE const char *runner_hook_run(const struct runner_world *world, const char *name,
                                     const struct runner_account *account, uint64_t value);

#endif
