/* What opens under a key seals with the same IV to the same payload, and the cleartext alone
 * decides whether it opens; a right HMAC over any ciphertext decrypts or is refused for its blocks;
 * and what is made without the key never opens.  The input is a payload, and a cleartext, and, in
 * its first 16 bytes, an IV with a ciphertext behind it. */
#include "record/payload.h"

#include "base/base64.h"
#include "fuzz/check.h"
#include "record/keyring.h"
#include "record/meta.h"

enum { ROOM = 8 * 1024 * 1024 };

static const struct record_bundle keys = { .encryption = "these are exactly 32 characters",
                                           .hmac = "and here are another 32 of them" };

struct fixed_iv {
    struct rng base;
    const uint8_t *bytes;
};

static void fill(struct rng *rng, uint8_t *bytes, size_t len)
{
    memcpy(bytes, CONTAINER_OF(rng, struct fixed_iv, base)->bytes, len);
}

static void seal(struct slice cleartext, const uint8_t iv[RECORD_IV], struct buf *out)
{
    struct fixed_iv source = { .base = { .fill = fill }, .bytes = iv };
    FUZZ_CHECK(record_payload_seal(cleartext, &keys, &source.base, out));
}

/* Nobody who lacks the key has made an HMAC that is right. */
static void check_forged(struct slice payload)
{
    struct buf out = buf_bounded(ROOM);
    enum record_payload_err err = record_payload_decrypt(payload, &keys, &out);
    FUZZ_CHECK(err == RECORD_PAYLOAD_SHAPE || err == RECORD_PAYLOAD_HMAC);
    FUZZ_CHECK(record_payload_step(err)[0] != '\0' && record_payload_reason(err)[0] != '\0');
    FUZZ_CHECK(out.len == 0);
    buf_free(&out);
}

static void check_round_trip(struct slice cleartext, const uint8_t iv[RECORD_IV])
{
    bool deleted;
    struct buf payload = buf_bounded(ROOM);
    struct buf out = buf_bounded(ROOM);
    seal(cleartext, iv, &payload);
    FUZZ_CHECK(record_payload_open(buf_slice(&payload), &keys, SLICE(""), &out) ==
               record_cleartext_check(cleartext, SLICE(""), &deleted));
    FUZZ_CHECK(out.len == 0 || slice_eq(buf_slice(&out), cleartext));
    buf_clear(&out);
    FUZZ_CHECK(record_payload_open(buf_slice(&payload), &keys, SLICE("a"), &out) ==
               record_cleartext_check(cleartext, SLICE("a"), &deleted));
    buf_clear(&out);
    FUZZ_CHECK(record_payload_decrypt(buf_slice(&payload), &keys, &out) == RECORD_PAYLOAD_OK);
    FUZZ_CHECK(slice_eq(buf_slice(&out), cleartext));
    buf_free(&payload);
    buf_free(&out);
}

static void write_signed(struct slice blocks, const uint8_t iv[RECORD_IV], struct buf *out)
{
    struct buf text = buf_bounded(ROOM);
    uint8_t mac[MAC_SIZE];
    FUZZ_CHECK(base64_encode(blocks, BASE64_STANDARD, &text));
    FUZZ_CHECK(mac_hmac(slice_of(keys.hmac, sizeof(keys.hmac)), buf_slice(&text), mac));
    buf_add_text(out, "{\"ciphertext\":\"");
    buf_add(out, buf_slice(&text));
    buf_add_text(out, "\",\"IV\":\"");
    base64_encode(slice_of(iv, RECORD_IV), BASE64_STANDARD, out);
    buf_add_text(out, "\",\"hmac\":\"");
    for (size_t i = 0; i < sizeof(mac); i++)
        (void)buf_add_format(out, "%02x", mac[i]);
    FUZZ_CHECK(buf_add_text(out, "\"}"));
    buf_free(&text);
}

static void check_signed(struct slice blocks, const uint8_t iv[RECORD_IV])
{
    struct buf payload = buf_bounded(ROOM);
    struct buf again = buf_bounded(ROOM);
    struct buf out = buf_bounded(ROOM);
    write_signed(blocks, iv, &payload);
    enum record_payload_err err = record_payload_decrypt(buf_slice(&payload), &keys, &out);
    bool whole = blocks.len > 0 && blocks.len % 16 == 0;
    FUZZ_CHECK(whole == (err == RECORD_PAYLOAD_OK || err == RECORD_PAYLOAD_PADDING));
    FUZZ_CHECK(whole || err == RECORD_PAYLOAD_ENCODING);
    if (err == RECORD_PAYLOAD_OK) {
        seal(buf_slice(&out), iv, &again);
        FUZZ_CHECK(slice_eq(buf_slice(&again), buf_slice(&payload)));
    }
    buf_free(&payload);
    buf_free(&again);
    buf_free(&out);
}

/* What is listed is found: as enabled, even where it is declined, too. */
static void check_meta(const struct record_meta *meta)
{
    FUZZ_CHECK(meta->sync_id.len > 0 && meta->engine_count <= RECORD_META_ENGINES);
    FUZZ_CHECK((record_meta_use_of(meta) == RECORD_META_READ_WRITE) ==
               (meta->storage_version == RECORD_META_VERSION));
    for (const struct record_engine *engine = meta->engines; engine != NULL; engine = engine->next)
        FUZZ_CHECK(record_meta_engine_of(meta, engine->name) == RECORD_ENGINE_ENABLED);
    for (const struct record_declined *name = meta->declined; name != NULL; name = name->next)
        FUZZ_CHECK(record_meta_engine_of(meta, name->name) != RECORD_ENGINE_UNDECIDED);
    (void)record_meta_engine_of(meta, SLICE("an engine of which nobody has heard"));
}

/* What stands decrypted or plain in payloads: any bytes are read or refused. */
static void check_readers(struct slice text)
{
    struct record_meta meta;
    struct record_keyring *keyring = NULL;
    struct arena *arena = arena_new(ROOM);
    FUZZ_CHECK(arena != NULL);
    if (record_meta_read(text, arena, &meta) == NULL)
        check_meta(&meta);
    if (record_keyring_read(text, &keyring) == NULL)
        FUZZ_CHECK(record_keyring_find(keyring, SLICE("")) != NULL);
    record_keyring_free(keyring);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t zeros[RECORD_IV];
    struct slice input = slice_of(data, size);
    const uint8_t *iv = size >= RECORD_IV ? data : zeros;
    check_forged(input);
    check_round_trip(input, iv);
    check_signed(size >= RECORD_IV ? slice_from(input, RECORD_IV) : input, iv);
    check_readers(input);
    return 0;
}
