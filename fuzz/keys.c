/* Keys that read are found under the names that they have, a sync key that reads reads the same
 * from the text that is written of it, the bundle of each differs, and what is told of keys and
 * addresses is told in one way only. */
#include "record/keyring.h"
#include "record/legacy.h"

#include "base/base64.h"
#include "fuzz/check.h"

#include <ctype.h>

enum { ROOM = 64 * 1024 };

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
    struct record_bundle ann, bob;
    FUZZ_CHECK(record_bundle_of_sync_key(key, SLICE("ann"), &ann));
    FUZZ_CHECK(record_bundle_of_sync_key(key, SLICE("bob"), &bob));
    FUZZ_CHECK(memcmp(ann.hmac, bob.hmac, sizeof(ann.hmac)) != 0);
}

/* In whatever case its letters are. */
static void check_username(struct slice address)
{
    FUZZ_BUF(upper, ROOM);
    char name[RECORD_USERNAME_TEXT], same[RECORD_USERNAME_TEXT];
    buf_clear(&upper);
    for (size_t i = 0; i < address.len; i++)
        buf_add_byte(&upper, (uint8_t)toupper(address.ptr[i]));
    FUZZ_CHECK(record_username_of(address, name) && record_username_of(buf_slice(&upper), same));
    FUZZ_CHECK(strcmp(name, same) == 0 && strlen(name) == RECORD_USERNAME_TEXT - 1);
    for (size_t i = 0; name[i] != '\0'; i++)
        FUZZ_CHECK((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '2' && name[i] <= '7'));
}

/* The client state is hex; as it stands in a key's id it reads again. */
static void check_key_id(struct slice master)
{
    char hex[RECORD_CLIENT_STATE_TEXT];
    uint8_t state[RECORD_CLIENT_STATE];
    struct buf narrow = buf_bounded(ROOM), wide = buf_bounded(ROOM), again = buf_bounded(ROOM);
    struct slice time, text;
    uint64_t number = (uint64_t)master.len * 1000003;
    FUZZ_CHECK(record_client_state(master, hex));
    for (size_t i = 0; i < sizeof(state); i++) {
        const char pair[] = { hex[2 * i], hex[2 * i + 1], '\0' };
        state[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    FUZZ_CHECK(record_key_id(number, slice_of(state, sizeof(state)), &narrow));
    FUZZ_CHECK(record_key_id_wide(number, slice_of(state, sizeof(state)), &wide));
    FUZZ_CHECK(slice_ends(buf_slice(&wide), buf_slice(&narrow)));
    FUZZ_CHECK(slice_cut(buf_slice(&wide), '-', &time, &text) && time.len == 13);
    buf_add(&again, text);
    while (again.len % 4 != 0)
        buf_add_byte(&again, '=');
    buf_clear(&narrow);
    FUZZ_CHECK(base64_decode(buf_slice(&again), BASE64_URL, &narrow));
    FUZZ_CHECK(slice_eq(buf_slice(&narrow), slice_of(state, sizeof(state))));
    buf_free(&narrow);
    buf_free(&wide);
    buf_free(&again);
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
    check_username(input);
    check_key_id(input);
    if (size > 0)
        check_bundle(input);
    return 0;
}
