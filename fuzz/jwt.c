/* Nothing opens but what our key has signed: not the text as it comes, not another's signature, not
 * a token with one bit changed; and a signed one says what its claims, read apart, say. */
#include "auth/jwt.h"
#include "auth/signer.h"

#include "fuzz/check.h"

#include <jansson.h>

enum { ROOM = 64 * 1024, CLAIMS_MAX = 2048 };

static const int64_t now = INT64_C(170000000000);

/* Made once: a key takes a tenth of a second. */
static struct {
    struct auth_signer *signer;
    struct auth_jwks *jwks;
} keys;

static void free_keys(void)
{
    auth_signer_free(keys.signer);
    auth_jwks_free(keys.jwks);
}

static void make_keys(void)
{
    struct buf text = buf_bounded(ROOM);
    const char *error = NULL;
    if (keys.signer != NULL)
        return;
    keys.signer = auth_signer_new(SLICE("key-1"));
    FUZZ_CHECK(keys.signer != NULL && auth_signer_jwks(keys.signer, &text));
    keys.jwks = auth_jwks_read(buf_slice(&text), &error);
    FUZZ_CHECK(keys.jwks != NULL && atexit(free_keys) == 0);
    buf_free(&text);
}

static enum auth_bearer_err open_text(struct slice text, struct buf *scratch,
                                      struct auth_account *account)
{
    buf_clear(scratch);
    return auth_jwt_open(keys.jwks, text, now, scratch, account);
}

/* jansson reads the same. */
static void check_claims(struct slice claims, const struct auth_account *account)
{
    json_t *theirs = json_loadb((const char *)claims.ptr, claims.len,
                                JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    const json_t *id = json_object_get(theirs, "sub");
    if (theirs != NULL)
        FUZZ_CHECK(slice_eq(account->id, slice_of(json_string_value(id), json_string_length(id))));
    json_decref(theirs);
}

static void check_signed(struct slice claims)
{
    struct buf text = buf_bounded(ROOM), scratch = buf_bounded(ROOM);
    struct auth_account account = { 0 };
    FUZZ_CHECK(auth_signer_sign(keys.signer, claims, &text));
    enum auth_bearer_err err = open_text(buf_slice(&text), &scratch, &account);
    FUZZ_CHECK(err == AUTH_BEARER_OK || err == AUTH_BEARER_MALFORMED || err == AUTH_BEARER_EXPIRED);
    if (err == AUTH_BEARER_OK)
        check_claims(claims, &account);
    text.ptr[(claims.len * 7919) % text.len] ^= 1;
    err = open_text(buf_slice(&text), &scratch, &account);
    FUZZ_CHECK(err == AUTH_BEARER_MALFORMED || err == AUTH_BEARER_FORGED);
    buf_free(&text);
    buf_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_of(data, size);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_account account;
    make_keys();
    enum auth_bearer_err err = open_text(input, &scratch, &account);
    FUZZ_CHECK(err == AUTH_BEARER_MALFORMED || err == AUTH_BEARER_FORGED);
    buf_free(&scratch);
    if (size > 0 && size < CLAIMS_MAX && data[0] == '{')
        check_signed(input);
    return 0;
}
