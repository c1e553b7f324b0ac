#include "tests/format5.h"

#include "tests/support/support.h"

json_t *format5_load(void)
{
    return vectors_load("fixtures/vectors/format5.json");
}

static void take(const json_t *object, const char *key, void *to, size_t len)
{
    struct buf bytes = vectors_bytes(object, key);
    assert_int_equal(bytes.len, len);
    memcpy(to, bytes.ptr, len);
    buf_free(&bytes);
}

struct record_bundle format5_bundle(const json_t *object)
{
    struct record_bundle keys;
    take(object, "encryption_hex", keys.encryption, sizeof(keys.encryption));
    take(object, "hmac_hex", keys.hmac, sizeof(keys.hmac));
    return keys;
}

void format5_assert_bundle(const struct record_bundle *keys, const json_t *object)
{
    struct record_bundle wanted = format5_bundle(object);
    assert_memory_equal(keys, &wanted, sizeof(wanted));
}

static void fill(struct rng *rng, uint8_t *bytes, size_t len)
{
    struct format5_iv *iv = CONTAINER_OF(rng, struct format5_iv, base);
    assert_true(len <= sizeof(iv->bytes) - iv->used);
    memcpy(bytes, iv->bytes + iv->used, len);
    iv->used += len;
}

struct format5_iv format5_iv_of(const json_t *object)
{
    struct format5_iv iv = { .base = { .fill = fill } };
    take(object, "iv_hex", iv.bytes, sizeof(iv.bytes));
    return iv;
}
