#include "record/legacy.h"

enum { LETTERS = 26 };

/* RFC 4648 in lower case. */
static const char base32[] = "abcdefghijklmnopqrstuvwxyz234567";

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* The five bits of a friendly letter, or -1. */
static int friendly_value(uint8_t c)
{
    c = lower(c);
    if (c == '8' || c == '9')
        c = c == '8' ? 'l' : 'o';
    const char *at = c == 0 ? NULL : strchr(base32, c);
    return at == NULL ? -1 : (int)(at - base32);
}

bool record_sync_key_read(struct slice friendly, uint8_t ret_key[RECORD_SYNC_KEY])
{
    uint8_t key[RECORD_SYNC_KEY];
    uint32_t bits = 0; /* those that are no byte yet, below `have` */
    unsigned have = 0;
    size_t letters = 0;
    size_t len = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < friendly.len; i++) {
        if (friendly.ptr[i] == '-')
            continue;
        int value = friendly_value(friendly.ptr[i]);
        ok = value >= 0 && ++letters <= LETTERS;
        bits = ok ? bits << 5 | (uint32_t)value : 0;
        have += 5;
        if (ok && have >= 8) {
            have -= 8;
            key[len++] = (uint8_t)(bits >> have);
            bits &= (1U << have) - 1;
        }
    }
    ok = ok && letters == LETTERS && bits == 0;
    if (ok)
        memcpy(ret_key, key, sizeof(key));
    mac_wipe(key, sizeof(key));
    mac_wipe(&bits, sizeof(bits));
    return ok;
}

/* The letter at ${index} of the base32 text of the bytes; what is behind them counts as zeros. */
static char letter_at(struct slice bytes, size_t index)
{
    size_t bit = index * 5;
    size_t byte = bit / 8;
    unsigned pair = (unsigned)bytes.ptr[byte] << 8;
    if (byte + 1 < bytes.len)
        pair |= bytes.ptr[byte + 1];
    return base32[pair >> (11 - bit % 8) & 31];
}

void record_sync_key_write(const uint8_t key[RECORD_SYNC_KEY],
                           char ret_friendly[RECORD_SYNC_KEY_TEXT])
{
    for (size_t i = 0; i < LETTERS; i++) {
        char c = letter_at(slice_of(key, RECORD_SYNC_KEY), i);
        if (i % 5 == 1)
            *ret_friendly++ = '-';
        *ret_friendly++ = (char)(c == 'l' ? '8' : c == 'o' ? '9' : c);
    }
    *ret_friendly = '\0';
}

bool record_bundle_of_sync_key(const uint8_t key[RECORD_SYNC_KEY], struct slice username,
                               struct record_bundle *ret_bundle)
{
    uint8_t both[2 * RECORD_KEY];
    struct slice start = SLICE("Sync-AES_256_CBC-HMAC256");
    AUTO(buf_free) struct buf info = buf_bounded(start.len + username.len);
    bool ok = buf_add(&info, start) && buf_add(&info, username) &&
              mac_expand(slice_of(key, RECORD_SYNC_KEY), buf_slice(&info), both, sizeof(both));
    if (ok) {
        memcpy(ret_bundle->encryption, both, RECORD_KEY);
        memcpy(ret_bundle->hmac, both + RECORD_KEY, RECORD_KEY);
    }
    mac_wipe(both, sizeof(both));
    return ok;
}

bool record_username_of(struct slice address, char ret_username[RECORD_USERNAME_TEXT])
{
    uint8_t digest[MAC_SHA1_SIZE];
    AUTO(buf_free) struct buf text = buf_bounded(address.len);
    for (size_t i = 0; i < address.len; i++)
        buf_add_byte(&text, lower(address.ptr[i]));
    if (text.failed || !mac_sha1(buf_slice(&text), digest))
        return false;
    for (size_t i = 0; i < RECORD_USERNAME_TEXT - 1; i++)
        ret_username[i] = letter_at(slice_of(digest, sizeof(digest)), i);
    ret_username[RECORD_USERNAME_TEXT - 1] = '\0';
    return true;
}
