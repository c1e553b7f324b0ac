/* The vectors of global storage version 5, and what its tests share. */
#ifndef SYNCSPEC_TESTS_FORMAT5_H
#define SYNCSPEC_TESTS_FORMAT5_H

#include "base/rng.h"
#include "record/bundle.h"
#include "tests/vectors.h"

/* `default` and `master` of fixtures/vectors/format5.json as cases write keys: JSON. */
#define FORMAT5_PAIR                                                                               \
    "[\"dGhlc2UtYXJlLWV4YWN0bHktMzItY2hhcmFjdGVycy4=\","                                           \
    "\"eWV0LWFub3RoZXItc2V0LW9mLTMyLWNoYXJhY3RlcnM=\"]"
#define FORMAT5_MASTER "\"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\""

/* fixtures/vectors/format5.json.  The caller json_decref()s. */
json_t *format5_load(void);

/* The pair of keys in encryption_hex and hmac_hex of an object. */
struct record_bundle format5_bundle(const json_t *object);

/* Fails the test unless both keys are those of the object. */
void format5_assert_bundle(const struct record_bundle *keys, const json_t *object);

/* A generator that gives the bytes of iv_hex once. */
struct format5_iv {
    struct rng base;
    uint8_t bytes[16];
    size_t used;
};

struct format5_iv format5_iv_of(const json_t *object);

#endif
