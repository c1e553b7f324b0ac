/* Keys that read are found under the names that they have, a sync key that reads reads the same
 * from the text that is written of it, and the bundle of each differs. */
#include "record/keyring.h"
#include "record/legacy.h"

#include "fuzz/check.h"

static void check_keyring(struct slice text)
{
    struct record_keyring *keyring = NULL;
    if (record_keyring_read(text, &keyring) != NULL)
        return;
    const struct record_bundle *fallback = record_keyring_find(keyring, SLICE("no such name"));
    FUZZ_CHECK(fallback != NULL && record_keyring_count(keyring) <= RECORD_KEYRING_MAX);
    for (size_t i = 0; i < record_keyring_count(keyring); i++) {
        struct slice name = record_keyring_name(keyring, i);
        const struct record_bundle *own = record_keyring_find(keyring, name);
        FUZZ_CHECK(name.len > 0 && own != NULL && own != fallback);
    }
    record_keyring_free(keyring);
}

static void check_sync_key(struct slice text)
{
    uint8_t key[RECORD_SYNC_KEY], again[RECORD_SYNC_KEY];
    char friendly[RECORD_SYNC_KEY_TEXT];
    if (!record_sync_key_read(text, key))
        return;
    record_sync_key_write(key, friendly);
    FUZZ_CHECK(record_sync_key_read(slice_text(friendly), again));
    FUZZ_CHECK(memcmp(key, again, sizeof(key)) == 0);
}

static void check_bundle(struct slice master)
{
    struct record_bundle bundle, other;
    FUZZ_CHECK(record_bundle_of_master(master, &bundle));
    FUZZ_CHECK(record_bundle_of_master(slice_from(master, 1), &other));
    FUZZ_CHECK(memcmp(bundle.encryption, bundle.hmac, sizeof(bundle.hmac)) != 0);
    FUZZ_CHECK(memcmp(bundle.hmac, other.hmac, sizeof(bundle.hmac)) != 0);
    record_bundle_wipe(&bundle);
    record_bundle_wipe(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_of(data, size);
    check_keyring(input);
    check_sync_key(input);
    if (size > 0)
        check_bundle(input);
    return 0;
}
