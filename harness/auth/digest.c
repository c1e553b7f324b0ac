#include "auth/digest.h"

#include "base/alloc.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

bool auth_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool auth_hmac(struct slice key, struct slice message, uint8_t ret_mac[AUTH_DIGEST])
{
    static const uint8_t none[1] = { 0 };
    unsigned len = 0;
    if (key.len > INT_MAX)
        return false;
    return HMAC(EVP_sha256(), key.len > 0 ? key.ptr : none, (int)key.len,
                message.len > 0 ? message.ptr : none, message.len, ret_mac, &len) != NULL &&
           len == AUTH_DIGEST;
}

/* T(n) = HMAC(prk, T(n-1) | info | n); ${block} has room for all three, info in its place. */
static bool expand(struct slice prk, uint8_t *block, size_t block_len, uint8_t *ret, size_t len)
{
    uint8_t mac[AUTH_DIGEST];
    struct slice whole = slice_of(block, block_len);
    struct slice message = slice_from(whole, AUTH_DIGEST); /* T(0) is empty */
    bool ok = true;
    for (uint8_t n = 1; ok && len > 0; n++) {
        block[block_len - 1] = n;
        ok = auth_hmac(prk, message, mac);
        memcpy(block, mac, sizeof(mac));
        size_t take = len < sizeof(mac) ? len : sizeof(mac);
        memcpy(ret, mac, take);
        ret += take;
        len -= take;
        message = whole;
    }
    auth_wipe(mac, sizeof(mac));
    return ok;
}

bool auth_hkdf(struct slice secret, struct slice salt, struct slice info, uint8_t *ret, size_t len)
{
    static const uint8_t zeros[AUTH_DIGEST];
    uint8_t prk[AUTH_DIGEST];
    size_t block_len;
    if (len > AUTH_HKDF_MAX || __builtin_add_overflow(info.len, AUTH_DIGEST + 1, &block_len))
        return false;
    if (!auth_hmac(salt.len > 0 ? salt : slice_of(zeros, sizeof(zeros)), secret, prk))
        return false;
    uint8_t *block = alloc_zeroed(1, block_len);
    bool ok = block != NULL;
    if (ok && info.len > 0)
        memcpy(block + AUTH_DIGEST, info.ptr, info.len);
    ok = ok && expand(slice_of(prk, sizeof(prk)), block, block_len, ret, len);
    auth_wipe(prk, sizeof(prk));
    auth_wipe(block, block == NULL ? 0 : block_len);
    alloc_release(block);
    return ok;
}

bool auth_sha256(const struct slice *parts, size_t count, uint8_t ret[AUTH_DIGEST])
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    for (size_t i = 0; ok && i < count; i++)
        ok = parts[i].len == 0 || EVP_DigestUpdate(context, parts[i].ptr, parts[i].len) == 1;
    ok = ok && EVP_DigestFinal_ex(context, ret, NULL) == 1;
    EVP_MD_CTX_free(context);
    return ok;
}

void auth_wipe(void *bytes, size_t len)
{
    if (bytes != NULL)
        OPENSSL_cleanse(bytes, len);
}
