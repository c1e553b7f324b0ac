/* Does a response meet an expectation?  One file per kind of expectation, a row in the registry of
 * check.c for each. */
#ifndef SYNCSPEC_CHECK_CHECK_H
#define SYNCSPEC_CHECK_CHECK_H

#include "base/arena.h"
#include "http/message.h"
#include "plan/plan.h"

/* What is looked at: a response, or the value of a `check` step (then answer is NULL and body its
 * JSON text). */
struct check_subject {
    const struct http_answer *answer;
    struct slice body;
};

/* What a check says of one mismatch; text is the arena's. */
struct check_finding {
    const char *where;    /* "header X-Last-Modified", "json /modified" */
    const char *expected; /* "a number with exactly two decimals" */
    const char *seen;     /* "1700000000.1" (cut to a readable length) */
};

enum { CHECK_FINDINGS_MAX = 16 };

struct check_report {
    struct arena *arena;
    struct check_finding findings[CHECK_FINDINGS_MAX];
    size_t count;  /* of findings kept */
    size_t checks; /* expectations evaluated: leaves of matchers count */
    bool nomem;
};

/* A kind of expectation. */
struct check_kind {
    const char *name; /* "status" */
    /* ${matcher} is expanded.  Adds a finding for each mismatch. */
    void (*run)(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report);
    /* As plan_vocabulary.wrong, for this kind. */
    const char *(*wrong)(const json_t *matcher, struct arena *arena, const char **ret_pointer);
};

/* NULL past the last, or when there is none of that name. */
const struct check_kind *check_kind_at(size_t index);
const struct check_kind *check_kind_find(const char *name);

/* For plan_load. */
const struct plan_vocabulary *check_vocabulary(void);

#endif
