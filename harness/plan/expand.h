/* The writer behind plan_expand_body and plan_expand_json: JSON templates to JSON text. */
#ifndef SYNCSPEC_PLAN_EXPAND_H
#define SYNCSPEC_PLAN_EXPAND_H

#include "plan/scope.h"

struct plan_expansion {
    struct plan_scope *scope;
    struct buf *out;
    bool matching; /* a matcher: $number and what is no generator stay as they are */
    unsigned depth;
};

/* Appends the compact JSON of the value.  NULL, or what is wrong (as plan_expand_text). */
MUST_USE const char *plan_expansion_value(struct plan_expansion *expansion, const json_t *value);

/* Appends a JSON string.  ${text} has to be UTF-8. */
MUST_USE const char *plan_expansion_string(struct plan_expansion *expansion, struct slice text);

/* Appends the bytes that hex digits stand for; ${hex} NULL: none.  NULL, or what is wrong, static
 * text. */
MUST_USE const char *plan_hex_write(const char *hex, struct buf *out);

/* Keeps the formatted text in the scope, where it is valid until the next. */
const char *plan_scope_complain(struct plan_scope *scope, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The elements of a list capture, or NULL. */
const json_t *plan_scope_list(const struct plan_scope *scope, struct slice name);

/* The text of a capture. */
bool plan_scope_text(const struct plan_scope *scope, struct slice name, struct slice *ret_value);

#endif
