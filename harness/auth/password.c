#include "auth/password.h"

#include "auth/digest.h"

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
