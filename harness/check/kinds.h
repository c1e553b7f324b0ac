/* The kinds of expectation: the rows of the registry in check.c. */
#ifndef SYNCSPEC_CHECK_KINDS_H
#define SYNCSPEC_CHECK_KINDS_H

#include "check/match.h"

extern const struct check_kind check_status;
extern const struct check_kind check_headers;
extern const struct check_kind check_json;
extern const struct check_kind check_newlines;
extern const struct check_kind check_body;
extern const struct check_kind check_hex;
extern const struct check_kind check_whoisi;
extern const struct check_kind check_type;

/* What most kinds call wrong: a matcher that is none, or that can never hold of what is always
 * there. */
const char *check_kind_wrong(const json_t *matcher, struct arena *arena, const char **ret_pointer);

/* Reads the body as a tree and holds the matcher against it. */
void check_kind_tree(struct check_match *match, struct slice body, const json_t *matcher,
                     bool lines);

#endif
