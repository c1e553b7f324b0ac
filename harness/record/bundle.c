#include "record/bundle.h"

#include "base/base64.h"

#include <stdio.h>

bool record_bundle_of_master(struct slice master, struct record_bundle *ret_bundle)
{
    uint8_t both[2 * RECORD_KEY];
    bool ok = mac_hkdf(master, (struct slice){ 0 }, SLICE("identity.mozilla.com/picl/v1/oldsync"),
                       both, sizeof(both));
    if (ok) {
        memcpy(ret_bundle->encryption, both, RECORD_KEY);
        memcpy(ret_bundle->hmac, both + RECORD_KEY, RECORD_KEY);
    }
    mac_wipe(both, sizeof(both));
    return ok;
}

void record_bundle_wipe(struct record_bundle *bundle)
{
    mac_wipe(bundle, sizeof(*bundle));
}

bool record_client_state(struct slice master, char ret_hex[RECORD_CLIENT_STATE_TEXT])
{
    uint8_t digest[MAC_SIZE];
    if (!mac_sha256(&master, 1, digest))
        return false;
    for (size_t i = 0; i < RECORD_CLIENT_STATE; i++)
        (void)snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
    return true;
}

static bool write_key_id(const char *time, struct slice client_state, struct buf *out)
{
    buf_add_text(out, time);
    if (!base64_encode(client_state, BASE64_URL, out))
        return false;
    while (out->len > 0 && out->ptr[out->len - 1] == '=')
        buf_truncate(out, out->len - 1);
    return true;
}

enum { TIME_TEXT = 24 };

bool record_key_id(uint64_t keys_changed_at, struct slice client_state, struct buf *out)
{
    char time[TIME_TEXT];
    (void)snprintf(time, sizeof(time), "%llu-", (unsigned long long)keys_changed_at);
    return write_key_id(time, client_state, out);
}

bool record_key_id_wide(uint64_t keys_changed_at, struct slice client_state, struct buf *out)
{
    char time[TIME_TEXT];
    (void)snprintf(time, sizeof(time), "%013llu-", (unsigned long long)keys_changed_at);
    return write_key_id(time, client_state, out);
}
