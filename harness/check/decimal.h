/* Decimal numbers compared by their digits: exact at any length, no floating point. */
#ifndef SYNCSPEC_CHECK_DECIMAL_H
#define SYNCSPEC_CHECK_DECIMAL_H

#include "base/buf.h"

#include <jansson.h>

/* Zero has no digits. */
struct check_decimal {
    bool negative;
    struct slice digits; /* borrowed: from the first digit that is not 0 on; may hold one point */
    int64_t magnitude;   /* the first digit counts 10 to the power of this */
};

/* Reads digits with an optional sign, fraction and exponent.  Writes on success only. */
MUST_USE bool check_decimal_parse(struct slice text, struct check_decimal *ret_decimal);

/* <0, 0, >0. */
int check_decimal_compare(const struct check_decimal *a, const struct check_decimal *b);

/* Appends a text that equal numbers share. */
bool check_decimal_write(const struct check_decimal *decimal, struct buf *out);

/* The number that a matcher states: a JSON number, a text that is a decimal, {"$number": text}.
 * ${scratch} holds what ${ret_decimal} borrows when the matcher is a JSON number.  Writes on
 * success only. */
enum { CHECK_DECIMAL_SCRATCH = 40 };
MUST_USE bool check_decimal_of(const json_t *matcher, char scratch[CHECK_DECIMAL_SCRATCH],
                               struct check_decimal *ret_decimal);

#endif
