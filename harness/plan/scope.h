/* The captures of one running case, and what templates become with them. */
#ifndef SYNCSPEC_PLAN_SCOPE_H
#define SYNCSPEC_PLAN_SCOPE_H

#include "plan/plan.h"

struct plan_scope;

/* NULL when out of memory. */
MUST_USE struct plan_scope *plan_scope_new(void);

/* The scope of a branch: what it lacks is looked for in ${parent}, which it borrows and whose lists
 * it appends to.  NULL when out of memory. */
MUST_USE struct plan_scope *plan_scope_new_under(struct plan_scope *parent);

/* Moves what the branch has set to its parent.  False when out of memory. */
MUST_USE bool plan_scope_merge(struct plan_scope *branch);

/* Copies.  False when out of memory. */
MUST_USE bool plan_scope_set(struct plan_scope *scope, const char *name, struct slice value);

/* Sets a capture to any JSON value, which it copies: a text that is nothing but the capture becomes
 * that value, in another text stand texts and numbers.  False when out of memory. */
MUST_USE bool plan_scope_set_value(struct plan_scope *scope, const char *name, const json_t *value);

/* Forgets every list, as if nothing had been collected yet. */
void plan_scope_forget_lists(struct plan_scope *scope);

/* Creates the list capture ${name}, empty, unless there is one.  False when out of memory. */
MUST_USE bool plan_scope_begin_list(struct plan_scope *scope, const char *name);

/* Appends an element to the list capture ${name}, creating it. */
MUST_USE bool plan_scope_append(struct plan_scope *scope, const char *name, const json_t *value);

/* False when there is no such text.  Borrowed until it is set again. */
bool plan_scope_get(const struct plan_scope *scope, const char *name, struct slice *ret_value);

enum plan_encoding { PLAN_AS_IS, PLAN_PERCENT_ENCODED };

/* Appends ${template} with its expressions replaced; what they yield is encoded as asked for.  NULL
 * on success, else text that says what is wrong (an undefined capture, arithmetic on what is no
 * number, out of memory), valid until the next call. */
MUST_USE const char *plan_expand_text(struct plan_scope *scope, const char *template_text,
                                      enum plan_encoding encoding, struct buf *out);

/* Appends the bytes of a body (${kind} and ${template_value} of a step): compact JSON with
 * expressions and generators replaced, the digits of {"$number": ...} kept; newlines, text and hex
 * likewise.  PLAN_BODY_NONE appends nothing.  Also for the value of a `check` step
 * (PLAN_BODY_JSON).  Result as above. */
MUST_USE const char *plan_expand_body(struct plan_scope *scope, enum plan_body kind,
                                      const json_t *template_value, struct buf *out);

/* A matcher with expressions and generators replaced; a new reference in ${ret_value}.  $ge and so
 * on, and $number (check/ compares its digits), stay as they are, their operands expanded.  Result
 * as above. */
MUST_USE const char *plan_expand_json(struct plan_scope *scope, const json_t *template_value,
                                      json_t **ret_value);

void plan_scope_free(struct plan_scope *scope);
void plan_scope_freep(struct plan_scope **scope);

#endif
