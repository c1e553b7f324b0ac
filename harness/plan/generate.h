/* Generated values: {"$bsos": ...} and so on.  cases/README.md, "Generated values". */
#ifndef SYNCSPEC_PLAN_GENERATE_H
#define SYNCSPEC_PLAN_GENERATE_H

#include "plan/expand.h"
#include "plan/where.h"

/* The key of an object that is nothing but one "$key", else NULL. */
const char *plan_dollar_key(const json_t *value);

/* Whether the value is an object with the $key of a generator. */
bool plan_is_generator(const json_t *value);

/* Whether the generator makes a list. */
bool plan_generates_list(const json_t *value);

/* Appends what the generator makes.  NULL, or what is wrong. */
MUST_USE const char *plan_generate(struct plan_expansion *expansion, const json_t *value);

/* NULL when every $key in the value is a generator with operands that can be expanded; else text
 * of the arena that says what is wrong, and its pointer.  ${where} is the value's own place. */
const char *plan_value_wrong(const json_t *value, const struct plan_where *where,
                             struct arena *arena, const char **ret_pointer);

/* "r000000". */
void plan_id_write(struct slice prefix, uint64_t number, struct buf *out);

#endif
