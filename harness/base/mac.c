#include "base/mac.h"

#include "base/alloc.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

bool mac_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool mac_hmac(struct slice key, struct slice message, uint8_t ret_mac[MAC_SIZE])
{
    static const uint8_t none[1] = { 0 };
    unsigned len = 0;
    if (key.len > INT_MAX)
        return false;
    return HMAC(EVP_sha256(), key.len > 0 ? key.ptr : none, (int)key.len,
                message.len > 0 ? message.ptr : none, message.len, ret_mac, &len) != NULL &&
           len == MAC_SIZE;
}

/* T(n) = HMAC(key, T(n-1) | info | n); ${block} has room for all three, info in its place. */
static bool fill(struct slice key, uint8_t *block, size_t block_len, uint8_t *ret, size_t len)
{
    uint8_t mac[MAC_SIZE];
    struct slice whole = slice_of(block, block_len);
    struct slice message = slice_from(whole, MAC_SIZE); /* T(0) is empty */
    bool ok = true;
    for (uint8_t n = 1; ok && len > 0; n++) {
        block[block_len - 1] = n;
        ok = mac_hmac(key, message, mac);
        memcpy(block, mac, sizeof(mac));
        size_t take = len < sizeof(mac) ? len : sizeof(mac);
        memcpy(ret, mac, take);
        ret += take;
        len -= take;
        message = whole;
    }
    mac_wipe(mac, sizeof(mac));
    return ok;
}

bool mac_expand(struct slice key, struct slice info, uint8_t *ret, size_t len)
{
    size_t block_len;
    if (len > MAC_HKDF_MAX || __builtin_add_overflow(info.len, MAC_SIZE + 1, &block_len))
        return false;
    uint8_t *block = alloc_zeroed(1, block_len);
    if (block == NULL)
        return false;
    if (info.len > 0)
        memcpy(block + MAC_SIZE, info.ptr, info.len);
    bool ok = fill(key, block, block_len, ret, len);
    mac_wipe(block, block_len);
    alloc_release(block);
    return ok;
}

bool mac_hkdf(struct slice secret, struct slice salt, struct slice info, uint8_t *ret, size_t len)
{
    static const uint8_t zeros[MAC_SIZE];
    uint8_t key[MAC_SIZE];
    bool ok = mac_hmac(salt.len > 0 ? salt : slice_of(zeros, sizeof(zeros)), secret, key) &&
              mac_expand(slice_of(key, sizeof(key)), info, ret, len);
    mac_wipe(key, sizeof(key));
    return ok;
}

bool mac_sha256(const struct slice *parts, size_t count, uint8_t ret[MAC_SIZE])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; ok && i < count; i++)
        ok = parts[i].len == 0 || EVP_DigestUpdate(context, parts[i].ptr, parts[i].len) == 1;
    ok = ok && EVP_DigestFinal_ex(context, ret, NULL) == 1;
    EVP_MD_CTX_free(context);
    return ok;
}

bool mac_sha1(struct slice bytes, uint8_t ret[MAC_SHA1_SIZE])
{
    static const uint8_t none[1] = { 0 };
    return EVP_Digest(bytes.len > 0 ? bytes.ptr : none, bytes.len, ret, NULL, EVP_sha1(), NULL) ==
           1;
}

void mac_wipe(void *bytes, size_t len)
{
    if (bytes != NULL)
        OPENSSL_cleanse(bytes, len);
}

void mac_wipe_buf(struct buf *buf)
{
    mac_wipe(buf->ptr, buf->cap);
    buf_free(buf);
}
