/* A case while it is loaded: what its steps share. */
#ifndef SYNCSPEC_PLAN_LOADING_H
#define SYNCSPEC_PLAN_LOADING_H

#include "plan/captures.h"

enum { PLAN_NEEDS_MAX = 32 };

struct plan_loading {
    struct plan_source *source;
    const struct plan_vocabulary *vocabulary;
    const char *api; /* of the file */
    struct plan_captures captures;
    const struct verdict_requirement *const *requirements; /* of the case */
    size_t requirement_count;
    const char *needs[PLAN_NEEDS_MAX];
    size_t need_count;
    unsigned step_count;
    unsigned repeats;                /* around the step that is being loaded */
    bool parallel;                   /* it stands in a branch */
    int64_t waits;                   /* outside of repeats */
    const struct plan_node *refusal; /* the first step that expects one, or NULL */
    bool has_twin;
};

/* Notes a capability; a known name, which may be noted twice. */
void plan_loading_need(void *loading, const char *capability);

/* The name of the capability as static text, NULL when there is none; and the nearest. */
const char *plan_need_find(struct slice name);
const char *plan_need_nearest(struct slice name);

/* Loads a list of steps; says what is wrong with them. */
void plan_steps_load(struct plan_loading *loading, const struct plan_node *list,
                     struct plan_step **ret_steps, size_t *ret_count);

/* What goes over the wire of a send or raw step: members as in the step's table of keys. */
struct plan_message {
    const struct plan_node *send, *raw, *sign, *splits;
    const struct plan_node *bodies[PLAN_BODY_HEX + 1]; /* by enum plan_body */
    const struct plan_node *headers, *as, *endpoint_of, *auth, *granted;
};

void plan_message_load(struct plan_loading *loading, const struct plan_message *message,
                       struct plan_step *step);

/* Checks `auth` and notes what it implies. */
void plan_auth_check(struct plan_loading *loading, const struct plan_node *auth);

/* Loads `expect`, `prefer` or `until`.  ${node} may be NULL: nothing is expected. */
void plan_expectations_load(struct plan_loading *loading, const struct plan_node *node,
                            bool of_check, struct plan_expectations *ret);

/* Whether the case is one of that API. */
static inline bool plan_loading_is_of(const struct plan_loading *loading, const char *api)
{
    return strcmp(loading->api, api) == 0;
}

/* Loads `observe` into the step. */
void plan_observations_load(struct plan_loading *loading, const struct plan_node *list,
                            struct plan_step *step);

/* Loads `rows`, which may be NULL; before the steps. */
void plan_rows_load(struct plan_loading *loading, const struct plan_node *list,
                    struct plan_case *made);

/* Loads what a hook does: `as` and `value` may be NULL. */
void plan_hook_load(struct plan_loading *loading, const struct plan_node *hook,
                    const struct plan_node *as, const struct plan_node *value,
                    struct plan_step *step);

/* "me", "other" or "third"; says so when the text is none of them. */
const char *plan_user_load(struct plan_loading *loading, const struct plan_node *node);

/* Loads the branches of `parallel`: a list of lists of steps, or a number with ${steps} for each of
 * that many; ${steps} may be NULL. */
void plan_branches_load(struct plan_loading *loading, const struct plan_node *parallel,
                        const struct plan_node *steps, struct plan_step *step);

/* Loads `keep` (or `collect`); the step's list has room for them. */
void plan_keeps_load(struct plan_loading *loading, const struct plan_node *node, bool collect,
                     struct plan_step *step);

/* Whether the text is a path as in `send`: "", or begins with / or ? or ^/,
 * without blanks and control characters outside of expressions.  Says so if not. */
bool plan_path_check(struct plan_loading *loading, const struct plan_node *node, struct slice path);

/* Whether the bytes are a token (RFC 9110, 5.6.2). */
bool plan_token_valid(struct slice text);

#endif
