/* The keys of crypto/keys: a default pair, and pairs for collections of their own. */
#ifndef SYNCSPEC_RECORD_KEYRING_H
#define SYNCSPEC_RECORD_KEYRING_H

#include "record/bundle.h"

enum { RECORD_KEYRING_MAX = 256 }; /* collections with a pair of their own */

struct record_keyring;

/* Reads the cleartext of crypto/keys: `default` and each value of `collections` are lists of two
 * base64 texts of 32 bytes, encryption key first; `collection` is "crypto".  Unknown keys are
 * ignored.  NULL on success, else the rule that is broken, static text.  Free it with
 * record_keyring_free. */
MUST_USE const char *record_keyring_read(struct slice cleartext,
                                         struct record_keyring **ret_keyring);

/* The pair for a collection: its own, else the default one.  Borrowed from the keyring. */
const struct record_bundle *record_keyring_find(const struct record_keyring *keyring,
                                                struct slice collection);

/* The collections with a pair of their own, in the order of the text. */
size_t record_keyring_count(const struct record_keyring *keyring);
struct slice record_keyring_name(const struct record_keyring *keyring, size_t index);

/* Wipes the keys. */
void record_keyring_free(struct record_keyring *keyring);
void record_keyring_freep(struct record_keyring **keyring);

#endif
