/* Expanded values of a case as C values. */
#ifndef SYNCSPEC_RUNNER_VALUES_H
#define SYNCSPEC_RUNNER_VALUES_H

#include "base/slice.h"

#include <jansson.h>
#include <stdlib.h>

/* A whole number, written as a number or as a text.  Writes on success only. */
MUST_USE bool runner_value_integer(const json_t *value, int64_t *ret);

/* Borrowed from the string; false, and nothing written, when it is none. */
bool runner_value_text(const json_t *value, struct slice *ret);

#endif
