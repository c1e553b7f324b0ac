/* What a matcher looks at: a part of a JSON text, a text, or nothing. */
#ifndef SYNCSPEC_CHECK_VALUE_H
#define SYNCSPEC_CHECK_VALUE_H

#include "check/decimal.h"
#include "plan/tree.h"

enum check_value_kind {
    CHECK_ABSENT,
    CHECK_TEXT, /* outside of JSON: a header, a body */
    CHECK_STRING,
    CHECK_NUMBER,
    CHECK_OBJECT,
    CHECK_LIST,
    CHECK_BOOLEAN,
    CHECK_NULL,
};

struct check_value {
    enum check_value_kind kind;
    struct slice raw;             /* as it was written; a string with its quotes */
    const struct plan_node *node; /* of an object or list; NULL for a list that was made up */
    const struct plan_node *const *items; /* of a made-up list; NULL elements are absent */
    size_t item_count;
};

/* ${node} NULL: absent. */
struct check_value check_value_of(const struct plan_tree *tree, const struct plan_node *node);

/* The content of a text or string; ${scratch} holds it when it has to be unescaped.  False when it
 * is neither, or out of memory. */
bool check_value_text(const struct check_value *value, struct buf *scratch, struct slice *ret_text);

/* The number of a number, of a text that is one, and, when ${strings}, of a string that is one. */
bool check_value_decimal(const struct check_value *value, bool strings,
                         struct check_decimal *ret_decimal);

/* Elements of a list; members' values of an object. */
size_t check_value_count(const struct check_value *value);

/* Appends the start of the value, for people: one line, other than printable ASCII escaped. */
void check_value_show(const struct check_value *value, struct buf *out);
void check_text_show(struct slice text, struct buf *out);

/* A text that equal values share, whatever the order of members and the form of numbers. */
bool check_value_canonical(const struct plan_tree *tree, const struct plan_node *node,
                           struct buf *out);

/* The same of what a matcher states, when that is a string, number, boolean or null. */
bool check_scalar_canonical(const json_t *scalar, struct buf *out);
bool check_is_scalar(const json_t *matcher);

#endif
