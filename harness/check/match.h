/* The matchers of cases/README.md, "Expectations". */
#ifndef SYNCSPEC_CHECK_MATCH_H
#define SYNCSPEC_CHECK_MATCH_H

#include "check/check.h"
#include "check/value.h"
#include "plan/where.h"

/* One expectation being held against a value. */
struct check_match {
    struct check_report *report;
    const struct plan_tree *tree; /* that the values are of; NULL for texts */
    const char *place;            /* "json", "header X-Last-Modified" */
    bool strings_count;           /* a string that is a decimal counts as a number */
    unsigned quiet;               /* no findings: somebody tries */
};

/* Whether the value matches; if not, and not quiet, a finding says so. */
bool check_matches(struct check_match *match, const struct check_value *value,
                   const json_t *matcher, const struct plan_where *where);

/* The same without findings. */
bool check_would_match(struct check_match *match, const struct check_value *value,
                       const json_t *matcher);

/* A kind of matcher: a row of the table in match.c. */
struct check_matcher {
    const char *key; /* "$ge" */
    bool (*matches)(struct check_match *match, const struct check_value *value,
                    const json_t *operand, const struct plan_where *where);
    /* NULL, or what is wrong with the operand; see plan_vocabulary. */
    const char *(*wrong)(const json_t *operand, const struct plan_where *where, struct arena *arena,
                         const char **ret_pointer);
};

/* NULL when there is none of that key. */
const struct check_matcher *check_matcher_find(const char *key);
const struct check_matcher *check_matcher_at(size_t index);

/* Adds a finding, unless quiet, and returns false. */
bool check_mismatch(struct check_match *match, const struct check_value *value,
                    const struct plan_where *where, const char *expected);

/* The same, where what is expected is said by the matcher {key: operand}, or, when ${key} is NULL,
 * by the plain matcher ${operand}. */
bool check_mismatch_of(struct check_match *match, const struct check_value *value,
                       const struct plan_where *where, const char *key, const json_t *operand);

/* Appends what such a matcher expects, for people. */
void check_describe(const char *key, const json_t *operand, struct buf *out);

/* The elements of a list as an array of nodes; release with alloc_release.  NULL when it is no list
 * or out of memory, which the report then knows. */
const struct plan_node **check_items(struct check_match *match, const struct check_value *value);

/* NULL, or what is wrong with a matcher; see plan_vocabulary. */
const char *check_matcher_wrong(const json_t *matcher, const struct plan_where *where,
                                struct arena *arena, const char **ret_pointer);

/* Remembers the pointer, and passes the text on ("out of memory" for NULL). */
const char *check_wrong_at(const struct plan_where *where, struct arena *arena,
                           const char **ret_pointer, const char *text);

#endif
