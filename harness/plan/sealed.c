#include "plan/sealed.h"

#include "base/base64.h"
#include "base/limits.h"
#include "record/payload.h"

enum { MASTER_DIGITS = 2 * RECORD_KEY };

static const char not_keys[] = "keys has the wrong value; a list of two base64 texts of 32 bytes, "
                               "encryption key first, or a master key in 64 hex digits";

/* A generator that gives an IV once. */
struct iv {
    struct rng base;
    uint8_t bytes[RECORD_IV];
};

static void fill_iv(struct rng *rng, uint8_t *bytes, size_t len)
{
    const struct iv *iv = CONTAINER_OF(rng, struct iv, base);
    memcpy(bytes, iv->bytes, len < RECORD_IV ? len : RECORD_IV);
}

static bool read_key(const json_t *text, uint8_t ret_key[RECORD_KEY])
{
    uint8_t bytes[RECORD_KEY + 1]; /* base64 is decoded in groups of three */
    struct buf key = { .ptr = bytes, .cap = sizeof(bytes), .ceiling = sizeof(bytes) };
    const char *letters = json_string_value(text);
    bool ok = letters != NULL && base64_decode(slice_text(letters), BASE64_STANDARD, &key) &&
              key.len == RECORD_KEY;
    if (ok)
        memcpy(ret_key, bytes, RECORD_KEY);
    mac_wipe(bytes, sizeof(bytes));
    return ok;
}

static bool read_master(const char *digits, uint8_t ret_master[RECORD_KEY])
{
    AUTO(buf_free) struct buf master = buf_bounded(RECORD_KEY);
    bool ok = strlen(digits) == MASTER_DIGITS && plan_hex_write(digits, &master) == NULL;
    if (ok)
        memcpy(ret_master, master.ptr, RECORD_KEY);
    return ok;
}

const char *plan_keys_read(const json_t *keys, struct record_bundle *ret_bundle)
{
    uint8_t master[RECORD_KEY];
    if (json_is_string(keys)) {
        if (!read_master(json_string_value(keys), master))
            return not_keys;
        bool derived = record_bundle_of_master(slice_of(master, sizeof(master)), ret_bundle);
        mac_wipe(master, sizeof(master));
        return derived ? NULL : "out of memory";
    }
    bool ok = json_array_size(keys) == 2 &&
              read_key(json_array_get(keys, 0), ret_bundle->encryption) &&
              read_key(json_array_get(keys, 1), ret_bundle->hmac);
    return ok ? NULL : not_keys;
}

const char *plan_keys_wrong(const json_t *keys)
{
    struct record_bundle bundle;
    const char *wrong = plan_keys_read(keys, &bundle);
    record_bundle_wipe(&bundle);
    return wrong;
}

static bool seal(struct slice cleartext, const struct record_bundle *keys, struct buf *out)
{
    struct iv iv = { .base = { .fill = fill_iv } };
    uint8_t mac[MAC_SIZE];
    if (!mac_hmac(slice_of(keys->hmac, sizeof(keys->hmac)), cleartext, mac))
        return false;
    memcpy(iv.bytes, mac, sizeof(iv.bytes));
    return record_payload_seal(cleartext, keys, &iv.base, out);
}

const char *plan_sealed_write(struct plan_expansion *expansion, const json_t *operand)
{
    AUTO(buf_free) struct buf cleartext = buf_bounded(LIMIT_GENERATED);
    AUTO(buf_free) struct buf payload = buf_bounded((size_t)2 * LIMIT_GENERATED);
    struct plan_expansion inner = { .scope = expansion->scope,
                                    .out = &cleartext,
                                    .depth = expansion->depth };
    struct record_bundle keys;
    TRY(plan_expansion_value(&inner, json_object_get(operand, "cleartext")));
    TRY(plan_keys_read(json_object_get(operand, "keys"), &keys));
    bool sealed = seal(buf_slice(&cleartext), &keys, &payload);
    record_bundle_wipe(&keys);
    return sealed ? plan_expansion_string(expansion, buf_slice(&payload)) : "out of memory";
}
