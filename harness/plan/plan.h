/* Cases and requirements, loaded and checked whole before the first request.  cases/README.md is
 * the format. */
#ifndef SYNCSPEC_PLAN_PLAN_H
#define SYNCSPEC_PLAN_PLAN_H

#include "base/arena.h"
#include "base/buf.h"
#include "verdict/verdict.h"

#include <jansson.h>

enum plan_step_kind {
    PLAN_SEND,
    PLAN_RAW,
    PLAN_WAIT,
    PLAN_REPEAT,
    PLAN_CHECK,
    PLAN_PARALLEL,
    PLAN_HOOK
};

enum { PLAN_BRANCHES_MAX = 8 };

/* One key of an `expect` or `prefer`: a kind of check (see check/check.h) and its matcher, a
 * template. */
struct plan_expectation {
    const char *kind; /* "status", "headers", ... */
    const json_t *matcher;
    unsigned line, column;
};

struct plan_expectations {
    struct plan_expectation *at;
    size_t count;
};

/* Which of several right answers came: a line of the report, never a finding. */
struct plan_observation {
    struct plan_expectations when; /* none: always */
    const char *say;               /* template */
};

struct plan_keep {
    const char *name;
    const char *from; /* "header", "json", "newlines", "body", "status", "value" */
    const char *what; /* template: header name or JSON pointer; "" for none */
    bool appends;     /* collect: each element of a list, or else the one value, goes onto a list */
};

/* Steps that run at the same time as those of other branches. */
struct plan_branch {
    struct plan_step *steps;
    size_t step_count;
};

enum plan_body {
    PLAN_BODY_NONE,
    PLAN_BODY_JSON,
    PLAN_BODY_NEWLINES,
    PLAN_BODY_TEXT,
    PLAN_BODY_HEX
};

struct plan_step {
    enum plan_step_kind kind;
    unsigned number; /* 1 is the case's first; steps of a repeat count on */
    unsigned line, column;
    bool twin;
    const struct verdict_requirement
        *requirement; /* never NULL: the case's first unless the step names one */
    struct plan_expectations expect, prefer;
    struct plan_keep *keep; /* `keep` and `collect` */
    size_t keep_count;
    const struct plan_observation *observe; /* the first that holds is said */
    size_t observe_count;

    /* PLAN_SEND, PLAN_RAW */
    const char *as;          /* "me", "other", "third" */
    const char *endpoint_of; /* likewise; equal to `as` unless the step says otherwise */
    const char *method;      /* of send, or of sign */
    const char *target;      /* template: below the endpoint, or below the server's root */
    bool from_root;
    enum plan_body body;
    const json_t *body_value; /* template */
    const json_t *headers;    /* object of template or null; NULL: none */
    const json_t *auth;       /* checked; NULL: correct */
    const json_t *granted;    /* object of templates id, key, endpoint; NULL: the case's users */
    const char *raw;          /* template */
    bool or_closed;           /* no answer is right, too, when the server closes the connection */
    const size_t *splits;
    size_t split_count;

    /* PLAN_WAIT */
    int64_t wait; /* centiseconds */

    /* PLAN_REPEAT */
    const char *rounds; /* template of a number */
    struct plan_expectations until;
    const char *while_header; /* NULL: none */
    struct plan_step *steps;
    size_t step_count;

    /* PLAN_CHECK */
    const json_t *value; /* template */

    /* PLAN_HOOK, done to the user of `as` */
    const char *hook;   /* "restart", "quota", "move" */
    const char *amount; /* template of a number; NULL: none */

    /* PLAN_PARALLEL */
    const struct plan_branch *branches;
    size_t branch_count;
    bool copies; /* the branches share their steps, and what one keeps ends with it */
};

struct plan_case {
    const char *id, *title;
    const char *file; /* relative to the cases folder */
    unsigned line, column;
    const char *api;
    const struct verdict_requirement *const *requirements;
    size_t requirement_count;
    const char *const *
        needs; /* as written, plus what the steps imply ("mint", "users", "raw", limits, "quota") */
    size_t need_count;
    const char *const *depends_on;
    size_t dependency_count;  /* those that it names, and those whose basis it builds on */
    const char *const *basis; /* patterns of what others send and keep */
    size_t basis_count;
    const json_t *rows; /* list of objects: the steps are run with each; NULL: once, without */
    struct plan_step *steps;
    size_t step_count;
    int64_t waits; /* centiseconds of all its waits outside of repeats */
};

struct plan;

/* What the loader cannot know by itself: the kinds of expectations and matchers, which belong to
 * check/. */
struct plan_vocabulary {
    /* NULL when ${kind} is known and ${matcher} well-formed for it; else text in ${arena} that says
     * what is wrong, with the JSON pointer inside the matcher at which it is in ${ret_pointer} (""
     * for the matcher itself). */
    const char *(*wrong)(const char *kind, const json_t *matcher, struct arena *arena,
                         const char **ret_pointer);
};

/* Every mistake that was found, one a line: "FILE:LINE:COLUMN: what is wrong; what was expected".
 */
struct plan_errors {
    struct buf *text;
    size_t count;
};

/* Loads ${folder}/requirements/NAME.json and all other *.json below ${folder} but schema.json, in
 * byte order of their names.  NULL when anything is wrong (${errors} says all of it, up to 100) or
 * out of memory. */
MUST_USE struct plan *plan_load(const char *folder, const struct plan_vocabulary *vocabulary,
                                struct plan_errors *errors);

/* One case file from memory, with the requirements of ${requirements} (a JSON text as in
 * requirements/): for fuzzing and tests.  ${name} is what errors call the file. */
MUST_USE struct plan *plan_load_text(struct slice cases, const char *name,
                                     struct slice requirements,
                                     const struct plan_vocabulary *vocabulary,
                                     struct plan_errors *errors);

size_t plan_case_count(const struct plan *plan);
const struct plan_case *plan_case_at(const struct plan *plan, size_t index);
const struct plan_case *plan_case_find(const struct plan *plan, struct slice id);
bool plan_case_decides(const struct plan_case *plan_case,
                       const struct verdict_requirement *requirement);
size_t plan_requirement_count(const struct plan *plan);
const struct verdict_requirement *plan_requirement_at(const struct plan *plan, size_t index);
const struct verdict_requirement *plan_requirement_find(const struct plan *plan, struct slice id);

void plan_free(struct plan *plan);
void plan_freep(struct plan **plan);

#endif
