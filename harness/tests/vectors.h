/* Known answers from fixtures/vectors. */
#ifndef SYNCSPEC_TESTS_VECTORS_H
#define SYNCSPEC_TESTS_VECTORS_H

#include "base/buf.h"

#include <jansson.h>

/* The object in that file; the test fails when it cannot be read.  The caller json_decref()s. */
json_t *vectors_load(const char *path);

/* The text of a key, borrowed; empty when it is absent. */
struct slice vectors_text(const json_t *object, const char *key);

/* The bytes of a key in hex; the test fails when it is absent.  The caller buf_free()s. */
struct buf vectors_bytes(const json_t *object, const char *key);

#endif
