/* {"$sealed": ...}: the payload of an encrypted record, and the keys that it is made with, which
 * stand in the case.  cases/README.md, "Generated values". */
#ifndef SYNCSPEC_PLAN_SEALED_H
#define SYNCSPEC_PLAN_SEALED_H

#include "plan/expand.h"
#include "record/bundle.h"

/* Reads ${keys}: a list of two base64 texts of 32 bytes, encryption key first, as crypto/keys has
 * them; or an account's master key in 64 hex digits, whose bundle it then is.  NULL on success,
 * else what is wrong, static text.  Wipe the bundle with record_bundle_wipe. */
MUST_USE const char *plan_keys_read(const json_t *keys, struct record_bundle *ret_bundle);

/* NULL, or what is wrong with ${keys}, static text. */
const char *plan_keys_wrong(const json_t *keys);

/* Appends the payload of the operand's cleartext, as a JSON string.  The IV is made of keys and
 * cleartext, so that the same value gives the same bytes each time.  As plan_generate. */
MUST_USE const char *plan_sealed_write(struct plan_expansion *expansion, const json_t *operand);

#endif
