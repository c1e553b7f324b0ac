/* A target description: how to reach a server, what it has, and what its operator can do to it.
 * fixtures/targets/schema.json is the format. */
#ifndef SYNCSPEC_RUNNER_DESCRIPTION_H
#define SYNCSPEC_RUNNER_DESCRIPTION_H

#include "runner/runner.h"

struct runner_description {
    struct arena *arena;
    const char *file;
    const char *name, *note;                            /* "" when nothing was written */
    const char *url;                                    /* "": the built-in core */
    const char *auth_file, *auth_environment, *ca_file; /* "": none */
    const char *const *apis;                            /* none: all */
    size_t api_count;
    uint64_t quota; /* bytes; 0: not told */
    const char *const *declared;
    size_t declared_count;
    struct runner_limit limits[RUNNER_LIMITS];
    struct runner_hook hooks[RUNNER_HOOKS];
};

/* Reads the text of the file called ${name}.  NULL when it is wrong (${errors} says all of it) or
 * out of memory. */
MUST_USE struct runner_description *runner_description_read(const char *name, struct slice text,
                                                            struct plan_errors *errors);

/* Whether the description says that the server has the API, or nothing of its APIs. */
bool runner_description_has_api(const struct runner_description *description, const char *api);

/* Gives ${target} what is declared of it: capabilities, limits, hooks, and the quota unless the
 * target has one.  It borrows from ${description}. */
void runner_description_apply(const struct runner_description *description,
                              struct runner_target *target);

void runner_description_free(struct runner_description *description);

#endif
