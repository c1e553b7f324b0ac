#include "auth/password.h"

#include "base/mac.h"

#include <openssl/evp.h>

enum { BLOCK = 8, PARALLEL = 1, MEMORY_MAX = 32 * 1024 * 1024 };

static bool derive(struct slice password, const struct auth_password *stored,
                   uint8_t ret[AUTH_PASSWORD_HASH])
{
    static const char none[1] = "";
    const char *text = password.len > 0 ? (const char *)password.ptr : none;
    return EVP_PBE_scrypt(text, password.len, stored->salt, sizeof(stored->salt),
                          UINT64_C(1) << stored->cost, BLOCK, PARALLEL, MEMORY_MAX, ret,
                          AUTH_PASSWORD_HASH) == 1;
}

bool auth_password_set(struct slice password, uint8_t cost, struct rng *rng,
                       struct auth_password *ret)
{
    struct auth_password made = { .cost = cost };
    rng_fill(rng, made.salt, sizeof(made.salt));
    if (password.len > AUTH_PASSWORD_MAX || !derive(password, &made, made.hash))
        return false;
    *ret = made;
    return true;
}

enum auth_password_result auth_password_check(const struct auth_password *stored,
                                              struct slice password)
{
    uint8_t hash[AUTH_PASSWORD_HASH];
    /* Nobody has a longer one, but the answer takes as long. */
    bool too_long = password.len > AUTH_PASSWORD_MAX;
    if (!derive(slice_head(password, AUTH_PASSWORD_MAX), stored, hash))
        return AUTH_PASSWORD_NOMEM;
    bool right =
        auth_equal(slice_of(hash, sizeof(hash)), slice_of(stored->hash, sizeof(stored->hash)));
    auth_wipe(hash, sizeof(hash));
    return right && !too_long ? AUTH_PASSWORD_RIGHT : AUTH_PASSWORD_WRONG;
}

/* Of salt and password, so that what two users have in common does not show. */
static bool digest_known(const struct auth_password *stored, struct slice password,
                         const uint8_t key[AUTH_DIGEST], uint8_t ret[AUTH_DIGEST])
{
    uint8_t text[AUTH_PASSWORD_SALT + AUTH_PASSWORD_MAX];
    memcpy(text, stored->salt, AUTH_PASSWORD_SALT);
    if (password.len > 0)
        memcpy(text + AUTH_PASSWORD_SALT, password.ptr, password.len);
    bool made = mac_hmac(slice_of(key, AUTH_DIGEST),
                         slice_of(text, AUTH_PASSWORD_SALT + password.len), ret);
    auth_wipe(text, sizeof(text));
    return made;
}

enum auth_password_result auth_password_check_known(const struct auth_password *stored,
                                                    struct slice password,
                                                    const uint8_t key[AUTH_DIGEST],
                                                    struct auth_password_known *known)
{
    uint8_t digest[AUTH_DIGEST];
    bool made = password.len <= AUTH_PASSWORD_MAX && digest_known(stored, password, key, digest);
    if (made && known->set &&
        auth_equal(slice_of(digest, AUTH_DIGEST), slice_of(known->digest, AUTH_DIGEST)))
        return AUTH_PASSWORD_RIGHT;
    enum auth_password_result result = auth_password_check(stored, password);
    if (made && result == AUTH_PASSWORD_RIGHT) {
        memcpy(known->digest, digest, AUTH_DIGEST);
        known->set = true;
    }
    return result;
}
